"""The questions of an attempt, as its member sees them."""

from typing import Any

from django.db import models

from common.engine.prepared import Parameter, prepared
from trainings.models import Choice

from ..models import Attempt
from . import marks


@prepared
def _wordings(question_set: Parameter) -> "models.QuerySet[Choice, tuple[int, str, int, str]]":
    return (
        Choice.objects.filter(question__question_set=question_set)
        .order_by()
        .values_list("question_id", "question__text", "pk", "text")
    )


def shown(attempt: Attempt) -> list[dict[str, Any]]:
    """The questions in the order shown, each with its choices and what is ticked."""
    texts, wordings = {}, {}
    for question, text, choice, wording in _wordings(attempt.question_set_id):
        texts[question], wordings[choice] = text, wording
    answers = {question: (ticked, at) for question, ticked, at in marks.answers_of(attempt.pk)}
    questions = []
    for rank, (question, choices) in enumerate(attempt.order, start=1):
        ticked, at = answers.get(question, ([], None))
        questions.append(
            {
                "rank": rank,
                "pk": question,
                "text": texts[question],
                "saved_at": at,
                "answered": bool(ticked),
                "choices": [
                    {"pk": choice, "text": wordings[choice], "ticked": choice in ticked}
                    for choice in choices
                ],
            }
        )
    return questions
