"""Staff accounts, which administrators keep: opened here, and told to their owner."""

from django.db import transaction

from common.addresses import stored

from . import emails
from .models import User


def open_staff_account(user: User) -> User:
    """Open the account of a new colleague of the association, who gets a link to a password."""
    user.email = stored(user.email)
    user.is_staff = True
    user.set_unusable_password()
    with transaction.atomic():
        user.save(force_insert=True)
        emails.staff_invited(user)
    return user


def change_staff_account(user: User) -> User:
    """Keep what was changed of the account."""
    user.email = stored(user.email)
    user.save()
    return user
