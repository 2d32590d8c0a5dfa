"""« Valider la liste » and its cancelling: everything once, in one transaction."""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common import bulk
from common.errors import WrongStatus
from members.domain import ledger
from members.models import HoursCredit, Membership
from qcm.domain import invitations
from trainings.models import AnnualRules, Training

from .. import emails
from ..roster.followed import ABSENT, share

ASSOCIATIVE = HoursCredit.Kind.ASSOCIATIVE
SHOWN_NAMES = 20
# What counting a line needs of it.
COUNTED = ("sheet", "member", "minutes")
NOBODY_TICKED = (
    "Aucun participant n’est coché : cochez au moins une ligne, ou supprimez la feuille."
)


@dataclass(frozen=True)
class Counted:
    """What counting some lines wrote."""

    entries: list  # associative entries written now
    cif: set  # ids of the ANACOFI-CIF members among them
    strangers: int  # recognised members who were none on the session's day


@dataclass
class TakenBack:
    """What undoing some lines takes away, by id, and what each member keeps by other lines."""

    members: dict = field(default_factory=dict)
    entries: dict = field(default_factory=dict)  # standing associative entries
    invitations: dict = field(default_factory=dict)
    kept: dict = field(default_factory=dict)  # member: {kind: minutes}
    days: dict = field(default_factory=dict)  # member: the session that entitles to it

    def __str__(self):
        """In French, for whoever is about to confirm."""
        passed = sum(one.status == "passed" for one in self.invitations.values())
        waiting = len(self.invitations) - passed
        names = [str(one) for one in self.members.values()]
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


def people(number):
    """« 2 adhérents »."""
    return f"{number} adhérent{'s' if number > 1 else ''}"


