"""How many questions are owed, and the approval numbers: integers at their edges."""

import pytest

from common.durations import parse_minutes
from common.errors import Refused
from trainings.domain import numbers
from trainings.models import ApprovalCounter
from trainings.questions.sizing import SETS, questions_per_set


@pytest.mark.parametrize(
    ("minutes", "owed"),
    [
        (0, 0),
        (15, 4),
        (30, 4),
        (60, 4),
        (61, 6),
        (75, 6),
        (90, 6),
        (120, 6),
        (121, 8),
        (150, 8),
        (180, 8),
        (210, 10),
        (420, 16),
        (840, 30),
    ],
)
def test_a_set_holds_four_questions_and_two_more_for_each_further_hour_begun(minutes, owed):
    assert questions_per_set(minutes) == owed


def test_an_hour_and_a_half_owes_eighteen_questions_in_all():
    assert questions_per_set(parse_minutes("1h30")) * SETS == 18


@pytest.mark.django_db
def test_numbers_follow_one_another_within_their_year():
    taken = [numbers.take(year) for year in (2026, 2026, 2027)]
    assert taken == ["2026-0001", "2026-0002", "2027-0001"]
    ApprovalCounter.objects.filter(year=2026).update(last=9998)
    taken = [numbers.take(2026) for _ in range(2)]
    assert taken == ["2026-9999", "2026-10000"]


@pytest.mark.parametrize(
    "typed", ["2026-0007", " 2026-0007 ", "2026 - 0007", "2026–0007", "2026‑0007", "２０２６-0007"]
)
def test_a_typed_number_must_not_look_like_ours(typed):
    with pytest.raises(Refused, match="a la forme de nos numéros"):
        numbers.take(2026, typed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", "2026-0001"),
        ("  ", "2026-0001"),
        (" AMF  26-118 ", "AMF 26-118"),
        ("26-0007", "26-0007"),
    ],
)
def test_the_amfs_own_number_is_kept_as_typed(typed, kept):
    assert numbers.take(2026, typed) == kept
