"""The e-mails about an organism's account, one function each."""

from typing import Any

from django.conf import settings

from accounts.models import User
from common.addresses import shown
from mailing import outbox

from .models import Invite, Organism


def account_asked(organism: Organism) -> None:
    """Acknowledged to the organism, told to staff.

    Whose the address is nobody knows yet: nothing that was typed goes there.
    """
    outbox.queue("organisms/email/asked", organism.email, about=organism)
    _to_staff(
        "asked_staff", organism, type=organism.get_type_display(), email=shown(organism.email)
    )


def address_known(email: str, *, pending: bool) -> None:
    """To the owner of an address for which an account was asked that it has, or asked, already."""
    outbox.queue("organisms/email/asked_known", email, {"pending": pending})


def activated(organism: Organism, user: User) -> None:
    outbox.queue(
        "organisms/email/activated",
        user.email,
        {"name": organism.name},
        about=organism,
        link=("accounts.choose_password", user.pk),
    )


def refused(organism: Organism, reason: str) -> None:
    _to_organism("refused", organism, reason=reason)


def suspended(organism: Organism, reason: str) -> None:
    _to_organism("suspended", organism, reason=reason)


def reactivated(organism: Organism) -> None:
    _to_organism("reactivated", organism)


def colleague_invited(invite: Invite) -> None:
    """To an address that anybody may have typed: the page of its link says who invites."""
    outbox.queue(
        "organisms/email/colleague_invited",
        invite.email,
        about=invite.organism,
        link=("organisms.invite", invite.pk),
    )


def invited_elsewhere(invite: Invite) -> None:
    """To the owner of an address that has an account already."""
    outbox.queue(
        "organisms/email/invited_elsewhere",
        invite.email,
        about=invite.organism,
    )


def identity_changed(organism: Organism, changes: list[str], by: User) -> None:
    _to_staff("identity_changed", organism, changes=changes, by=str(by))


def _to_organism(name: str, organism: Organism, **values: Any) -> None:
    outbox.queue(
        f"organisms/email/{name}",
        organism.email,
        {"name": organism.name, **values},
        about=organism,
    )


def _to_staff(name: str, organism: Organism, **values: Any) -> None:
    values |= {
        "name": organism.name,
        "url": f"{settings.SITE_URL}/admin/organisms/organism/{organism.pk}/change/",
    }
    outbox.queue_many(
        f"organisms/email/{name}",
        [(staff, values, None) for staff in settings.STAFF_EMAILS],
        about=organism,
    )
