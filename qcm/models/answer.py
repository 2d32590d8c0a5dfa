"""What is ticked for a question of an attempt."""

from django.db import connections, models, router
from django.db.models import OuterRef, Subquery

from common.prepared import prepared
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

        One statement, which waits for whoever is ending the attempt and then sees that it ended.
        An answer given before to the same question is replaced, and its seconds are added up:
        Django's `bulk_create` replaces values only by those of the new row.
        """
        connection = connections[router.db_for_write(cls)]
        quote, meta = connection.ops.quote_name, cls._meta
        table = quote(meta.db_table)
        fields = [field for field in meta.local_concrete_fields if not field.primary_key]
        columns = ", ".join(quote(field.column) for field in fields)
        rows = [
            [field.get_db_prep_save(getattr(one, field.attname), connection) for field in fields]
            for one in answers
        ]
        row = "(" + ", ".join(["%s"] * len(fields)) + ")"
        lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT answers.* FROM "
                f"(VALUES {', '.join([row] * len(rows))}) AS answers, "
                f"(SELECT id FROM qcm_attempt WHERE id = %s AND status = 'started' {lock}) AS own "
                "WHERE true ON CONFLICT (attempt_id, question_id) DO UPDATE SET "
                "choices = excluded.choices, saved_at = excluded.saved_at, "
                f"seconds = {table}.seconds + excluded.seconds",
                [*(value for one in rows for value in one), answers[0].attempt_id],
            )
            return cursor.rowcount


@prepared
def ticked(attempt):
    """(question id, [choice id, …], when it was saved) of each answer of an attempt."""
    return Answer.objects.filter(attempt=attempt).values_list("question_id", "choices", "saved_at")
