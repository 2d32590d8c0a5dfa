"""What attendance asks of the QCM: invite members, withdraw invitations. In bulk."""

from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from common import bulk
from members.domain import ledger
from members.models import HoursCredit, Member
from trainings.models import AnnualRules

from .. import deadlines, emails
from ..models import Attempt, Invitation, InvitationJournal, Reminder

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
    *, training, session_on: date, minutes_by_member: dict[int, int], by=None
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
    type(training).objects.select_for_update(of=("self",)).get(pk=training.pk)
    rules = AnnualRules.for_year(training.year)
    limit = deadlines.deadline(year=training.year, grace_days=rules.qcm_grace_days, invited_at=now)
    found = {
        one.member_id: one
        for one in Invitation.objects.select_for_update(of=("self",))
        .filter(training=training, member__in=list(minutes_by_member))
        .order_by("pk")
    }
    used = attempts_used([one.pk for one in found.values() if one.status == Status.WITHDRAWN])
    changed, told, credited, journal = [], [], [], []
    for member_id, one in found.items():
        minutes = minutes_by_member[member_id]
        before = one.status
        larger = minutes > one.minutes
        if larger:
            one.minutes, one.session_on = minutes, session_on
        comment = ""
        if one.status == Status.WITHDRAWN:
            one.minutes, one.session_on = minutes, session_on
            comment = "Nouvelle feuille de présence"
            if one.passed_at:
                one.status = Status.PASSED
                credited.append(one)
            elif used.get(one.pk, 0) >= one.attempts_allowed:
                one.status = Status.FAILED
            else:
                one.status = Status.OPEN
                one.invited_at, one.deadline_at = now, max(limit, one.deadline_at)
                told.append(one)
        elif one.status == Status.PASSED and larger:
            comment = "Davantage d’heures comptées"
            credited.append(one)
        elif one.is_expired:
            one.invited_at, one.deadline_at = now, limit
            comment = "Nouvelle session : nouveau délai"
            told.append(one)
        elif larger:
            comment = "Davantage d’heures à compter"
        if comment:
            changed.append(one)
            journal.append((one, before, comment))
    missing = [pk for pk in minutes_by_member if pk not in found]
    created = bulk.insert(
        Invitation,
        [
            Invitation(
                member_id=member_id,
                training=training,
                minutes=minutes_by_member[member_id],
                session_on=session_on,
                invited_at=now,
                deadline_at=limit,
                attempts_allowed=rules.max_attempts,
            )
            for member_id in missing
        ],
    )
    told = created + told
    journal = [(one, "", "Invitation") for one in created] + journal
    _attach(created + list(found.values()), training)
    entries = credit(training, session_on, credited, by)
    if changed:
        bulk.update(Invitation, changed, FIELDS)
        Reminder.objects.filter(invitation__in=told).delete()
    write_journals(journal, by)
    emails.invited(told, pass_mark=rules.pass_mark)
    emails.recounted([one for one in credited if entries[one.member_id]])
    return {one.member_id: one for one in [*found.values(), *created]}


def attempts_used(invitation_pks):
    """Finished attempts by invitation id; none for those that have none."""
    return dict(
        Attempt.objects.filter(invitation__in=invitation_pks, status=Attempt.Status.FINISHED)
        .order_by()
        .values_list("invitation")
        .annotate(used=Count("pk"))
    )


def _attach(invitations, training):
    """Give each its member and training, read once."""
    members = Member.objects.only("email", "first_name").in_bulk(
        [one.member_id for one in invitations]
    )
    for one in invitations:
        one.member, one.training = members[one.member_id], training


def credit(training, session_on, invitations, by):
    """Credit those that are passed, and point them at their entries.

    Whether an entry was written now, by member id.
    """
    if not invitations:
        return {}
    entries = ledger.credit(
        training=training,
        kind=HoursCredit.Kind.AMF,
        session_on=session_on,
        entitlements=[
            ledger.Entitlement(one.member_id, one.minutes, one.session_on) for one in invitations
        ],
        by=by,
    )
    for one in invitations:
        one.credit = entries[one.member_id]
    return {pk: getattr(entry, "written", False) for pk, entry in entries.items()}


