"""Delivering the outbox: claim by lease, send outside any transaction, commit row by row.

A worker killed between a send and its commit may double that one mail, when its lease has
expired; it loses none, and two workers never send the same batch.
"""

import os
import socket
import uuid
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.module_loading import import_string

from .models import Message

BATCH = 50
LEASE = timedelta(minutes=10)
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


def deliver_due():
    """Deliver all that is due; the number of mails sent."""
    worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    sent = 0
    while batch := claim(worker):
        backend = get_connection(settings.DELIVERY_BACKEND, fail_silently=False)
        try:
            for message in batch:
                sent += deliver(message, backend, worker)
        finally:
            backend.close()
    return sent


def claim(worker):
    """Take up to `BATCH` due rows for this worker, until its lease ends."""
    now = timezone.now()
    free = models.Q(claimed_until__isnull=True) | models.Q(claimed_until__lt=now)
    with transaction.atomic():
        due = Message.objects.filter(free, state=Message.State.WAITING, due_at__lte=now)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH])
        # The condition stands again in the update: where rows are not locked, two workers may
        # have read the same ids, and the first to write has them.
        Message.objects.filter(free, pk__in=ids, state=Message.State.WAITING).update(
            claimed_by=worker, claimed_until=now + LEASE
        )
    return list(
        Message.objects.filter(pk__in=ids, claimed_by=worker, state=Message.State.WAITING).order_by(
            "due_at", "pk"
        )
    )


def deliver(message, backend, worker):
    """Render and send one row over an open backend; whether it was sent."""
    try:
        link = mint(message.link)
        subject, text, html = render(message, link)
        mail = EmailMultiAlternatives(
            subject,
            text,
            message.from_email or settings.DEFAULT_FROM_EMAIL,
            [message.to],
            headers={"Message-ID": message.message_id},
            connection=backend,
        )
        if html:
            mail.attach_alternative(html, "text/html")
        mail.send()
    except (SMTPException, OSError) as error:
        fail(message, worker, error)
        return False
    except Exception as error:
        # A template, a value or an address that cannot be made into a mail fails its own row.
        fail(message, worker, error)
        return False
    Message.objects.filter(pk=message.pk, claimed_by=worker).update(
        state=Message.State.SENT,
        sent_at=timezone.now(),
        attempts=models.F("attempts") + 1,
        last_error="",
        claimed_by="",
        claimed_until=None,
        # What is kept never holds a working link.
        **masked(subject, text, html, link),
    )
    return True


def mint(link):
    """The personal URL that a row describes, made now; "" when it describes none."""
    return import_string(link["path"])(*link["args"]) if link else ""


def masked(subject, text, html, link):
    """Subject, text and HTML as they are kept: without the personal link."""
    if link:
        text, html = text.replace(link, MASK), html.replace(link, MASK)
    return {"subject": subject, "text": text, "html": html}


def render(message, link):
    """(subject, text, html) of a row; a mail that came ready is returned as it is."""
    if not message.template:
        return message.subject, message.text, message.html
    values = {**message.values, "site_url": settings.SITE_URL, "link": link}
    subject = render_to_string(f"{message.template}.subject.txt", values)
    return (
        # One line whatever the values hold: a header cannot be injected.
        " ".join(subject.split())[:250],
        render_to_string(f"{message.template}.txt", values),
        render_to_string(f"{message.template}.html", values),
    )


def fail(message, worker, error):
    """Note a failure: try again later, or give up after the last pause."""
    attempts = message.attempts + 1
    given_up = attempts > len(PAUSES)
    Message.objects.filter(pk=message.pk, claimed_by=worker).update(
        state=Message.State.FAILED if given_up else Message.State.WAITING,
        attempts=attempts,
        last_error=f"{type(error).__name__}: {error}"[:2000],
        due_at=timezone.now() + (timedelta() if given_up else PAUSES[attempts - 1]),
        claimed_by="",
        claimed_until=None,
    )
