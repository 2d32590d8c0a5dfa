"""What is ticked for a question of an attempt."""

from django.db import models

from trainings.models import Question

from .attempt import Attempt


class Answer(models.Model):
    """What is ticked for one question of an attempt, as last saved."""

    # Found by the index of its constraint: millions of rows spare one that would say the same.
    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="answers", db_index=False
    )
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    choices = models.JSONField("réponses cochées", default=list)
    saved_at = models.DateTimeField("enregistrée le")
    # Whole seconds spent before its ticks were saved, all times together.
    seconds = models.PositiveIntegerField("temps passé (s)", default=0)

    class Meta:
        verbose_name = "réponse donnée"
        verbose_name_plural = "réponses données"
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="qcm_one_answer")
        ]

    def __str__(self):
        return f"{self.attempt_id} / {self.question_id}"
