"""Amounts of time as rosters hold them: whole seconds, shares, half-days, at their edges."""

from datetime import datetime, time
from fractions import Fraction

import pytest

from attendance.roster.amounts import (
    DAYS_UNIT,
    EXCEL_DAYS,
    HALF_DAYS_UNIT,
    HOURS,
    MINUTES,
    MINUTES_SECONDS,
    SECONDS,
    Amount,
    amount_of,
    has_unit,
    part_in,
    unit_of,
)
from attendance.roster.units import doubts_of
from common.durations import NotADuration
from common.spreadsheets import Percent


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
        ("3 heures 30", HOURS, 210),
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
    amount = amount_of(cell, unit=unit)
    assert (amount and amount.seconds // 60) == minutes


@pytest.mark.parametrize("cell", ["beaucoup", "-2", "3h75", "x", "25:00:00:00"])
def test_a_duration_that_is_none_is_said(cell):
    with pytest.raises(NotADuration, match="n’est pas lisible"):
        amount_of(cell, unit=HOURS)


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
        ("Jours de présence", [2], DAYS_UNIT),
        ("Nombre de demi-journées", [4], HALF_DAYS_UNIT),
        ("Nombre d'heures par jour", [4], HOURS),
        ("Jour 1", [4], HOURS),
        ("Attendance duration (s)", [4], SECONDS),
    ],
)
def test_a_bare_number_is_what_the_title_or_the_largest_says(title, cells, unit):
    assert unit_of(title, cells) == unit


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1h23min4s", 4984),
        ("1h 23m 4s", 4984),
        ("1 h 23", 4980),
        ("1h23", 4980),
        ("10m 10s", 610),
        ("45 s", 45),
        ("45 secondes", 45),
        ("3:29:58", 12598),
        ("26:00:00", 93600),
        ("1.02:00:00", 93600),
        ("1 day, 2:00:00", 93600),
        ("PT1H23M4S", 4984),
        ("P0DT3H30M", 12600),
        ("PT45S", 45),
        ("192 mins", 11520),
        ("2 heures et 5 minutes", 7500),
        ("00:00:00", 0),
        ("0 min", 0),
    ],
)
def test_a_text_with_its_units_is_read_to_the_second(written, seconds):
    assert has_unit(written)
    assert amount_of(written, unit=MINUTES) == amount_of(written, unit=HOURS)
    assert amount_of(written, unit=HOURS).seconds == seconds


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("85 %", Fraction(85, 100)),
        ("85,5%", Fraction(855, 1000)),
        ("0 %", Fraction(0)),
        ("100.0%", Fraction(1)),
        (Percent(0.85), Fraction(85, 100)),
        (Percent(0.98), Fraction(98, 100)),
        ("la totalité", Fraction(1)),
    ],
)
def test_a_share_is_exactly_what_was_written(written, share):
    assert amount_of(written, unit=HOURS) == Amount(share=share)


@pytest.mark.parametrize(
    ("written", "half_days"),
    [
        ("journée", 2),
        ("1 journée", 2),
        ("Matin", 1),
        ("après-midi", 1),
        ("½ journée", 1),
        ("demi-journée", 1),
        ("Matin + après-midi", 2),
        ("2 jours", 4),
        ("1,5 jour", 3),
        ("3 demi-journées", 3),
    ],
)
def test_days_and_their_halves_are_counted_in_halves(written, half_days):
    assert amount_of(written, unit=HOURS) == Amount(half_days=half_days)


@pytest.mark.parametrize("written", ["--", "-", "–", "n/a", "néant", "aucun"])
def test_a_dash_is_no_time_at_all(written):
    amount = amount_of(written, unit=MINUTES)
    assert amount == Amount()
    assert amount.is_none


@pytest.mark.parametrize(
    ("title", "cells", "doubts"),
    [
        ("Durée", [7, 3.5], []),
        ("Durée", [10.5, 14], []),
        ("Durée", [45, 90], []),
        ("Durée", [12, 20], [HOURS, MINUTES]),
        ("Durée (min)", [12, 20], []),
        ("attendance_duration", [3600, 0, 1200], [MINUTES, SECONDS]),
        ("Durée (minutes)", [1200], []),
        ("Durée", [0.2917, 0.1458], [EXCEL_DAYS, HOURS]),
        ("Durée (h)", [0.5, 0.25], []),
        ("Durée", ["58:30", "45:12"], [MINUTES_SECONDS, HOURS]),
        ("Durée", ["01:30", "07:00"], []),
        ("Durée (hh:mm)", ["35:00"], []),
        ("Durée", [0, 0], []),
    ],
)
def test_figures_that_may_be_of_two_units_are_in_doubt(title, cells, doubts):
    assert doubts_of(title, cells) == doubts


def test_days_are_two_halves_and_excel_counts_in_days():
    assert amount_of(1.5, unit=DAYS_UNIT) == Amount(half_days=3)
    assert amount_of(3, unit=HALF_DAYS_UNIT) == Amount(half_days=3)
    assert amount_of(0.2917, unit=EXCEL_DAYS) == Amount(seconds=7 * 3600)


@pytest.mark.parametrize(
    ("cell", "part"),
    [("2/4", Fraction(1, 2)), ("0/4", 0), ("3 sur 4", Fraction(3, 4)), ("12/11", None), (2, None)],
)
def test_a_part_of_so_many(cell, part):
    assert part_in(cell) == part
