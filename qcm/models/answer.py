"""What is ticked for a question of an attempt."""

from django.db import models
from django.db.models import OuterRef, Subquery

from common.engine import guarded
from common.engine.prepared import prepared
from trainings.models import Question


class Answer(models.Model):
    """What is ticked for one question of an attempt, as last saved."""

    # Found by the index of its constraint: millions of rows spare one that would say the same.
    attempt = models.ForeignKey(
        "qcm.Attempt", on_delete=models.CASCADE, related_name="answers", db_index=False
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

    @classmethod
    def last_saved_at(cls):
        """When the outer attempt's last answer was saved, for `annotate`."""
        own = cls.objects.filter(attempt=OuterRef("pk")).order_by("-saved_at")
        return Subquery(own.values("saved_at")[:1])

    @classmethod
    def keep(cls, answers):
        """Write these answers, one at least, of one attempt, unless it has ended; how many were.

        Waits for whoever is ending the attempt and then sees that it ended. An answer given
        before to the same question is replaced, and its seconds are added up.
        """
        return guarded.upsert(
            answers,
            guard=guarded.Guard(
                cls._meta.get_field("attempt").related_model,
                answers[0].attempt_id,
                "status",
                "started",
            ),
            key=["attempt", "question"],
            replacing=["choices", "saved_at"],
            adding=["seconds"],
        )


@prepared
def ticked(attempt):
    """(question id, [choice id, …], when it was saved) of each answer of an attempt."""
    return Answer.objects.filter(attempt=attempt).values_list("question_id", "choices", "saved_at")
