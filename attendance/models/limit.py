"""How many lines that were not recognised were asked in a day, by an organism and by an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value

from organisms.models import Organism

MAX_UNRECOGNISED_A_DAY = 200


class UnrecognisedCount(models.Model):
    """Unrecognised lines in one day, over all forms: the registry stays secret.

    Of an organism, or of an account over all its organisms.
    """

    organism = models.ForeignKey(
        Organism,
        verbose_name="organisme",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="compte",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    day = models.DateField("jour")
    lines = models.PositiveIntegerField("lignes non reconnues", default=0)
    # What was asked and answered that day, as `domain.matching` has it: it is not counted twice.
    # Within the row, so that a line that is known and one that is not take the same statements.
    asked = models.JSONField(
        default=list, db_default=Value([], models.JSONField()), editable=False, blank=True
    )
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
            models.UniqueConstraint(fields=["organism", "day"], name="attendance_one_count_a_day"),
            models.UniqueConstraint(
                fields=["account", "day"], name="attendance_one_count_of_an_account_a_day"
            ),
            models.CheckConstraint(
                condition=Q(organism__isnull=True) ^ Q(account__isnull=True),
                name="attendance_count_of_one",
                violation_error_message="Un compte est d’un organisme ou d’une personne.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organism or self.account} {self.day:%d/%m/%Y} : {self.lines}"

    @property
    def is_above(self) -> bool:
        """Whether nothing more is read for it that day."""
        return self.lines > MAX_UNRECOGNISED_A_DAY
