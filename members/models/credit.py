"""The ledger of members' hours."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.durations import format_minutes
from trainings.models import Training

from .member import Member


class HoursCredit(models.Model):
    """One entry of the ledger: minutes counted for a member. Never edited or deleted: the
    database refuses.

    A credit has positive minutes. A counter-entry (`corrects` set) has the opposite minutes of
    the one it counters. A replacement (`follows` set) follows such a counter-entry. All written
    by `members.domain.ledger` alone.
    """

    class Kind(models.TextChoices):
        ASSOCIATIVE = "associative", "associatives"
        AMF = "amf", "AMF"

    member = models.ForeignKey(
        Member, verbose_name="adhérent", on_delete=models.PROTECT, related_name="credits"
    )
    training = models.ForeignKey(
        Training, verbose_name="formation", on_delete=models.PROTECT, related_name="credits"
    )
    kind = models.CharField("nature", max_length=12, choices=Kind)
    minutes = models.IntegerField("minutes")
    # The calendar year of the session, which is the year of the approval.
    year = models.PositiveSmallIntegerField("année")
    session_on = models.DateField("session du")
    corrects = models.OneToOneField(
        "self",
        verbose_name="annule",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )
    follows = models.OneToOneField(
        "self",
        verbose_name="remplace",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
    )
    reason = models.TextField("motif", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField("écrit le", auto_now_add=True)

    class Meta:
        verbose_name = "écriture d’heures"
        verbose_name_plural = "écritures d’heures"
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["member", "year"], name="members_credit_by_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "training", "kind"],
                condition=Q(corrects__isnull=True, follows__isnull=True),
                name="members_one_first_credit",
                violation_error_message="Ces heures sont déjà comptées.",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, minutes__gt=0)
                | (Q(corrects__isnull=False, minutes__lt=0) & ~Q(reason="")),
                name="members_counter_entry_is_negative_with_reason",
                violation_error_message="Une contre-écriture est négative et porte un motif.",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(follows__isnull=True),
                name="members_counter_or_replacement",
                violation_error_message="Une écriture annule ou remplace, pas les deux.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} : {format_minutes(self.minutes)} {self.get_kind_display()}"
