"""Until when a QCM can be taken. Pure: dates and aware times in, aware times out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
# Whoever is invited late has this many days all the same.
DAYS_AFTER_INVITATION = 21
# An attempt started in time may end this long after the deadline.
OVERTIME = timedelta(hours=24)


def deadline(*, year: int, grace_days: int, invited_at: datetime) -> datetime:
    """The later of 31 December + `grace_days` and 21 days after the invitation, at 23:59 in Paris.

    `year` is the training's; `invited_at` is aware.
    """
    rule = date(year, 12, 31) + timedelta(days=grace_days)
    return end_of(max(rule, days_after(invited_at)))


def days_after(invited_at: datetime, days: int = DAYS_AFTER_INVITATION) -> date:
    """The day in Paris that many days after an aware time."""
    return invited_at.astimezone(PARIS).date() + timedelta(days=days)


def end_of(day: date) -> datetime:
    """23:59 in Paris on that day."""
    return datetime.combine(day, time(23, 59), tzinfo=PARIS)


def attempt_end(deadline_at: datetime) -> datetime:
    """When an attempt that was started in time ends by itself."""
    # Adding to a local time would move its clock face: an hour too few or too many in March.
    return deadline_at.astimezone(UTC) + OVERTIME