class Counting:
    """Mixed into `Sheet`. The number of queries does not grow with the participants."""

    def validate(self, *, by):
        """Count the ticked participants: hours, invitations, e-mails. Raises WrongStatus.

        Members are judged by the first day of the session: who was not one then is recorded
        without hours.
        """
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.DRAFT)
            # Two sheets of one training queue here.
            sheet.training = sheet.training.lock()
            require_approved(sheet.training)
            sheet.refresh_states()
            # Neither the rows as typed nor the keys: thousands of lines need their members only.
            lines = sheet.participants.filter(included=True).only(*COUNTED)
            participants = list(lines)
            if not participants:
                raise WrongStatus(NOBODY_TICKED)
            counted = sheet._count(participants, by)
            summary = sheet.participants.summary()
            sheet.validated_at = timezone.now()
            sheet.move_to(
                self.Status.VALIDATED,
                by=by,
                comment=in_words(summary),
                update_fields=["validated_at"],
            )
            sheet.refresh_states()
            emails.hours_counted(sheet, counted.entries, cif=counted.cif)
            emails.list_validated(sheet, summary)
            if summary["unrecognised"] or counted.strangers:
                emails.lines_to_confirm(sheet, summary, counted.strangers)
        return sheet

    def recount(self, *, by):
        """Count the lines that count now and did not: a membership mended since, a line confirmed.

        Nothing is counted twice and nothing is taken back. Returns how many members more.
        Raises WrongStatus, PermissionDenied.
        """
        if not by.has_perm("attendance.recount_sheet"):
            raise PermissionDenied
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.VALIDATED)
            sheet.training = sheet.training.lock()
            require_approved(sheet.training)
            # The organism reads this journal: how many more would tell it of the registry.
            sheet.write_journal(to_status="recompte", by=by)
            return sheet.count_more(by)

    def count_more(self, by):
        """What `recount` does, under the locks of the sheet and its training; how many more."""
        waiting = self.participants.filter(
            included=True,
            member__isnull=False,
            associative_credit__isnull=True,
            invitation__isnull=True,
        )
        participants = list(waiting.only(*COUNTED))
        counted = self._count(participants, by)
        more = len({one.member_id for one in participants if one.linked})
        self.refresh_states()
        emails.hours_counted(self, counted.entries, cif=counted.cif)
        return more

    def cancel(self, *, by, comment):
        """Undo a validated sheet, with a reason that the organism and the members read.

        What another validated sheet of the training entitles to stays. Raises WrongStatus,
        ValueError without a reason, PermissionDenied.
        """
        if not by.has_perm("attendance.cancel_sheet"):
            raise PermissionDenied
        reason = comment.strip()
        if not reason:
            raise ValueError("Écrivez le motif de l’annulation.")
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.VALIDATED)
            sheet.training = sheet.training.lock()
            lines = sheet.participants.filter(included=True, member__isnull=False)
            entries = sheet.take_back(lines, reason=reason, by=by)
            sheet.move_to(self.Status.CANCELLED, by=by, comment=reason)
            sheet.refresh_states()
            emails.hours_cancelled(sheet, entries, reason)
            emails.sheet_cancelled(sheet, reason)
        return sheet

    def to_take_back(self, lines):
        """What undoing these lines (a queryset of this sheet's) would take: see `TakenBack`.

        What another validated line of the training entitles to stays, if it is as much.
        """
        lines = list(lines.select_related("member", "invitation"))
        members = sorted({one.member_id for one in lines})
        others = list(
            self.participants.model.objects.counted_for(self.training)
            .filter(member__in=members)
            .exclude(pk__in=[one.pk for one in lines])
            .select_related("sheet")
        )
        # Another line entitles to what it counted for: who was no member that day got nothing.
        hours = self._shares([one for one in others if one.associative_credit_id])
        qcm = self._shares([one for one in others if one.invitation_id])
        by_member = {}
        for one in others:
            by_member.setdefault(one.member_id, []).append(one)
        standing = ledger.standing(members, training=self.training)
        taken = TakenBack()
        for one in lines:
            nothing = dict.fromkeys(HoursCredit.Kind.values, 0)
            mine = {
                ASSOCIATIVE: hours.get(one.member_id, nothing)[ASSOCIATIVE],
                HoursCredit.Kind.AMF: qcm.get(one.member_id, nothing)[HoursCredit.Kind.AMF],
            }
            taken.kept[one.member_id] = mine
            taken.days[one.member_id] = _longest_session(by_member.get(one.member_id, []))
            entry = standing.get((one.member_id, ASSOCIATIVE))
            if one.associative_credit_id and entry and entry.minutes > mine[ASSOCIATIVE]:
                taken.entries[entry.pk] = entry
            if one.invitation_id and one.invitation.minutes > mine[HoursCredit.Kind.AMF]:
                taken.invitations[one.invitation_id] = one.invitation
            taken.members[one.member_id] = one.member
        return taken

    def take_back(self, lines, *, reason, by):
        """Undo these lines by counter-entries; the associative entries that were countered."""
        # All at once, in one order: what is read next stands until the end.
        ledger.lock_members(lines.filter(member__isnull=False).values_list("member", flat=True))
        taken = self.to_take_back(lines)
        entries = list(taken.entries.values())
        if entries:
            ledger.counter(entries, reason=reason, by=by)
            smaller = {pk: taken.kept[pk] for pk in {one.member_id for one in entries}}
            smaller = {pk: own for pk, own in smaller.items() if own[ASSOCIATIVE]}
            self._credit(smaller, by, days=taken.days)
        gone, lowered = [], {}
        for one in taken.invitations.values():
            left = taken.kept[one.member_id][HoursCredit.Kind.AMF]
            if left:
                lowered[one.member_id] = left
            else:
                gone.append(one)
        if gone:
            invitations.withdraw(gone, reason=reason, by=by)
        if lowered:
            invitations.lower(
                training=self.training,
                minutes_by_member=lowered,
                days=taken.days,
                reason=reason,
                by=by,
            )
        return entries

    def _count(self, participants, by):
        """Credit and invite the members of these lines, by how long they were there.

        `linked` is set on each line: whether it counts for anything.
        """
        members = sorted({one.member_id for one in participants if one.member_id})
        joined, cif = _memberships(members, on=self.starts_on)
        shares = self._shares(participants)
        credits = self._credit({pk: shares[pk] for pk in sorted(joined)}, by)
        invited = self._invite({pk: shares[pk] for pk in sorted(cif)}, by)
        for one in participants:
            credit, invitation = credits.get(one.member_id), invited.get(one.member_id)
            one.associative_credit_id = credit and credit.pk
            one.invitation_id = invitation and invitation.pk
            one.linked = bool(credit or invitation)
        bulk.update(
            self.participants.model,
            [one for one in participants if one.linked],
            ["associative_credit", "invitation"],
        )
        return Counted(
            entries=[one for one in credits.values() if one.written],
            cif=cif,
            strangers=len(set(members) - joined),
        )

    def _shares(self, participants):
        """{member: {kind: minutes that count}}; of two lines of one member, the longer."""
        training = self.training
        rules = AnnualRules.for_year(training.year)
        granted = {
            ASSOCIATIVE: training.granted_associative_minutes,
            HoursCredit.Kind.AMF: training.granted_amf_minutes,
        }
        whole_only = rules.partial_presence == AnnualRules.PartialPresence.WHOLE
        shares = {}
        for one in participants:
            mine = shares.setdefault(one.member_id, dict.fromkeys(granted, 0))
            for kind, minutes in granted.items():
                counts = share(
                    minutes,
                    followed=one.minutes,
                    duration=training.duration_minutes,
                    whole_only=whole_only,
                )
                mine[kind] = max(mine[kind], counts)
        return shares

    def _credit(self, shares, by, days=None):
        """The standing associative entry of each of these members, by member id.

        `days` gives the session of each, when it is not this one.
        """
        if not self.training.granted_associative_minutes:
            return {}
        return ledger.credit(
            training=self.training,
            kind=ASSOCIATIVE,
            session_on=self.starts_on,
            entitlements=[
                ledger.Entitlement(pk, minutes[ASSOCIATIVE], (days or {}).get(pk))
                for pk, minutes in shares.items()
            ],
            by=by,
        )

    def _invite(self, shares, by):
        """The invitation of each of these members whose AMF minutes are above zero."""
        minutes = {pk: own[HoursCredit.Kind.AMF] for pk, own in shares.items()}
        return invitations.invite(
            training=self.training,
            session_on=self.starts_on,
            minutes_by_member={pk: own for pk, own in minutes.items() if own},
            by=by,
        )

    def refresh_states(self):
        """Say again, on the training's lists still to validate, who was counted already."""
        model = self.participants.model
        State = model.State
        counted = model.objects.counted_for(self.training).values("member")
        lines = model.objects.filter(
            sheet__training=self.training,
            sheet__status=self.Status.DRAFT,
            member__isnull=False,
            problem__in=["", ABSENT],
        )
        lines.filter(state=State.RECOGNISED, member__in=counted).update(state=State.ALREADY_COUNTED)
        lines.filter(state=State.ALREADY_COUNTED).exclude(member__in=counted).update(
            state=State.RECOGNISED
        )


def _longest_session(lines):
    """The first day of the session that entitles to most among these lines; None without any."""
    whole = [one for one in lines if one.minutes is None]
    longest = whole or sorted(lines, key=lambda one: one.minutes)[-1:]
    return longest[0].sheet.starts_on if longest else None


def require_approved(training):
    """Raise WrongStatus, in French, when nothing counts any more for the training."""
    if training.status != Training.Status.APPROVED:
        raise WrongStatus(
            "L’agrément de cette formation a été révoqué : la liste ne peut plus être validée."
        )


def _memberships(members, *, on):
    """(members of the association, ANACOFI-CIF members) among these, on a day: sets of ids."""
    kinds = {}
    for member, kind in Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), member__in=members, starts_on__lte=on
    ).values_list("member", "kind"):
        kinds.setdefault(kind, set()).add(member)
    cif = kinds.get(Membership.Kind.CIF, set())
    return kinds.get(Membership.Kind.MEMBER, set()) | cif, cif


def in_words(summary):
    """The counts of a list in one French line."""
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
