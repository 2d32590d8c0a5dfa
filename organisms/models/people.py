"""The people of an organism, and those it invites."""

from typing import TypeAlias

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from accounts.models import User
from common.addresses import shown
from common.fields import AddressField, LineField

from .organism import Organism


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "administrateur du compte"
    CONTRIBUTOR = "contributor", "contributeur"


class Person(models.Model):
    """A user's place in an organism."""

    Role: TypeAlias = Role

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="compte",
        on_delete=models.CASCADE,
        related_name="person",
    )
    organism = models.ForeignKey(
        Organism, verbose_name="organisme", on_delete=models.PROTECT, related_name="people"
    )
    role = models.CharField("rôle", max_length=15, choices=Role, default=Role.CONTRIBUTOR)
    created_at = models.DateTimeField("ajouté le", auto_now_add=True)

    class Meta:
        verbose_name = "personne de l’organisme"
        verbose_name_plural = "personnes de l’organisme"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def other_role(self) -> Role:
        """The role that changing it would give."""
        return Role.CONTRIBUTOR if self.is_administrator else Role.ADMINISTRATOR


class InviteQuerySet(models.QuerySet["Invite"]):
    def visible_to(self, user: User) -> "InviteQuerySet":
        return self.filter(organism__people__user=user)


class Invite(models.Model):
    """A colleague who was invited and has not come yet; there is no user before they do.

    It looks the same whether or not the address has an account elsewhere: only its owner is
    told, by e-mail.
    """

    organism = models.ForeignKey(
        Organism, verbose_name="organisme", on_delete=models.CASCADE, related_name="invites"
    )
    email = AddressField("e-mail")
    first_name = LineField("prénom", max_length=100)
    last_name = LineField("nom", max_length=100)
    role = models.CharField("rôle", max_length=15, choices=Role, default=Role.CONTRIBUTOR)
    sent_at = models.DateTimeField("envoyée le")

    objects = InviteQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        verbose_name_plural = "invitations"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "organism",
                Lower("email"),
                name="organisms_one_invite_by_email",
                violation_error_message="Cette personne est déjà invitée.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name} ({shown(self.email)})"
