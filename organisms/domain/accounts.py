"""An organism's account: asked for, decided on by staff, and kept up to date by its people."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common.addresses import stored
from common.integrity import breaks

from .. import emails
from ..models import Organism, Person
from ..models.organism import ONE_PENDING_BY_EMAIL
from . import people

# Fields whose change is journalled and told to staff.
IDENTITY_FIELDS = ("type", "siren", "trainer_number", "member_number")


def register(*, email: str, name: str, **values: str) -> Organism | None:
    """Ask for an account: a pending organism, told to itself and to staff; None when known.

    Whoever asks sees no difference: only the owner of a known address is told, by e-mail.
    `values` are the other fields of the organism.
    """
    email = stored(email)
    organism = Organism(status=Organism.Status.PENDING, email=email, name=name, **values)
    with transaction.atomic():
        user = User.objects.filter(email=email).first()
        pending = Organism.objects.filter(email=email, status=Organism.Status.PENDING).exists()
        if pending or not people.may_be_added(user):
            emails.address_known(email, pending=pending)
            return None
        try:
            with transaction.atomic():
                organism.save(force_insert=True)
        except IntegrityError as error:
            if not breaks(error, ONE_PENDING_BY_EMAIL):
                raise
            # The same form twice at once: the first one counts.
            return None
        organism.write_journal(Organism.Event.REGISTER, by_label=organism.representative)
        emails.account_asked(organism)
    return organism


def activate(organism: Organism, *, by: User | None) -> Organism:
    """Open the account: its representative gets a user, and a link to choose a password.

    Raises WrongStatus, and Refused when the address is another organism's or a staff member's.
    """
    with transaction.atomic():
        organism = organism.lock()
        organism.require(Organism.Event.ACTIVATE)
        organism.decided_at = timezone.now()
        organism.move(Organism.Event.ACTIVATE, by=by, update_fields=["decided_at"])
        user = people.add(
            organism,
            email=organism.email,
            first_name=organism.representative_first_name,
            last_name=organism.representative_last_name,
            role=Person.Role.ADMINISTRATOR,
        )
        emails.activated(organism, user)
    return organism


def refuse(organism: Organism, *, by: User | None, comment: str) -> Organism:
    """Refuse the account, with a reason that the organism reads. Raises WrongStatus."""
    with transaction.atomic():
        organism = organism.lock()
        organism.require(Organism.Event.REFUSE)
        organism.decided_at = timezone.now()
        organism.move(Organism.Event.REFUSE, by=by, comment=comment, update_fields=["decided_at"])
        emails.refused(organism, comment)
    return organism


def suspend(organism: Organism, *, by: User | None, comment: str) -> Organism:
    """Let the organism read and change nothing; its members' open QCMs go on.

    Raises WrongStatus.
    """
    with transaction.atomic():
        organism = organism.lock()
        organism.move(Organism.Event.SUSPEND, by=by, comment=comment)
        emails.suspended(organism, comment)
    return organism


def reactivate(organism: Organism, *, by: User | None) -> Organism:
    """End a suspension. Raises WrongStatus."""
    with transaction.atomic():
        organism = organism.lock()
        organism.move(Organism.Event.REACTIVATE, by=by)
        emails.reactivated(organism)
    return organism


def change_data(organism: Organism, *, by: User, **values: str) -> Organism:
    """Change the organism's own data; a change of type or number is told to staff.

    `values` are fields of the organism. Raises WrongStatus.
    """
    with transaction.atomic():
        organism = organism.lock()
        organism.require(Organism.Event.CHANGE_DATA)
        changes = _changes_of_identity(organism, values)
        for name, value in values.items():
            setattr(organism, name, value)
        organism.save(update_fields=list(values))
        if changes:
            organism.write_journal(Organism.Event.CHANGE_DATA, by=by, comment="\n".join(changes))
            emails.identity_changed(organism, changes, by)
    return organism


def _changes_of_identity(organism: Organism, values: dict[str, str]) -> list[str]:
    """A French sentence for each change of type or number that `values` would make."""
    sentences = []
    for name in IDENTITY_FIELDS:
        old, new = getattr(organism, name), values.get(name, getattr(organism, name))
        if old == new:
            continue
        field: Any = organism._meta.get_field(name)
        shown = dict(field.flatchoices)
        label = field.verbose_name[:1].upper() + field.verbose_name[1:]
        # Non-breaking spaces inside the quotes.
        sentences.append(
            f"{label}\xa0: «\xa0{shown.get(old, old) or 'vide'}\xa0» devient "
            f"«\xa0{shown.get(new, new) or 'vide'}\xa0»"
        )
    return sentences
