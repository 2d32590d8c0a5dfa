"""The three sets as they stand: how they are read, and the one writer of their questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from common.errors import Refused

from ..models import Choice, Question, QuestionSet, Training
from ..questions.rows import QuestionRow
from ..questions.sizing import SETS


class QuestionGone(Refused):
    """The question was removed meanwhile."""

    def __init__(self) -> None:
        super().__init__("Cette question a été supprimée entre-temps.")


@dataclass(frozen=True)
class NewQuestion:
    """A question to write, and what it stands for in the version before."""

    question_set: QuestionSet
    position: int
    row: QuestionRow
    replaces: Question | None = None
    # The old choice that each of the row's choices replaces, by its place.
    replaced_choices: Mapping[int, Choice] = field(default_factory=dict)


def current(training: Training) -> QuerySet[QuestionSet]:
    """The sets that stand, in their order, with questions and choices: three queries."""
    return training.question_sets.current().prefetch_related("questions__choices")


def as_rows(training: Training) -> list[QuestionRow]:
    """The questions that stand, set by set."""
    return [
        question.as_row().in_set(question_set.position)
        for question_set in current(training)
        for question in question_set.questions.all()
    ]


def question_counts(training: Training) -> dict[int, int]:
    """{1: questions in set 1, 2: …, 3: …}."""
    counted = dict(
        training.question_sets.current()
        .order_by()
        .values_list("position")
        .annotate(number=Count("questions"))
    )
    return {number: counted.get(number, 0) for number in range(1, SETS + 1)}


def find_question(training: Training, pk: int) -> Question:
    """A question of this request, with its set and choices. Raises QuestionGone."""
    question = (
        Question.objects.select_related("question_set")
        .prefetch_related("choices")
        .filter(pk=pk, question_set__in=training.question_sets.all())
        .first()
    )
    if question is None:
        raise QuestionGone
    return question


def insert(new: Iterable[NewQuestion]) -> list[Question]:
    """Write these questions with their choices; two queries, however many they are."""
    new = list(new)
    questions = Question.objects.bulk_create(
        Question(
            question_set=written.question_set,
            position=written.position,
            text=written.row.text,
            theme=written.row.theme,
            explanation=written.row.explanation,
            replaces=written.replaces,
        )
        for written in new
    )
    Choice.objects.bulk_create(
        Choice(
            question=question,
            position=place + 1,
            text=text,
            is_right=is_right,
            replaces=written.replaced_choices.get(place),
        )
        for question, written in zip(questions, new, strict=True)
        for place, (text, is_right) in enumerate(written.row.choices)
    )
    return questions


def rewrite(question: Question, row: QuestionRow) -> None:
    """Write another text and other choices on a question of a draft."""
    before = question.as_row()
    question.text, question.theme = row.text, row.theme
    question.explanation = row.explanation
    question.revision += 1
    question.save(update_fields=["text", "theme", "explanation", "revision", "last_save"])
    if row.choices != before.choices:
        question.choices.all().delete()
        Choice.objects.bulk_create(
            Choice(question=question, position=position, text=text, is_right=is_right)
            for position, (text, is_right) in enumerate(row.choices, start=1)
        )


def replace_all(training: Training, rows: Iterable[QuestionRow]) -> None:
    """Put these questions in the place of all there are. A constant number of queries."""
    rows = list(rows)
    training.question_sets.all().delete()
    if not rows:
        return
    made = QuestionSet.objects.bulk_create(
        QuestionSet(training=training, position=number) for number in range(1, SETS + 1)
    )
    by_number = {question_set.position: question_set for question_set in made}
    ranks = dict.fromkeys(by_number, 0)
    new = []
    for row in rows:
        ranks[row.set_number] += 1
        new.append(NewQuestion(by_number[row.set_number], ranks[row.set_number], row))
    insert(new)
