"""How many of an organism's lines were not recognised in a day."""

from django.conf import settings
from django.db import models

from organisms.models import Organism

MAX_UNRECOGNISED_A_DAY = 200


class UnrecognisedCount(models.Model):
    """Unrecognised lines of an organism in one day, over all forms: the registry stays secret."""

    organism = models.ForeignKey(Organism, on_delete=models.CASCADE, related_name="+")
    day = models.DateField("jour")
    lines = models.PositiveIntegerField("lignes non reconnues", default=0)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="limite levée par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    lifted_at = models.DateTimeField("limite levée le", null=True, blank=True)

    class Meta:
        verbose_name = "lignes non reconnues du jour"
        verbose_name_plural = "lignes non reconnues par jour"
        ordering = ["-day", "-lines"]
        permissions = [("lift_limit", "Peut lever la limite du jour d’un organisme")]
        constraints = [
            models.UniqueConstraint(fields=["organism", "day"], name="attendance_one_count_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.organism} {self.day:%d/%m/%Y} : {self.lines}"

    @property
    def is_above(self) -> bool:
        """Whether the organism's lists are not read any more that day."""
        return self.lines > MAX_UNRECOGNISED_A_DAY
