"""What was counted undone: a whole sheet, or one person; what another list entitles to stays.

The number of queries does not grow with the participants.
"""

from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import Refused, WrongStatus
from members.domain import ledger
from members.models import HoursCredit, Member
from qcm.domain import invitations
from qcm.models import Invitation

from .. import emails
from ..models import Participant, Sheet
from ..models.participant import ParticipantQuerySet
from .counting import AMF, ASSOCIATIVE, credit, shares_of
from .listing import refresh_states

Event = Sheet.Event
SHOWN_NAMES = 20


@dataclass
class TakenBack:
    """What undoing some lines takes away, by id, and what each member keeps by other lines."""

    members: dict[int, Member] = field(default_factory=dict)
    entries: dict[int, HoursCredit] = field(default_factory=dict)  # standing, associative
    invitations: dict[int, Invitation] = field(default_factory=dict)
    kept: dict[int, dict[str, int]] = field(default_factory=dict)  # member: {kind: minutes}
    days: dict[int, date | None] = field(default_factory=dict)  # the session that entitles to it

    def __str__(self) -> str:
        """In French, for whoever is about to confirm."""
        passed = sum(
            invitation.status == Invitation.Status.PASSED
            for invitation in self.invitations.values()
        )
        waiting = len(self.invitations) - passed
        names = [str(member) for member in self.members.values()]
        rest = len(names) - SHOWN_NAMES
        more = f" et {rest} autre{'s' if rest > 1 else ''}" if rest > 0 else ""
        said = [
            f"Heures associatives retirées : {people(len(self.entries))}.",
            f"QCM réussis dont les heures sont retirées : {people(passed)}.",
            f"QCM qui ne sont plus à passer : {people(waiting)}.",
            "Chacun reçoit un e-mail avec le motif, l’organisme aussi.",
        ]
        if names:
            said.append(f"Adhérents de la liste : {', '.join(names[:SHOWN_NAMES])}{more}.")
        return "\n".join(said)


def people(number: int) -> str:
    """« 2 adhérents »."""
    return f"{number} adhérent{'s' if number > 1 else ''}"


def cancel(sheet: Sheet, *, by: User, comment: str) -> Sheet:
    """Undo a validated sheet, with a reason that the organism and the members read.

    What another validated sheet of the training entitles to stays. Raises WrongStatus,
    Refused without a reason, PermissionDenied.
    """
    if not by.has_perm("attendance.cancel_sheet"):
        raise PermissionDenied
    reason = comment.strip()
    if not reason:
        raise Refused("Écrivez le motif de l’annulation.")
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.CANCEL)
        sheet.training = sheet.training.lock()
        entries = _take_back(sheet, counted_lines(sheet), reason=reason, by=by)
        sheet.move(Event.CANCEL, by=by, comment=reason)
        refresh_states(sheet.training)
        emails.hours_cancelled(sheet, entries, reason)
        emails.sheet_cancelled(sheet, reason)
    return sheet


def take_off(participant: Participant, *, by: User, comment: str) -> None:
    """Take one person off a validated list: hours countered, untaken QCM withdrawn.

    Raises WrongStatus, Refused without a reason, PermissionDenied.
    """
    if not by.has_perm("attendance.cancel_sheet"):
        raise PermissionDenied
    reason = comment.strip()
    if not reason:
        raise Refused("Écrivez le motif du retrait.")
    with transaction.atomic():
        sheet = participant.sheet.lock()
        sheet.training = sheet.training.lock()
        participant = sheet.participants.get(pk=participant.pk)
        participant.sheet = sheet
        if not participant.may(Event.TAKE_OFF_PARTICIPANT):
            raise WrongStatus("Cette ligne ne compte pas : il n’y a rien à retirer.")
        lines = sheet.participants.filter(pk=participant.pk)
        entries = _take_back(sheet, lines, reason=reason, by=by)
        participant.included = False
        participant.problem = f"Retirée par l’ANACOFI : {reason}"[:300]
        participant.changed_by, participant.changed_at = by, timezone.now()
        participant.save()
        sheet.move(Event.TAKE_OFF_PARTICIPANT, by=by, comment=f"{participant} : {reason}")
        refresh_states(sheet.training)
        emails.hours_cancelled(sheet, entries, reason)
        emails.line_cancelled(sheet, participant, reason)


