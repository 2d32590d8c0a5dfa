"""Marking again: what a corrected question means for attempts that were taken before.

Staff decide (a row), tasks mark again, a batch each. A result that changes goes through the ledger
(credit or counter-entry), the journal and an e-mail with the reason.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common import bulk
from common.errors import Refused, WrongStatus
from common.jobs import MAX_TRIES, Work
from members.domain import ledger
from trainings.models import Question, QuestionSet, Training

from .. import emails, marking
from ..models import (
    Answer,
    Attempt,
    AttemptQuerySet,
    Invitation,
    InvitationJournal,
    MarkChange,
    Regrade,
)
from . import attempts, invitations, marks

Event = Regrade.Event
# Attempts marked again in one transaction, by one task.
BATCH = 200
DONE_ALREADY = "Cette correction a déjà fait l’objet d’un recalcul."
GIVEN_UP = (
    f"Le recalcul s’est arrêté après {MAX_TRIES} essais. Ce qui est recalculé le reste ; relancez "
    "le recalcul pour la suite, et prévenez l’équipe technique s’il s’arrête de nouveau."
)


@dataclass(frozen=True)
class Preview:
    """What a regrade would change: finished attempts looked at, marks, and results each way.

    `gain` and `lose` count members: who has passed at another attempt too gains and loses nothing.
    """

    attempts: int = 0
    marks: int = 0
    now_passed: int = 0
    now_failed: int = 0
    gain: int = 0
    lose: int = 0


def key_of(question: Question, mode: str) -> dict[int, list[int] | None]:
    """{id of the same question in an older version: right choice ids, or None}.

    Raises Refused when no right choice of the corrected question was offered before.
    """
    versions = (
        QuestionSet.objects.filter(
            training=question.question_set.training_id, position=question.question_set.position
        )
        .prefetch_related("questions__choices")
        .order_by("-version")
    )
    questions = {asked.pk: asked for version in versions for asked in version.questions.all()}
    key: dict[int, list[int] | None] = {}
    current = questions[question.pk]
    right = {choice.pk for choice in current.choices.all() if choice.is_right}
    while current.replaces_id:
        right = {
            choice.replaces_id
            for choice in current.choices.all()
            if choice.pk in right and choice.replaces_id
        }
        current = questions[current.replaces_id]
        if mode == Regrade.Mode.CORRECTED and not right:
            raise Refused(
                "La bonne réponse corrigée n’était pas proposée auparavant : comptez plutôt la "
                "question juste pour tous ceux qui l’ont eue."
            )
        key[current.pk] = None if mode == Regrade.Mode.NEUTRAL else sorted(right)
    return key


def preview(question: Question, mode: str) -> Preview:
    """What `decide` would change, before anything is. A constant number of queries.

    Raises Refused as `key_of` does.
    """
    key = key_of(question, mode)
    ticked = dict(
        Answer.objects.filter(question__in=list(key)).values_list("attempt_id", "choices")
    )
    by_set = dict(Question.objects.filter(pk__in=key).values_list("question_set", "pk"))
    looked_at = changed = 0
    # {attempt id: invitation id} of the results that change.
    passes: dict[int, int] = {}
    fails: dict[int, int] = {}
    finished: Iterable[Any] = (
        _taken_before(question)
        .finished()
        .values_list(
            "pk", "invitation", "question_set", "right", "total", "pass_mark", "passed", "wrong"
        )
        .iterator(chunk_size=2000)
    )
    for pk, invitation, question_set, right, total, mark, passed, wrong in finished:
        looked_at += 1
        asked = by_set[question_set]
        was, now = asked not in wrong, marking.is_right(key[asked], ticked.get(pk, ()))
        if was == now:
            continue
        changed += 1
        is_passed = marking.is_passed(right + (1 if now else -1), total, mark)
        if is_passed != passed:
            (passes if is_passed else fails)[pk] = invitation
    elsewhere = _passed_elsewhere({**passes, **fails})
    return Preview(
        looked_at,
        changed,
        len(passes),
        len(fails),
        gain=len(set(passes.values()) - elsewhere - set(fails.values())),
        lose=len(set(fails.values()) - elsewhere - set(passes.values())),
    )


def _passed_elsewhere(changing: dict[int, int]) -> set[int]:
    """Those of these invitations ({attempt id: invitation id}) passed at another attempt."""
    passed = Attempt.objects.filter(invitation__in=set(changing.values()), passed=True)
    return {
        invitation
        for pk, invitation in passed.values_list("pk", "invitation")
        if pk not in changing
    }


def decide(question: Question, *, mode: str, reason: str, by: User) -> Regrade:
    """Mark again, from now on and by tasks, the attempts at versions before `question`'s.

    Raises Refused without a reason or as `key_of` does, WrongStatus when it was decided already,
    PermissionDenied.
    """
    if not by.has_perm("qcm.regrade"):
        raise PermissionDenied
    if not reason.strip():
        raise Refused("Écrivez le motif du recalcul : les adhérents concernés le lisent.")
    if not question.replaces_id:
        raise Refused("Cette question n’a pas été corrigée : il n’y a rien à recalculer.")
    try:
        with transaction.atomic():
            regrade = Regrade.objects.create(
                training=question.question_set.training,
                question=question,
                mode=mode,
                key=key_of(question, mode),
                reason=reason.strip(),
                made_at=timezone.now(),
                by=by,
            )
            WORK.ask(regrade.pk)
            regrade.training.move(
                Training.Event.REGRADE,
                by=by,
                comment=f"{question.place} : {regrade.get_mode_display()}. {regrade.reason}",
            )
    except IntegrityError as error:
        if not Regrade.objects.filter(question=question).exists():
            raise
        raise WrongStatus(DONE_ALREADY) from error
    return regrade


def retry(regrade: Regrade, *, by: User) -> Regrade:
    """Go on with a regrade that was given up. Raises WrongStatus, PermissionDenied."""
    if not by.has_perm("qcm.regrade"):
        raise PermissionDenied
    with transaction.atomic():
        regrade = regrade.lock()
        regrade.take(Event.RETRY)
        regrade.error = ""
        regrade.save(update_fields=["status", "error", *regrade.ask_again()])
        WORK.ask(regrade.pk)
    return regrade


def _give_up(regrade: Regrade) -> None:
    """Stop after tries that ended in nothing, and leave a sentence for staff."""
    with transaction.atomic():
        regrade = regrade.lock()
        if regrade.may(Event.GIVE_UP):
            regrade.take(Event.GIVE_UP)
            regrade.error = GIVEN_UP
            regrade.save(update_fields=["status", "error"])


def _taken_before(question: Question) -> AttemptQuerySet:
    """Attempts at older versions of this question's set, finished or not."""
    return Attempt.objects.filter(
        question_set__training=question.question_set.training_id,
        question_set__position=question.question_set.position,
        question_set__version__lt=question.question_set.version,
    )


