"""What an organism's columns mean, told by hand once and remembered for its next files."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from common.spreadsheets import fold
from organisms.models import Organism

from ..roster.headers import IGNORED, KINDS


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

    def __str__(self):
        return f"{self.header} : {self.get_kind_display()}"

    @classmethod
    def of(cls, organism):
        """{folded title: field} for an organism (or its id)."""
        return dict(cls.objects.filter(organism=organism).values_list("header", "kind"))

    @classmethod
    def remember(cls, organism, told, *, by):
        """Keep what was told: {title as in the file: field}. One query."""
        now = timezone.now()
        rows = {fold(title)[:80]: kind for title, kind in told.items() if fold(title)}
        cls.objects.bulk_create(
            [
                cls(organism=organism, header=header, kind=kind, told_by=by, told_at=now)
                for header, kind in rows.items()
            ],
            update_conflicts=True,
            unique_fields=["organism", "header"],
            update_fields=["kind", "told_by", "told_at"],
        )
