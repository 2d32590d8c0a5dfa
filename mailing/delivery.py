"""Delivering the outbox: claim rows by lease, send them outside any transaction, note each outcome.

A worker that is killed may double the one mail whose hand-over had begun; it loses none, and two
workers never send the same one. Rows are claimed together and their mails go over one connection;
each is marked just before its last bytes leave (`claims.mark`), with the result of the one before.
"""

import contextlib
import logging
import os
import socket
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils import timezone

from common import jobs
from common.addresses import NotOneAddress, one_address

from . import claims, links, pauses
from .claims import Kept, Sent
from .courier import Courier, Lost, NotOurs, Parcel, ServerAway, Unanswered, courier_of
from .models import Message
from .pauses import Way

logger = logging.getLogger(__name__)

# A task begins no mail after this, in seconds, and hands on: the longest that one mail can take
# (EMAIL_TIMEOUT for each answer of the server, `courier.ANSWER` for the last one) ends well before
# CELERY_TASK_TIME_LIMIT.
BUDGET = 20
# Seconds after which a worker keeps no rows but the one it is at: others may have them.
SHARE = 2
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
    way = pauses.way()
    if way is Way.CLOSED:
        return 0
    worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    courier = courier_of(get_connection(settings.DELIVERY_BACKEND, fail_silently=False))
    return _Round(worker, courier, clock, probing=way is Way.PROBE).run()


@dataclass(frozen=True)
class _Ready:
    """A row with its mail, made."""

    row: Message
    parcel: Parcel
    kept: Kept