def _mark_batch(regrade: Regrade) -> bool:
    """Mark again the next BATCH attempts, in one transaction; whether there may be more.

    Where another task was cut off it goes on; two at once do the work once. A constant number of
    queries. Locks in the portal's order: members, then invitations.
    """
    with transaction.atomic():
        regrade = (
            Regrade.objects.select_for_update(of=("self",))
            .select_related("question__question_set", "training", "by")
            .get(pk=regrade.pk)
        )
        if not regrade.may(Event.COMPLETE):
            return False
        # Those still running too: one whose end is being written is finished once it is locked.
        batch = list(
            _taken_before(regrade.question)
            .filter(pk__gt=regrade.through)
            .exclude(status=Attempt.Status.INTERRUPTED)
            .order_by("pk")
            .values_list("pk", "invitation", "invitation__member")[:BATCH]
        )
        if not batch:
            regrade.take(Event.COMPLETE)
            regrade.done_at = timezone.now()
            regrade.save(update_fields=["status", "done_at"])
            return False
        ledger.lock_members({member for _, _, member in batch})
        locked = {
            invitation.pk: invitation
            for invitation in Invitation.objects.select_for_update()
            .filter(pk__in={invitation for _, invitation, _ in batch})
            .prefetch_related("member", "credit")
            .order_by("pk")
        }
        changes = _mark_again(regrade, [pk for pk, _, _ in batch])
        results = {change.attempt.invitation_id for change in changes if change.changes_result}
        if changes:
            _change_results(regrade, [locked[pk] for pk in sorted(results)])
        regrade.through = batch[-1][0]
        regrade.save(update_fields=["through"])
    return True


