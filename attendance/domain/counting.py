"""« Valider la liste » and counting more: hours, invitations, e-mails, once, in one transaction.

The number of queries does not grow with the participants.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import bulk
from common.errors import WrongStatus
from members.domain import ledger
from members.models import HoursCredit, Membership
from qcm.domain import invitations
from qcm.models import Invitation
from trainings.models import AnnualRules, Training

from .. import emails
from ..models import Participant, Sheet
from ..roster.followed import share
from .approval import require_approved
from .listing import refresh_states

Event = Sheet.Event
ASSOCIATIVE, AMF = HoursCredit.Kind.ASSOCIATIVE, HoursCredit.Kind.AMF
# What counting a line needs of it: neither the row as typed nor the keys of thousands.
COUNTED = ("sheet", "member", "minutes")
NOBODY_TICKED = (
    "Aucun participant n’est coché : cochez au moins une ligne, ou supprimez la feuille."
)

# {member id: {kind: minutes that count}}
Shares = dict[int, dict[str, int]]


@dataclass(frozen=True)
class Counted:
    """What counting some lines wrote."""

    entries: list[HoursCredit]  # associative entries written now
    linked: set[int]  # ids of the members for whom something counts
    strangers: int  # recognised members who were none on the session's day


def validate(sheet: Sheet, *, by: User) -> Sheet:
    """Count the ticked participants: hours, invitations, e-mails. Raises WrongStatus.

    Members are judged by the first day of the session: who was not one then is recorded
    without hours.
    """
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.VALIDATE)
        if sheet.waits_for:
            raise WrongStatus(sheet.waits_for)
        # Two sheets of one training queue here.
        sheet.training = sheet.training.lock()
        require_approved(sheet.training)
        refresh_states(sheet.training)
        participants = list(sheet.participants.filter(included=True).only(*COUNTED))
        if not participants:
            raise WrongStatus(NOBODY_TICKED)
        counted = _count(sheet, participants, by)
        summary = sheet.participants.summary()
        sheet.validated_at = timezone.now()
        sheet.move(Event.VALIDATE, by=by, comment=in_words(summary), update_fields=["validated_at"])
        refresh_states(sheet.training)
        emails.hours_counted(sheet, counted.entries)
        emails.list_validated(sheet, summary)
        if summary["unrecognised"] or counted.strangers:
            emails.lines_to_confirm(sheet, summary, counted.strangers)
    return sheet


def recount(sheet: Sheet, *, by: User) -> int:
    """Count the lines that count now and did not: a membership mended since, a line confirmed.

    Nothing is counted twice and nothing is taken back. Returns how many members more.
    Raises WrongStatus, PermissionDenied.
    """
    if not by.has_perm("attendance.recount_sheet"):
        raise PermissionDenied
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.RECOUNT)
        sheet.training = sheet.training.lock()
        require_approved(sheet.training)
        # The organism reads this journal: how many more would tell it of the registry.
        sheet.move(Event.RECOUNT, by=by)
        return count_more(sheet, by)


def count_more(sheet: Sheet, by: User) -> int:
    """Count what a validated sheet has not counted yet; how many members more.

    Under the locks of the sheet and of its training.
    """
    waiting = sheet.participants.filter(
        included=True,
        member__isnull=False,
        associative_credit__isnull=True,
        invitation__isnull=True,
    )
    counted = _count(sheet, list(waiting.only(*COUNTED)), by)
    refresh_states(sheet.training)
    emails.hours_counted(sheet, counted.entries)
    return len(counted.linked)


def _count(sheet: Sheet, participants: list[Participant], by: User) -> Counted:
    """Credit and invite the members of these lines, by how long they were there."""
    members = sorted({line.member_id for line in participants if line.member_id})
    joined, cif = _memberships(members, on=sheet.starts_on)
    shares = shares_of(sheet.training, participants)
    credited = credit(sheet, {member: shares[member] for member in sorted(joined)}, by)
    invited = _invite(sheet, {member: shares[member] for member in sorted(cif)}, by)
    linked = {*credited.standing, *invited}
    counting = [line for line in participants if line.member_id in linked]
    for line in counting:
        member = line.member_id or 0
        entry, invitation = credited.standing.get(member), invited.get(member)
        line.associative_credit_id = entry.pk if entry else None
        line.invitation_id = invitation.pk if invitation else None
    bulk.update(Participant, counting, ["associative_credit", "invitation"])
    return Counted(
        entries=credited.written,
        linked=linked,
        strangers=len(set(members) - joined),
    )


def shares_of(training: Training, participants: Iterable[Participant]) -> Shares:
    """What each member's time there counts for; of two lines of one member, the longer."""
    rules = AnnualRules.for_year(training.year)
    granted = {
        ASSOCIATIVE.value: training.granted_associative_minutes or 0,
        AMF.value: training.granted_amf_minutes or 0,
    }
    whole_only = rules.partial_presence == AnnualRules.PartialPresence.WHOLE
    shares: Shares = {}
    for line in participants:
        if line.member_id is None:
            continue
        own = shares.setdefault(line.member_id, dict.fromkeys(granted, 0))
        for kind, minutes in granted.items():
            counts = share(
                minutes,
                followed=line.minutes,
                duration=training.duration_minutes or 0,
                whole_only=whole_only,
            )
            own[kind] = max(own[kind], counts)
    return shares


def credit(
    sheet: Sheet, shares: Shares, by: User, days: dict[int, date | None] | None = None
) -> ledger.Credited:
    """Credit these members with their associative minutes.

    `days` gives the session of each, when it is not this one.
    """
    if not sheet.training.granted_associative_minutes:
        return ledger.Credited(standing={}, written=[])
    return ledger.credit(
        training=sheet.training,
        kind=ASSOCIATIVE,
        session_on=sheet.starts_on,
        entitlements=[
            ledger.Entitlement(member, minutes[ASSOCIATIVE], (days or {}).get(member))
            for member, minutes in shares.items()
        ],
        by=by,
    )


def _invite(sheet: Sheet, shares: Shares, by: User) -> dict[int, Invitation]:
    """The invitation of each of these members whose AMF minutes are above zero."""
    return invitations.invite(
        training=sheet.training,
        session_on=sheet.starts_on,
        minutes_by_member={
            member: minutes[AMF] for member, minutes in shares.items() if minutes[AMF]
        },
        by=by,
    )


def _memberships(members: list[int], *, on: date) -> tuple[set[int], set[int]]:
    """(members of the association, ANACOFI-CIF members) among these, on a day: sets of ids."""
    kinds: dict[str, set[int]] = {}
    held = Membership.objects.on(on).filter(member__in=members)
    for member, kind in held.values_list("member", "kind"):
        kinds.setdefault(kind, set()).add(member)
    cif = kinds.get(Membership.Kind.CIF, set())
    return kinds.get(Membership.Kind.MEMBER, set()) | cif, cif


def in_words(summary: dict[str, Any]) -> str:
    """The counts of a list (`ParticipantQuerySet.summary`) in one French line."""
    words = [
        ("recognised", "reconnu"),
        ("already", "déjà compté"),
        ("unrecognised", "non reconnu"),
        ("unticked", "décoché"),
    ]
    return ", ".join(
        f"{summary[key]} {word}{'s' if summary[key] > 1 else ''}"
        for key, word in words
        if summary[key]
    )
