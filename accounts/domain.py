"""Staff accounts, which administrators keep; and forgotten passwords, of any account."""

from allauth.account.internal.userkit import filter_users_by_email
from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import Q

from common.addresses import stored
from common.errors import Refused, WrongStatus
from common.jobs import Work

from . import emails, encryption
from .models import PasswordAsked, User, UserJournal
from .roles import ADMINISTRATOR

Event = UserJournal.Event
LAST_ADMINISTRATOR = (
    "C’est le dernier compte d’administrateur : donnez d’abord ce rôle à un autre compte actif."
)


def open_staff_account(user: User, *, by: User | None = None) -> User:
    """Open the account of a new colleague of the association, who gets a link to a password."""
    user.email = stored(user.email)
    user.is_staff = True
    user.set_unusable_password()
    with transaction.atomic():
        user.save(force_insert=True)
        _journal(user, Event.OPEN, by=by)
        emails.staff_invited(user)
    return user


def change_staff_account(user: User, *, by: User | None = None) -> User:
    """Keep what was changed of the account."""
    user.email = stored(user.email)
    with transaction.atomic():
        user.save()
        _journal(user, Event.CHANGE, by=by)
    return user


def reset_second_factor(user: User, *, by: User | None = None, comment: str = "") -> None:
    """Take off a colleague's second factor, a lost phone's: the next sign-in sets one up anew.

    The owner is told. Raises WrongStatus when there is none, Refused for an organism's account and
    for one's own: a session left open must not take off what protects it.
    """
    if user == by:
        raise Refused("Votre propre double authentification se gère dans votre compte.")
    with transaction.atomic():
        user = _locked(user)
        deleted, _ = Authenticator.objects.filter(user=user).delete()
        if not deleted:
            raise WrongStatus("Ce compte n’a pas de double authentification.")
        _journal(user, Event.RESET_FACTOR, by=by, comment=comment)
        emails.second_factor_removed(user)


def deactivate(user: User, *, by: User | None = None, comment: str = "") -> None:
    """Close a colleague's account, a superuser's too: it signs in no more, and is out at once.

    Raises WrongStatus when it is closed already, Refused for one's own, the last administrator's
    and an organism's.
    """
    with transaction.atomic():
        # Two administrators who close each other at once wait here for one another, and are
        # counted by another statement: the one that waited still sees who was there before.
        list(_administrators().select_for_update(of=("self",)).order_by("pk"))
        administrators = list(_administrators())
        user = _locked(user)
        if not user.is_active:
            raise WrongStatus("Ce compte est déjà désactivé.")
        if user == by:
            raise Refused("Vous ne pouvez pas désactiver votre propre compte.")
        if user in administrators and len(administrators) == 1:
            raise Refused(LAST_ADMINISTRATOR)
        user.is_active = False
        user.save(update_fields=["is_active"])
        _journal(user, Event.DEACTIVATE, by=by, comment=comment)


def reactivate(user: User, *, by: User | None = None, comment: str = "") -> None:
    """Open a closed account again. Raises WrongStatus when it is open."""
    with transaction.atomic():
        user = _locked(user)
        if user.is_active:
            raise WrongStatus("Ce compte est déjà actif.")
        user.is_active = True
        user.save(update_fields=["is_active"])
        _journal(user, Event.REACTIVATE, by=by, comment=comment)


def encrypt_second_factors() -> int:
    """Encrypt by the key of today the secrets that another key, or none, keeps; how many rows."""
    changed = 0
    for row in Authenticator.objects.iterator(chunk_size=500):
        data = {name: _renewed(value) for name, value in row.data.items()}
        if data != row.data:
            # Unless a code was used meanwhile: another night.
            changed += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=data)
    return changed


def _renewed(value: object) -> object:
    """A text of a second factor is a secret, and so is each of its codes."""
    if isinstance(value, list):
        return [_renewed(one) for one in value]
    return encryption.renewed(value) if isinstance(value, str) else value


def _administrators() -> models.QuerySet[User]:
    by_role = Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR)
    pks = User.objects.filter(by_role, is_staff=True, is_active=True).values("pk")
    return User.objects.filter(pk__in=pks)


def _locked(user: User) -> User:
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not user.is_staff:
        raise Refused("Ce compte est celui d’un organisme, qui tient lui-même ses accès.")
    return user


def _journal(user: User, event: str, *, by: User | None, comment: str = "") -> None:
    UserJournal.objects.create(
        subject=user,
        event=event,
        by=by,
        by_label=str(by) if by else "Portail",
        comment=comment,
    )


def ask_password(email: str) -> None:
    """Have a link to another password mailed to who has this address, by a task.

    The same work whether anybody has: nothing that can be measured tells.
    """
    with transaction.atomic():
        SENDING.ask(PasswordAsked.objects.create(email=email).pk)


def _send(asked: PasswordAsked) -> None:
    with transaction.atomic():
        for user in filter_users_by_email(
            asked.email, is_active=True, prefer_verified=True, for_login=True
        ):
            emails.password_forgotten(user)
        asked.delete()


def _give_up(asked: PasswordAsked) -> None:
    # Logged already; whoever waits for the mail asks again.
    asked.delete()


SENDING = Work(PasswordAsked, task="accounts.tasks.send_password_links", do=_send, give_up=_give_up)
