"""The files and the speakers of a request."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from common.fields import LineField
from common.files import PrivateFileField


class Speaker(models.Model):
    training = models.ForeignKey(
        "trainings.Training", on_delete=models.CASCADE, related_name="speakers"
    )
    position = models.PositiveSmallIntegerField("rang", default=1)
    name = LineField("nom de l’intervenant", max_length=200)
    references = models.TextField("références", max_length=2000, blank=True)

    class Meta:
        verbose_name = "intervenant"
        verbose_name_plural = "intervenants"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> Self:
        """The documents of the requests of the organism the user belongs to."""
        return self.filter(training__organism__people__user=user)


class Document(models.Model):
    """A file of a request: its presentation, or a further document."""

    class Kind(models.TextChoices):
        PRESENTATION = "presentation", "présentation détaillée"
        FURTHER = "further", "document complémentaire"

    training = models.ForeignKey(
        "trainings.Training", on_delete=models.CASCADE, related_name="documents"
    )
    kind = models.CharField("nature", max_length=12, choices=Kind)
    file = PrivateFileField("fichier")
    name = LineField("nom du fichier", max_length=255)
    content_type = LineField("type", max_length=100)
    size = models.PositiveIntegerField("taille (octets)")
    sha256 = LineField("empreinte", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField("déposé le", auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["training", "kind"],
                condition=Q(kind="presentation"),
                name="trainings_one_presentation",
                violation_error_message="La présentation a déjà été déposée.",
            )
        ]

    def __str__(self) -> str:
        return self.name
