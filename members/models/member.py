"""Members: who they are, what they were known by before, and since when they belong."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from common.derived import DerivedCharField, KeepsDerived, SearchField
from common.fields import AddressField, LineField

from .. import keys


class Member(KeepsDerived):
    """A member (adhérent). The key is the member number; a member is never deleted, but with
    the whole import that brought them, when nothing depends on it.
    """

    number = LineField(
        "numéro d’adhérent",
        max_length=20,
        unique=True,
        error_messages={"unique": "Ce numéro d’adhérent existe déjà."},
    )
    title = LineField("civilité", max_length=20, blank=True)
    last_name = LineField("nom", max_length=100)
    first_name = LineField("prénom", max_length=100, blank=True)
    # Two members may share a mailbox; one without e-mail is listed to staff.
    email = AddressField("e-mail", blank=True)
    firm = LineField("cabinet", max_length=200, blank=True)
    orias = LineField("numéro ORIAS", max_length=8, blank=True)
    # The keys that rosters are matched on (`members.keys`).
    number_key = DerivedCharField(
        keys.number_key, "number", max_length=20, blank=False, db_index=True
    )
    email_key = DerivedCharField(keys.email_key, "email", max_length=254, db_index=True)
    orias_key = DerivedCharField(keys.orias_key, "orias", max_length=8, db_index=True)
    last_name_key = DerivedCharField(keys.last_name_key, "last_name", max_length=100)
    search = SearchField("last_name", "first_name", "number", "email", "firm", "orias")
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        verbose_name = "adhérent"
        verbose_name_plural = "adhérents"
        # By letters without accents: « Éric » comes before « Zoé » on any database.
        ordering = ["last_name_key", "search", "pk"]
        indexes = [models.Index(fields=["last_name_key"], name="members_member_family_name")]
        permissions = [("import_registry", "Peut importer le fichier des adhérents")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class FormerKey(models.Model):
    """What a member was known by before: rosters of old files and old habits still say it."""

    class Kind(models.TextChoices):
        NUMBER = "number_key", "ancien numéro d’adhérent"
        EMAIL = "email_key", "ancien e-mail"
        ORIAS = "orias_key", "ancien numéro ORIAS"
        LAST_NAME = "last_name_key", "ancien nom de famille"

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="former_keys")
    kind = models.CharField("nature", max_length=13, choices=Kind)
    # In the compared form of its kind (see `members.keys`).
    value = LineField("valeur", max_length=254, db_index=True)
    noted_at = models.DateTimeField("noté le", auto_now_add=True)

    class Meta:
        verbose_name = "ancien identifiant"
        verbose_name_plural = "anciens identifiants"
        ordering = ["member", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "value"],
                name="members_former_key_once",
                violation_error_message="Cet ancien identifiant est déjà noté.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} : {self.value}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> Self:
        """Those that hold on a day, their first and last days included."""
        return self.lasting(day).filter(starts_on__lte=day)

    def lasting(self, day: date) -> Self:
        """Those that hold on a day or begin later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class Membership(models.Model):
    """A span of days during which someone was a member, or an ANACOFI-CIF member."""

    class Kind(models.TextChoices):
        MEMBER = "member", "adhérent ANACOFI"
        CIF = "cif", "adhérent ANACOFI-CIF"

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    kind = models.CharField("adhésion", max_length=6, choices=Kind)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True, help_text="Dernier jour compris.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "adhésion"
        verbose_name_plural = "adhésions"
        ordering = ["member", "kind", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=Q(ends_on__isnull=True),
                name="members_one_open_membership",
                violation_error_message="Une adhésion de cette nature est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="members_membership_ends_after_start",
                violation_error_message="La fin de l’adhésion précède son début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} depuis le {self.starts_on:%d/%m/%Y}"
