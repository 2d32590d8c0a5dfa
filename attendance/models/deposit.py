"""A file chosen for a sheet that is not deposited yet: stored at once, so that nothing loses it."""

from django.conf import settings
from django.db import models

from common.errors import WrongStatus
from common.files import PrivateFileField
from trainings.models import Training

ALREADY_SENT = "Ces fichiers viennent d’être envoyés : leur feuille est dans la liste."


class DepositedFileQuerySet(models.QuerySet):
    def visible_to(self, user):
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
    name = models.CharField("nom du fichier", max_length=255)
    content_type = models.CharField("type", max_length=100, blank=True)
    size = models.PositiveIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte", max_length=64)
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

    def __str__(self):
        return self.name

    def take(self):
        """Take the file for a sheet: the row goes, the bytes stay. Inside a transaction.

        Raises WrongStatus when another click took it, or chose another file, meanwhile.
        """
        taken, _ = type(self).objects.filter(pk=self.pk).delete()
        if not taken:
            raise WrongStatus(ALREADY_SENT)
