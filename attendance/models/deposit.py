"""A file chosen for a sheet that is not deposited yet: stored at once, so that nothing loses it."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import User
from common.fields import LineField
from common.files import PrivateFileField
from trainings.models import Training


class DepositedFileQuerySet(models.QuerySet["DepositedFile"]):
    def visible_to(self, user: User) -> Self:
        """What this person chose, while the training is their organism's."""
        return self.filter(uploaded_by=user, training__organism__people__user=user)


class DepositedFile(models.Model):
    """A scan or a roster waiting for « Envoyer »; one of each for a person and a training."""

    class Kind(models.TextChoices):
        SCAN = "scan", "scan de la feuille d’émargement"
        ROSTER = "liste", "fichier des présents"
        OTHER = "autre", "fichier à relire"

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("nature", max_length=5, choices=Kind)
    file = PrivateFileField("fichier")
    name = LineField("nom du fichier", max_length=255)
    content_type = LineField("type", max_length=100, blank=True)
    size = models.PositiveIntegerField("taille (octets)")
    sha256 = LineField("empreinte", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    uploaded_at = models.DateTimeField("choisi le", auto_now_add=True)

    objects = DepositedFileQuerySet.as_manager()

    class Meta:
        verbose_name = "fichier en attente"
        verbose_name_plural = "fichiers en attente"
        constraints = [
            models.UniqueConstraint(
                fields=["training", "kind", "uploaded_by"], name="attendance_one_waiting_file"
            )
        ]

    def __str__(self) -> str:
        return self.name
