"""Durations as rosters hold them, and what they count for: integers, at their edges."""

from datetime import datetime, time

import pytest

from attendance.roster.followed import HOURS, MINUTES, minutes_of, share, unit_of
from common.durations import NotADuration


@pytest.mark.parametrize(
    ("cell", "unit", "minutes"),
    [
        (None, HOURS, None),
        ("", HOURS, None),
        ("  ", HOURS, None),
        (True, HOURS, None),
        ("3,5", HOURS, 210),
        ("3.5", HOURS, 210),
        (3.5, HOURS, 210),
        (3, HOURS, 180),
        (0, HOURS, 0),
        ("3h30", HOURS, 210),
        ("3 h 30", MINUTES, 210),
        ("3\u202fh\u202f30", MINUTES, 210),
        ("03:30", HOURS, 210),
        ("01:35:20", HOURS, 95),
        ("1 h 35 min", HOURS, 95),
        ("1 hr 35 min", MINUTES, 95),
        ("2 hours", MINUTES, 120),
        ("95 minutes", HOURS, 95),
        ("95mn", HOURS, 95),
        ("12 min 30 s", HOURS, 12),
        (95, MINUTES, 95),
        ("95", MINUTES, 95),
        (95.6, MINUTES, 96),
        (time(3, 30), MINUTES, 210),
        (datetime(1900, 1, 1, 1, 0), HOURS, 1500),
        # What Excel makes of « 3.5 » and of « 7.0 » typed in French: a date.
        (datetime(2026, 5, 3), HOURS, 210),
    ],
)
def test_a_cell_is_read_as_minutes(cell, unit, minutes):
    assert minutes_of(cell, unit=unit) == minutes


@pytest.mark.parametrize("cell", ["toute la journée", "-2", "3h75", "x"])
def test_a_duration_that_is_none_is_said(cell):
    with pytest.raises(NotADuration, match="n’est pas lisible"):
        minutes_of(cell, unit=HOURS)


@pytest.mark.parametrize(
    ("title", "cells", "unit"),
    [
        ("Durée (minutes)", [3, 3], MINUTES),
        ("Duration (Minutes)", [], MINUTES),
        ("Heures suivies", [90], HOURS),
        ("Durée", [3.5, 7], HOURS),
        ("Durée", [24], HOURS),
        ("Durée", [25], MINUTES),
        ("Durée", ["95", "3"], MINUTES),
        ("Durée", ["3h30", None], HOURS),
    ],
)
def test_a_bare_number_is_what_the_title_or_the_largest_says(title, cells, unit):
    assert unit_of(title, cells) == unit


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
