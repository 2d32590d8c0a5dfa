"""Deadlines end at 23:59 in Paris, whatever the season and the server's zone."""

from datetime import UTC, date, datetime

import pytest

from qcm import deadlines


@pytest.mark.parametrize(
    ("invited_at", "year", "grace_days", "expected"),
    [
        # The rule's date is the later: 31 December + 31 days.
        (datetime(2026, 3, 2, 9, tzinfo=UTC), 2026, 31, datetime(2027, 1, 31, 22, 59, tzinfo=UTC)),
        # 21 days after the invitation are: 10 + 21 = 31 January is the same day …
        (datetime(2027, 1, 10, 9, tzinfo=UTC), 2026, 31, datetime(2027, 1, 31, 22, 59, tzinfo=UTC)),
        # … 11 + 21 is 1 February.
        (datetime(2027, 1, 11, 9, tzinfo=UTC), 2026, 31, datetime(2027, 2, 1, 22, 59, tzinfo=UTC)),
        # 23:30 UTC on the 10th is already the 11th in Paris.
        (
            datetime(2027, 1, 10, 23, 30, tzinfo=UTC),
            2026,
            31,
            datetime(2027, 2, 1, 22, 59, tzinfo=UTC),
        ),
        # Invited in winter, due in summer: 23:59 is 21:59 UTC.
        (datetime(2027, 3, 20, 9, tzinfo=UTC), 2026, 31, datetime(2027, 4, 10, 21, 59, tzinfo=UTC)),
        # No grace at all.
        (datetime(2026, 3, 2, 9, tzinfo=UTC), 2026, 0, datetime(2026, 12, 31, 22, 59, tzinfo=UTC)),
        # A leap year's February.
        (datetime(2028, 2, 8, 9, tzinfo=UTC), 2027, 31, datetime(2028, 2, 29, 22, 59, tzinfo=UTC)),
    ],
)
def test_the_later_of_the_rule_and_21_days(invited_at, year, grace_days, expected):
    found = deadlines.deadline(year=year, grace_days=grace_days, invited_at=invited_at)
    assert found == expected
    assert (found.hour, found.minute) == (23, 59)


def test_an_attempt_ends_24_hours_after_the_deadline_even_when_clocks_change():
    # Clocks go forward on 28 March 2027: 24 hours are 24 hours, so it ends at 00:59 on the 29th.
    limit = deadlines.end_of(date(2027, 3, 27))
    end = deadlines.attempt_end(limit)
    assert end.astimezone(UTC) - limit.astimezone(UTC) == deadlines.OVERTIME
