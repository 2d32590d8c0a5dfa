"""The e-mails about someone's own account, one function each."""

from mailing import outbox

from .models import User


def staff_invited(user: User) -> None:
    outbox.queue(
        "accounts/email/staff_invited",
        user.email,
        {"name": user.get_short_name()},
        about=user,
        link=("accounts.choose_password", user.pk),
    )


def password_forgotten(user: User) -> None:
    outbox.queue(
        "accounts/email/password_forgotten",
        user.email,
        about=user,
        link=("accounts.forgotten_password", user.pk),
    )


def second_factor_removed(user: User) -> None:
    outbox.queue(
        "accounts/email/second_factor_removed",
        user.email,
        {"name": user.get_short_name()},
        about=user,
    )


def signed_in_elsewhere(user: User, *, browser: str, at: str) -> None:
    outbox.queue(
        "accounts/email/signed_in_elsewhere",
        user.email,
        {"name": user.get_short_name(), "browser": browser, "at": at},
        about=user,
    )
