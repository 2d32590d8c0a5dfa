"""A training as its QCM is analysed; no table of its own."""

from typing import ClassVar

from django.db import models

from trainings.models import Training, TrainingQuerySet


class TrainingAnalysisManager(models.Manager["TrainingAnalysis"]):
    def get_queryset(self) -> TrainingQuerySet:
        """Those whose QCM members can take, or could."""
        trainings = TrainingQuerySet(self.model, using=self._db)
        return trainings.frozen().filter(requested_amf_minutes__gt=0)


class TrainingAnalysis(Training):
    """Staff's screen on a training's QCM."""

    objects: ClassVar = TrainingAnalysisManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = "analyse d’un QCM"
        verbose_name_plural = "analyse des QCM"
