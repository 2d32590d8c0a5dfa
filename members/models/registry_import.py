"""Files of the registry, from their deposit to their import."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.files import PrivateFileField
from common.jobs import Job
from common.journal import Stateful
from common.transitions import step


class RegistryImport(Job, Stateful):
    """A registry file: read by a task, its effects counted, then confirmed by staff."""

    class Status(models.TextChoices):
        READING = "reading", "lecture en cours"
        READY = "ready", "à confirmer"
        UNREADABLE = "unreadable", "illisible"
        APPLIED = "applied", "importé"
        ABANDONED = "abandoned", "abandonné"

    class Event(models.TextChoices):
        READ = "read", "lu"
        MARK_UNREADABLE = "mark_unreadable", "illisible"
        APPLY = "apply", "importé"
        ABANDON = "abandon", "abandonné"

    TO_DO = (Status.READING,)
    TRANSITIONS = {
        Event.READ: step(Status.READING, to=Status.READY),
        Event.MARK_UNREADABLE: step(Status.READING, to=Status.UNREADABLE),
        Event.APPLY: step(Status.READY, to=Status.APPLIED),
        Event.ABANDON: step(Status.READY, to=Status.ABANDONED),
    }

    status = models.CharField("état", max_length=10, choices=Status, default=Status.READING)
    file = PrivateFileField("fichier")
    name = models.CharField("nom du fichier", max_length=255)
    # A file tells of what happened since the one before: who came may have come at any time.
    arrivals_on = models.DateField(
        "arrivées comptées depuis le",
        help_text="Les nouveaux adhérents le sont depuis ce jour : les sessions d’avant ne leur "
        "comptent pas. En général, le lendemain de l’import précédent.",
    )
    effective_on = models.DateField(
        "date d’effet", help_text="Les départs du fichier prennent cette date."
    )
    error = models.TextField("erreur", blank=True)
    # The rows as read, and what applying them would change, computed again when confirmed.
    rows = models.JSONField(default=list, editable=False)
    summary = models.JSONField("bilan", default=dict, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("déposé le", auto_now_add=True)
    applied_at = models.DateTimeField("importé le", null=True, blank=True)

    class Meta:
        verbose_name = "import du fichier des adhérents"
        verbose_name_plural = "imports du fichier des adhérents"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(arrivals_on__lte=models.F("effective_on")),
                name="members_import_arrivals_first",
                violation_error_message="Les arrivées ne peuvent pas suivre la date d’effet.",
            )
        ]

    def __str__(self) -> str:
        return self.name
