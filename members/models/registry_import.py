"""Files of the registry, from their deposit to their import, and what each changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.fields import LineField
from common.files import PrivateFileField
from common.jobs import Job
from common.journal import Journalled, JournalRow, event_field
from common.transitions import step

from .member import Member


class RegistryImport(Job, Journalled):
    """A registry file: read by a task, its effects counted, then confirmed by staff."""

    class Status(models.TextChoices):
        READING = "reading", "lecture en cours"
        READY = "ready", "à confirmer"
        UNREADABLE = "unreadable", "illisible"
        APPLIED = "applied", "importé"
        ABANDONED = "abandoned", "abandonné"
        UNDONE = "undone", "annulé"

    class Event(models.TextChoices):
        READ = "read", "lu"
        MARK_UNREADABLE = "mark_unreadable", "illisible"
        APPLY = "apply", "importé"
        ABANDON = "abandon", "abandonné"
        UNDO = "undo", "annulé"

    TO_DO = (Status.READING,)
    TRANSITIONS = {
        Event.READ: step(Status.READING, to=Status.READY),
        Event.MARK_UNREADABLE: step(Status.READING, to=Status.UNREADABLE),
        Event.APPLY: step(Status.READY, to=Status.APPLIED),
        Event.ABANDON: step(Status.READY, to=Status.ABANDONED),
        Event.UNDO: step(Status.APPLIED, to=Status.UNDONE),
    }

    status = models.CharField("état", max_length=10, choices=Status, default=Status.READING)
    file = PrivateFileField("fichier")
    name = LineField("nom du fichier", max_length=255)
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
    # The rows as read, which the next file is compared with once they are imported; and what
    # applying them would change, counted.
    rows = models.JSONField(default=list, editable=False)
    summary = models.JSONField("bilan", default=dict, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("déposé le", auto_now_add=True)
    applied_at = models.DateTimeField("importé le", null=True, blank=True)
    undone_at = models.DateTimeField("annulé le", null=True, blank=True, editable=False)

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


class RegistryImportJournal(JournalRow):
    subject = models.ForeignKey(RegistryImport, on_delete=models.CASCADE, related_name="journal")
    event = event_field(RegistryImport.Event)

    class Meta(JournalRow.Meta):
        verbose_name = "journal de l’import"
        verbose_name_plural = "journal de l’import"


class RegistryChange(models.Model):
    """What an import would change, or has changed, for one member."""

    class Membership(models.TextChoices):
        NEW = "new", "nouvel adhérent"
        # Kept without a membership: a roster of an earlier session may name them.
        NEW_INACTIVE = "new_inactive", "nouveau dans le fichier, déjà inactif"
        RETURNED = "returned", "de retour à l’ANACOFI"
        LEFT = "left", "quitte l’ANACOFI"

    class Cif(models.TextChoices):
        JOINED = "joined", "rejoint l’ANACOFI-CIF"
        LEFT = "left", "quitte l’ANACOFI-CIF"

    # Those whom the import itself puts in the registry.
    CAME = (Membership.NEW, Membership.NEW_INACTIVE)

    registry_import = models.ForeignKey(
        RegistryImport, on_delete=models.CASCADE, related_name="changes"
    )
    # Null for who is not in the registry: not yet, or no longer once the import is undone.
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    # As the spreadsheet numbers its rows; null for who is missing from it.
    row_number = models.PositiveIntegerField("ligne", null=True)
    # The name and number as the registry had them, or as the file brings them.
    name = LineField("adhérent", max_length=230)
    membership = models.CharField("adhésion", max_length=12, choices=Membership, blank=True)
    cif = models.CharField("ANACOFI-CIF", max_length=6, choices=Cif, blank=True)
    # {field: [before, after]}
    edits = models.JSONField("modifications", default=dict)
    # What staff changed by hand since the file before, which says the same: {field: [ours, file's]}
    kept = models.JSONField("gardé", default=dict)
    # What brings the spans and former keys back (`members.domain.registry_undo`).
    undo = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = "ligne d’import"
        verbose_name_plural = "lignes d’import"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
