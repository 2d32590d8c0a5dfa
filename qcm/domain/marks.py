"""What an attempt is marked by: what was ticked, and what was right."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import models

from common.engine.prepared import Parameter, prepared
from trainings.models import Choice, Training

from .. import marking
from ..models import Answer, Attempt


@prepared
def answers_of(attempt: Parameter) -> "models.QuerySet[Answer, tuple[int, list[int], datetime]]":
    """(question id, [choice id, …], when it was saved) of each answer of an attempt."""
    return Answer.objects.filter(attempt=attempt).values_list("question_id", "choices", "saved_at")


@prepared
def _right_choices(
    question_set: Parameter,
) -> "models.QuerySet[Choice, tuple[int, int, datetime | None]]":
    return (
        Choice.objects.filter(question__question_set=question_set, is_right=True)
        .order_by()
        .values_list("question_id", "pk", "question__question_set__replaced_at")
    )


def ticked(attempt: Attempt) -> dict[int, list[int]]:
    """What is ticked: {question id: [choice id, …]}."""
    return {question: choices for question, choices, _ in answers_of(attempt.pk)}


def unanswered(attempt: Attempt) -> list[tuple[int, int]]:
    """[(rank from 1, question id), …] of the questions without a tick, in the order shown."""
    answers = ticked(attempt)
    return [
        (rank, question)
        for rank, (question, _) in enumerate(attempt.order, start=1)
        if not answers.get(question)
    ]


def key(attempt: Attempt) -> dict[int, Collection[int] | None]:
    """The right choices of each question asked: {question id: {choice id, …}}.

    None stands for a question that counts as right for all. Of the version that was taken, but
    for what staff decided since on questions that were corrected.
    """
    taken, replaced = key_taken(attempt)
    decided = decisions(attempt.invitation.training) if replaced else []
    return marking.overlay(taken, decided)


def key_taken(attempt: Attempt) -> tuple[dict[int, set[int]], bool]:
    """(the key of the version that was taken, whether that version was replaced since)."""
    right: dict[int, set[int]] = {question: set() for question, _ in attempt.order}
    replaced = False
    for question, choice, replaced_at in _right_choices(attempt.question_set_id):
        right[question].add(choice)
        replaced = replaced or replaced_at is not None
    return right, replaced


def keys_of_sets(
    set_pks: Iterable[int], training: Training
) -> dict[int, dict[int, Collection[int] | None]]:
    """{set id: key} as attempts at these versions of the training's sets are marked now."""
    keys: dict[int, dict[int, set[int]]] = {}
    for set_pk, question, choice, is_right in Choice.objects.filter(
        question__question_set__in=set(set_pks)
    ).values_list("question__question_set", "question", "pk", "is_right"):
        right = keys.setdefault(set_pk, {}).setdefault(question, set())
        if is_right:
            right.add(choice)
    decided = decisions(training)
    return {pk: marking.overlay(taken, decided) for pk, taken in keys.items()}


def decisions(training: Training) -> list[dict[str, list[int] | None]]:
    """What staff decided on corrected questions of this training, the oldest first."""
    return list(training.regrades.order_by("pk").values_list("key", flat=True))
