"""A training as its QCM is analysed; no table of its own."""

from django.db import models

from trainings.models import Training, TrainingQuerySet


class TrainingAnalysisManager(models.Manager.from_queryset(TrainingQuerySet)):
    def get_queryset(self):
        """Those whose QCM members can take, or could."""
        return super().get_queryset().frozen().filter(requested_amf_minutes__gt=0)


class TrainingAnalysis(Training):
    """Staff's screen on a training's QCM."""

    objects = TrainingAnalysisManager()

    class Meta:
        proxy = True
        verbose_name = "analyse d’un QCM"
        verbose_name_plural = "analyse des QCM"
