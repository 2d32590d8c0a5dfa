"""Marking again attempts that were taken with a question which was corrected since."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.jobs import Job
from common.journal import Stateful
from common.transitions import step
from trainings.models import Question, Training

from .attempt import Attempt


class Regrade(Job, Stateful):
    """A decision of staff: how a corrected question counts in attempts taken before.

    From then on every attempt at an older version is marked by `key`, those still running too.
    Finished ones are marked again by tasks, in batches: `through` says how far it came.
    """

    class Mode(models.TextChoices):
        CORRECTED = "corrected", "d’après les bonnes réponses corrigées"
        NEUTRAL = "neutral", "juste pour tous ceux qui l’ont eue"

    class Status(models.TextChoices):
        WAITING = "waiting", "en cours"
        DONE = "done", "fait"
        FAILED = "failed", "arrêté"

    class Event(models.TextChoices):
        COMPLETE = "complete", "fait"
        GIVE_UP = "give_up", "arrêté"
        RETRY = "retry", "relancé"

    TRANSITIONS = {
        Event.COMPLETE: step(Status.WAITING, to=Status.DONE),
        Event.GIVE_UP: step(Status.WAITING, to=Status.FAILED),
        Event.RETRY: step(Status.FAILED, to=Status.WAITING),
    }
    TO_DO = (Status.WAITING,)

    training = models.ForeignKey(
        Training, verbose_name="formation", on_delete=models.PROTECT, related_name="regrades"
    )
    # The question as it now stands.
    question = models.ForeignKey(
        Question, verbose_name="question", on_delete=models.PROTECT, related_name="regrades"
    )
    mode = models.CharField("la question compte", max_length=10, choices=Mode)
    # {id of the question in an older version: [right choice id, …], or null: right for all}.
    key = models.JSONField("barème", default=dict)
    # Read by the members whose result changes.
    reason = models.TextField("motif", max_length=4000)
    made_at = models.DateTimeField("décidé le")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="par",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    status = models.CharField("statut", max_length=10, choices=Status, default=Status.WAITING)
    # Id of the last attempt that was looked at.
    through = models.BigIntegerField(default=0)
    done_at = models.DateTimeField("terminé le", null=True, blank=True)
    # Why it stopped, for staff.
    error = models.TextField("à savoir", blank=True)

    class Meta:
        verbose_name = "recalcul"
        verbose_name_plural = "recalculs"
        ordering = ["-made_at", "-pk"]
        permissions = [("regrade", "Peut recalculer des tentatives")]
        indexes = [
            models.Index(fields=["status"], condition=Q(status="waiting"), name="qcm_regrades_due")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["question"],
                name="qcm_one_regrade_a_question",
                violation_error_message="Cette correction a déjà fait l’objet d’un recalcul.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "failed"], done_at__isnull=True)
                | Q(status="done", done_at__isnull=False),
                name="qcm_done_regrade_has_a_date",
                violation_error_message="Un recalcul terminé porte sa date.",
            ),
        ]

    def __str__(self):
        return f"Recalcul : {self.question}"

    @property
    def is_waiting(self):
        """Whether tasks are at it, or will be."""
        return self.may(self.Event.COMPLETE)

    @property
    def is_stopped(self):
        """Whether it was given up: staff may let it go on."""
        return self.may(self.Event.RETRY)


class MarkChange(models.Model):
    """The mark of an attempt before and after a regrade changed it."""

    attempt = models.ForeignKey(
        Attempt, verbose_name="tentative", on_delete=models.PROTECT, related_name="mark_changes"
    )
    regrade = models.ForeignKey(
        Regrade, verbose_name="recalcul", on_delete=models.PROTECT, related_name="changes"
    )
    at = models.DateTimeField("le")
    right_before = models.PositiveSmallIntegerField("bonnes réponses avant")
    passed_before = models.BooleanField("réussie avant")
    wrong_before = models.JSONField("questions manquées avant", default=list)
    right_after = models.PositiveSmallIntegerField("bonnes réponses après")
    passed_after = models.BooleanField("réussie après")

    class Meta:
        verbose_name = "note recalculée"
        verbose_name_plural = "notes recalculées"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "regrade"], name="qcm_marked_once_by_a_regrade"
            )
        ]

    def __str__(self):
        return f"{self.attempt_id} : {self.right_before} → {self.right_after}"

    @property
    def changes_result(self):
        return self.passed_before != self.passed_after
