"""Marks are integers: exactly the right choices, and never a rounded pass."""

import pytest

from qcm import marking


@pytest.mark.parametrize(
    ("right", "ticked", "expected"),
    [
        ({1}, [1], True),
        ({1, 2}, [2, 1], True),
        ({1, 2}, [1], False),
        ({1}, [1, 2], False),
        ({1}, [], False),
        ({1}, [3], False),
        (set(), [], False),
    ],
)
def test_a_question_is_right_when_exactly_its_right_choices_are_ticked(right, ticked, expected):
    assert marking.is_right(right, ticked) is expected


@pytest.mark.parametrize(
    ("right", "total", "pass_mark", "expected"),
    [
        (7, 10, 70, True),
        (6, 10, 70, False),
        (699, 1000, 70, False),  # 69.9 % is not 70 %
        (700, 1000, 70, True),
        (2, 3, 67, False),  # 66.67 %
        (2, 3, 66, True),
        (3, 4, 75, True),
        (3, 4, 76, False),
        (4, 4, 100, True),
        (3, 4, 100, False),
        (0, 4, 1, False),
        (1, 100, 1, True),
        (0, 0, 70, False),
    ],
)
def test_the_pass_mark_is_reached_in_integers(right, total, pass_mark, expected):
    assert marking.is_passed(right, total, pass_mark) is expected


def test_a_shown_percentage_never_reaches_a_mark_that_was_missed():
    for total in range(1, 61):
        for right in range(total + 1):
            for mark in (1, 50, 66, 67, 70, 75, 100):
                shown = marking.percent(right, total) >= mark
                assert shown == marking.is_passed(right, total, mark)


def test_an_unanswered_question_is_wrong_and_named():
    mark = marking.mark({10: {1}, 11: {4, 5}, 12: {7}}, {10: [1], 11: [4]}, 70)
    assert mark == marking.Mark(right=1, total=3, passed=False, wrong=(11, 12))
