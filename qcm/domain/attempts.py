"""What a member does: begin an attempt, tick answers, end it.

The pages that every member passes: a verb takes ids, so that no row is read twice, and its
statements are put together once.
"""

import logging
import random
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from common.engine import guarded
from common.engine.prepared import Parameter, prepared
from common.errors import Refused, WrongStatus
from members.domain import ledger
from members.models import HoursCredit, Member
from trainings.models import Choice

from .. import emails, marking, pace
from ..models import Answer, Attempt, Invitation
from . import marks

logger = logging.getLogger(__name__)
Event = Attempt.Event
Status = Attempt.Status
# Attempts that one task finishes, each in its own transaction.
BATCH = 100
# Which set, and which order, must not be guessed from the one before.
shuffler = random.SystemRandom()
# What is asked of an attempt that has ended.
ENDED: dict[str, str] = {
    Status.FINISHED: "Cette tentative est terminée : les réponses ne peuvent plus changer.",
    Status.INTERRUPTED: "Ce QCM a été retiré : il n’est plus à passer.",
}
OUT_OF_TIME = "Le temps de cette tentative est écoulé : les réponses ne peuvent plus changer."


class ForeignAnswer(Refused):
    """An answer names a question or a choice that this attempt did not show."""


# --- Statements -------------------------------------------------------------------------------


@prepared
def of_invitation(invitation: Parameter) -> "models.QuerySet[Attempt]":
    """Its attempts by number, each with the position of its set, and when that was replaced."""
    return (
        Attempt.objects.select_related("question_set")
        .only(
            *(field.name for field in Attempt._meta.concrete_fields),
            "question_set__position",
            "question_set__replaced_at",
            "question_set__training",
        )
        .filter(invitation=invitation)
        .order_by("number")
    )


@prepared
def _to_start(pk: Parameter) -> "models.QuerySet[Invitation]":
    """The invitation under a lock, with what an attempt asks of it and keeps."""
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("member", "training__organism")
        .only(
            *(field.name for field in Invitation._meta.concrete_fields),
            "member__number",
            "member__first_name",
            "member__last_name",
            "training__year",
            "training__title",
            "training__approval_number",
            "training__organism__name",
            "training__organism__siren",
        )
        .with_insiders()
        .with_year_pass_mark()
        .filter(pk=pk)
        .order_by()
    )


@prepared
def _current_choices(training: Parameter) -> "models.QuerySet[Choice, tuple[int, int, int, int]]":
    return (
        Choice.objects.filter(
            question__question_set__training=training,
            question__question_set__replaced_at__isnull=True,
        )
        .order_by()
        .values_list("question__question_set", "question__question_set__position", "question", "pk")
    )


@prepared
def _to_answer(pk: Parameter, invitation: Parameter) -> "models.QuerySet[Any]":
    """The attempt with what saving an answer asks of it, and `last_saved_at`."""
    answers = Answer.objects.filter(attempt=OuterRef("pk")).order_by("-saved_at")
    return (
        Attempt.objects.select_related("invitation")
        .only("status", "order", "started_at", "invitation__deadline_at")
        .annotate(last_saved_at=Subquery(answers.values("saved_at")[:1]))
        .filter(pk=pk, invitation=invitation)
        .order_by()
    )


@prepared
def _lock_member_of(invitation: Parameter) -> "models.QuerySet[Member, tuple[int]]":
    """Has whoever else credits the invitation's member wait."""
    invited = Invitation.objects.filter(pk=invitation).order_by().values("member")
    return Member.objects.select_for_update().filter(pk__in=invited).order_by().values_list("pk")


@prepared
def _to_finish(pk: Parameter, invitation: Parameter) -> "models.QuerySet[Attempt]":
    """The attempt and its invitation under a lock, with what a mark writes and mails."""
    return (
        Attempt.objects.select_for_update(of=("invitation", "self"))
        .select_related("invitation__member", "invitation__training")
        .only(
            *(field.name for field in Attempt._meta.concrete_fields),
            *(f"invitation__{field.name}" for field in Invitation._meta.concrete_fields),
            "invitation__member__number",
            "invitation__member__first_name",
            "invitation__member__last_name",
            "invitation__member__email",
            "invitation__training__title",
            "invitation__training__year",
        )
        .filter(pk=pk, invitation=invitation)
        .order_by()
    )


# --- Beginning --------------------------------------------------------------------------------


