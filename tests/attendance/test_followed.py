"""What the time followed counts for: integers, at their edges."""

from fractions import Fraction

import pytest

from attendance.roster.followed import minutes_of_part, share


@pytest.mark.parametrize(
    ("part", "minutes"),
    [
        (Fraction(0), 0),
        (Fraction(85, 100), 357),
        # 411.6, 0.42, 0.5
        (Fraction(98, 100), 412),
        (Fraction(1, 1000), 0),
        (Fraction(1, 840), 1),
        (Fraction(1, 2), 210),
        (Fraction(1), 420),
    ],
)
def test_a_part_of_a_session_is_so_many_minutes(part, minutes):
    assert minutes_of_part(part, 420) == minutes


@pytest.mark.parametrize(
    ("granted", "followed", "duration", "counts"),
    [
        (120, None, 420, 120),
        (120, 420, 420, 120),
        (120, 500, 420, 120),
        (120, 419, 420, 105),
        (120, 210, 420, 60),
        (120, 53, 420, 15),
        (120, 52, 420, 0),
        (120, 0, 420, 0),
        (0, 210, 420, 0),
        (420, 200, 420, 195),
    ],
)
def test_part_of_a_training_counts_in_steps_of_15_rounded_down(granted, followed, duration, counts):
    given = {"followed": followed, "duration": duration}
    assert share(granted, **given, whole_only=False) == counts
    whole = granted if followed is None or followed >= duration else 0
    assert share(granted, **given, whole_only=True) == whole