def counted_lines(sheet: Sheet) -> ParticipantQuerySet:
    """The lines of a validated sheet that count, or would for a member."""
    return sheet.participants.filter(included=True, member__isnull=False)


def to_take_back(sheet: Sheet, lines: ParticipantQuerySet) -> TakenBack:
    """What undoing these lines of a sheet, all recognised, would take away.

    What another validated line of the training entitles to stays, if it is as much.
    """
    undone = list(lines.select_related("member", "invitation"))
    taken = TakenBack(members={line.member.pk: line.member for line in undone if line.member})
    members = sorted(taken.members)
    others = list(
        Participant.objects.counted_for(sheet.training)
        .filter(member__in=members)
        .exclude(pk__in=[line.pk for line in undone])
        .select_related("sheet")
    )
    # Another line entitles to what it counted for: who was no member that day got nothing.
    hours = shares_of(sheet.training, [line for line in others if line.associative_credit_id])
    qcm = shares_of(sheet.training, [line for line in others if line.invitation_id])
    lines_of: dict[int, list[Participant]] = {}
    for line in others:
        if line.member_id:
            lines_of.setdefault(line.member_id, []).append(line)
    standing = ledger.standing(members, training=sheet.training)
    nothing = {ASSOCIATIVE.value: 0, AMF.value: 0}
    for line in undone:
        member = line.member_id
        if member is None:
            continue
        kept = {
            ASSOCIATIVE.value: hours.get(member, nothing)[ASSOCIATIVE],
            AMF.value: qcm.get(member, nothing)[AMF],
        }
        taken.kept[member] = kept
        taken.days[member] = _longest_session(lines_of.get(member, []))
        entry = standing.get((member, ASSOCIATIVE))
        if line.associative_credit_id and entry and entry.minutes > kept[ASSOCIATIVE]:
            taken.entries[entry.pk] = entry
        if line.invitation and line.invitation.minutes > kept[AMF]:
            taken.invitations[line.invitation.pk] = line.invitation
    return taken


def _take_back(
    sheet: Sheet, lines: ParticipantQuerySet, *, reason: str, by: User
) -> list[HoursCredit]:
    """Undo these lines by counter-entries; the associative entries that were countered."""
    # All at once, in one order: what is read next stands until the end.
    ledger.lock_members(lines.filter(member__isnull=False).values_list("member", flat=True))
    taken = to_take_back(sheet, lines)
    entries = list(taken.entries.values())
    if entries:
        ledger.counter(entries, reason=reason, by=by)
        less = {
            entry.member_id: kept
            for entry in entries
            if (kept := taken.kept[entry.member_id])[ASSOCIATIVE]
        }
        credit(sheet, less, by, days=taken.days)
    withdrawn, lowered = [], {}
    for invitation in taken.invitations.values():
        left = taken.kept[invitation.member_id][AMF]
        if left:
            lowered[invitation.member_id] = left
        else:
            withdrawn.append(invitation)
    if withdrawn:
        invitations.withdraw(withdrawn, reason=reason, by=by)
    if lowered:
        invitations.lower(
            training=sheet.training,
            minutes_by_member=lowered,
            days={member: day for member, day in taken.days.items() if day},
            reason=reason,
            by=by,
        )
    return entries


def _longest_session(lines: list[Participant]) -> date | None:
    """The first day of the session that entitles to most among these lines; None without any."""
    whole = [line for line in lines if line.minutes is None]
    longest = whole or sorted(lines, key=lambda line: line.minutes or 0)[-1:]
    return longest[0].sheet.starts_on if longest else None
