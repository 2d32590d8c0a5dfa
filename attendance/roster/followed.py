"""What the time that somebody followed counts for. Pure; amounts of time are whole minutes."""

from fractions import Fraction

from common.durations import STEP_MINUTES

# Why a line of someone known is unticked: the file says so, and the organism may say otherwise.
ABSENT = "Absent d’après le fichier."


def minutes_of_part(part: Fraction, duration: int) -> int:
    """The minutes of a part of a session of this duration, to the nearest, halves up.

    As a person works out « 98 % » of seven hours: 412 minutes for 411.6.
    """
    return (2 * part.numerator * duration + part.denominator) // (2 * part.denominator)


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
