"""The QCM sets of a request: three different ones when AMF hours are asked for."""

from django.db import models


class QuestionSet(models.Model):
    """One of the three sets (jeux) of a training."""

    training = models.ForeignKey(
        "trainings.Training", on_delete=models.CASCADE, related_name="question_sets"
    )
    position = models.PositiveSmallIntegerField("jeu")

    class Meta:
        verbose_name = "jeu de questions"
        verbose_name_plural = "jeux de questions"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["training", "position"], name="trainings_set_once_per_position"
            ),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=3),
                name="trainings_set_position",
                violation_error_message="Un jeu porte le numéro 1, 2 ou 3.",
            ),
        ]

    def __str__(self):
        return f"Jeu {self.position}"


class Question(models.Model):
    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.CASCADE, related_name="questions"
    )
    position = models.PositiveSmallIntegerField("rang")
    text = models.TextField("question")
    theme = models.CharField("thème", max_length=200, blank=True)
    explanation = models.TextField("explication", blank=True)

    class Meta:
        verbose_name = "question"
        verbose_name_plural = "questions"
        ordering = ["question_set", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["question_set", "position"], name="trainings_question_position_once"
            )
        ]

    def __str__(self):
        return self.text[:80]


class Choice(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField("rang")
    text = models.TextField("réponse")
    is_right = models.BooleanField("bonne réponse", default=False)

    class Meta:
        verbose_name = "réponse"
        verbose_name_plural = "réponses"
        ordering = ["question", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "position"], name="trainings_choice_position_once"
            )
        ]

    def __str__(self):
        return self.text[:80]
