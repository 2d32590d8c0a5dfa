"""One try at one set: what was asked, and the mark it got, once."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.journal import Stateful
from common.transitions import step
from trainings.models import QuestionSet

from .. import deadlines, marking
from .invitation import Invitation


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def started(self) -> Self:
        """The one that is running, if any; at most one by constraint in an invitation."""
        return self.filter(status=Attempt.Status.STARTED)

    def finished(self) -> Self:
        """Those that were marked."""
        return self.filter(status=Attempt.Status.FINISHED)

    def overdue_at(self, now: datetime) -> Self:
        """Started ones whose time has run out: they are finished as they are."""
        return self.started().filter(invitation__deadline_at__lt=now - deadlines.OVERTIME)


class Attempt(Stateful):
    """One try at one set, in an order drawn once. Rules are kept as they were."""

    class Status(models.TextChoices):
        STARTED = "started", "en cours"
        FINISHED = "finished", "terminée"
        INTERRUPTED = "interrupted", "interrompue"

    class Event(models.TextChoices):
        ANSWER = "answer", "réponse enregistrée"
        FINISH = "finish", "terminée"
        INTERRUPT = "interrupt", "interrompue"
        REGRADE = "regrade", "recalculée"

    TRANSITIONS = {
        Event.ANSWER: step(Status.STARTED),
        Event.FINISH: step(Status.STARTED, to=Status.FINISHED),
        Event.INTERRUPT: step(Status.STARTED, to=Status.INTERRUPTED),
        Event.REGRADE: step(Status.FINISHED),
    }

    invitation = models.ForeignKey(
        Invitation, verbose_name="invitation", on_delete=models.PROTECT, related_name="attempts"
    )
    number = models.PositiveSmallIntegerField("tentative")
    status = models.CharField("statut", max_length=11, choices=Status, default=Status.STARTED)
    question_set = models.ForeignKey(
        QuestionSet, verbose_name="jeu", on_delete=models.PROTECT, related_name="+"
    )
    # [[question id, [choice id, …]], …] in the order shown.
    order = models.JSONField("ordre", default=list)
    pass_mark = models.PositiveSmallIntegerField("seuil (%)")
    # The other rules as they were: {"marking", "attempts", "deadline"}.
    rules = models.JSONField("règles d’alors", default=dict)
    # Whether the member was then one of the organism's people, who can read the answers.
    by_insider = models.BooleanField("personne de l’organisme", default=False)
    started_at = models.DateTimeField("commencée le")
    finished_at = models.DateTimeField("terminée le", null=True, blank=True)
    right = models.PositiveSmallIntegerField("bonnes réponses", null=True, blank=True)
    total = models.PositiveSmallIntegerField("questions")
    passed = models.BooleanField("réussie", null=True, blank=True)
    # Ids of the questions that were missed.
    wrong = models.JSONField("questions manquées", default=list, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = "tentative"
        verbose_name_plural = "tentatives"
        ordering = ["invitation", "number"]
        indexes = [
            models.Index(fields=["status"], condition=Q(status="started"), name="qcm_started")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "number"], name="qcm_attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(status="started"),
                name="qcm_one_started_attempt",
                violation_error_message="Une tentative est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="started",
                    finished_at__isnull=True,
                    right__isnull=True,
                    passed__isnull=True,
                )
                | Q(
                    status="finished",
                    finished_at__isnull=False,
                    right__isnull=False,
                    passed__isnull=False,
                )
                | Q(
                    status="interrupted",
                    finished_at__isnull=False,
                    right__isnull=True,
                    passed__isnull=True,
                ),
                name="qcm_finished_attempt_is_marked",
                violation_error_message="Une tentative terminée porte son résultat.",
            ),
            models.CheckConstraint(
                condition=Q(right__isnull=True) | Q(right__lte=models.F("total")),
                name="qcm_right_within_total",
                violation_error_message="Il ne peut y avoir plus de bonnes réponses que demandé.",
            ),
        ]

    def __str__(self):
        return f"Tentative {self.number} – {self.invitation}"

    @property
    def is_started(self):
        return self.status == self.Status.STARTED

    @property
    def is_finished(self):
        return self.status == self.Status.FINISHED

    @property
    def is_overdue(self):
        """Whether its time has run out although nobody finished it."""
        return self.is_started and timezone.now() > self.invitation.attempt_end

    @property
    def percent(self):
        """The score in whole percents, rounded down; None before it is marked."""
        return None if self.right is None else marking.percent(self.right, self.total)

    @property
    def summary(self):
        """The result in one line, for journals and lists."""
        if self.right is None:
            return f"Tentative {self.number} : {self.get_status_display()}"
        return (
            f"Tentative {self.number} : {self.right} / {self.total} ({self.percent} %), "
            f"seuil {self.pass_mark} %"
        )
