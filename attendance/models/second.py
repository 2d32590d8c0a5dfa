"""A file read beside the sheets: to check who is known, or to correct a list before validating."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import User
from common.fields import LineField
from common.files import PrivateFileField
from common.jobs import Job, JobQuerySet
from common.journal import Stateful
from common.transitions import step
from trainings.models import Training

from .answer import Asking
from .sheet import Sheet


class SecondReadingQuerySet(JobQuerySet["SecondReading"]):
    def visible_to(self, user: User) -> Self:
        """Those of the organism the user belongs to."""
        return self.filter(training__organism__people__user=user)


class SecondReading(Asking, Stateful, Job):
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

    class Event(models.TextChoices):
        RECORD = "record", "lue"
        MARK_UNREADABLE = "mark_unreadable", "illisible"
        APPLY = "apply", "appliquée"
        ANSWER = "answer", "lecture en cours"

    TRANSITIONS = {
        Event.RECORD: step(Status.READING, to=Status.READY),
        Event.MARK_UNREADABLE: step(Status.READING, to=Status.UNREADABLE),
        Event.APPLY: step(Status.READY, to=Status.APPLIED),
        Event.ANSWER: step(Status.READY, to=Status.READING),
    }
    TO_DO = (Status.READING,)

    status = models.CharField("statut", max_length=10, choices=Status, default=Status.READING)
    purpose = models.CharField("but", max_length=8, choices=Purpose)
    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="+")
    sheet = models.ForeignKey(
        Sheet, null=True, blank=True, on_delete=models.CASCADE, related_name="second_readings"
    )
    roster = PrivateFileField("fichier")
    roster_name = LineField("nom du fichier", max_length=255)
    roster_sha256 = LineField("empreinte", max_length=64)
    error = models.TextField("erreur", blank=True)
    notes = models.JSONField("remarques de lecture", default=list)
    # The lines as read, and what the page shows of them.
    lines = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    deposited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    deposited_at = models.DateTimeField("déposée le", auto_now_add=True)

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

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} : {self.roster_name}"

    @property
    def is_applicable(self) -> bool:
        """Whether « Appliquer » works: read, and about a list."""
        return self.sheet_id is not None and self.may(self.Event.APPLY) and not self.questions
