"""Questions read from a file or a pasted text, and not yet in the sets."""

from django.conf import settings
from django.db import models

from common.fields import LineField
from common.files import PrivateFileField
from common.jobs import Job
from common.journal import Stateful
from common.transitions import step

from ..questions.rows import QuestionRow


class QuestionImport(Stateful, Job):
    """What was chosen or pasted last for a request: read, shown, then imported or dropped.

    `rows` holds what `QuestionRow.to_json()` made; `as_rows()` reads it.
    Nothing is imported while `errors` holds a sentence.
    """

    class Status(models.TextChoices):
        READING = "reading", "lecture en cours"
        UNREADABLE = "unreadable", "illisible"
        READ = "read", "lu"

    class Event(models.TextChoices):
        CHOOSE = "choose", "fichier choisi"
        PASTE = "paste", "texte collé"
        RECORD = "record", "lu"
        MARK_UNREADABLE = "mark_unreadable", "illisible"

    TRANSITIONS = {
        Event.CHOOSE: step(*Status, to=Status.READING),
        Event.PASTE: step(*Status, to=Status.READ),
        Event.RECORD: step(Status.READING, to=Status.READ),
        Event.MARK_UNREADABLE: step(Status.READING, to=Status.UNREADABLE),
    }
    TO_DO = (Status.READING,)

    training = models.OneToOneField(
        "trainings.Training", on_delete=models.CASCADE, related_name="question_import"
    )
    status = models.CharField("statut", max_length=10, choices=Status, default=Status.READ)
    # Kept until it is read.
    file = PrivateFileField("fichier", blank=True)
    sha256 = LineField("empreinte", max_length=64, blank=True)
    # Of the file; blank for a pasted text.
    name = LineField("nom du fichier", max_length=255, blank=True)
    # What was typed beside a file stays as well.
    pasted_text = models.TextField("texte collé", blank=True)
    pasted_html = models.TextField("texte collé, mis en forme", blank=True)
    # Why the file gives no questions at all.
    error = models.TextField("erreur", blank=True)
    rows = models.JSONField("questions", default=list)
    errors = models.JSONField("erreurs", default=list)
    notes = models.JSONField("remarques de lecture", default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("lu le", auto_now_add=True)

    class Meta:
        verbose_name = "import de questions"
        verbose_name_plural = "imports de questions"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="reading") & ~models.Q(file="")
                | ~models.Q(status="reading") & models.Q(file=""),
                name="trainings_question_import_file_while_reading",
                violation_error_message="Le fichier se garde pendant sa lecture, et pas après.",
            )
        ]

    @property
    def is_reading(self) -> bool:
        """Whether a task has still to read its file."""
        return self.may(self.Event.RECORD)

    @property
    def is_shown(self) -> bool:
        """Whether there is something read to show, right or wrong."""
        return self.status == self.Status.READ

    def as_rows(self) -> list[QuestionRow]:
        """The questions that were read; their set is 0 where the source does not say."""
        return [QuestionRow.from_json(row) for row in self.rows]

    def __str__(self) -> str:
        return self.name or "Texte collé"
