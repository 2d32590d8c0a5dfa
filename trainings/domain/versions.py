"""Frozen sets: a corrected question makes a new version of its set; the old one stays."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import Refused, WrongStatus

from .. import emails
from ..models import Choice, Correction, Question, QuestionSet, Training
from ..questions.rows import QuestionRow
from ..questions.set_checks import problems
from .sets import NewQuestion, current, insert

CORRECT = "trainings.decide_training"


def correct_question(question: Question, *, by: User, row: QuestionRow, comment: str) -> Question:
    """Make a new version of the question's set in which `row` stands for it; the new question.

    The choices of `row` stand at their places, a blank one for one that is taken out; those
    beyond the old ones are new. Attempts keep the version that they were taken with. The organism
    is told. A constant number of queries. Raises WrongStatus when the question was corrected
    meanwhile, Refused without a comment or for a row that no set may hold, PermissionDenied.
    """
    comment = comment.strip()
    if not by.has_perm(CORRECT):
        raise PermissionDenied
    if not comment:
        raise Refused("Écrivez pourquoi la question est corrigée.")
    with transaction.atomic():
        training = question.question_set.training.lock()
        require_current(training, question)
        require_sound(training, question, row)
        if row.filled() == question.as_row():
            raise Refused("Rien n’est changé : corrigez la question, puis enregistrez.")
        applied = Correction.TRANSITIONS[Correction.Event.APPLY].target
        question.corrections.live().update(status=applied)
        fresh = _new_version(training, question, row)
        training.move(
            Training.Event.CORRECT,
            by=by,
            comment=f"{question.place}, version {fresh.question_set.version}. {comment}",
        )
        emails.question_corrected(fresh, comment=comment)
    return fresh


def require_current(training: Training, question: Question) -> None:
    """Raise WrongStatus unless the question stands in frozen sets of the training."""
    if not training.may(Training.Event.CORRECT):
        raise WrongStatus(
            "Les jeux de cette demande ne sont pas figés : demandez plutôt des modifications."
        )
    if not training.question_sets.current().filter(pk=question.question_set_id).exists():
        raise WrongStatus("Cette question a été corrigée entre-temps : rechargez la page.")


def require_sound(training: Training, question: Question, row: QuestionRow) -> None:
    """Raise Refused when the sets would no longer be right with `row` for this question."""
    place = (question.question_set.position, question.position)
    rows = [
        (row.filled() if standing.pk == question.pk else standing.as_row()).in_set(
            question_set.position
        )
        for question_set in current(training)
        for standing in question_set.questions.all()
    ]
    # The one that repeats it may stand after it: the sentence then names this one.
    named = f"jeu {place[0]}, question {place[1]}."
    sentences = [
        str(problem)
        for problem in problems(rows)
        if (problem.set_number, problem.rank) == place or named in problem.sentence
    ]
    if sentences:
        raise Refused(" ".join(sentences))


def _new_version(training: Training, corrected: Question, row: QuestionRow) -> Question:
    """Copy the set of `corrected` with `row` in its place; the new question."""
    before = training.question_sets.prefetch_related("questions__choices").get(
        pk=corrected.question_set_id
    )
    before.replaced_at = timezone.now()
    before.save(update_fields=["replaced_at"])
    after = QuestionSet.objects.create(
        training=training, position=before.position, version=before.version + 1
    )
    old = list(before.questions.all())
    new = insert(
        _replacement(after, standing, row if standing.pk == corrected.pk else standing.as_row())
        for standing in old
    )
    replaced_by = dict(zip((standing.pk for standing in old), new, strict=True))
    _carry_corrections(replaced_by)
    return replaced_by[corrected.pk]


def _replacement(question_set: QuestionSet, old: Question, row: QuestionRow) -> NewQuestion:
    """The question as it is to be written in the new version, its choices with what they replace.

    The one that reads the same wherever it stood, else the one at the same place: marking again
    follows these, and two choices may have changed places.
    """
    kept = [(place, choice) for place, choice in enumerate(row.choices) if not choice.is_blank]
    left = dict(enumerate(old.choices.all()))
    replaced: dict[int, Choice] = {}
    for place, choice in kept:
        # Its own place first: two choices of one text stay where they are.
        alike = (
            other for other in (place, *left) if other in left and left[other].text == choice.text
        )
        if (same := next(alike, None)) is not None:
            replaced[place] = left.pop(same)
    for place, _ in kept:
        if place not in replaced and place in left:
            replaced[place] = left.pop(place)
    return NewQuestion(
        question_set,
        old.position,
        row.filled(),
        replaces=old,
        replaced_choices={
            written: replaced[place] for written, (place, _) in enumerate(kept) if place in replaced
        },
    )


def _carry_corrections(replaced_by: dict[int, Question]) -> None:
    """Point what is asked for at the questions that now stand, by the id of the old ones."""
    live = list(Correction.objects.live().filter(question__in=list(replaced_by)))
    for correction in live:
        correction.question = replaced_by[correction.question_id]
    Correction.objects.bulk_update(live, ["question"])
