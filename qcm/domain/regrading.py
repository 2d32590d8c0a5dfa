"""Marking again: what a corrected question means for attempts that were taken before.

Staff decide (a row), a task marks again in batches. A result that changes goes through the ledger
(credit or counter-entry), the journal and an e-mail with the reason.
"""

import logging
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from common import bulk
from common.errors import WrongStatus
from members.domain import ledger
from trainings.models import Choice, Question, QuestionSet, Training

from .. import deadlines, emails, marking
from ..models import Answer, Attempt, Invitation, MarkChange, Regrade
from . import invitations

logger = logging.getLogger(__name__)
Status = Invitation.Status
# Attempts marked again in one transaction.
BATCH = 200


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


def key_of(question, mode):
    """{id of the same question in an older version: right choice ids, or None}.

    Raises ValueError when no right choice of the corrected question was offered before.
    """
    sets = list(
        QuestionSet.objects.filter(
            training=question.question_set.training_id, position=question.question_set.position
        )
        .prefetch_related("questions__choices")
        .order_by("-version")
    )
    questions = {one.pk: one for version in sets for one in version.questions.all()}
    key, current = {}, questions[question.pk]
    right = {one.pk for one in current.choices.all() if one.is_right}
    while current.replaces_id:
        right = {
            one.replaces_id for one in current.choices.all() if one.pk in right and one.replaces_id
        }
        current = questions[current.replaces_id]
        if mode == Regrade.Mode.CORRECTED and not right:
            raise ValueError(
                "La bonne réponse corrigée n’était pas proposée auparavant : comptez plutôt la "
                "question juste pour tous ceux qui l’ont eue."
            )
        key[current.pk] = None if mode == Regrade.Mode.NEUTRAL else sorted(right)
    return key


def preview(question, mode):
    """What `decide` would change, before anything is. A constant number of queries.

    Raises ValueError as `key_of` does.
    """
    key = key_of(question, mode)
    ticked = dict(
        Answer.objects.filter(question__in=list(key)).values_list("attempt_id", "choices")
    )
    by_set = dict(Question.objects.filter(pk__in=key).values_list("question_set", "pk"))
    attempts = marks = 0
    passes, fails = {}, {}  # {attempt id: invitation id} of the results that change
    for pk, invitation, question_set, right, total, mark, passed, wrong in (
        _taken_before(question)
        .filter(status=Attempt.Status.FINISHED)
        .values_list(
            "pk", "invitation", "question_set", "right", "total", "pass_mark", "passed", "wrong"
        )
        .iterator(chunk_size=2000)
    ):
        attempts += 1
        own = by_set[question_set]
        was, now = own not in wrong, marking.is_right(key[own], ticked.get(pk, ()))
        if was == now:
            continue
        marks += 1
        is_passed = marking.is_passed(right + (1 if now else -1), total, mark)
        if is_passed != passed:
            (passes if is_passed else fails)[pk] = invitation
    elsewhere = _passed_elsewhere({**passes, **fails})
    return Preview(
        attempts,
        marks,
        len(passes),
        len(fails),
        gain=len(set(passes.values()) - elsewhere - set(fails.values())),
        lose=len(set(fails.values()) - elsewhere - set(passes.values())),
    )


def _passed_elsewhere(changing):
    """Those of these invitations ({attempt id: invitation id}) passed at another attempt."""
    passed = Attempt.objects.filter(invitation__in=set(changing.values()), passed=True)
    return {
        invitation
        for pk, invitation in passed.values_list("pk", "invitation")
        if pk not in changing
    }


def decide(question, *, mode, reason, by):
    """Mark again, from now on and by a task, the attempts at versions before `question`'s.

    Raises ValueError without a reason or as `key_of` does, WrongStatus when it was decided
    already, PermissionDenied.
    """
    if not by.has_perm("qcm.regrade"):
        raise PermissionDenied
    if not reason.strip():
        raise ValueError("Écrivez le motif du recalcul : les adhérents concernés le lisent.")
    if not question.replaces_id:
        raise ValueError("Cette question n’a pas été corrigée : il n’y a rien à recalculer.")
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
            transaction.on_commit(lambda: _run_soon(regrade.pk))
            regrade.training.move(
                Training.Event.REGRADE,
                by=by,
                comment=f"{question.place} : {regrade.get_mode_display()}. {regrade.reason}",
            )
    except IntegrityError as error:
        raise WrongStatus("Cette correction a déjà fait l’objet d’un recalcul.") from error
    return regrade


def _run_soon(pk):
    from ..tasks import regrade

    try:
        regrade.delay(pk)
    except Exception:
        # The decision is a row; beat finds it. Whoever clicked must not see an error page.
        logger.exception("The broker did not take regrade %s; beat will pick it up", pk)


def _taken_before(question):
    """Attempts at older versions of this question's set, finished or not."""
    return Attempt.objects.filter(
        question_set__training=question.question_set.training_id,
        question_set__position=question.question_set.position,
        question_set__version__lt=question.question_set.version,
    )


def run(regrade_pk) -> int:
    """Mark again all that one regrade concerns, batch by batch; how many marks changed.

    Where another run was cut off it goes on; two at once do the work once.
    """
    changed = 0
    while True:
        done, more = _run_batch(regrade_pk)
        changed += done
        if not more:
            return changed


