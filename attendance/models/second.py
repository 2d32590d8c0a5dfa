"""A file read beside the sheets: to check who is known, or to correct a list before validating."""

from dataclasses import asdict, fields

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from common import bulk
from common.errors import WrongStatus
from common.files import PrivateFileField
from trainings.models import Training

from ..domain import matching, reading, revising
from ..roster.roster import Line
from .leased import Leased, LeasedQuerySet
from .participant import Participant, UnrecognisedCount
from .sheet import LIMIT_REACHED, Sheet, require_open

LINE_FIELDS = {field.name for field in fields(Line)}


class SecondReadingQuerySet(LeasedQuerySet):
    def visible_to(self, user):
        return self.filter(training__organism__people__user=user)


class SecondReading(Leased):
    """A roster that makes no sheet of its own. Nothing changes before it is applied."""

    class Purpose(models.TextChoices):
        CHECK = "check", "vérifier des inscrits"
        REPLACE = "replace", "remplacer la liste"
        COMPLETE = "complete", "compléter la liste"

    class Status(models.TextChoices):
        READING = "reading", "lecture en cours"
        UNREADABLE = "unreadable", "illisible"
        READY = "ready", "lue"
        APPLIED = "applied", "appliquée"

    status = models.CharField("statut", max_length=10, choices=Status, default=Status.READING)
    purpose = models.CharField("but", max_length=8, choices=Purpose)
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="+")
    sheet = models.ForeignKey(
        Sheet, null=True, blank=True, on_delete=models.CASCADE, related_name="second_readings"
    )
    roster = PrivateFileField("fichier")
    roster_name = models.CharField("nom du fichier", max_length=255)
    roster_sha256 = models.CharField("empreinte", max_length=64)
    error = models.TextField("erreur", blank=True)
    notes = models.JSONField("remarques de lecture", default=list)
    # The lines as read, and what the page shows of them.
    lines = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    deposited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = SecondReadingQuerySet.as_manager()

    class Meta:
        verbose_name = "lecture de contrôle"
        verbose_name_plural = "lectures de contrôle"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose="check", sheet__isnull=True)
                | (~models.Q(purpose="check") & models.Q(sheet__isnull=False)),
                name="attendance_second_reading_of_a_sheet",
                violation_error_message="Une liste se remplace ou se complète sur sa feuille.",
            )
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} : {self.roster_name}"

    @classmethod
    def ask(cls, training, purpose, file, *, by, sheet=None):
        """Have a roster (a DepositedFile) read; a task does. Raises WrongStatus."""
        with transaction.atomic():
            if sheet:
                sheet.lock().require_status(Sheet.Status.DRAFT)
            require_open(training)
            file.take()
            one = cls.objects.create(
                training=training,
                purpose=purpose,
                sheet=sheet,
                roster=file.file.name,
                roster_name=file.name,
                roster_sha256=file.sha256,
                deposited_by=by,
            )
            transaction.on_commit(lambda: reading.read_second_soon(one.pk))
        return one

    # The whole file, whatever sessions it holds.
    picked = ""

    def mark_unreadable(self, error, *, of, columns=()):
        """Say why the roster gives no list."""
        type(self).objects.filter(pk=self.pk, status=self.Status.READING, roster=of).update(
            status=self.Status.UNREADABLE, error=error, reading_until=None
        )

    def record(self, roster, *, of):
        """Keep the lines that were read (a `roster.Roster`), and what they come to."""
        matches = matching.find(roster.lines)
        if not UnrecognisedCount.take(
            self.training.organism, matching.count_unrecognised(roster.lines, matches)
        ):
            self.mark_unreadable(LIMIT_REACHED, of=of)
            return
        sheet = self.sheet or Sheet(training=self.training)
        read = sheet.participants_of(roster.lines, matches)
        if self.purpose == self.Purpose.CHECK:
            result = _checked(read)
        else:
            result = revising.plan(self.sheet, roster.lines, read, self.purpose).summary()
        type(self).objects.filter(pk=self.pk, status=self.Status.READING, roster=of).update(
            status=self.Status.READY,
            notes=roster.notes,
            # A date is none of JSON's, and says nothing once the session is known.
            lines=[{**asdict(line), "session_on": None} for line in roster.lines],
            result=result,
            reading_until=None,
        )

    def apply(self, *, by):
        """Change the list as announced. Raises WrongStatus."""
        with transaction.atomic():
            sheet = self.sheet.lock()
            sheet.require_status(Sheet.Status.DRAFT)
            taken = (
                type(self)
                .objects.filter(pk=self.pk, status=self.Status.READY)
                .update(status=self.Status.APPLIED, lines=[], result={})
            )
            if not taken:
                raise WrongStatus("Ce fichier n’attend plus de confirmation.")
            lines = [
                Line(**{name: value for name, value in one.items() if name in LINE_FIELDS})
                for one in self.lines
            ]
            read = sheet.participants_of(lines, matching.find(lines))
            made = revising.plan(sheet, lines, read, self.purpose)
            for one in made.added:
                one.changed_by, one.changed_at = by, timezone.now()
            sheet.participants.filter(pk__in=[one.pk for one in made.removed]).delete()
            bulk.insert(Participant, made.added)
            sheet.write_journal(
                to_status="liste corrigée",
                by=by,
                comment=f"{self.get_purpose_display().capitalize()} avec {self.roster_name}",
            )
            sheet.refresh_states()

    def forget(self):
        """Delete it and its file."""
        storage, name = self.roster.storage, self.roster.name
        self.delete()
        transaction.on_commit(lambda: storage.delete(name))


def _checked(participants):
    """What « Vérifier une liste d'inscrits » shows: how many are known, and who is not."""
    State = Participant.State

    def is_known(one):
        # A repeated line is nobody more.
        return one.state == State.RECOGNISED or (one.member_id is not None and not one.problem)

    return {
        "recognised": sum(is_known(one) for one in participants),
        "total": len(participants),
        "others": [
            {"row": one.row_number, "name": str(one), "problem": one.problem}
            for one in participants
            if not is_known(one)
        ],
    }
