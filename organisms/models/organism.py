"""A training organism: its data, and the states of its account."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User
from common.derived import DerivedQuerySet, KeepsDerived, SearchField
from common.fields import AddressField, LineField
from common.journal import Journalled, JournalRow, event_field
from common.transitions import step

from .. import numbers

# Refuses a second request for the same address while the first one waits.
ONE_PENDING_BY_EMAIL = "organisms_one_pending_by_email"


def _has_owed(number: str) -> Q:
    """That the number stands there, or that the type does not owe it."""
    return ~Q(type__in=numbers.types_owing(number)) | ~Q(**{number: ""})


class OrganismQuerySet(DerivedQuerySet):
    def visible_to(self, user: User) -> "OrganismQuerySet":
        """The organism the user belongs to, if any; staff use the admin."""
        return self.filter(people__user=user)


class Organism(KeepsDerived, Journalled):
    """A training organism (organisme de formation)."""

    class Status(models.TextChoices):
        PENDING = "pending", "en attente d’activation"
        ACTIVE = "active", "actif"
        REFUSED = "refused", "refusé"
        SUSPENDED = "suspended", "suspendu"

    class Type(models.TextChoices):
        PARTNER = "partner", "Société partenaire"
        COMPANY = "company", "Société"
        PUBLIC = "public", "Établissement public"
        MEMBER_COMPANY = "member_company", "Entreprise membre pour ses membres"

    class Event(models.TextChoices):
        REGISTER = "register", "en attente d’activation"
        ACTIVATE = "activate", "actif"
        REFUSE = "refuse", "refusé"
        SUSPEND = "suspend", "suspendu"
        REACTIVATE = "reactivate", "actif"
        CHANGE_DATA = "change_data", "données modifiées"
        INVITE = "invite", "collègue invité"
        INVITE_AGAIN = "invite_again", "invitation renvoyée"
        CANCEL_INVITE = "cancel_invite", "invitation annulée"
        ACCEPT_INVITE = "accept_invite", "invitation acceptée"
        CHANGE_ROLE = "change_role", "rôle modifié"
        REMOVE_PERSON = "remove_person", "accès retiré"

    # Those whose people sign in.
    SIGNED_IN_STATUSES = frozenset({Status.ACTIVE, Status.SUSPENDED})

    TRANSITIONS = {
        Event.ACTIVATE: step(Status.PENDING, to=Status.ACTIVE),
        Event.REFUSE: step(Status.PENDING, to=Status.REFUSED),
        Event.SUSPEND: step(Status.ACTIVE, to=Status.SUSPENDED),
        Event.REACTIVATE: step(Status.SUSPENDED, to=Status.ACTIVE),
        Event.CHANGE_DATA: step(Status.ACTIVE),
        Event.INVITE: step(Status.ACTIVE),
        Event.INVITE_AGAIN: step(Status.ACTIVE),
        Event.CANCEL_INVITE: step(Status.ACTIVE),
        # Who was invited before a suspension comes, and reads.
        Event.ACCEPT_INVITE: step(*SIGNED_IN_STATUSES),
        Event.CHANGE_ROLE: step(Status.ACTIVE),
        Event.REMOVE_PERSON: step(Status.ACTIVE),
    }

    status = models.CharField("statut", max_length=12, choices=Status, default=Status.PENDING)
    name = LineField("nom de l’organisme de formation", max_length=200)
    email = AddressField("e-mail de l’organisme de formation")
    description = models.TextField("description de l’organisme de formation", max_length=4000)
    type = models.CharField("type de l’organisme de formation", max_length=20, choices=Type)
    # The KBIS number is the SIREN: nine digits, without spaces.
    siren = LineField("numéro KBIS (SIREN)", max_length=9, blank=True)
    trainer_number = LineField("numéro du formateur", max_length=11, blank=True)
    member_number = LineField("numéro d’adhérent ANACOFI", max_length=20, blank=True)
    representative_first_name = LineField("prénom du représentant", max_length=100)
    representative_last_name = LineField("nom du représentant", max_length=100)
    search = SearchField(
        "name",
        "email",
        "siren",
        "trainer_number",
        "member_number",
        "representative_first_name",
        "representative_last_name",
    )
    created_at = models.DateTimeField("demandé le", auto_now_add=True)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)

    objects = OrganismQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "organisme de formation"
        verbose_name_plural = "organismes de formation"
        # The folded column begins with the name: « Étude » does not come after « Zénith ».
        ordering = ["search", "pk"]
        permissions = [
            ("decide_organism", "Peut activer, refuser, suspendre et réactiver un organisme")
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(status="pending"),
                name=ONE_PENDING_BY_EMAIL,
                violation_error_message="Une demande est déjà en cours pour cette adresse.",
            ),
            models.CheckConstraint(
                condition=_has_owed("siren"),
                name="organisms_siren_by_type",
                violation_error_message="Le numéro KBIS est obligatoire pour ce type d’organisme.",
            ),
            models.CheckConstraint(
                condition=_has_owed("trainer_number"),
                name="organisms_trainer_number_by_type",
                violation_error_message="Le numéro du formateur est obligatoire pour une société.",
            ),
            models.CheckConstraint(
                condition=_has_owed("member_number"),
                name="organisms_member_number_by_type",
                violation_error_message=(
                    "Le numéro d’adhérent ANACOFI est obligatoire pour ce type d’organisme."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def representative(self) -> str:
        return f"{self.representative_first_name} {self.representative_last_name}".strip()

    @property
    def is_suspended(self) -> bool:
        return self.status == self.Status.SUSPENDED

    @property
    def may_write(self) -> bool:
        """Only an active organism changes anything; a suspended one signs in and reads."""
        return self.may(self.Event.CHANGE_DATA)


class OrganismJournal(JournalRow):
    subject = models.ForeignKey(Organism, on_delete=models.CASCADE, related_name="journal")
    event = event_field(Organism.Event)

    class Meta(JournalRow.Meta):
        verbose_name = "journal de l’organisme"
        verbose_name_plural = "journal de l’organisme"
