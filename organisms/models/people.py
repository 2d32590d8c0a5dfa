"""The people of an organism, and those it invites."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from common.errors import WrongStatus

from .. import emails
from .organism import Organism, may_be_added


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "administrateur du compte"
    CONTRIBUTOR = "contributor", "contributeur"


class Person(models.Model):
    """A user's place in an organism."""

    Role = Role

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

    def __str__(self):
        return str(self.user)

    @property
    def is_administrator(self):
        return self.role == Role.ADMINISTRATOR

    @property
    def other_role(self):
        """The role that `change_role` would give."""
        return Role.CONTRIBUTOR if self.is_administrator else Role.ADMINISTRATOR

    def remove(self, *, by):
        """Take the access away and close the account. The last administrator stays.

        Raises WrongStatus with a French sentence.
        """
        with transaction.atomic():
            organism, person = self._lock_with_organism()
            person._require_another_administrator()
            user = person.user
            person.delete()
            user.is_active = False
            user.save(update_fields=["is_active"])
            organism.write_journal(
                to_status="accès retiré", by=by, comment=f"{user} ({user.email})"
            )

    def change_role(self, role, *, by):
        """Give another role. The last administrator stays one. Raises WrongStatus."""
        with transaction.atomic():
            organism, person = self._lock_with_organism()
            if person.role == role:
                return
            if person.is_administrator:
                person._require_another_administrator()
            person.role = role
            person.save(update_fields=["role"])
            organism.write_journal(
                to_status="rôle modifié", by=by, comment=f"{person} : {person.get_role_display()}"
            )

    def _lock_with_organism(self):
        """The organism under its lock, active, and this row read afresh."""
        organism = self.organism.lock()
        organism.require_status(Organism.Status.ACTIVE)
        person = organism.people.select_related("user").filter(pk=self.pk).first()
        if person is None:
            raise WrongStatus("Cette personne n’a déjà plus accès à votre espace.")
        person.organism = organism
        return organism, person

    def _require_another_administrator(self):
        others = self.organism.people.filter(role=Role.ADMINISTRATOR).exclude(pk=self.pk)
        if not others.exists():
            raise WrongStatus("Il faut au moins un administrateur du compte.")


class InviteQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(organism__people__user=user)


class Invite(models.Model):
    """A colleague who was invited and has not come yet; there is no user before they do.

    It looks the same whether or not the address has an account elsewhere: only its owner is
    told, by e-mail.
    """

    organism = models.ForeignKey(
        Organism, verbose_name="organisme", on_delete=models.CASCADE, related_name="invites"
    )
    email = models.EmailField("e-mail")
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
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

    def __str__(self):
        return f"{self.first_name} {self.last_name} ({self.email})"

    @classmethod
    def send(cls, organism, email, *, first_name, last_name, role, by):
        """Invite a colleague, or again with these data; the link lives seven days.

        Raises WrongStatus when the person is one of this very organism already.
        """
        email = email.lower()
        with transaction.atomic():
            organism = organism.lock()
            organism.require_status(Organism.Status.ACTIVE)
            if organism.people.filter(user__email=email).exists():
                raise WrongStatus(f"{email} a déjà accès à votre espace.")
            invite, _ = cls.objects.update_or_create(
                organism=organism,
                email=email,
                defaults={
                    "first_name": first_name,
                    "last_name": last_name,
                    "role": role,
                    "sent_at": timezone.now(),
                },
            )
            organism.write_journal(to_status="collègue invité", by=by, comment=str(invite))
            invite._mail(by)
        return invite

    def send_again(self, *, by):
        """Mail a new link. Raises WrongStatus once the invitation is gone."""
        with transaction.atomic():
            organism, invite = self._lock_with_organism()
            organism.require_status(Organism.Status.ACTIVE)
            invite.sent_at = timezone.now()
            invite.save(update_fields=["sent_at"])
            invite._mail(by)

    def cancel(self, *, by):
        """Take the invitation back; its links are dead. Raises WrongStatus once it is gone."""
        with transaction.atomic():
            organism, invite = self._lock_with_organism()
            organism.require_status(Organism.Status.ACTIVE)
            organism.write_journal(to_status="invitation annulée", by=by, comment=str(invite))
            invite.delete()

    def accept(self, password):
        """Make the person's account, with this password, and end the invitation.

        Raises WrongStatus when it is gone, or when the address has an account by now.
        """
        # Hashing is slow on purpose: not under the lock.
        hashed = make_password(password)
        with transaction.atomic():
            organism, invite = self._lock_with_organism()
            organism.require_status(*Organism.SIGNED_IN_STATUSES)
            user = organism.add_person(
                invite.email,
                first_name=invite.first_name,
                last_name=invite.last_name,
                role=invite.role,
            )
            user.password = hashed
            user.save(update_fields=["password"])
            organism.write_journal(to_status="invitation acceptée", by=user)
            invite.delete()
        return user

    def _lock_with_organism(self):
        organism = self.organism.lock()
        invite = organism.invites.filter(pk=self.pk).first()
        if invite is None:
            raise WrongStatus("Cette invitation n’existe plus.")
        invite.organism = organism
        return organism, invite

    def _mail(self, by):
        if may_be_added(User.objects.filter(email=self.email).first()):
            emails.colleague_invited(self, by)
        else:
            emails.invited_elsewhere(self)
