"""Delivering the outbox: claim a row by lease, send it outside any transaction, note the outcome.

A worker killed between a send and its commit may double that one mail, when its lease has
expired; it loses none, and two workers never send the same one. Rows are claimed one by one, so
that a mail that is slow holds up none but itself.
"""

import contextlib
import logging
import os
import socket
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPException, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from common import jobs
from common.addresses import NotOneAddress, one_address

from . import links
from .models import Message

logger = logging.getLogger(__name__)

# A task begins no mail after this, in seconds, and hands on: the longest that one mail can take
# (EMAIL_TIMEOUT, for each answer of the server) ends well before CELERY_TASK_TIME_LIMIT.
BUDGET = 30
# Longer than any task lives: a lease that has ended was a dead worker's.
LEASE = timedelta(minutes=6)
# Growing pauses between tries; after the last one the mail is given up, visibly.
PAUSES = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
]
MASK = "[lien personnel]"


def deliver_due(clock: Callable[[], float] = time.monotonic) -> int:
    """Deliver what is due for `BUDGET` seconds, then ask for a task that goes on; mails sent."""
    worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    backend = get_connection(settings.DELIVERY_BACKEND, fail_silently=False)
    end, sent = clock() + BUDGET, 0
    try:
        while clock() < end:
            message = claim(worker)
            if message is None:
                return sent
            sent += deliver(message, backend)
    finally:
        backend.close()
    jobs.ask_once("mailing.tasks.deliver_due")
    return sent


def claim(worker: str) -> Message | None:
    """Take the first due row that is free, for this worker, until its lease ends."""
    now = timezone.now()
    free = models.Q(claimed_until__isnull=True) | models.Q(claimed_until__lt=now)
    # On SQLite the transaction has the write lock from its beginning.
    with transaction.atomic():
        due = Message.objects.filter(free, state=Message.State.WAITING, due_at__lte=now)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        message = due.order_by("due_at", "pk").first()
        if message is not None:
            message.claimed_by, message.claimed_until = worker, now + LEASE
            message.save(update_fields=["claimed_by", "claimed_until"])
    return message


def deliver(message: Message, backend: Any) -> bool:
    """Render and send one claimed row through a backend; whether it was sent."""
    try:
        made = links.minted_each(message.link)
        subject, text, html = render(message, *made)
        mail = EmailMultiAlternatives(
            subject,
            text,
            message.from_email or settings.DEFAULT_FROM_EMAIL,
            [one_address(message.to)],
            headers={"Message-ID": message.message_id},
            connection=backend,
        )
        if html:
            mail.attach_alternative(html, "text/html")
        # Left open for the next mail; opening it again does nothing.
        backend.open()
        mail.send()
    except Exception as error:  # noqa: BLE001 - what one mail leads to fails its own row alone
        fail(message, error)
        # Whatever became of the connection, the next mail begins with a new one.
        with contextlib.suppress(SMTPException, OSError):
            backend.close()
        return False
    _mine(message).update(
        state=Message.State.SENT,
        sent_at=timezone.now(),
        attempts=models.F("attempts") + 1,
        last_error="",
        claimed_by="",
        claimed_until=None,
        # What is kept never holds a working link.
        **masked(subject, text, html, *made),
    )
    return True


def masked(subject: str, text: str, html: str, *made: str) -> dict[str, str]:
    """Subject, text and HTML as they are kept: without the personal links."""
    for link in filter(None, made):
        text, html = text.replace(link, MASK), html.replace(link, MASK)
    return {"subject": subject, "text": text, "html": html}


def render(message: Message, *made: str) -> tuple[str, str, str]:
    """(subject, text, html) of a row with its minted links; a mail that came ready is returned as
    it is.
    """
    if not message.template:
        return message.subject, message.text, message.html
    values = {**message.values, "site_url": settings.SITE_URL}
    if "each" in values:
        parts = zip(values["each"], made, strict=True)
        values["each"] = [{**about, "link": link} for about, link in parts]
    else:
        (values["link"],) = made
    subject = render_to_string(f"{message.template}.subject.txt", values)
    return (
        # One line whatever the values hold: a header cannot be injected.
        " ".join(subject.split())[:250],
        render_to_string(f"{message.template}.txt", values),
        render_to_string(f"{message.template}.html", values),
    )


def fail(message: Message, error: Exception) -> None:
    """Note a failure: try again later, or give up after the last pause, or what can never go."""
    attempts = message.attempts + 1
    # No later try makes an address whole.
    given_up = attempts > len(PAUSES) or isinstance(error, NotOneAddress)
    _log(message, error, attempts, given_up=given_up)
    _mine(message).update(
        state=Message.State.FAILED if given_up else Message.State.WAITING,
        attempts=attempts,
        last_error=f"{type(error).__name__}: {error}"[:2000],
        due_at=timezone.now() + (timedelta() if given_up else PAUSES[attempts - 1]),
        claimed_by="",
        claimed_until=None,
    )


def _log(message: Message, error: Exception, attempts: int, *, given_up: bool) -> None:
    # What a server answers may name the person: the row has it, for staff; the log has not.
    kind = type(error).__name__
    if isinstance(error, SMTPResponseException):
        kind = f"{kind} {error.smtp_code}"
    of_the_server = isinstance(error, SMTPException | OSError)
    logger.log(
        logging.WARNING if of_the_server and not given_up else logging.ERROR,
        "The e-mail %s (row %s) was not sent, try %s%s: %s",
        message.message_id,
        message.pk,
        attempts,
        ", given up" if given_up else "",
        kind,
        # Anything else is a bug of ours.
        exc_info=None if of_the_server else error,
    )


def _mine(message: Message) -> "models.QuerySet[Message]":
    """The row, as long as the worker that claimed it still holds it."""
    return Message.objects.filter(pk=message.pk, claimed_by=message.claimed_by)
