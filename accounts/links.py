"""Links that let someone choose a password: one use; seven days, or one when it was forgotten.

Minted at sending, so that no row holds a working one.
"""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from mailing.links import link_maker

from .models import User
from .tokens import forgotten_tokens, opening_tokens


@link_maker("accounts.choose_password")
def choose_password_url(user_pk: int) -> str:
    """The absolute URL for a new account; raises User.DoesNotExist once the account is gone."""
    return _url(user_pk, opening_tokens)


@link_maker("accounts.forgotten_password")
def forgotten_password_url(user_pk: int) -> str:
    """The absolute URL for a forgotten password."""
    return _url(user_pk, forgotten_tokens)


def _url(user_pk: int, tokens: PasswordResetTokenGenerator) -> str:
    user = User.objects.get(pk=user_pk)
    path: str = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": tokens.make_token(user)},
    )
    return f"{settings.SITE_URL}{path}"
