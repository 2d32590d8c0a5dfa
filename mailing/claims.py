"""The rows that a worker holds: claimed in bulk by lease, marked and recorded one by one.

A row belongs to the worker that claimed it until its lease ends; every write asks for that worker
still, so that one which was frozen, and wakes, neither sends nor records what is another's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.utils import timezone

from .models import Message

# Renewed while the worker sends: one that has ended was a dead worker's, or a frozen one's.
LEASE = timedelta(minutes=1)
# A mail that was handed over without an answer is not sent again before.
PAUSE_UNANSWERED = timedelta(minutes=10)


@dataclass(frozen=True)
class Kept:
    """A mail as its row keeps it: without its personal links."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Sent:
    """A row whose mail the server took, at this moment."""

    pk: int
    at: datetime


def claim(worker: str, size: int = 1) -> list[Message]:
    """Take the first due rows that are free, at most so many, for this worker."""
    now = timezone.now()
    # On SQLite the transaction has the write lock from its beginning.
    with transaction.atomic():
        rows = _due(now, size, state=Message.State.WAITING)
        if len(rows) < size:
            rows += _due(
                now,
                size - len(rows),
                state=Message.State.UNCERTAIN,
                unanswered__lt=Message.MAX_UNANSWERED,
            )
        for row in [row for row in rows if row.handed_over_at is not None]:
            # Its worker died between the hand-over and the answer.
            _doubt(row, now)
            if row.unanswered >= Message.MAX_UNANSWERED:
                rows.remove(row)
        for row in rows:
            row.claimed_by, row.claimed_until = worker, now + LEASE
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(
            claimed_by=worker, claimed_until=now + LEASE
        )
    return rows


def _due(now: datetime, size: int, **condition: object) -> list[Message]:
    free = models.Q(claimed_until__isnull=True) | models.Q(claimed_until__lt=now)
    due = Message.objects.filter(free, due_at__lte=now, **condition)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    return list(due.order_by("due_at", "pk")[:size])


def _doubt(row: Message, due_at: datetime) -> None:
    row.state, row.handed_over_at, row.due_at = Message.State.UNCERTAIN, None, due_at
    row.unanswered += 1
    row.attempts += 1
    row.last_error = row.last_error or "L’envoi s’est interrompu avant la réponse du serveur."
    row.claimed_by, row.claimed_until = "", None
    row.save(
        update_fields=[
            "state",
            "handed_over_at",
            "due_at",
            "unanswered",
            "attempts",
            "last_error",
            "claimed_by",
            "claimed_until",
        ]
    )


def renew(worker: str, rows: Iterable[Message]) -> None:
    """Keep these rows for another lease."""
    _held(worker, *rows).update(claimed_until=timezone.now() + LEASE)


def release(worker: str, rows: Iterable[Message]) -> None:
    """Leave these rows, whose sending has not begun, to any worker."""
    _held(worker, *rows).update(claimed_by="", claimed_until=None)


# The mark of the next mail and the result of the one before are one statement and one commit: of
# a worker's mails at most one is in doubt at any moment.
_MARK = """
    UPDATE {table} SET
        state = CASE WHEN id = %s THEN 'sent' ELSE state END,
        sent_at = CASE WHEN id = %s THEN %s ELSE sent_at END,
        attempts = CASE WHEN id = %s THEN attempts + 1 ELSE attempts END,
        last_error = CASE WHEN id = %s THEN '' ELSE last_error END,
        claimed_by = CASE WHEN id = %s THEN '' ELSE claimed_by END,
        claimed_until = CASE WHEN id = %s THEN NULL ELSE claimed_until END,
        handed_over_at = CASE WHEN id = %s THEN NULL ELSE %s END,
        subject = CASE WHEN id = %s THEN %s ELSE subject END,
        text = CASE WHEN id = %s THEN %s ELSE text END,
        html = CASE WHEN id = %s THEN %s ELSE html END
    WHERE id IN (%s, %s) AND claimed_by = %s {unwaited}
    RETURNING id
"""
# PostgreSQL says yes before its disk has it. The death of a worker loses nothing by it; that of
# the database's machine forgets the marks of half a second, and so may double their mails.
# Waiting for the disk at each mail took longer than the mail.
_UNWAITED = "AND set_config('synchronous_commit', 'off', true) = 'off'"


def mark(row: Message, kept: Kept, before: Sent | None) -> bool:
    """Write that this mail's last bytes leave now, and that the one before was sent; whether
    the worker holds the row still. One that it does not hold must not be sent.
    """
    done = before.pk if before else 0
    at, now = (
        connection.ops.adapt_datetimefield_value(moment)
        for moment in (before.at if before else None, timezone.now())
    )
    statement = _MARK.format(
        table=connection.ops.quote_name(Message._meta.db_table),
        unwaited=_UNWAITED if connection.vendor == "postgresql" else "",
    )
    pk = row.pk
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [
                *(done, done, at, done, done, done, done, done, now),
                *(pk, kept.subject, pk, kept.text, pk, kept.html),
                *(done, pk, row.claimed_by),
            ],
        )
        return (pk,) in cursor.fetchall()


def unmark(row: Message) -> None:
    """Write that its last bytes have not left after all."""
    _held(row.claimed_by, row).update(handed_over_at=None)


def record(worker: str, sent: Sent) -> None:
    """Write that this mail was sent."""
    Message.objects.filter(pk=sent.pk, claimed_by=worker).update(
        state=Message.State.SENT,
        sent_at=sent.at,
        attempts=models.F("attempts") + 1,
        last_error="",
        handed_over_at=None,
        claimed_by="",
        claimed_until=None,
    )


def put_off(row: Message, error: str, due_at: datetime, *, given_up: bool) -> None:
    """Write that a mail failed, to be tried again then, or never."""
    state, unanswered = row.state, row.unanswered
    if given_up and unanswered:
        # It may have been delivered all the same.
        unanswered = Message.MAX_UNANSWERED
    elif given_up:
        state = Message.State.FAILED
    _held(row.claimed_by, row).update(
        state=state,
        unanswered=unanswered,
        attempts=row.attempts + 1,
        last_error=error,
        due_at=due_at,
        handed_over_at=None,
        claimed_by="",
        claimed_until=None,
    )


def put_back(row: Message) -> None:
    """Free a row whose mail the server did not so much as look at, behind the others."""
    _held(row.claimed_by, row).update(
        due_at=timezone.now(), handed_over_at=None, claimed_by="", claimed_until=None
    )


def doubt(row: Message, error: str) -> None:
    """Write that a mail was handed over and may have been delivered; once more, later."""
    _held(row.claimed_by, row).update(
        state=Message.State.UNCERTAIN,
        unanswered=row.unanswered + 1,
        attempts=row.attempts + 1,
        last_error=error,
        due_at=timezone.now() + PAUSE_UNANSWERED,
        handed_over_at=None,
        claimed_by="",
        claimed_until=None,
    )


def _held(worker: str, *rows: Message) -> "models.QuerySet[Message]":
    """Of these rows, those that the worker holds still."""
    return Message.objects.filter(pk__in=[row.pk for row in rows], claimed_by=worker)
