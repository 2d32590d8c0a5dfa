"""A question of frozen sets that is to be corrected: asked, proposed, applied."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from common.errors import WrongStatus

from .. import emails
from ..questions.rows import QuestionRow
from .questions import Question


class CorrectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the organism the user belongs to."""
        return self.filter(question__question_set__training__organism__people__user=user)

    def live(self):
        """Those that still wait for someone."""
        return self.filter(status__in=Correction.LIVE)


class Correction(models.Model):
    """Staff ask the organism to correct a question; it proposes; staff make the new version.

    Its history is in the training's journal.
    """

    class Status(models.TextChoices):
        ASKED = "asked", "demandée à l’organisme"
        PROPOSED = "proposed", "proposée par l’organisme"
        APPLIED = "applied", "faite"
        DISMISSED = "dismissed", "abandonnée"

    LIVE = (Status.ASKED, Status.PROPOSED)

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

    def __str__(self):
        return f"Correction de « {self.question} »"

    def lock(self):
        """The same row under a lock, with its question, set and training."""
        return (
            Correction.objects.select_for_update(of=("self",))
            .select_related("question__question_set__training__organism")
            .get(pk=self.pk)
        )

    @property
    def training(self):
        return self.question.question_set.training

    @property
    def proposed_row(self) -> QuestionRow | None:
        """The corrected question; None before it is proposed."""
        return None if self.proposal is None else QuestionRow.from_json(self.proposal)

    @property
    def is_live(self):
        return self.status in self.LIVE

    def _require_live(self):
        if not self.is_live:
            raise WrongStatus(
                f"Cette correction n’attend plus rien : elle est « {self.get_status_display()} »."
            )

    def propose(self, *, by, row):
        """The organism proposes its corrected question; staff are told.

        A proposal can be sent again until staff have applied or dismissed it. Raises WrongStatus,
        and ValueError for a question that the sets may not hold.
        """
        with transaction.atomic():
            correction = self.lock()
            correction._require_live()
            correction.training.require_sound(correction.question, row)
            correction.proposal, correction.proposed_at = row.to_json(), timezone.now()
            correction.status = self.Status.PROPOSED
            correction.save(update_fields=["proposal", "proposed_at", "status"])
            correction.training.write_journal(
                to_status="correction proposée",
                by=by,
                comment=correction.question.place,
            )
            emails.correction_proposed(correction)

    def dismiss(self, *, by, comment):
        """Staff no longer want it; the organism reads why. Raises WrongStatus, ValueError."""
        if not by.has_perm("trainings.decide_training"):
            raise PermissionDenied
        if not comment.strip():
            raise ValueError("Dites à l’organisme pourquoi la correction est abandonnée.")
        with transaction.atomic():
            correction = self.lock()
            correction._require_live()
            correction.status = self.Status.DISMISSED
            correction.save(update_fields=["status"])
            correction.training.write_journal(
                to_status="correction abandonnée",
                by=by,
                comment=f"{correction.question.place}. {comment.strip()}",
            )
            emails.correction_dismissed(correction, comment=comment.strip())
