"""The time spent on each question, told by when answers were saved."""

from datetime import timedelta

import pytest
from django.utils import timezone

from qcm import pace
from qcm.domain import marks
from qcm.models import Answer, Attempt
from tests.qcm import steps
from tests.qcm.conftest import open_link


@pytest.mark.parametrize(
    ("seconds", "counted"),
    [(-5, 0), (0, 0), (0.9, 0), (1, 1), (59.99, 59), (600, 600), (601, 600), (86_400, 600)],
)
def test_a_pause_is_not_thinking(seconds, counted):
    now = timezone.now()
    assert pace.spent(now - timedelta(seconds=seconds), now) == counted


@pytest.mark.parametrize(
    ("seconds", "count", "parts"),
    [(0, 3, [0, 0, 0]), (10, 1, [10]), (10, 4, [3, 3, 2, 2]), (2, 4, [1, 1, 0, 0])],
)
def test_seconds_are_shared_whole_and_none_is_lost(seconds, count, parts):
    assert pace.shared(seconds, count) == parts


def started(invitation, *, ago):
    """An attempt that began so many seconds ago, and a little."""
    attempt = steps.start(invitation)
    rewind(attempt, ago)
    return attempt


def rewind(attempt, seconds):
    """As if so many seconds, and a little, had passed since all that was done."""
    by = timedelta(seconds=seconds + 0.2)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=attempt.started_at - by)
    attempt.refresh_from_db()
    for one in attempt.answers.all():
        Answer.objects.filter(pk=one.pk).update(saved_at=one.saved_at - by)


def seconds(attempt):
    """In the order shown; None for a question that was never saved."""
    kept = dict(attempt.answers.values_list("question_id", "seconds"))
    return [kept.get(question) for question, _ in attempt.order]


def tick(attempt, rank, choice=0):
    question, choices = attempt.order[rank]
    steps.save(attempt, {question: [choices[choice]]})


def test_the_first_answers_time_counts_from_the_start(invitation):
    attempt = started(invitation, ago=30)
    tick(attempt, 2)
    assert seconds(attempt) == [None, None, 30, None]


def test_each_answers_time_counts_from_the_one_before(invitation):
    attempt = started(invitation, ago=30)
    tick(attempt, 0)
    rewind(attempt, 12)
    tick(attempt, 1)
    tick(attempt, 3)
    assert seconds(attempt) == [30, 12, None, 0]


def test_a_question_taken_up_again_adds_its_times_and_keeps_the_last_ticks(invitation):
    attempt = started(invitation, ago=30)
    tick(attempt, 0)
    rewind(attempt, 5)
    tick(attempt, 1)
    rewind(attempt, 700)
    tick(attempt, 0, choice=1)
    assert seconds(attempt) == [630, 5, None, None]
    question, choices = attempt.order[0]
    assert marks.ticked(attempt)[question] == [choices[1]]


def test_a_whole_page_shares_its_time_among_the_questions_that_changed(client, invitation):
    open_link(client, invitation)
    attempt = started(invitation, ago=8)
    tick(attempt, 0)
    rewind(attempt, 10)
    form = {f"q{question}": choices[0] for question, choices in attempt.order}
    client.post(f"/qcm/{invitation.pk}/terminer/", {"attempt": attempt.pk, "answers": "1", **form})
    assert seconds(attempt) == [8, 4, 3, 3]


def test_an_answer_of_no_question_changes_nothing(invitation):
    attempt = started(invitation, ago=30)
    steps.save(attempt, {})
    assert seconds(attempt) == [None, None, None, None]
