"""Questions taken off a draft, kept to be put back."""

from django.conf import settings
from django.db import models

from ..questions.rows import QuestionRow


class RemovedQuestion(models.Model):
    """A question taken off a draft, with the place where it stood."""

    training = models.ForeignKey(
        "trainings.Training", on_delete=models.CASCADE, related_name="removed_questions"
    )
    set_number = models.PositiveSmallIntegerField("jeu")
    rank = models.PositiveSmallIntegerField("rang")
    content = models.JSONField("contenu")
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    removed_at = models.DateTimeField("supprimée le", auto_now_add=True)

    class Meta:
        verbose_name = "question supprimée"
        verbose_name_plural = "questions supprimées"
        ordering = ["-removed_at", "-pk"]

    def __str__(self) -> str:
        return self.as_row().text[:80]

    def as_row(self) -> QuestionRow:
        """The question as it was when it was taken off."""
        return QuestionRow.from_json(self.content)
