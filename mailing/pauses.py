"""A mail server that is away is left alone for growing pauses, and asked by one worker at a time.

What it refuses to everybody counts for it and for no mail: none is given up because of it.
"""

import logging
from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.utils import timezone

from .models import MailServer

logger = logging.getLogger(__name__)

PAUSES = [timedelta(seconds=seconds) for seconds in (20, 60, 120, 300)]
# A probe that did not come back leaves the next to another worker after this.
PROBE = timedelta(minutes=2)
ONLY = 1


class Way(Enum):
    """Whether a worker may begin: as ever, with one mail to see, or not now."""

    OPEN = "open"
    PROBE = "probe"
    CLOSED = "closed"


def away() -> MailServer | None:
    """The server while it is away."""
    return MailServer.objects.filter(pk=ONLY, away_since__isnull=False).first()


def way() -> Way:
    """What this worker may do; « probe » is said to one until it has told what became of it."""
    server, now = away(), timezone.now()
    if server is None:
        return Way.OPEN
    if server.next_try_at is not None and now < server.next_try_at:
        return Way.CLOSED
    # Of several workers at this instant, the one that moves the time has the probe.
    taken = MailServer.objects.filter(
        pk=ONLY, away_since__isnull=False, next_try_at=server.next_try_at
    ).update(next_try_at=now + PROBE)
    return Way.PROBE if taken else Way.CLOSED


def begin(error: Exception, *, probing: bool) -> None:
    """The server took no mail: pause, longer than the time before when this was the probe."""
    now = timezone.now()
    with transaction.atomic():
        MailServer.objects.get_or_create(pk=ONLY)
        server = MailServer.objects.select_for_update().get(pk=ONLY)
        if server.away_since is not None and not probing:
            # Another worker met the same outage first.
            return
        pause = PAUSES[min(server.tries, len(PAUSES) - 1)]
        server.away_since = server.away_since or now
        server.tries = min(server.tries + 1, 30_000)
        server.next_try_at = now + pause
        server.last_error = f"{type(error).__name__}: {error}"[:2000]
        server.save()
    logger.warning(
        "The mail server takes no e-mail, try %s, again in %d s: %s",
        server.tries,
        pause.total_seconds(),
        # What it answered may name a person: the row has it.
        f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip(),
    )


def end() -> None:
    """The server is back."""
    back = MailServer.objects.filter(pk=ONLY, away_since__isnull=False).update(
        away_since=None, tries=0, next_try_at=None, last_error=""
    )
    if back:
        logger.warning("The mail server takes e-mails again")
