"""The lines of a list, and how many of an organism's were not recognised today."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from common.errors import WrongStatus
from members.models import HoursCredit, Member
from organisms.models import Organism
from qcm.models import Invitation

from .. import emails
from .sheet import Sheet

MAX_UNRECOGNISED_A_DAY = 200


class ParticipantQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(sheet__training__organism__people__user=user)

    def counted_for(self, training):
        """The ticked, recognised lines of the training's validated sheets."""
        return self.filter(
            sheet__training=training,
            sheet__status=Sheet.Status.VALIDATED,
            included=True,
            member__isnull=False,
        )

    def waiting(self):
        """The ticked lines of validated sheets that nobody in the registry stands for."""
        return self.filter(sheet__status=Sheet.Status.VALIDATED, included=True, member__isnull=True)

    def summary(self):
        """How many lines of each kind: {"recognised": …, "already": …, "unrecognised": …,
        "unticked": …, "total": …}; the first three are ticked ones.
        """
        state, ticked = Participant.State, models.Q(included=True)
        to_confirm = [state.UNRECOGNISED, state.PROBLEM]
        return self.aggregate(
            total=models.Count("pk"),
            unticked=models.Count("pk", filter=~ticked),
            recognised=models.Count("pk", filter=ticked & models.Q(state=state.RECOGNISED)),
            already=models.Count("pk", filter=ticked & models.Q(state=state.ALREADY_COUNTED)),
            unrecognised=models.Count("pk", filter=ticked & models.Q(state__in=to_confirm)),
        )


