"""What the time that somebody followed counts for. Pure; amounts of time are whole minutes."""

from collections.abc import Sequence
from fractions import Fraction

from common.durations import STEP_MINUTES

# In minutes: what is shorter is of one half of the day.
SHORTEST_DAY = 300
# Why a line of someone known is unticked: the file says so, and the organism may say otherwise.
ABSENT = "Absent d’après le fichier."


def minutes_of_part(part: Fraction, duration: int) -> int:
    """The minutes of a part of a session of this duration, to the nearest, halves up.

    As a person works out « 98 % » of seven hours: 412 minutes for 411.6.
    """
    return (2 * part.numerator * duration + part.denominator) // (2 * part.denominator)


def half_days_of(days: int, duration: int | None, told: Sequence[int]) -> int:
    """The half-days of a session of so many days, where its lines tell so many (0: none).

    Where its one day lasts no more than half a day, and nobody was there for both halves of it,
    « matin » is the whole. Of several days, two halves may be a « journée » of one.
    """
    is_short = days == 1 and duration is not None and duration < SHORTEST_DAY
    return 1 if is_short and max(told, default=0) <= 1 else 2 * days


def share(granted: int, *, followed: int | None, duration: int, whole_only: bool) -> int:
    """Minutes that count of those granted, for minutes followed of a duration.

    `followed` None stands for the whole. In steps of 15, rounded down, no remainder carried
    over; nothing below the whole with `whole_only`.
    """
    if followed is None or followed >= duration:
        return granted
    if whole_only:
        return 0
    return granted * followed // duration // STEP_MINUTES * STEP_MINUTES