class _Round:
    """One worker's delivery, of `BUDGET` seconds."""

    def __init__(
        self, worker: str, courier: Courier, clock: Callable[[], float], *, probing: bool
    ) -> None:
        self.worker, self.courier, self.clock, self.probing = worker, courier, clock, probing
        self.end = clock() + BUDGET
        # Claimed, and not begun; the mail of the first may be made already.
        self.rows: deque[Message] = deque()
        self.ready: _Ready | None = None
        # Taken by the server, and not yet written so.
        self.sent: Sent | None = None
        self.count = 0
        self.claimed_at = self.renewed_at = clock()
        self.unanswered = 0

    def run(self) -> int:
        """Send until nothing is due, the time is over, or the server takes no more."""
        try:
            return self._send_all()
        finally:
            self.courier.close()

    def _send_all(self) -> int:
        try:
            while self.clock() < self.end:
                if not self.rows and not self._claim():
                    if self.probing:
                        self._open()
                        self._came_through()
                    return self.count
                self._send(self.rows[0])
        except ServerAway as error:
            pauses.begin(_cause(error), probing=self.probing)
            return self.count
        finally:
            self._record()
            self._share(keep=0)
        jobs.ask_once("mailing.tasks.deliver_due")
        return self.count

    def _claim(self) -> bool:
        # What was sent is written before more is taken.
        self._record()
        size = 1 if self.probing else self.courier.batch
        self.rows.extend(claims.claim(self.worker, size))
        self.claimed_at = self.renewed_at = self.clock()
        return bool(self.rows)

    def _open(self) -> None:
        # It may take longer than a lease has left.
        self._record()
        self.courier.open()

    def _send(self, row: Message) -> None:
        """Bring the first of the rows to its end, whatever that is. Raises ServerAway."""
        try:
            self._hand_over(row)
        except ServerAway:
            self._put_back(row)
            raise
        except Lost as error:
            self._lost(row, error)
        except NotOurs:
            self.rows.popleft()
        except Unanswered as error:
            self._doubt(row, error)
        except Exception as error:  # noqa: BLE001 - what one mail leads to fails its own row alone
            self._refused(row, error)
        else:
            self._took(row)
        if self._is_slow():
            self._share(keep=0)

    def _hand_over(self, row: Message) -> None:
        ready, self.ready = self.ready, None
        if ready is None or ready.row is not row:
            ready = self._made(row)
        if not self.courier.is_open():
            self._open()
        self._renew()
        kept = ready.kept
        self.courier.hand_over(
            ready.parcel,
            before=lambda: self._mark(row, kept),
            meanwhile=self._make_next,
            waiting=self._wait,
        )

    def _took(self, row: Message) -> None:
        self.rows.popleft()
        self.sent = Sent(row.pk, timezone.now())
        self.count += 1
        self.unanswered = 0
        self._came_through()

    def _refused(self, row: Message, error: Exception) -> None:
        self.rows.popleft()
        if isinstance(error, SMTPException):
            self._came_through()
        fail(row, error)

    def _lost(self, row: Message, error: Lost) -> None:
        if not self.courier.taken:
            self._put_back(row)
            raise ServerAway from _cause(error)
        # A new connection shows whether the server is away, or had enough of this one.
        claims.unmark(row)

    def _doubt(self, row: Message, error: Unanswered) -> None:
        self.rows.popleft()
        _log(row, error, row.attempts + 1, given_up=row.unanswered + 1 >= row.MAX_UNANSWERED)
        claims.doubt(row, _told(error))
        self.unanswered += 1
        # One connection that ends may be anything; silence, or a second one, is the server's.
        if error.silent or self.unanswered > 1:
            raise ServerAway from error

    def _mark(self, row: Message, kept: Kept) -> bool:
        is_ours = claims.mark(row, kept, self.sent)
        self.sent = None
        return is_ours

    def _made(self, row: Message) -> _Ready:
        """The mail of a row, with its links as they are now."""
        made = links.minted_each(row.link)
        subject, text, html = render(row, *made)
        mail = EmailMultiAlternatives(
            subject,
            text,
            row.from_email or settings.DEFAULT_FROM_EMAIL,
            [one_address(row.to)],
            headers={"Message-ID": row.message_id},
        )
        if html:
            mail.attach_alternative(html, "text/html")
        return _Ready(row, self.courier.parcel(mail), masked(subject, text, html, *made))

    def _make_next(self) -> None:
        """While the server looks through a mail, the next one is made."""
        if len(self.rows) > 1 and self.clock() < self.end:
            # What goes wrong in it does so again in its turn.
            with contextlib.suppress(Exception):
                self.ready = self._made(self.rows[1])

    def _wait(self) -> None:
        """While the server lets an answer wait, others may have the rows that are not begun."""
        # A database that is away takes nothing from the answer.
        with contextlib.suppress(DatabaseError):
            if self._is_slow():
                self._share(keep=1)
            self._renew()

    def _is_slow(self) -> bool:
        return self.clock() - self.claimed_at > SHARE

    def _share(self, *, keep: int) -> None:
        free = [self.rows.pop() for _ in range(len(self.rows) - keep)]
        if free:
            # A personal link that was made for one of them is made again.
            self.ready = None
            claims.release(self.worker, free)

    def _renew(self) -> None:
        if self.clock() - self.renewed_at > claims.LEASE.total_seconds() / 3:
            claims.renew(self.worker, self.rows)
            self.renewed_at = self.clock()

    def _record(self) -> None:
        if self.sent:
            claims.record(self.worker, self.sent)
            self.sent = None

    def _put_back(self, row: Message) -> None:
        self.rows.popleft()
        claims.put_back(row)

    def _came_through(self) -> None:
        """The server looks at mails: if it was away it is back."""
        if self.probing:
            pauses.end()
            self.probing = False


def _cause(error: Exception) -> Exception:
    cause = error.__cause__
    return cause if isinstance(cause, Exception) else error


def _told(error: Exception) -> str:
    """An error as a row keeps it, for staff."""
    if isinstance(error, Unanswered):
        return f"Remis en entier, sans réponse du serveur : {error}"[:2000]
    return f"{type(error).__name__}: {error}"[:2000]


def masked(subject: str, text: str, html: str, *made: str) -> Kept:
    """Subject, text and HTML as they are kept: without the personal links."""
    for link in filter(None, made):
        text, html = text.replace(link, MASK), html.replace(link, MASK)
    return Kept(subject, text, html)


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
    claims.put_off(
        message,
        _told(error),
        timezone.now() + (timedelta() if given_up else PAUSES[attempts - 1]),
        given_up=given_up,
    )


def _log(message: Message, error: Exception, attempts: int, *, given_up: bool) -> None:
    # What a server answers may name the person: the row has it, for staff; the log has not.
    kind = type(error).__name__
    if isinstance(error, SMTPResponseException):
        kind = f"{kind} {error.smtp_code}"
    of_the_server = isinstance(error, SMTPException | OSError | Unanswered)
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
