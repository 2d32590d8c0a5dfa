"""What happens to invitations: attendance invites, lowers, withdraws in bulk; staff grant."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from common import bulk
from common.errors import Refused
from members.domain import ledger
from members.models import HoursCredit, Member
from trainings.models import AnnualRules, Training

from .. import deadlines, emails
from ..models import Attempt, Invitation, InvitationJournal, Reminder
from . import attempts

Event = Invitation.Event
Status = Invitation.Status
FIELDS = [
    "status",
    "minutes",
    "session_on",
    "invited_at",
    "deadline_at",
    "attempts_allowed",
    "passed_at",
    "credit",
]


def invite(
    *,
    training: Training,
    session_on: date,
    minutes_by_member: Mapping[int, int],
    by: User | None = None,
) -> dict[int, Invitation]:
    """Invite many members to the training's QCM; the invitation of each, by member id.

    Who has none gets one and its e-mail; who has a withdrawn one gets it open again and its
    e-mail (failed again, without e-mail, when its attempts are used up), or, when it was passed
    before, the credit at once without a new QCM; who has an open one keeps it, with the larger
    minutes, and a new deadline and e-mail when it had expired; who has failed keeps it so; who
    has passed keeps it, credited anew if this session entitles to more. Members whose hours
    change are told. Constant number of queries; call it inside a transaction.
    """
    if not minutes_by_member:
        return {}
    now = timezone.now()
    ledger.lock_members(minutes_by_member)
    # One invitation of the training at a time: two sheets may be validated at once.
    Training.objects.select_for_update(of=("self",)).get(pk=training.pk)
    rules = AnnualRules.for_year(training.year)
    limit = deadlines.deadline(year=training.year, grace_days=rules.qcm_grace_days, invited_at=now)
    invited = {
        invitation.member_id: invitation
        for invitation in Invitation.objects.select_for_update(of=("self",))
        .filter(training=training, member__in=list(minutes_by_member))
        .order_by("pk")
    }
    used = attempts_used(
        [invitation.pk for invitation in invited.values() if invitation.may(Event.INVITE_AGAIN)]
    )
    changed, told, credited, journal = [], [], [], []
    for member_id, invitation in invited.items():
        minutes = minutes_by_member[member_id]
        larger = minutes > invitation.minutes
        event, comment = _event_of_session(invitation, used.get(invitation.pk, 0), larger=larger)
        if not event:
            continue
        before = invitation.take(event)
        if larger or event in BACK:
            invitation.minutes, invitation.session_on = minutes, session_on
        if event == Event.INVITE_AGAIN:
            invitation.invited_at, invitation.deadline_at = now, max(limit, invitation.deadline_at)
        elif event == Event.RENEW:
            invitation.invited_at, invitation.deadline_at = now, limit
        if event in (Event.INVITE_AGAIN, Event.RENEW):
            told.append(invitation)
        elif invitation.passed_at:
            credited.append(invitation)
        changed.append(invitation)
        journal.append(invitation.journal_row(event, from_status=before, by=by, comment=comment))
    created = bulk.insert(
        Invitation,
        [
            Invitation(
                member_id=member_id,
                training=training,
                minutes=minutes,
                session_on=session_on,
                invited_at=now,
                deadline_at=limit,
                attempts_allowed=rules.max_attempts,
            )
            for member_id, minutes in minutes_by_member.items()
            if member_id not in invited
        ],
    )
    told = created + told
    journal = [
        invitation.journal_row(Event.INVITE, by=by, comment="Invitation") for invitation in created
    ] + journal
    everyone = [*invited.values(), *created]
    _attach(everyone, training)
    entries = credit(training, session_on, credited, by)
    if changed:
        bulk.update(Invitation, changed, FIELDS)
        Reminder.objects.filter(invitation__in=told).delete()
    bulk.insert(InvitationJournal, journal)
    emails.invited(told, pass_mark=rules.pass_mark)
    emails.recounted([invitation for invitation in credited if entries[invitation.member_id]])
    return {invitation.member_id: invitation for invitation in everyone}


# What brings a withdrawn invitation back.
BACK = {Event.INVITE_AGAIN, Event.RESTORE_PASS, Event.RESTORE_FAILURE}


def _event_of_session(
    invitation: Invitation, used: int, *, larger: bool
) -> tuple[Event | None, str]:
    """(what a new session does to an invitation, in words), or nothing.

    `used`: attempts finished; `larger`: whether the session entitles to more minutes.
    """
    if invitation.may(Event.INVITE_AGAIN):
        comment = "Nouvelle feuille de présence"
        if invitation.passed_at:
            return Event.RESTORE_PASS, comment
        if not invitation.attempts_left(used):
            return Event.RESTORE_FAILURE, comment
        return Event.INVITE_AGAIN, comment
    if invitation.is_expired:
        return Event.RENEW, "Nouvelle session : nouveau délai"
    if larger:
        passed = invitation.status == Status.PASSED
        return Event.RAISE, f"Davantage d’heures {'comptées' if passed else 'à compter'}"
    return None, ""


def attempts_used(invitation_ids: Iterable[int]) -> dict[int, int]:
    """Finished attempts by invitation id; none for those that have none."""
    return dict(
        Attempt.objects.finished()
        .filter(invitation__in=list(invitation_ids))
        .order_by()
        .values_list("invitation")
        .annotate(used=Count("pk"))
    )


def _attach(invitations: Collection[Invitation], training: Training) -> None:
    """Give each its member and training, read once."""
    members = Member.objects.only("email", "first_name", "last_name", "number").in_bulk(
        [invitation.member_id for invitation in invitations]
    )
    for invitation in invitations:
        invitation.member, invitation.training = members[invitation.member_id], training


def credit(
    training: Training, session_on: date, invitations: Collection[Invitation], by: User | None
) -> dict[int, bool]:
    """Credit those that are passed, and point them at their entries.

    Whether an entry was written now, by member id.
    """
    if not invitations:
        return {}
    credited = ledger.credit(
        training=training,
        kind=HoursCredit.Kind.AMF,
        session_on=session_on,
        entitlements=[
            ledger.Entitlement(invitation.member_id, invitation.minutes, invitation.session_on)
            for invitation in invitations
        ],
        by=by,
    )
    for invitation in invitations:
        invitation.credit = credited.standing[invitation.member_id]
    written = {entry.member_id for entry in credited.written}
    return {pk: pk in written for pk in credited.standing}


def withdraw(invitations: Collection[Invitation], *, reason: str, by: User | None = None) -> None:
    """Withdraw the open or failed ones (and their started attempts end unmarked); mail members.

    For passed ones the AMF credit is countered and the pass is kept, so that a sheet validated
    again credits it without a new QCM; their members are mailed the year's new total. Those that
    are withdrawn already stay as they are. Constant number of queries; raises Refused without a
    reason.
    """
    if not reason.strip():
        raise Refused("Écrivez le motif du retrait.")
    table = Invitation.TRANSITIONS[Event.WITHDRAW]
    with transaction.atomic():
        # Members first, as wherever hours are written: whoever ends an attempt now has its member
        # and wants its invitation, while our counter-entry would want the member at the end.
        ledger.lock_members({invitation.member_id for invitation in invitations})
        locked = list(
            Invitation.objects.select_for_update()
            # Not joined: a join would show a credit as it was before the lock was waited for.
            .prefetch_related("member", "training", "credit")
            .filter(pk__in=[invitation.pk for invitation in invitations], status__in=table.sources)
            .order_by("pk")
        )
        if not locked:
            return
        passed = [invitation for invitation in locked if invitation.status == Status.PASSED]
        others = [invitation for invitation in locked if invitation.status != Status.PASSED]
        attempts.interrupt([invitation.pk for invitation in others], at=timezone.now())
        entries = [invitation.credit for invitation in passed if invitation.credit]
        if entries:
            ledger.counter(entries, reason=reason, by=by)
        journal = []
        for invitation in locked:
            before = invitation.take(Event.WITHDRAW)
            invitation.credit = None
            journal.append(
                invitation.journal_row(Event.WITHDRAW, from_status=before, by=by, comment=reason)
            )
        Invitation.objects.filter(pk__in=[invitation.pk for invitation in locked]).update(
            status=table.target, credit=None
        )
        bulk.insert(InvitationJournal, journal)
        emails.withdrawn(others, reason=reason)
        by_training: dict[int, list[Invitation]] = {}
        for invitation in passed:
            by_training.setdefault(invitation.training_id, []).append(invitation)
        for group in by_training.values():
            emails.uncounted(group, reason=reason)


def lower(
    *,
    training: Training,
    minutes_by_member: Mapping[int, int],
    days: Mapping[int, date],
    reason: str,
    by: User | None = None,
) -> None:
    """Let these invitations stand for fewer minutes, above zero; members who lose hours are told.

    `days` is the session that entitles each to what is left, by member id. Passed ones have their
    credit countered and a smaller one written. Constant number of queries;
    call it inside a transaction.
    """
    ledger.lock_members(minutes_by_member)
    lowered = [
        invitation
        for invitation in Invitation.objects.select_for_update()
        .filter(training=training, member__in=list(minutes_by_member))
        .prefetch_related("member", "training", "credit")
        .order_by("pk")
        if invitation.minutes > minutes_by_member[invitation.member_id]
    ]
    passed, entries = [], []
    for invitation in lowered:
        invitation.take(Event.LOWER)
        invitation.minutes = minutes_by_member[invitation.member_id]
        invitation.session_on = days[invitation.member_id]
        if invitation.status == Status.PASSED and invitation.credit:
            passed.append(invitation)
            entries.append(invitation.credit)
    if passed:
        ledger.counter(entries, reason=reason, by=by)
        credit(training, passed[0].session_on, passed, by)
    bulk.update(Invitation, lowered, ["minutes", "session_on", "credit"])
    bulk.insert(
        InvitationJournal,
        [invitation.journal_row(Event.LOWER, by=by, comment=reason) for invitation in lowered],
    )
    emails.uncounted(passed, reason=reason)


def grant_attempt(invitation: Invitation, *, by: User, comment: str) -> Invitation:
    """Let a member who used all the attempts try once more; mail them.

    A deadline that has passed, or is near, moves to 21 days from now. Raises WrongStatus,
    Refused without a comment, PermissionDenied.
    """
    if not by.has_perm("qcm.grant_attempt"):
        raise PermissionDenied
    if not comment.strip():
        raise Refused("Écrivez pourquoi une tentative de plus est accordée.")
    with transaction.atomic():
        invitation = invitation.lock()
        invitation.require(Event.GRANT_ATTEMPT)
        let_try_again(invitation, invitation.attempts.finished().count())
        invitation.move(
            Event.GRANT_ATTEMPT,
            by=by,
            comment=comment.strip(),
            update_fields=["attempts_allowed", "deadline_at"],
        )
        emails.attempt_granted(invitation)
    return invitation


def let_try_again(invitation: Invitation, used: int) -> None:
    """In memory: an attempt more than the `used` ones is allowed, for three weeks at least."""
    invitation.attempts_allowed = max(invitation.attempts_allowed, used + 1)
    invitation.deadline_at = max(
        invitation.deadline_at, deadlines.end_of(deadlines.days_after(timezone.now()))
    )
