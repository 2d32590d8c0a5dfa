"""Secrets of second factors at rest: a copy of the database opens no account.

Encrypted by a key made of `SECRET_KEY`; what a former one (`SECRET_KEY_FALLBACKS`) encrypted, and
what was kept before there was any encryption, is read.
"""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Before a secret that is encrypted.
MARK = "fernet:"


def encrypt(text: str) -> str:
    return MARK + _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode()


def decrypt(kept: str) -> str:
    """The secret; one that fits nothing when its key is gone."""
    if not kept.startswith(MARK):
        return kept
    try:
        every_key = _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return every_key.decrypt(kept.removeprefix(MARK)).decode()
    except InvalidToken:
        # No code fits, and a colleague takes the factor off. An empty secret, anybody would know.
        return base64.b32encode(secrets.token_bytes(20)).decode()


def is_current(kept: str) -> bool:
    """Whether it is encrypted by the key of today."""
    try:
        _fernet(settings.SECRET_KEY).decrypt(kept.removeprefix(MARK))
    except InvalidToken:
        return False
    return kept.startswith(MARK)


def renewed(kept: str) -> str:
    """The same secret by the key of today; as it is when its key is gone: it may be found again."""
    if is_current(kept):
        return kept
    if not kept.startswith(MARK):
        return encrypt(kept)
    try:
        every_key = _fernet(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return MARK + every_key.rotate(kept.removeprefix(MARK)).decode()
    except InvalidToken:
        return kept


def _fernet(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(_key(one)) for one in keys])


def _key(secret: str) -> bytes:
    derived = HKDF(SHA256(), 32, salt=None, info=b"accounts.second-factor").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
