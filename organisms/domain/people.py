"""The people of an organism: invited, come, given a role, and gone."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.addresses import shown, stored
from common.errors import Refused, WrongStatus

from .. import emails
from ..models import Invite, Organism, Person


def may_be_added(user: User | None) -> bool:
    """Whether an address with this user (or none) may become someone of an organism."""
    return user is None or not (user.is_staff or hasattr(user, "person"))


def add(organism: Organism, *, email: str, first_name: str, last_name: str, role: str) -> User:
    """The user with this address, made or found, in this organism.

    Call it inside a transaction, with the organism locked. Raises Refused when the address
    belongs to staff or to somebody's organism.
    """
    user = User.objects.filter(email=stored(email)).first()
    if not may_be_added(user):
        raise Refused(
            f"L’adresse {shown(email)} a déjà un compte sur le portail, et un compte appartient "
            "à un seul organisme. Une autre adresse est nécessaire."
        )
    if user is None:
        user = User.objects.create_user(email, first_name=first_name, last_name=last_name)
    else:
        # Someone who left another organism: the account is theirs, and opens again.
        user.first_name, user.last_name, user.is_active = first_name, last_name, True
        user.save(update_fields=["first_name", "last_name", "is_active"])
    Person.objects.create(organism=organism, user=user, role=role)
    return user


# --- invitations ------------------------------------------------------------------------------


def invite(
    organism: Organism, *, email: str, first_name: str, last_name: str, role: str, by: User
) -> Invite:
    """Invite a colleague, or again with these data; the link lives seven days.

    Raises WrongStatus, and Refused when the person is one of this very organism already.
    """
    email = stored(email)
    with transaction.atomic():
        organism = organism.lock()
        organism.require(Organism.Event.INVITE)
        if organism.people.filter(user__email=email).exists():
            raise Refused(f"{shown(email)} a déjà accès à votre espace.")
        invitation, _ = Invite.objects.update_or_create(
            organism=organism,
            email=email,
            defaults={
                "first_name": first_name,
                "last_name": last_name,
                "role": role,
                "sent_at": timezone.now(),
            },
        )
        organism.write_journal(Organism.Event.INVITE, by=by, comment=str(invitation))
        _mail(invitation)
    return invitation


def invite_again(invitation: Invite) -> Invite:
    """Mail a new link. Raises WrongStatus, also once the invitation is gone."""
    with transaction.atomic():
        organism, invitation = _lock_invitation(invitation)
        organism.require(Organism.Event.INVITE_AGAIN)
        invitation.sent_at = timezone.now()
        invitation.save(update_fields=["sent_at"])
        _mail(invitation)
    return invitation


def cancel_invite(invitation: Invite, *, by: User) -> None:
    """Take the invitation back: its links are dead. Raises WrongStatus, also once it is gone."""
    with transaction.atomic():
        organism, invitation = _lock_invitation(invitation)
        organism.require(Organism.Event.CANCEL_INVITE)
        organism.write_journal(Organism.Event.CANCEL_INVITE, by=by, comment=str(invitation))
        invitation.delete()


def accept_invite(invitation: Invite, *, password: str) -> User:
    """Make the person's account, with this password, and end the invitation.

    Raises WrongStatus, also once it is gone, and Refused when the address has an account by now.
    """
    # Hashing is slow on purpose: not under the lock.
    hashed = make_password(password)
    with transaction.atomic():
        organism, invitation = _lock_invitation(invitation)
        organism.require(Organism.Event.ACCEPT_INVITE)
        user = add(
            organism,
            email=invitation.email,
            first_name=invitation.first_name,
            last_name=invitation.last_name,
            role=invitation.role,
        )
        user.password = hashed
        user.save(update_fields=["password"])
        organism.write_journal(Organism.Event.ACCEPT_INVITE, by=user)
        invitation.delete()
    return user


def _lock_invitation(invitation: Invite) -> tuple[Organism, Invite]:
    """The organism under its lock, and the invitation read afresh."""
    organism = invitation.organism.lock()
    fresh = organism.invites.filter(pk=invitation.pk).first()
    if fresh is None:
        raise WrongStatus("Cette invitation n’existe plus.")
    fresh.organism = organism
    return organism, fresh


def _mail(invitation: Invite) -> None:
    if may_be_added(User.objects.filter(email=invitation.email).first()):
        emails.colleague_invited(invitation)
    else:
        emails.invited_elsewhere(invitation)


# --- roles, and leaving -----------------------------------------------------------------------


def change_role(person: Person, role: str, *, by: User) -> None:
    """Give another role. Raises WrongStatus, and Refused for the last administrator."""
    with transaction.atomic():
        organism, person = _lock_person(person)
        organism.require(Organism.Event.CHANGE_ROLE)
        if person.role == role:
            return
        if person.is_administrator:
            _require_another_administrator(organism, person)
        person.role = role
        person.save(update_fields=["role"])
        organism.write_journal(
            Organism.Event.CHANGE_ROLE, by=by, comment=f"{person} : {person.get_role_display()}"
        )


def remove(person: Person, *, by: User) -> None:
    """Take the access away and close the account.

    Raises WrongStatus, and Refused for the last administrator, who stays.
    """
    with transaction.atomic():
        organism, person = _lock_person(person)
        organism.require(Organism.Event.REMOVE_PERSON)
        _require_another_administrator(organism, person)
        user = person.user
        person.delete()
        user.is_active = False
        user.save(update_fields=["is_active"])
        organism.write_journal(
            Organism.Event.REMOVE_PERSON, by=by, comment=f"{user} ({shown(user.email)})"
        )


def _lock_person(person: Person) -> tuple[Organism, Person]:
    """The organism under its lock, and the person read afresh."""
    organism = person.organism.lock()
    fresh = organism.people.select_related("user").filter(pk=person.pk).first()
    if fresh is None:
        raise WrongStatus("Cette personne n’a déjà plus accès à votre espace.")
    fresh.organism = organism
    return organism, fresh


def _require_another_administrator(organism: Organism, person: Person) -> None:
    others = organism.people.filter(role=Person.Role.ADMINISTRATOR).exclude(pk=person.pk)
    if not others.exists():
        raise Refused("Il faut au moins un administrateur du compte.")
