"""What an organism answered of a layout of its files, kept for the next ones."""

from django.conf import settings
from django.db import models
from django.db.models import Value

from common.fields import LineField
from organisms.models import Organism

from ..roster.questions import LONGEST_KEY


class Asking(models.Model):
    """What reading a file left open, and what was answered of this very file."""

    # `Question` of the roster, each as a dictionary: the list waits for all of them.
    questions = models.JSONField("questions", default=list, blank=True, editable=False)
    # {key: value}
    answers = models.JSONField("réponses", default=dict, blank=True, editable=False)
    # {key: question and answer, in words}
    said = models.JSONField(
        "réponses, en toutes lettres",
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        editable=False,
    )
    layout = LineField("titres du fichier", max_length=32, blank=True, editable=False)

    class Meta:
        abstract = True


class Answer(models.Model):
    """What one column, word or sign means in an organism's files that have these titles."""

    organism = models.ForeignKey(Organism, on_delete=models.CASCADE, related_name="+")
    layout = LineField("titres du fichier", max_length=32)
    key = LineField("question", max_length=LONGEST_KEY)
    value = LineField("réponse", max_length=20)
    # The question, of the file it was asked about, and the answer; "" before these were kept.
    words = models.TextField("en toutes lettres", blank=True, default="", db_default="")
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    told_at = models.DateTimeField("dit le")

    class Meta:
        verbose_name = "réponse sur un fichier"
        verbose_name_plural = "réponses sur les fichiers"
        constraints = [
            models.UniqueConstraint(
                fields=["organism", "layout", "key"], name="attendance_one_answer_a_question"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} : {self.value}"