def start(invitation_id: int) -> Attempt:
    """Begin an attempt, or give back the one that is running: two clicks, one attempt.

    Draws the set: one not seen yet first, else the least recently seen, at random among equals;
    then shuffles questions and choices, once. Raises WrongStatus.
    """
    with transaction.atomic():
        invitation = _to_start.first(invitation_id)
        if invitation is None:
            raise Invitation.DoesNotExist
        attempts = of_invitation(invitation_id)
        running = next((attempt for attempt in attempts if attempt.is_started), None)
        if running:
            running.invitation = invitation
            return running
        used = sum(attempt.is_finished for attempt in attempts)
        if refusal := invitation.why_not_start(used):
            raise WrongStatus(refusal)
        question_set, order = _draw(invitation.training_id, attempts)
        return invitation.attempts.create(
            number=len(attempts) + 1,
            question_set_id=question_set,
            order=order,
            total=len(order),
            pass_mark=invitation.pass_mark,
            by_insider=invitation.is_insider,
            rules={"marking": marking.RULE, **invitation.facts()},
            started_at=timezone.now(),
        )


def _draw(training_id: int, attempts: list[Attempt]) -> tuple[int, list[Any]]:
    """(set id, [[question id, [choice id, …]], …]) of an attempt that follows these."""
    sets: dict[int, dict[int, list[int]]] = {}
    positions = {}
    for set_pk, position, question, choice in _current_choices(training_id):
        sets.setdefault(set_pk, {}).setdefault(question, []).append(choice)
        positions[set_pk] = position
    if not sets:
        raise WrongStatus("Les questions de ce QCM ne sont pas disponibles. Écrivez à l’ANACOFI.")
    # By position: a corrected version of a set is no set that was not seen.
    last_seen = {attempt.question_set.position: attempt.number for attempt in attempts}
    seen = {pk: last_seen.get(position, 0) for pk, position in positions.items()}
    earliest = min(seen.values())
    chosen = shuffler.choice([pk for pk in sets if seen[pk] == earliest])
    order: list[Any] = [[question, choices] for question, choices in sets[chosen].items()]
    shuffler.shuffle(order)
    for _, choices in order:
        shuffler.shuffle(choices)
    return chosen, order


# --- Answering --------------------------------------------------------------------------------


def save_answers(
    attempt_id: int, invitation_id: int, answers: Mapping[int, Collection[int]]
) -> datetime:
    """Keep what is ticked, {question id: {choice id, …}}; the time it was saved (aware).

    Saving the same thing twice changes nothing but the time. The time since the last answer (or
    the start) is added to the questions', in equal parts. Raises WrongStatus after the end,
    ForeignAnswer for a question or a choice of elsewhere, and DoesNotExist when attempt and
    invitation do not belong together.
    """
    attempt, now = _to_be_answered(attempt_id, invitation_id, answers)
    if not answers:
        return now
    since = attempt.last_saved_at or attempt.started_at
    parts = pace.shared(pace.spent(since, now), len(answers))
    kept = guarded.upsert(
        [
            Answer(
                attempt_id=attempt_id,
                question_id=question,
                choices=sorted(set(choices)),
                saved_at=now,
                seconds=seconds,
            )
            for (question, choices), seconds in zip(answers.items(), parts, strict=True)
        ],
        # Whoever ends the attempt now is waited for.
        guard=guarded.Guard(Attempt, attempt_id, "status", Status.STARTED.value),
        key=["attempt", "question"],
        replacing=["choices", "saved_at"],
        adding=["seconds"],
    )
    if not kept:
        # It ended between the two statements: reading it again says how.
        _to_be_answered(attempt_id, invitation_id, answers)
    return now


def _to_be_answered(
    attempt_id: int, invitation_id: int, answers: Mapping[int, Collection[int]]
) -> tuple[Any, datetime]:
    """(the attempt as it stands, now): what these answers need, or the reason against them.

    Without a lock: what was asked never changes, and writing looks at the status again.
    """
    attempt, now = _to_answer.first(attempt_id, invitation_id), timezone.now()
    if attempt is None:
        raise Attempt.DoesNotExist
    if not attempt.may(Event.ANSWER):
        raise WrongStatus(ENDED[attempt.status])
    if now > attempt.invitation.attempt_end:
        raise WrongStatus(OUT_OF_TIME)
    shown = dict(attempt.order)
    for question, choices in answers.items():
        if question not in shown:
            raise ForeignAnswer("Cette question ne fait pas partie de votre QCM.")
        if not set(choices) <= set(shown[question]):
            raise ForeignAnswer("Cette réponse ne fait pas partie de la question.")
    return attempt, now


