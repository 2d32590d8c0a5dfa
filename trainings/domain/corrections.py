"""Staff ask the organism to correct a question of frozen sets; it proposes; staff decide.

What is proposed is applied by `versions.correct_question`.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import Refused, WrongStatus

from .. import emails
from ..models import Correction, Question, Training
from ..questions.rows import QuestionRow
from .versions import CORRECT, require_current, require_sound


def ask(question: Question, *, by: User, comment: str) -> Correction:
    """Ask the organism to correct a question; it is told.

    Raises WrongStatus when the question was corrected meanwhile or is asked for already, Refused
    without a comment, PermissionDenied.
    """
    comment = comment.strip()
    if not by.has_perm(CORRECT):
        raise PermissionDenied
    if not comment:
        raise Refused("Dites à l’organisme ce qui est à corriger.")
    with transaction.atomic():
        training = question.question_set.training.lock()
        require_current(training, question)
        if question.corrections.live().exists():
            raise WrongStatus("Une correction de cette question est déjà demandée.")
        correction = Correction.objects.create(
            question=question, comment=comment, asked_at=timezone.now(), asked_by=by
        )
        training.move(Training.Event.ASK_CORRECTION, by=by, comment=f"{question.place}. {comment}")
        emails.correction_asked(correction)
    return correction


def propose(correction: Correction, *, by: User, row: QuestionRow) -> Correction:
    """The organism proposes its corrected question; staff are told.

    `row` is as `versions.correct_question` takes it. Raises WrongStatus, and Refused for a
    question that the sets may not hold.
    """
    with transaction.atomic():
        correction = correction.lock()
        correction.require(Correction.Event.PROPOSE)
        training = correction.training
        require_sound(training, correction.question, row)
        correction.take(Correction.Event.PROPOSE)
        correction.proposal, correction.proposed_at = row.to_json(), timezone.now()
        correction.save(update_fields=["proposal", "proposed_at", "status"])
        training.move(Training.Event.PROPOSE_CORRECTION, by=by, comment=correction.question.place)
        emails.correction_proposed(correction)
    return correction


def dismiss(correction: Correction, *, by: User, comment: str) -> Correction:
    """Staff no longer want it; the organism reads why.

    Raises WrongStatus, Refused without a comment, PermissionDenied.
    """
    comment = comment.strip()
    if not by.has_perm(CORRECT):
        raise PermissionDenied
    if not comment:
        raise Refused("Dites à l’organisme pourquoi la correction est abandonnée.")
    with transaction.atomic():
        correction = correction.lock()
        correction.take(Correction.Event.DISMISS)
        correction.save(update_fields=["status"])
        correction.training.move(
            Training.Event.DISMISS_CORRECTION,
            by=by,
            comment=f"{correction.question.place}. {comment}",
        )
        emails.correction_dismissed(correction, comment=comment)
    return correction
