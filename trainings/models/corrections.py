"""A question of frozen sets that is to be corrected: asked, proposed, applied."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from common.errors import WrongStatus
from common.journal import Stateful
from common.transitions import step

from ..questions.rows import QuestionRow
from .questions import Question
from .training import Training


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: User) -> Self:
        """Those of the organism the user belongs to."""
        return self.filter(question__question_set__training__organism__people__user=user)

    def live(self) -> Self:
        """Those that still wait for someone."""
        return self.filter(status__in=Correction.TRANSITIONS[Correction.Event.PROPOSE].sources)

    def of_training(self, training: Training) -> Self:
        """Those of a training's questions, each with its question and set, in their order."""
        return (
            self.filter(question__question_set__training=training)
            .select_related("question__question_set")
            .order_by("question__question_set__position", "question__position")
        )


class Correction(Stateful):
    """Staff ask the organism to correct a question; it proposes; staff make the new version.

    Its history is in the training's journal.
    """

    class Status(models.TextChoices):
        ASKED = "asked", "demandée à l’organisme"
        PROPOSED = "proposed", "proposée par l’organisme"
        APPLIED = "applied", "faite"
        DISMISSED = "dismissed", "abandonnée"

    class Event(models.TextChoices):
        PROPOSE = "propose", "proposée par l’organisme"
        APPLY = "apply", "faite"
        DISMISS = "dismiss", "abandonnée"

    TRANSITIONS = {
        # A proposal can be sent again until staff have applied or dismissed it.
        Event.PROPOSE: step(Status.ASKED, Status.PROPOSED, to=Status.PROPOSED),
        Event.APPLY: step(Status.ASKED, Status.PROPOSED, to=Status.APPLIED),
        Event.DISMISS: step(Status.ASKED, Status.PROPOSED, to=Status.DISMISSED),
    }

    question = models.ForeignKey(
        Question, verbose_name="question", on_delete=models.PROTECT, related_name="corrections"
    )
    status = models.CharField("statut", max_length=10, choices=Status, default=Status.ASKED)
    # What staff ask for, read by the organism.
    comment = models.TextField("ce qui est à corriger", max_length=4000)
    asked_at = models.DateTimeField("demandée le")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The corrected question, as `QuestionRow.to_json()` has it; read by `proposed_row`.
    proposal = models.JSONField("proposition", null=True, blank=True)
    proposed_at = models.DateTimeField("proposée le", null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = "correction demandée"
        verbose_name_plural = "corrections demandées"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(status__in=["asked", "proposed"]),
                name="trainings_one_live_correction",
                violation_error_message="Une correction de cette question est déjà demandée.",
            ),
            models.CheckConstraint(
                condition=~Q(status="proposed")
                | Q(proposal__isnull=False, proposed_at__isnull=False),
                name="trainings_proposed_has_a_proposal",
                violation_error_message="Une correction proposée porte sa proposition.",
            ),
        ]

    def __str__(self) -> str:
        return f"Correction de « {self.question} »"

    def lock(self) -> Self:
        """The same row under a lock, with its question, set and training."""
        rows: Any = type(self)._default_manager.select_for_update(of=("self",))
        place = "question__question_set__training__organism"
        correction: Self = rows.select_related(place).get(pk=self.pk)
        return correction

    @property
    def training(self) -> Training:
        return self.question.question_set.training

    @property
    def proposed_row(self) -> QuestionRow | None:
        """The corrected question; None before it is proposed."""
        return None if self.proposal is None else QuestionRow.from_json(self.proposal)

    @property
    def is_live(self) -> bool:
        """Whether it still waits for someone."""
        return self.may(self.Event.PROPOSE)

    def require(self, event: str) -> None:
        """Raise WrongStatus, in its own words, unless the event may happen."""
        if not self.may(event):
            raise WrongStatus(
                f"Cette correction n’attend plus rien : elle est « {self.get_status_display()} »."
            )