def save_form(attempt: Attempt, answers: Mapping[int, Collection[int]]) -> None:
    """Keep a whole page of answers, and give a new time only to those that changed.

    Raises as `save_answers` does.
    """
    before = marks.ticked(attempt)
    changed = {
        question: choices
        for question, choices in answers.items()
        if sorted(set(choices)) != before.get(question, [])
    }
    if changed:
        save_answers(attempt.pk, attempt.invitation_id, changed)


# --- Ending -----------------------------------------------------------------------------------


def finish(attempt_id: int, invitation_id: int) -> Attempt:
    """Mark an attempt, once, as it is saved; the attempt as it then stands.

    Whoever comes second (a double click, another tab, a retry) gets the same result, and nothing
    more happens. A pass credits the hours and mails; a failure mails; the last failure tells
    staff. Raises WrongStatus when the QCM was withdrawn, and DoesNotExist when attempt and
    invitation do not belong together.
    """
    with transaction.atomic():
        # The member first, then the invitation, as wherever they are locked.
        _lock_member_of(invitation_id)
        attempt = _to_finish.first(attempt_id, invitation_id)
        if attempt is None:
            raise Attempt.DoesNotExist
        if attempt.is_finished:
            return attempt
        if not attempt.may(Event.FINISH):
            raise WrongStatus(ENDED[attempt.status])
        mark = marking.mark(marks.key(attempt), marks.ticked(attempt), attempt.pass_mark)
        attempt.take(Event.FINISH)
        attempt.finished_at = min(timezone.now(), attempt.invitation.attempt_end)
        attempt.right, attempt.total, attempt.passed = mark.right, mark.total, mark.passed
        attempt.wrong = list(mark.wrong)
        attempt.save(update_fields=["status", "finished_at", "right", "total", "passed", "wrong"])
        if mark.passed:
            _count(attempt)
        else:
            _fail(attempt)
    return attempt


def _count(attempt: Attempt) -> None:
    """Write the hours of a pass to the ledger, and say so."""
    invitation = attempt.invitation
    credited = ledger.credit(
        training=invitation.training,
        kind=HoursCredit.Kind.AMF,
        session_on=invitation.session_on,
        entitlements=[ledger.Entitlement(invitation.member_id, invitation.minutes)],
    )
    invitation.credit = credited.standing[invitation.member_id]
    invitation.passed_at = attempt.finished_at
    invitation.move(
        Invitation.Event.PASS,
        by_label=str(invitation.member),
        comment=attempt.summary,
        update_fields=["credit", "passed_at"],
    )
    emails.passed(attempt)


def _fail(attempt: Attempt) -> None:
    """Say what a failure means; the last one closes the QCM and tells staff."""
    invitation = attempt.invitation
    left = invitation.attempts_left(invitation.attempts.finished().count())
    invitation.move(
        Invitation.Event.FAIL_ATTEMPT if left else Invitation.Event.FAIL,
        by_label=str(invitation.member),
        comment=attempt.summary,
    )
    if not left:
        emails.attempts_exhausted(attempt)
    emails.failed(attempt, left=left)


def finish_overdue(after: int = 0) -> int | None:
    """Finish, as they are, attempts whose time ran out and that nobody came back to.

    In the order of their ids, from the one after `after`: BATCH of them at most. The id of the
    last, when there may be more.
    """
    overdue = list(
        Attempt.objects.overdue_at(timezone.now())
        .filter(pk__gt=after)
        .order_by("pk")
        .values_list("pk", "invitation_id")[:BATCH]
    )
    for pk, invitation_id in overdue:
        try:
            # Withdrawn meanwhile: there is nothing left to mark.
            with suppress(WrongStatus):
                finish(pk, invitation_id)
        except Exception:
            logger.exception("Attempt %s could not be finished", pk)
    return overdue[-1][0] if len(overdue) == BATCH else None


def interrupt(invitation_ids: Iterable[int], *, at: datetime) -> None:
    """End the running attempts at these invitations without a mark; call it under their locks."""
    table = Attempt.TRANSITIONS[Event.INTERRUPT]
    Attempt.objects.filter(invitation__in=list(invitation_ids), status__in=table.sources).update(
        status=table.target, finished_at=at
    )