class Participant(models.Model):
    """A line of a list: the row as typed, how it was matched, and what validating did with it."""

    class State(models.TextChoices):
        RECOGNISED = "recognised", "reconnu"
        ALREADY_COUNTED = "already", "déjà compté"
        UNRECOGNISED = "unrecognised", "non reconnu"
        PROBLEM = "problem", "à corriger"

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="participants")
    # As the spreadsheet numbers its rows; null when added by hand.
    row_number = models.PositiveIntegerField("ligne", null=True, blank=True)
    # The cells as typed: {"header": "value"}.
    raw = models.JSONField("ligne d’origine", default=dict)
    last_name = models.CharField("nom", max_length=200, blank=True)
    first_name = models.CharField("prénom", max_length=200, blank=True)
    email = models.CharField("e-mail", max_length=254, blank=True)
    member_number = models.CharField("numéro d’adhérent", max_length=50, blank=True)
    orias = models.CharField("numéro ORIAS", max_length=50, blank=True)
    firm = models.CharField("cabinet", max_length=200, blank=True)
    # Null stands for the whole session.
    minutes = models.PositiveIntegerField("minutes suivies", null=True, blank=True)
    state = models.CharField("état", max_length=12, choices=State)
    # What is wrong with the line itself: a French sentence for the organism.
    problem = models.CharField("anomalie", max_length=300, blank=True)
    included = models.BooleanField("présent", default=True)
    # Never shown to the organism.
    member = models.ForeignKey(
        Member,
        verbose_name="adhérent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participations",
    )
    matched_by = models.CharField("reconnu par", max_length=30, blank=True)
    # Why nobody was recognised; it tells of the registry, so the organism never reads it.
    staff_note = models.TextField("pour l’ANACOFI", blank=True, editable=False)
    looked_up_at = models.DateTimeField("cherché le", default=timezone.now, editable=False)
    # Whom the registry has for it since it changed: for staff to confirm.
    offered_member = models.ForeignKey(
        Member,
        verbose_name="adhérent proposé",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    added_by_hand = models.BooleanField("ajouté à la main", default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="modifié par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    changed_at = models.DateTimeField("modifié le", null=True, blank=True)
    associative_credit = models.ForeignKey(
        HoursCredit,
        verbose_name="écriture associative",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # Folded names and keys, for searching.
    search = models.TextField(editable=False, blank=True)
    invitation = models.ForeignKey(
        Invitation,
        verbose_name="invitation au QCM",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participants",
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = "participant"
        verbose_name_plural = "participants"
        # As in the file; those added by hand after them.
        ordering = [models.F("row_number").asc(nulls_last=True), "pk"]
        permissions = [("confirm_participant", "Peut dire qui est une personne non reconnue")]

    def __str__(self):
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def is_settled(self):
        """Whether the line needs nothing: somebody stands for it."""
        return self.state in {self.State.RECOGNISED, self.State.ALREADY_COUNTED}

    @property
    def where(self):
        """Which line of the list it is, in French."""
        return f"ligne {self.row_number}" if self.row_number else "ajouté à la main"

    def confirm(self, member, *, by):
        """Staff say who the line is; on a validated sheet it is counted at once.

        Raises WrongStatus, ValueError when the member stands on the list already,
        PermissionDenied.
        """
        if not by.has_perm("attendance.confirm_participant"):
            raise PermissionDenied
        with transaction.atomic():
            sheet = self.sheet.lock()
            sheet.require_status(Sheet.Status.DRAFT, Sheet.Status.VALIDATED)
            line = sheet.participants.get(pk=self.pk)
            if line.member_id:
                raise WrongStatus("Cette ligne est déjà reconnue.")
            twin = sheet.participants.filter(member=member).first()
            if twin:
                raise ValueError(f"{member} est déjà sur cette liste ({twin.where}).")
            line.member, line.state = member, self.State.RECOGNISED
            line.matched_by, line.problem, line.staff_note = "l’ANACOFI", "", ""
            line.offered_member = None
            line.changed_by, line.changed_at = by, timezone.now()
            line.save()
            # The organism reads this journal: it learns that the line is known, not who it is.
            sheet.write_journal(to_status="participant confirmé", by=by, comment=str(line))
            if sheet.status == Sheet.Status.VALIDATED:
                sheet.training = sheet.training.lock()
                if sheet.training.status == sheet.training.Status.APPROVED:
                    sheet.count_more(by)
            else:
                sheet.refresh_states()
        return line

    @property
    def is_cancellable(self):
        """Whether staff may take it off: recognised and ticked, on a validated list."""
        return (
            self.included
            and self.member_id is not None
            and self.sheet.status == Sheet.Status.VALIDATED
        )

    def cancel(self, *, by, comment):
        """Take one person off a validated list: hours countered, untaken QCM withdrawn.

        Raises WrongStatus, ValueError without a reason, PermissionDenied.
        """
        if not by.has_perm("attendance.cancel_sheet"):
            raise PermissionDenied
        reason = comment.strip()
        if not reason:
            raise ValueError("Écrivez le motif du retrait.")
        with transaction.atomic():
            sheet = self.sheet.lock()
            sheet.training = sheet.training.lock()
            line = sheet.participants.get(pk=self.pk)
            line.sheet = sheet
            if not line.is_cancellable:
                raise WrongStatus("Cette ligne ne compte pas : il n’y a rien à retirer.")
            entries = sheet.take_back(sheet.participants.filter(pk=line.pk), reason=reason, by=by)
            line.included, line.problem = False, f"Retirée par l’ANACOFI : {reason}"[:300]
            line.changed_by, line.changed_at = by, timezone.now()
            line.save()
            sheet.write_journal(to_status="participant retiré", by=by, comment=f"{line} : {reason}")
            sheet.refresh_states()
            emails.hours_cancelled(sheet, entries, reason)
            emails.line_cancelled(sheet, line, reason)


class UnrecognisedCount(models.Model):
    """Unrecognised lines of an organism in one day, over all forms: the registry stays secret."""

    organism = models.ForeignKey(Organism, on_delete=models.CASCADE, related_name="+")
    day = models.DateField("jour")
    lines = models.PositiveIntegerField("lignes non reconnues", default=0)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="limite levée par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    lifted_at = models.DateTimeField("limite levée le", null=True, blank=True)

    class Meta:
        verbose_name = "lignes non reconnues du jour"
        verbose_name_plural = "lignes non reconnues par jour"
        ordering = ["-day", "-lines"]
        permissions = [("lift_limit", "Peut lever la limite du jour d’un organisme")]
        constraints = [
            models.UniqueConstraint(fields=["organism", "day"], name="attendance_one_count_a_day")
        ]

    def __str__(self):
        return f"{self.organism} {self.day:%d/%m/%Y} : {self.lines}"

    @classmethod
    def take(cls, organism, lines):
        """Count these lines for today; whether the organism may still see what it looked up.

        Once above the limit, nothing more is shown that day, recognised or not: otherwise each
        refusal would tell something. Staff are told, once. Must be committed even when refused.
        """
        with transaction.atomic():
            today = timezone.localdate()
            cls.objects.get_or_create(organism=organism, day=today)
            count = cls.objects.select_for_update().get(organism=organism, day=today)
            if count.lines > MAX_UNRECOGNISED_A_DAY:
                return False
            count.lines += lines
            count.save(update_fields=["lines"])
            if count.lines <= MAX_UNRECOGNISED_A_DAY:
                return True
            emails.limit_reached(organism, count.lines)
        return False

    @property
    def is_above(self):
        """Whether the organism's lists are not read any more that day."""
        return self.lines > MAX_UNRECOGNISED_A_DAY

    def lift(self, *, by):
        """Count anew from zero: staff found that the organism meant no harm."""
        with transaction.atomic():
            count = type(self).objects.select_for_update().get(pk=self.pk)
            if not count.is_above:
                raise WrongStatus("Cette limite n’est pas atteinte : il n’y a rien à lever.")
            count.lines, count.lifted_by, count.lifted_at = 0, by, timezone.now()
            count.save(update_fields=["lines", "lifted_by", "lifted_at"])
