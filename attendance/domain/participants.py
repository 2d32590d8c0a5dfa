"""The lines of a list: ticked, added, corrected, and confirmed by staff when nobody was known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import bulk
from common.errors import Refused, WrongStatus
from members.models import Member

from .. import emails
from ..models import Participant, Sheet, SheetJournal
from ..models.participant import ParticipantQuerySet
from ..models.sheet import FORGOTTEN_FOR
from ..roster.people import RosterLine
from . import late, limits, matching
from .approval import require_approved
from .counting import count_more
from .listing import participants_of, refresh_repeats, refresh_states

Event = Sheet.Event
# How much one click confirms: what is left is said.
MOST_LINES, MOST_SHEETS = 200, 20
CONFIRMED_FIELDS = [
    "member",
    "state",
    "matched_by",
    "problem",
    "same_as",
    "staff_note",
    "offered_member",
    "changed_by",
    "changed_at",
]


def tick(sheet: Sheet, ticked: Collection[int], *, among: Collection[int], by: User) -> None:
    """Tick these lines (ids) and untick the others of `among`; what changed is signed.

    Raises WrongStatus.
    """
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.TICK)
        lines = sheet.participants.filter(pk__in=among)
        signed = {"changed_by": by, "changed_at": timezone.now()}
        lines.filter(pk__in=ticked, included=False).update(included=True, **signed)
        lines.exclude(pk__in=ticked).filter(included=True).update(included=False, **signed)


def require_completable(sheet: Sheet) -> None:
    """Raise WrongStatus, in French, unless someone can still be added."""
    sheet.require(Event.ADD_PARTICIPANT)
    if not sheet.is_completable:
        raise WrongStatus(
            f"Cette liste est validée depuis plus de {FORGOTTEN_FOR.days} jours : écrivez à "
            "l’ANACOFI pour ajouter quelqu’un."
        )


def add(sheet: Sheet, line: RosterLine, *, by: User) -> Participant:
    """Add a line typed by hand; on a validated list a task counts it right after, for 30 days.

    The same statements whether the line is recognised or not: the work tells nothing.

    Raises WrongStatus when the list is not one to complete, Refused at the day's limit or for
    who is on this list already.
    """
    require_completable(sheet)
    match = matching.find([line])[0]
    asked = matching.asked_by([line], [match])
    if not limits.take(sheet.training.organism, asked, by=by):
        raise Refused(limits.TYPED_LIMIT_REACHED)
    with transaction.atomic():
        sheet = sheet.lock()
        require_completable(sheet)
        twin = _on_list(sheet.participants.all(), match.member)
        if twin and sheet.counts_at_once and not twin.included:
            participant = twin
            # Not by what it counted for: that would tell who is no member.
            if participant.changed_by and participant.changed_by.is_staff:
                raise Refused(
                    "L’ANACOFI a retiré cette personne de la liste : écrivez-lui pour l’y remettre."
                )
            participant.included, participant.problem, participant.same_as = True, "", None
        elif twin:
            raise Refused(f"Cette personne est déjà sur la liste ({twin.where}).")
        else:
            participant = participants_of([line], [match], training=sheet.training, sheet=sheet)[0]
            participant.added_by_hand = True
        participant.changed_by, participant.changed_at = by, timezone.now()
        participant.save()
        sheet.move(Event.ADD_PARTICIPANT, by=by, comment=str(participant))
        if sheet.counts_at_once:
            sheet.training = sheet.training.lock()
            require_approved(sheet.training)
            refresh_states(sheet.training)
            late.ask(sheet, by=by)
    return participant


def _on_list(lines: ParticipantQuerySet, member: Member | None) -> Participant | None:
    """The line of this member among these; one query for nobody as well."""
    return lines.filter(member=member.pk if member else 0).first()


def edit(participant: Participant, line: RosterLine, *, by: User) -> Participant:
    """Correct what a line of a list to validate says: it is looked up anew.

    The row as it came stays beside it. Raises WrongStatus when the list is validated or the line
    gone, Refused at the day's limit or for someone who is on this list already.
    """
    sheet = participant.sheet
    sheet.require(Event.EDIT_PARTICIPANT)
    match = matching.find([line])[0]
    asked = matching.asked_by([line], [match])
    if not limits.take(sheet.training.organism, asked, by=by):
        raise Refused(limits.TYPED_LIMIT_REACHED)
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.EDIT_PARTICIPANT)
        before = sheet.participants.filter(pk=participant.pk).first()
        if before is None:
            raise WrongStatus("Cette ligne n’est plus sur la liste.")
        # Those that repeat this very line are no other person.
        others = sheet.participants.exclude(pk=before.pk).exclude(same_as=before.row_number or 0)
        if twin := _on_list(others, match.member):
            raise Refused(f"Cette personne est déjà sur la liste ({twin.where}).")
        edited = participants_of([line], [match], training=sheet.training, sheet=sheet)[0]
        edited.pk, edited.raw, edited.row_number = before.pk, before.raw, before.row_number
        edited.is_absent, edited.added_by_hand = before.is_absent, before.added_by_hand
        edited.rows, edited.evidence, edited.is_corrected = before.rows, before.evidence, True
        # Unticked because it repeated another line, which it does no more.
        was_repeat = before.same_as and not (before.changed_at or before.is_absent)
        edited.included = before.included or bool(was_repeat)
        edited.changed_by, edited.changed_at = by, timezone.now()
        edited.save(force_update=True)
        refresh_repeats(sheet, edited)
    return edited


def ask_removal(participant: Participant, *, by: User, reason: str) -> None:
    """Ask staff to take someone off a validated list. Raises WrongStatus, Refused."""
    reason = reason.strip()
    if not reason:
        raise Refused("Dites à l’ANACOFI pourquoi cette personne est à retirer.")
    with transaction.atomic():
        sheet = participant.sheet.lock()
        sheet.move(Event.ASK_REMOVAL, by=by, comment=f"{participant} : {reason}")
        emails.removal_asked(sheet, participant, reason)


@dataclass
class Confirmed:
    """What confirming several lines came to."""

    done: int = 0
    refused: list[tuple[Participant, Refused]] = field(default_factory=list)
    left: int = 0  # more than one click confirms


def confirm(participant: Participant, member: Member, *, by: User) -> None:
    """Staff say who the line is; on a validated sheet it is counted at once.

    Raises WrongStatus, Refused when the member stands on the list already, PermissionDenied.
    """
    if not by.has_perm("attendance.confirm_participant"):
        raise PermissionDenied
    refused = _confirm_on(participant.sheet, {participant.pk: member}, by)
    for _, error in refused:
        raise error


def confirm_offered(lines: ParticipantQuerySet, *, by: User) -> Confirmed:
    """Confirm those of these lines for whom the registry has somebody now, and count them.

    Each sheet is a transaction of its own, and the number of queries grows with the sheets alone:
    so many at most are done at once. Raises PermissionDenied.
    """
    if not by.has_perm("attendance.confirm_participant"):
        raise PermissionDenied
    offered = list(
        lines.filter(offered_member__isnull=False)
        .select_related("offered_member", "sheet__training")
        .order_by("sheet", "pk")
    )
    by_sheet: dict[Sheet, list[Participant]] = {}
    for line in offered[:MOST_LINES]:
        if line.sheet in by_sheet or len(by_sheet) < MOST_SHEETS:
            by_sheet.setdefault(line.sheet, []).append(line)
    confirmed = Confirmed(left=len(offered) - sum(map(len, by_sheet.values())))
    for sheet, chosen in by_sheet.items():
        members = {line.pk: line.offered_member for line in chosen if line.offered_member}
        try:
            refused = _confirm_on(sheet, members, by)
        except WrongStatus as error:
            refused = [(line, error) for line in chosen]
        confirmed.refused += refused
        confirmed.done += len(chosen) - len(refused)
    return confirmed


def _confirm_on(
    sheet: Sheet, members: Mapping[int, Member], by: User
) -> list[tuple[Participant, Refused]]:
    """Say who these lines (by id) of one sheet are, and count them; those refused, each with why.

    The number of queries does not grow with the lines. Raises WrongStatus.
    """
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.CONFIRM_PARTICIPANT)
        if sheet.counts_at_once:
            sheet.training = sheet.training.lock()
        if not sheet.still_counts:
            raise WrongStatus(
                "L’agrément de cette formation a été révoqué : personne n’en reçoit plus d’heures."
            )
        lines = list(sheet.participants.filter(pk__in=members))
        if not lines:
            raise WrongStatus("Cette ligne n’est plus sur la liste.")
        there: dict[int, Participant] = {}
        for line in sheet.participants.filter(member__in=list(members.values())):
            if line.member_id:
                there.setdefault(line.member_id, line)
        now = timezone.now()
        known: list[Participant] = []
        refused: list[tuple[Participant, Refused]] = []
        for line in lines:
            member = members[line.pk]
            if refusal := _why_not(line, member, there):
                refused.append((line, refusal))
                continue
            there[member.pk] = line
            line.member, line.state = member, Participant.State.RECOGNISED
            line.matched_by, line.problem, line.staff_note = "l’ANACOFI", "", ""
            line.same_as = line.offered_member = None
            line.changed_by, line.changed_at = by, now
            known.append(line)
        if known:
            bulk.update(Participant, known, CONFIRMED_FIELDS)
            # The organism reads this journal: it learns that a line is known, not who it is.
            bulk.insert(
                SheetJournal,
                [
                    sheet.journal_row(Event.CONFIRM_PARTICIPANT, by=by, comment=str(line))
                    for line in known
                ],
            )
            if sheet.counts_at_once:
                count_more(sheet, by)
            else:
                refresh_states(sheet.training)
    return refused


def _why_not(line: Participant, member: Member, there: Mapping[int, Participant]) -> Refused | None:
    """Why the line cannot be this member; `there` holds the members on the list already."""
    if line.member_id:
        return WrongStatus("Cette ligne est déjà reconnue.")
    if twin := there.get(member.pk):
        return Refused(f"{member} est déjà sur cette liste ({twin.where}).")
    return None
