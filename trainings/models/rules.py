"""The rules of a calendar year, and the counter of its approval numbers."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from common.engine.prepared import prepared
from common.errors import WrongStatus


class AnnualRules(models.Model):
    """What the association asks for in one calendar year; frozen once the year is past."""

    class PartialPresence(models.TextChoices):
        PRORATA = "prorata", "au prorata du temps suivi, par 15 minutes"
        WHOLE = "whole", "rien : la formation entière seulement"

    year = models.PositiveSmallIntegerField("année", unique=True)
    minutes_due = models.PositiveIntegerField(
        "heures dues", default=15 * 60, help_text="Les deux natures d’heures ensemble."
    )
    amf_minutes_due = models.PositiveIntegerField("dont heures AMF", default=0)
    pass_mark = models.PositiveSmallIntegerField(
        "seuil de réussite du QCM (%)",
        default=70,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    max_attempts = models.PositiveSmallIntegerField(
        "tentatives", default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    qcm_grace_days = models.PositiveSmallIntegerField(
        "jours après le 31 décembre pour passer un QCM", default=31
    )

    partial_presence = models.CharField(
        "présence partielle",
        max_length=8,
        choices=PartialPresence,
        default=PartialPresence.PRORATA,
        help_text="Ce que compte qui n’a suivi qu’une partie d’une formation.",
    )

    class Meta:
        verbose_name = "règles annuelles"
        verbose_name_plural = "règles annuelles"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pass_mark__gte=1, pass_mark__lte=100),
                name="trainings_rules_pass_mark",
                violation_error_message="Le seuil de réussite va de 1 à 100 %.",
            ),
            models.CheckConstraint(
                condition=models.Q(max_attempts__gte=1, max_attempts__lte=10),
                name="trainings_rules_attempts",
                violation_error_message="Le nombre de tentatives va de 1 à 10.",
            ),
            models.CheckConstraint(
                condition=models.Q(amf_minutes_due__lte=models.F("minutes_due")),
                name="trainings_rules_amf_part",
                violation_error_message="Les heures AMF sont une part des heures dues.",
            ),
        ]

    def __str__(self) -> str:
        return f"Règles {self.year}"

    @property
    def is_frozen(self) -> bool:
        """Whether the year is past: what was counted under its rules stays as it was."""
        return self.year is not None and self.year < timezone.localdate().year

    def clean(self) -> None:
        super().clean()
        if self._is_frozen_in_database() or self.is_frozen:
            raise ValidationError(
                "Cette année est passée : ses règles ne peuvent plus être modifiées."
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and self._is_frozen_in_database():
            raise WrongStatus(f"Les règles de {self.year} ne peuvent plus être modifiées.")
        super().save(*args, **kwargs)

    def _is_frozen_in_database(self) -> bool:
        return (
            self.pk is not None
            and type(self).objects.filter(pk=self.pk, year__lt=timezone.localdate().year).exists()
        )

    @classmethod
    def for_year(cls, year: int) -> "AnnualRules":
        """The rules of a year, copied from the last earlier year on first need."""
        rules = _of_year.first(year)
        if rules:
            return rules
        return cls.objects.get_or_create(year=year, defaults=cls.copied_for(year))[0]

    @classmethod
    def copied_for(cls, year: int) -> dict[str, Any]:
        """What the last year before this one asked for, by field; the defaults without one."""
        model = cls.objects.filter(year__lt=year).order_by("-year").first() or cls()
        return {
            field.attname: getattr(model, field.attname)
            for field in cls._meta.concrete_fields
            if field.attname not in {"id", "year"}
        }


@prepared
def _of_year(year: int) -> "models.QuerySet[AnnualRules]":
    return AnnualRules.objects.filter(year=year).order_by()


class ApprovalCounter(models.Model):
    """The last approval number given in a year; locked while the next one is taken."""

    year = models.PositiveSmallIntegerField("année", unique=True)
    last = models.PositiveIntegerField("dernier numéro", default=0)

    class Meta:
        verbose_name = "compteur d’agréments"
        verbose_name_plural = "compteurs d’agréments"

    def __str__(self) -> str:
        return f"{self.year}-{self.last:04d}"
