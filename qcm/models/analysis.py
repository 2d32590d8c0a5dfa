"""A training as its QCM is analysed; no table of its own."""

from typing import Any, ClassVar

from django.db import models

from trainings.models import Training, TrainingQuerySet


class TrainingAnalysisManager(models.Manager["TrainingAnalysis"]):
    def get_queryset(self) -> "models.QuerySet[TrainingAnalysis]":
        """Those whose QCM members can take, or could."""
        trainings: Any = TrainingQuerySet(self.model, using=self._db)
        analysed: models.QuerySet[TrainingAnalysis] = trainings.ever_approved().filter(
            requested_amf_minutes__gt=0
        )
        return analysed


class TrainingAnalysis(Training):
    """Staff's screen on a training's QCM."""

    objects: ClassVar = TrainingAnalysisManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = "analyse d’un QCM"
        verbose_name_plural = "analyse des QCM"
