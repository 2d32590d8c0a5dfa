"""What an organism's columns mean, told by hand once and remembered for its next files."""

from django.conf import settings
from django.db import models

from organisms.models import Organism

from ..roster.columns import IGNORED, KINDS


class ColumnMeaning(models.Model):
    """A column's title, folded, and the field that it holds for this organism."""

    organism = models.ForeignKey(Organism, on_delete=models.CASCADE, related_name="+")
    header = models.CharField("titre de colonne", max_length=80)
    kind = models.CharField(
        "sens", max_length=15, choices=[*KINDS.items(), (IGNORED, "à ne pas lire")]
    )
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    told_at = models.DateTimeField("dit le")

    class Meta:
        verbose_name = "sens d’une colonne"
        verbose_name_plural = "sens des colonnes"
        constraints = [
            models.UniqueConstraint(
                fields=["organism", "header"], name="attendance_one_meaning_a_column"
            )
        ]

    def __str__(self) -> str:
        return f"{self.header} : {self.get_kind_display()}"
