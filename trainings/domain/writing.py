"""The organism's hand on its three sets: add, write, move, remove, while they may be changed.

Every verb locks the request and raises WrongStatus once it is sent. A `row` may be incomplete: it
is kept as it is. Ranks begin at 1.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Max, Value, When

from accounts.models import User
from common.errors import Refused

from ..models import Question, QuestionSet, RemovedQuestion, Training
from ..questions.rows import QuestionRow
from ..questions.sizing import SETS
from .sets import NewQuestion, QuestionGone, find_question, insert, rewrite

MAX_QUESTIONS = 100
REMOVED_KEPT = 30
# Positions are unique in a set, row by row: on their way they stand aside, above all real ones.
ASIDE = 10_000
BLANK = QuestionRow()


class SetFull(Refused):
    """A set takes no more questions."""


class QuestionChanged(Refused):
    """Someone else, or another tab, wrote the question; `question` is as it now stands."""

    def __init__(self, question: Question) -> None:
        super().__init__(
            "Cette question a été modifiée entre-temps, par quelqu’un d’autre ou dans un autre "
            "onglet."
        )
        self.question = question


@transaction.atomic
def add_question(
    training: Training, number: int, row: QuestionRow = BLANK, *, rank: int | None = None
) -> Question:
    """A new question in the set of this number, last unless a rank is given. Raises SetFull."""
    return _insert(_open_sets(training), number, row, rank)


@transaction.atomic
def write_question(
    training: Training, pk: int, row: QuestionRow, *, revision: int, token: str = ""
) -> Question:
    """Write what was typed on the question as it stood at `revision`; the question.

    `token` is « page:serial » of the page that writes: its own earlier saves are no conflict,
    and one that arrives late changes nothing. Raises QuestionGone or QuestionChanged.
    """
    question = find_question(_open_sets(training), pk)
    page, serial = _read_token(token)
    last_page, last_serial = _read_token(question.last_save)
    is_own = bool(page) and page == last_page
    if row == question.as_row() or (is_own and serial <= last_serial):
        return question
    if revision != question.revision and not is_own:
        raise QuestionChanged(question)
    question.last_save = token
    rewrite(question, row)
    return find_question(training, pk)


@transaction.atomic
def duplicate_question(training: Training, pk: int) -> Question:
    """The same question once more, just after it. Raises QuestionGone or SetFull."""
    training = _open_sets(training)
    question = find_question(training, pk)
    number = question.question_set.position
    return _insert(training, number, question.as_row(), question.position + 1)


@transaction.atomic
def move_question(
    training: Training, pk: int, *, steps: int = 0, number: int | None = None
) -> Question:
    """Move a question by some places in its set, or to the end of another set.

    Raises QuestionGone or SetFull.
    """
    training = _open_sets(training)
    question = find_question(training, pk)
    source = question.question_set
    if number is None or number == source.position:
        ranked = [other for other in _ranked(source) if other != pk]
        ranked.insert(max(0, question.position - 1 + steps), pk)
        _renumber(source, ranked)
    else:
        target = _set(training, number)
        rank = target.questions.count() + 1
        _require_room(target, rank)
        Question.objects.filter(pk=pk).update(question_set=target, position=rank)
        _renumber(source, _ranked(source))
    return find_question(training, pk)


@transaction.atomic
def remove_question(training: Training, pk: int, *, by: User | None) -> RemovedQuestion | None:
    """Take a question off; the row to put it back from, None when it said nothing.

    Raises QuestionGone.
    """
    training = _open_sets(training)
    question = find_question(training, pk)
    row, source = question.as_row(), question.question_set
    removed = None
    if row != BLANK:
        removed = RemovedQuestion.objects.create(
            training=training,
            set_number=source.position,
            rank=question.position,
            content=row.to_json(),
            removed_by=by,
        )
        kept = training.removed_questions.values_list("pk", flat=True)[:REMOVED_KEPT]
        training.removed_questions.exclude(pk__in=list(kept)).delete()
    question.delete()
    _renumber(source, _ranked(source))
    return removed


@transaction.atomic
def restore_question(training: Training, pk: int) -> Question:
    """Put a removed question back where it was. Raises QuestionGone when it is back already."""
    training = _open_sets(training)
    removed = training.removed_questions.filter(pk=pk).first()
    if removed is None:
        raise QuestionGone
    question = _insert(training, removed.set_number, removed.as_row(), removed.rank)
    removed.delete()
    return question


@transaction.atomic
def import_questions(training: Training, rows: Iterable[QuestionRow], *, replace: bool) -> None:
    """Write these questions after those there are.

    With `replace` they take the place of those in the sets that they name. A constant number
    of queries. Raises SetFull.
    """
    training = _open_sets(training)
    rows = list(rows)
    numbers = sorted({row.set_number for row in rows})
    by_number = {number: _set(training, number) for number in numbers}
    there = Question.objects.filter(question_set__in=by_number.values())
    if replace:
        there.delete()
    ranks = dict.fromkeys(numbers, 0) | dict(
        there.order_by().values_list("question_set__position").annotate(Max("position"))
    )
    new = []
    for row in rows:
        number = row.set_number
        ranks[number] += 1
        _require_room(by_number[number], ranks[number])
        new.append(NewQuestion(by_number[number], ranks[number], row))
    insert(new)


def _open_sets(training: Training) -> Training:
    training = training.lock()
    training.require_editable()
    return training


def _set(training: Training, number: int) -> QuestionSet:
    if number not in range(1, SETS + 1):
        raise ValueError(f"There is no set {number}.")
    return QuestionSet.objects.current().get_or_create(training=training, position=number)[0]


def _insert(training: Training, number: int, row: QuestionRow, rank: int | None) -> Question:
    target = _set(training, number)
    ranked = _ranked(target)
    _require_room(target, len(ranked) + 1)
    [question] = insert([NewQuestion(target, len(ranked) + 1, row)])
    if rank is not None and rank <= len(ranked):
        ranked.insert(max(0, rank - 1), question.pk)
        _renumber(target, ranked)
    return find_question(training, question.pk)


def _read_token(token: str) -> tuple[str, int]:
    page, _, serial = token.rpartition(":")
    return (page, int(serial)) if serial.isdecimal() else ("", 0)


def _ranked(question_set: QuestionSet) -> list[int]:
    return list(question_set.questions.order_by("position").values_list("pk", flat=True))


def _renumber(question_set: QuestionSet, ranked: list[int]) -> None:
    """Give the questions of a set these ranks: two queries, however many they are."""
    if not ranked:
        return
    question_set.questions.update(position=F("position") + ASIDE)
    position: Any = Question._meta.get_field("position")
    places = [When(pk=pk, then=Value(rank)) for rank, pk in enumerate(ranked, start=1)]
    question_set.questions.update(position=Case(*places, output_field=position))


def _require_room(question_set: QuestionSet, rank: int) -> None:
    if rank > MAX_QUESTIONS:
        raise SetFull(
            f"Le jeu {question_set.position} contient déjà {MAX_QUESTIONS} questions, "
            "le maximum. Supprimez-en ou déplacez-en une d’abord."
        )