WORK = Work(Regrade, task="qcm.tasks.regrade", do=_mark_batch, give_up=_give_up)


def _mark_again(regrade: Regrade, attempt_ids: list[int]) -> list[MarkChange]:
    """Give these attempts the marks that they deserve now; what changed, written."""
    # Finished ones: a mark is there by constraint.
    locked: list[Any] = list(
        Attempt.objects.select_for_update()
        .filter(pk__in=attempt_ids, status__in=Attempt.TRANSITIONS[Attempt.Event.REGRADE].sources)
        .order_by("pk")
    )
    keys = marks.keys_of_sets([attempt.question_set_id for attempt in locked], regrade.training)
    ticked: dict[int, dict[int, list[int]]] = {}
    for pk, question, choices in Answer.objects.filter(
        attempt__in=[attempt.pk for attempt in locked]
    ).values_list("attempt_id", "question_id", "choices"):
        ticked.setdefault(pk, {})[question] = choices
    now = timezone.now()
    changes = []
    for attempt in locked:
        mark = marking.mark(
            keys[attempt.question_set_id], ticked.get(attempt.pk, {}), attempt.pass_mark
        )
        if set(mark.wrong) == set(attempt.wrong):
            continue
        changes.append(
            MarkChange(
                attempt=attempt,
                regrade=regrade,
                at=now,
                right_before=attempt.right,
                passed_before=attempt.passed,
                wrong_before=attempt.wrong,
                right_after=mark.right,
                passed_after=mark.passed,
            )
        )
        attempt.right, attempt.passed, attempt.wrong = mark.right, mark.passed, list(mark.wrong)
    if changes:
        MarkChange.objects.bulk_create(changes)
        bulk.update(Attempt, [change.attempt for change in changes], ["right", "passed", "wrong"])
    return changes


def _change_results(regrade: Regrade, concerned: list[Invitation]) -> None:
    """Let each of these invitations follow its attempts' new results; members are told."""
    ids = [invitation.pk for invitation in concerned]
    passed_at = _first_passes(ids)
    used = invitations.attempts_used(ids)
    passed, failed, kept, journal = [], [], [], []
    for invitation in concerned:
        invitation.training = regrade.training
        if (invitation.pk in passed_at) == (invitation.passed_at is not None):
            continue
        invitation.passed_at = passed_at.get(invitation.pk)
        if invitation.may(Invitation.Event.REGRADE_WITHDRAWN):
            event = Invitation.Event.REGRADE_WITHDRAWN
            kept.append(invitation)
        elif invitation.passed_at:
            event = Invitation.Event.REGRADE_PASS
            passed.append(invitation)
        else:
            # Who loses a pass through no fault of one's own has an attempt left, and three weeks.
            event = Invitation.Event.REGRADE_FAIL
            invitations.let_try_again(invitation, used.get(invitation.pk, 0))
            failed.append(invitation)
        before = invitation.take(event)
        journal.append(
            invitation.journal_row(
                event, from_status=before, by=regrade.by, comment=f"Recalcul : {regrade.reason}"
            )
        )
    if passed:
        attempts.interrupt([invitation.pk for invitation in passed], at=timezone.now())
        invitations.credit(regrade.training, passed[0].session_on, passed, regrade.by)
    _take_back(failed, regrade)
    bulk.update(Invitation, [*passed, *failed, *kept], invitations.FIELDS)
    bulk.insert(InvitationJournal, journal)
    emails.regraded_passed(passed, reason=regrade.reason)
    emails.regraded_failed(failed, reason=regrade.reason)


def _first_passes(invitation_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these invitations was first passed, as its attempts are now marked."""
    first: dict[int, datetime] = {}
    passed: Iterable[Any] = Attempt.objects.filter(
        invitation__in=list(invitation_ids), passed=True
    ).values_list("invitation_id", "finished_at")
    for invitation, finished_at in passed:
        first[invitation] = min(finished_at, first.get(invitation, finished_at))
    return first


def _take_back(failed: Collection[Invitation], regrade: Regrade) -> None:
    """Counter the credits of these invitations, and let go of them in memory."""
    entries = [invitation.credit for invitation in failed if invitation.credit]
    if entries:
        ledger.counter(entries, reason=regrade.reason, by=regrade.by)
    for invitation in failed:
        invitation.credit = None
