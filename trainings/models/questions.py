"""The QCM sets of a request: three different ones when AMF hours are asked for.

A draft's sets are edited in place. Once the request is approved they are frozen: a correction
makes a new version of its set, and attempts keep the version that they were taken with.
"""

from typing import Self

from django.db import models
from django.db.models import Q

from common.fields import LineField

from ..questions.rows import ChoiceRow, QuestionRow
from ..questions.set_checks import place_of


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    def current(self) -> Self:
        """The versions that stand, at most one a position."""
        return self.filter(replaced_at__isnull=True)


class QuestionSet(models.Model):
    """One version of one of the three sets (jeux) of a training."""

    training = models.ForeignKey(
        "trainings.Training", on_delete=models.CASCADE, related_name="question_sets"
    )
    position = models.PositiveSmallIntegerField("jeu")
    version = models.PositiveSmallIntegerField("version", default=1)
    # When a later version took its place; null for the one that stands.
    replaced_at = models.DateTimeField("remplacé le", null=True, blank=True)

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        verbose_name = "jeu de questions"
        verbose_name_plural = "jeux de questions"
        ordering = ["position", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["training", "position", "version"], name="trainings_set_version_once"
            ),
            models.UniqueConstraint(
                fields=["training", "position"],
                condition=Q(replaced_at__isnull=True),
                name="trainings_set_once_per_position",
                violation_error_message="Un seul jeu porte ce numéro.",
            ),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=3),
                name="trainings_set_position",
                violation_error_message="Un jeu porte le numéro 1, 2 ou 3.",
            ),
        ]

    def __str__(self) -> str:
        return f"Jeu {self.position}" + (f", version {self.version}" if self.version > 1 else "")


class Question(models.Model):
    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.CASCADE, related_name="questions"
    )
    position = models.PositiveSmallIntegerField("rang")
    text = models.TextField("question")
    theme = LineField("thème", max_length=200, blank=True)
    explanation = models.TextField("explication", blank=True)
    # The same question in the version before, as it was.
    replaces = models.OneToOneField(
        "self",
        verbose_name="remplace",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
    )
    # Of a draft: counts what was written on it, so that two people do not undo one another.
    revision = models.PositiveIntegerField("révision", default=1, editable=False)
    # « page:serial » of the page that wrote last.
    last_save = LineField(max_length=60, blank=True, default="", editable=False)

    class Meta:
        verbose_name = "question"
        verbose_name_plural = "questions"
        ordering = ["question_set", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["question_set", "position"], name="trainings_question_position_once"
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def place(self) -> str:
        """Where it stands: « Jeu 1, question 3 ». Reads the set."""
        return place_of(self.question_set.position, self.position)

    def as_row(self) -> QuestionRow:
        """The question as a value, without its set's number."""
        return QuestionRow(
            text=self.text,
            choices=tuple(ChoiceRow(choice.text, choice.is_right) for choice in self.choices.all()),
            theme=self.theme,
            explanation=self.explanation,
        )


class Choice(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField("rang")
    text = models.TextField("réponse")
    is_right = models.BooleanField("bonne réponse", default=False)
    # The same choice in the version before; null for one that a correction added.
    replaces = models.OneToOneField(
        "self",
        verbose_name="remplace",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
    )

    class Meta:
        verbose_name = "réponse"
        verbose_name_plural = "réponses"
        ordering = ["question", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "position"], name="trainings_choice_position_once"
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]
