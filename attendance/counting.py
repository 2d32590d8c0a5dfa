"""« Valider la liste » and its cancelling: everything once, in one transaction."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from anacofi_portal import bulk
from anacofi_portal.journal import WrongStatus
from members import ledger
from members.models import HoursCredit, Membership
from qcm import invitations
from trainings.models import Training

from . import emails

ASSOCIATIVE = HoursCredit.Kind.ASSOCIATIVE


class Counting:
    """Mixed into `Sheet`. The number of queries does not grow with the participants."""

    def validate(self, *, by):
        """Count the ticked participants: hours, invitations, e-mails. Raises WrongStatus.

        Members are judged by the first day of the session: who was not one then is recorded
        without hours.
        """
        with bulk.uncollected(), transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.DRAFT)
            # Two sheets of one training queue here.
            training = sheet.training = sheet.training.lock()
            if training.status != Training.Status.APPROVED:
                raise WrongStatus(
                    "L’agrément de cette formation a été révoqué : la liste ne peut plus être "
                    "validée."
                )
            sheet._refresh_states()
            # Neither the rows as typed nor the keys: thousands of lines need their members only.
            participants = list(sheet.participants.filter(included=True).only("member", "sheet"))
            if not participants:
                raise WrongStatus(
                    "Aucun participant n’est coché : cochez au moins une ligne, ou supprimez la "
                    "feuille."
                )
            members = sorted({one.member_id for one in participants if one.member_id})
            joined, cif = _memberships(members, on=sheet.starts_on)
            credits = sheet._credit(joined, by)
            invited = {}
            if training.granted_amf_minutes:
                invited = invitations.invite(
                    training=training,
                    session_on=sheet.starts_on,
                    minutes_by_member=dict.fromkeys(cif, training.granted_amf_minutes),
                    by=by,
                )
            linked = []
            for one in participants:
                credit, invitation = credits.get(one.member_id), invited.get(one.member_id)
                one.associative_credit_id = credit and credit.pk
                one.invitation_id = invitation and invitation.pk
                if one.associative_credit_id or one.invitation_id:
                    linked.append(one)
            bulk.update(sheet.participants.model, linked, ["associative_credit", "invitation"])
            summary = sheet.participants.summary()
            sheet.validated_at = timezone.now()
            sheet.move_to(
                self.Status.VALIDATED,
                by=by,
                comment=in_words(summary),
                update_fields=["validated_at"],
            )
            sheet._refresh_states()
            written = [one for one in credits.values() if one.written]
            emails.hours_counted(sheet, written, cif=cif)
            emails.list_validated(sheet, summary)
            if summary["unrecognised"]:
                emails.lines_to_confirm(sheet, summary)
        return sheet

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
            participants = sheet.participants.filter(included=True, member__isnull=False)
            others = (
                sheet.participants.model.objects.counted_for(sheet.training)
                .exclude(sheet=sheet)
                .values_list("member", "associative_credit", "invitation")
            )
            kept_hours = {member for member, credit, _ in others if credit}
            kept_qcm = {member for member, _, invitation in others if invitation}
            credited, withdrawn = set(), {}
            for one in participants.select_related("invitation"):
                if one.associative_credit_id and one.member_id not in kept_hours:
                    credited.add(one.member_id)
                if one.invitation_id and one.member_id not in kept_qcm:
                    withdrawn[one.invitation_id] = one.invitation
            standing = ledger.standing(sorted(credited), training=sheet.training)
            entries = [entry for (_, kind), entry in standing.items() if kind == ASSOCIATIVE]
            if entries:
                ledger.counter(entries, reason=reason, by=by)
            if withdrawn:
                invitations.withdraw(list(withdrawn.values()), reason=reason, by=by)
            sheet.move_to(self.Status.CANCELLED, by=by, comment=reason)
            sheet._refresh_states()
            emails.hours_cancelled(sheet, entries, reason)
            emails.sheet_cancelled(sheet, reason)
        return sheet

    def _credit(self, members, by):
        """The standing associative entry of each of these members, by member id."""
        minutes = self.training.granted_associative_minutes
        if not minutes:
            return {}
        return ledger.credit(
            training=self.training,
            kind=ASSOCIATIVE,
            session_on=self.starts_on,
            entitlements=[ledger.Entitlement(pk, minutes) for pk in sorted(members)],
            by=by,
        )

    def _refresh_states(self):
        """Say again, on the training's lists still to validate, who was counted already."""
        model = self.participants.model
        State = model.State
        counted = model.objects.counted_for(self.training).values("member")
        lines = model.objects.filter(
            sheet__training=self.training,
            sheet__status=self.Status.DRAFT,
            member__isnull=False,
            problem="",
        )
        lines.filter(state=State.RECOGNISED, member__in=counted).update(state=State.ALREADY_COUNTED)
        lines.filter(state=State.ALREADY_COUNTED).exclude(member__in=counted).update(
            state=State.RECOGNISED
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
