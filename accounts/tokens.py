"""The tokens of links that let someone choose a password.

A token dies with the password it changes, with a sign-in, and with a change of address. Those of
a new account live seven days, those of a forgotten password one.
"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

from .models import User

FORGOTTEN_SECONDS = 24 * 3600


class OpeningTokenGenerator(PasswordResetTokenGenerator):
    """For an account that was just opened; lives `PASSWORD_RESET_TIMEOUT` seconds."""

    key_salt = "accounts.tokens.opening"


class PasswordTokenGenerator(PasswordResetTokenGenerator):
    """For a forgotten password; the page it opens takes an opening token as well."""

    key_salt = "accounts.tokens.forgotten"

    def check_token(self, user: User | None, token: str | None) -> bool:
        if opening_tokens.check_token(user, token):
            return True
        if token is None or not super().check_token(user, token):
            return False
        return self._age(token) <= FORGOTTEN_SECONDS

    def _age(self, token: str) -> int:
        """Seconds since a token that is known to be well made."""
        return self._num_seconds(self._now()) - base36_to_int(token.split("-")[0])


opening_tokens = OpeningTokenGenerator()
forgotten_tokens = PasswordTokenGenerator()
