"""Questions read from a file or a pasted text, and not yet in the sets."""

from django.conf import settings
from django.db import models

from ..questions.rows import QuestionRow


class QuestionImport(models.Model):
    """What was read last for a request: shown first, then imported or dropped.

    `rows` holds what `QuestionRow.to_json()` made; `as_rows()` reads it.
    Nothing is imported while `errors` holds a sentence.
    """

    training = models.OneToOneField(
        "trainings.Training", on_delete=models.CASCADE, related_name="question_import"
    )
    # Of the file; blank for a pasted text, which is kept instead.
    name = models.CharField("nom du fichier", max_length=255, blank=True)
    pasted_text = models.TextField("texte collé", blank=True)
    pasted_html = models.TextField("texte collé, mis en forme", blank=True)
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

    def as_rows(self) -> list[QuestionRow]:
        """The questions that were read; their set is 0 where the source does not say."""
        return [QuestionRow.from_json(row) for row in self.rows]

    def __str__(self) -> str:
        return self.name or "Texte collé"