def _run_batch(regrade_pk):
    """(marks changed, whether there is more), in one transaction and a constant number of queries.

    Locks in the portal's order: members, then invitations.
    """
    with transaction.atomic():
        regrade = (
            Regrade.objects.select_for_update(of=("self",))
            .select_related("question__question_set", "training", "by")
            .get(pk=regrade_pk)
        )
        if regrade.status == Regrade.Status.DONE:
            return 0, False
        # Those still running too: one whose end is being written is finished once it is locked.
        found = list(
            _taken_before(regrade.question)
            .filter(pk__gt=regrade.through)
            .exclude(status=Attempt.Status.INTERRUPTED)
            .order_by("pk")
            .values_list("pk", "invitation", "invitation__member")[:BATCH]
        )
        if not found:
            regrade.status, regrade.done_at = Regrade.Status.DONE, timezone.now()
            regrade.save(update_fields=["status", "done_at"])
            return 0, False
        ledger.lock_members({member for _, _, member in found})
        locked = {
            one.pk: one
            for one in Invitation.objects.select_for_update()
            .filter(pk__in={invitation for _, invitation, _ in found})
            .prefetch_related("member", "credit")
            .order_by("pk")
        }
        changed = _mark_again(regrade, [pk for pk, _, _ in found], locked)
        regrade.through = found[-1][0]
        regrade.save(update_fields=["through"])
    return changed, True


def _mark_again(regrade, attempt_pks, locked):
    attempts = list(
        Attempt.objects.select_for_update()
        .filter(pk__in=attempt_pks, status=Attempt.Status.FINISHED)
        .order_by("pk")
    )
    keys = marks_key([one.question_set_id for one in attempts], regrade.training)
    ticked = {}
    for attempt, question, choices in Answer.objects.filter(
        attempt__in=[one.pk for one in attempts]
    ).values_list("attempt_id", "question_id", "choices"):
        ticked.setdefault(attempt, {})[question] = choices
    now = timezone.now()
    changed, rows = [], []
    for one in attempts:
        mark = marking.mark(keys[one.question_set_id], ticked.get(one.pk, {}), one.pass_mark)
        if set(mark.wrong) == set(one.wrong):
            continue
        rows.append(
            MarkChange(
                attempt=one,
                regrade=regrade,
                at=now,
                right_before=one.right,
                passed_before=one.passed,
                wrong_before=one.wrong,
                right_after=mark.right,
                passed_after=mark.passed,
            )
        )
        one.right, one.passed, one.wrong = mark.right, mark.passed, list(mark.wrong)
        changed.append(one)
    if changed:
        MarkChange.objects.bulk_create(rows)
        bulk.update(Attempt, changed, ["right", "passed", "wrong"])
        results = {row.attempt.invitation_id for row in rows if row.changes_result}
        _change_results(regrade, [locked[pk] for pk in sorted(results)])
    return len(changed)


def marks_key(set_pks, training):
    """{set id: key} as attempts at these versions of the training's sets are marked now."""
    keys = {}
    for set_pk, question, choice, is_right in Choice.objects.filter(
        question__question_set__in=set(set_pks)
    ).values_list("question__question_set", "question", "pk", "is_right"):
        right = keys.setdefault(set_pk, {}).setdefault(question, set())
        if is_right:
            right.add(choice)
    decided = list(training.regrades.order_by("pk").values_list("key", flat=True))
    return {pk: marking.overlay(key, decided) for pk, key in keys.items()}


def _change_results(regrade, found):
    """Let each of these invitations follow its attempts' new results; members are told."""
    best = {}
    for invitation, finished_at in Attempt.objects.filter(
        invitation__in=[one.pk for one in found], passed=True
    ).values_list("invitation_id", "finished_at"):
        best[invitation] = min(finished_at, best.get(invitation, finished_at))
    used = invitations.attempts_used([one.pk for one in found])
    passed, failed, kept, journal = [], [], [], []
    for one in found:
        one.training = regrade.training
        before, passed_at = one.status, best.get(one.pk)
        if (passed_at is not None) == (one.passed_at is not None):
            continue
        one.passed_at = passed_at
        if before == Status.WITHDRAWN:
            # Nothing counts now; a sheet validated again finds the result as it is.
            kept.append(one)
        elif passed_at:
            one.status = Status.PASSED
            passed.append(one)
        else:
            one.status = Status.OPEN
            _let_try_again(one, used.get(one.pk, 0))
            failed.append(one)
        journal.append((one, before, f"Recalcul : {regrade.reason}"))
    if passed:
        Attempt.objects.filter(
            invitation__in=[one.pk for one in passed], status=Attempt.Status.STARTED
        ).update(status=Attempt.Status.INTERRUPTED, finished_at=timezone.now())
        invitations.credit(regrade.training, passed[0].session_on, passed, regrade.by)
    entries = [one.credit for one in failed if one.credit_id]
    if entries:
        ledger.counter(entries, reason=regrade.reason, by=regrade.by)
    for one in failed:
        one.credit = None
    bulk.update(Invitation, [*passed, *failed, *kept], invitations.FIELDS)
    invitations.write_journals(journal, regrade.by)
    emails.regraded_passed(passed, reason=regrade.reason)
    emails.regraded_failed(failed, reason=regrade.reason)


def _let_try_again(invitation, used):
    """Who loses a pass through no fault of one's own has an attempt left, and three weeks."""
    invitation.attempts_allowed = max(invitation.attempts_allowed, used + 1)
    invitation.deadline_at = max(
        invitation.deadline_at, deadlines.end_of(deadlines.days_after(timezone.now()))
    )