def write_journals(rows, by, comment=""):
    """Write a journal row for each (invitation, status before, comment)."""
    bulk.insert(
        InvitationJournal,
        [
            InvitationJournal(
                subject=one,
                by=by,
                by_label=str(by) if by else "Portail",
                from_status=before,
                to_status=one.status,
                comment=comment or said,
            )
            for one, before, said in rows
        ],
    )


def withdraw(invitations, *, reason: str, by=None) -> None:
    """Withdraw the open or failed ones (and their started attempts end unmarked); mail members.

    For passed ones the AMF credit is countered and the pass is kept, so that a sheet validated
    again credits it without a new QCM; their members are mailed the year's new total. Those that
    are withdrawn already stay as they are. Constant number of queries; raises ValueError without
    a reason.
    """
    if not reason.strip():
        raise ValueError("Écrivez le motif du retrait.")
    with transaction.atomic():
        # Members first, as wherever hours are written: whoever ends an attempt now has its member
        # and wants its invitation, while our counter-entry would want the member at the end.
        ledger.lock_members({one.member_id for one in invitations})
        rows = list(
            Invitation.objects.select_for_update()
            # Not joined: a join would show a credit as it was before the lock was waited for.
            .prefetch_related("member", "training", "credit")
            .filter(pk__in=[one.pk for one in invitations])
            .exclude(status=Status.WITHDRAWN)
            .order_by("pk")
        )
        if not rows:
            return
        passed = [one for one in rows if one.status == Status.PASSED]
        others = [one for one in rows if one.status != Status.PASSED]
        Attempt.objects.filter(
            invitation__in=[one.pk for one in others], status=Attempt.Status.STARTED
        ).update(status=Attempt.Status.INTERRUPTED, finished_at=timezone.now())
        entries = [one.credit for one in passed if one.credit_id]
        if entries:
            ledger.counter(entries, reason=reason, by=by)
        journal = [(one, one.status, reason) for one in rows]
        for one in rows:
            one.status, one.credit = Status.WITHDRAWN, None
        Invitation.objects.filter(pk__in=[one.pk for one in rows]).update(
            status=Status.WITHDRAWN, credit=None
        )
        write_journals(journal, by)
        emails.withdrawn(others, reason=reason)
        by_training = {}
        for one in passed:
            by_training.setdefault(one.training_id, []).append(one)
        for group in by_training.values():
            emails.uncounted(group, reason=reason)


def lower(
    *, training, minutes_by_member: dict[int, int], days: dict[int, date], reason: str, by=None
) -> None:
    """Let these invitations stand for fewer minutes, above zero; members who lose hours are told.

    `days` is the session that entitles each to what is left, by member id. Passed ones have their
    credit countered and a smaller one written. Constant number of queries;
    call it inside a transaction.
    """
    ledger.lock_members(minutes_by_member)
    rows = [
        one
        for one in Invitation.objects.select_for_update()
        .filter(training=training, member__in=list(minutes_by_member))
        .prefetch_related("member", "training", "credit")
        .order_by("pk")
        if one.minutes > minutes_by_member[one.member_id]
    ]
    passed = [one for one in rows if one.status == Status.PASSED and one.credit_id]
    for one in rows:
        one.minutes, one.session_on = minutes_by_member[one.member_id], days[one.member_id]
    if passed:
        ledger.counter([one.credit for one in passed], reason=reason, by=by)
        credit(training, passed[0].session_on, passed, by)
    bulk.update(Invitation, rows, ["minutes", "session_on", "credit"])
    write_journals([(one, one.status, reason) for one in rows], by)
    emails.uncounted(passed, reason=reason)
