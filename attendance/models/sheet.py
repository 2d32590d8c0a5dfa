"""The sheet of one session: its files, its list, and what may happen to it in which status."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from accounts.models import User
from common.fields import LineField
from common.files import PrivateFileField
from common.jobs import Job, JobQuerySet
from common.journal import Journalled, JournalRow, event_field
from common.transitions import step
from trainings.models import Training

from ..roster.sessions import TAB
from .answer import Asking

# A participant forgotten on a validated list can be added for so long.
FORGOTTEN_FOR = timedelta(days=30)


class SheetQuerySet(JobQuerySet["Sheet"]):
    def visible_to(self, user: User) -> Self:
        """The sheets of the organism the user belongs to."""
        return self.filter(training__organism__people__user=user)


class Sheet(Asking, Journalled, Job):
    """The attendance sheet (feuille de présence) of one session of an approved training."""

    class Status(models.TextChoices):
        READING = "reading", "lecture en cours"
        UNREADABLE = "unreadable", "illisible"
        DRAFT = "draft", "liste à valider"
        VALIDATED = "validated", "validée"
        CANCELLED = "cancelled", "annulée"

    class Event(models.TextChoices):
        # How a sheet begins: no step leads there.
        DEPOSIT = "deposit", "lecture en cours"
        SPLIT_OFF = "split_off", "lecture en cours"
        # The file, or another one, is read anew.
        REPLACE_ROSTER = "replace_roster", "lecture en cours"
        TELL_COLUMNS = "tell_columns", "lecture en cours"
        ANSWER = "answer", "lecture en cours"
        ANSWER_AGAIN = "answer_again", "lecture en cours"
        KEEP_SESSION = "keep_session", "lecture en cours"
        RECORD = "record", "liste à valider"
        MARK_UNREADABLE = "mark_unreadable", "illisible"
        VALIDATE = "validate", "validée"
        CANCEL = "cancel", "annulée"
        CHANGE_SESSION = "change_session", "session corrigée"
        ADD_PARTICIPANT = "add_participant", "participant ajouté"
        CONFIRM_PARTICIPANT = "confirm_participant", "participant confirmé"
        TAKE_OFF_PARTICIPANT = "take_off", "participant retiré"
        ASK_REMOVAL = "ask_removal", "retrait demandé"
        APPLY_FILE = "apply_file", "liste corrigée"
        RECOUNT = "recount", "recompte"
        # Without a row in the journal.
        TICK = "tick", "coches"
        EDIT_PARTICIPANT = "edit_participant", "ligne corrigée"
        READ_FILE = "read_file", "autre fichier à relire"
        DISCARD = "discard", "supprimée"

    TRANSITIONS = {
        Event.REPLACE_ROSTER: step(Status.UNREADABLE, Status.DRAFT, to=Status.READING),
        Event.TELL_COLUMNS: step(Status.UNREADABLE, Status.DRAFT, to=Status.READING),
        Event.ANSWER: step(Status.DRAFT, to=Status.READING),
        Event.ANSWER_AGAIN: step(Status.DRAFT, to=Status.READING),
        Event.KEEP_SESSION: step(Status.DRAFT, to=Status.READING),
        Event.RECORD: step(Status.READING, to=Status.DRAFT),
        Event.MARK_UNREADABLE: step(Status.READING, to=Status.UNREADABLE),
        Event.VALIDATE: step(Status.DRAFT, to=Status.VALIDATED),
        Event.CANCEL: step(Status.VALIDATED, to=Status.CANCELLED),
        Event.CHANGE_SESSION: step(Status.UNREADABLE, Status.DRAFT),
        Event.ADD_PARTICIPANT: step(Status.DRAFT, Status.VALIDATED),
        Event.CONFIRM_PARTICIPANT: step(Status.DRAFT, Status.VALIDATED),
        Event.TAKE_OFF_PARTICIPANT: step(Status.VALIDATED),
        Event.ASK_REMOVAL: step(Status.VALIDATED),
        Event.APPLY_FILE: step(Status.DRAFT),
        Event.RECOUNT: step(Status.VALIDATED),
        Event.TICK: step(Status.DRAFT),
        Event.EDIT_PARTICIPANT: step(Status.DRAFT),
        Event.READ_FILE: step(Status.DRAFT),
        Event.DISCARD: step(Status.UNREADABLE, Status.DRAFT),
    }
    TO_DO = (Status.READING,)

    status = models.CharField("statut", max_length=10, choices=Status, default=Status.READING)
    training = models.ForeignKey(
        Training, verbose_name="formation", on_delete=models.PROTECT, related_name="sheets"
    )
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour")
    place = LineField("lieu", max_length=200, blank=True)
    scan = PrivateFileField("scan de la feuille d’émargement")
    scan_name = LineField("nom du scan", max_length=255)
    scan_type = LineField("type du scan", max_length=100)
    scan_sha256 = LineField("empreinte du scan", max_length=64)
    roster = PrivateFileField("fichier des présents")
    roster_name = LineField("nom du fichier", max_length=255)
    roster_sha256 = LineField("empreinte du fichier", max_length=64)
    # Why the roster could not be read: a French sentence for the organism.
    error = models.TextField("erreur", blank=True)
    # What reading left aside (totals, another list): French sentences for the organism.
    notes = models.JSONField("remarques de lecture", default=list, blank=True)
    tab = LineField("feuille lue", max_length=255, blank=True)
    # [[title, field or ""], …] of the file's header, or of the row most like one.
    columns = models.JSONField("colonnes", default=list, blank=True, editable=False)
    # The sessions that the file holds, when there are several, and the one kept here.
    sessions = models.JSONField("sessions du fichier", default=list, blank=True, editable=False)
    picked = LineField("session gardée", max_length=300, blank=True, editable=False)
    # [[layout, key], …] of the answers to earlier files that this one was read by.
    applied = models.JSONField(
        "réponses retenues appliquées",
        default=list,
        db_default=Value([], models.JSONField()),
        blank=True,
        editable=False,
    )
    # Approval numbers that the file names, its own among them.
    cited = models.JSONField("agréments cités", default=list, blank=True, editable=False)
    deposited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="déposée par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    deposited_at = models.DateTimeField("déposée le", auto_now_add=True)
    read_at = models.DateTimeField("lue le", null=True, blank=True)
    validated_at = models.DateTimeField("validée le", null=True, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "feuille de présence"
        verbose_name_plural = "feuilles de présence"
        ordering = ["-deposited_at", "-pk"]
        permissions = [
            ("cancel_sheet", "Peut annuler une feuille validée"),
            ("recount_sheet", "Peut recompter une feuille validée"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="attendance_ends_after_start",
                violation_error_message="Le dernier jour précède le premier.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["validated", "cancelled"], validated_at__isnull=False)
                | (~Q(status__in=["validated", "cancelled"]) & Q(validated_at__isnull=True)),
                name="attendance_validated_has_a_date",
                violation_error_message="Une feuille validée porte sa date de validation.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training} – {self.starts_on:%d/%m/%Y}"

    @property
    def has_list(self) -> bool:
        """Whether its file was read: there is a list to look at."""
        return self.status not in {self.Status.READING, self.Status.UNREADABLE}

    @property
    def is_long_validated(self) -> bool:
        """Whether its list was validated too long ago to add who was forgotten."""
        limit = timezone.now() - FORGOTTEN_FOR
        return self.validated_at is not None and self.validated_at <= limit

    @property
    def is_completable(self) -> bool:
        """Whether « Ajouter un participant » works: to validate, or validated lately."""
        return self.may(self.Event.ADD_PARTICIPANT) and not self.is_long_validated

    @property
    def counts_at_once(self) -> bool:
        """Whether who is added or recognised now is counted now: the list is validated."""
        return self.may(self.Event.RECOUNT)

    @property
    def still_counts(self) -> bool:
        """Whether a line recognised now gets hours, at once or when the list is validated."""
        return self.training.is_in_force

    @property
    def has_dated_sessions(self) -> bool:
        """Whether its file's sessions are days: they may be those of one session."""
        return any(not session["key"].startswith(TAB) for session in self.sessions)

    @property
    def waits_for(self) -> str:
        """Why the list cannot be validated yet, in French; "" when it can."""
        if self.sessions and not self.picked:
            return "Dites d’abord quelle session du fichier est celle de cette feuille."
        if self.questions:
            count = len(self.questions)
            what = "à la question posée" if count == 1 else f"aux {count} questions posées"
            return f"Répondez d’abord {what} en haut de la liste."
        return ""

    @property
    def is_editable(self) -> bool:
        """Whether its session and its file can be changed still: nothing of it was counted."""
        return self.may(self.Event.CHANGE_SESSION)


class SheetJournal(JournalRow):
    subject = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="journal")
    event = event_field(Sheet.Event)

    class Meta(JournalRow.Meta):
        verbose_name = "journal de la feuille"
        verbose_name_plural = "journal de la feuille"
