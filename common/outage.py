"""A part of the portal that is away: a database that restarts, a storage, a full disk.

It is no fault of the person's or of their file. A page says so and keeps what was typed
(`anacofi_portal.views.server_error`); work of a task waits until the part is back (`jobs`).
"""

import errno
import sqlite3
import sys
from collections.abc import Iterator
from enum import Enum

from django.db import InterfaceError, OperationalError


class Part(Enum):
    """What is away: (what a person reads, the seconds after which to try again)."""

    DATABASE = ("Le portail redémarre.", 5)
    FILES = (
        "Le portail n’arrive pas à lire ou à enregistrer de fichiers en ce moment ; si vous en "
        "envoyiez un, il n’est pas en cause.",
        30,
    )

    def __init__(self, sentence: str, seconds: int) -> None:
        self.sentence, self.seconds = sentence, seconds


# Classes of PostgreSQL's codes: connection, resources, lock, operator, and a transaction undone.
PASSING = {"08", "53", "55", "57", "40"}
SQLITE_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN")
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
# Of the S3 storage, when it is there: importing it costs a tenth of a second.
S3_ERRORS = [
    ("botocore.exceptions", "BotoCoreError"),
    ("botocore.exceptions", "ClientError"),
    ("boto3.exceptions", "Boto3Error"),
]


def away(error: BaseException | None) -> Part | None:
    """The part that is away, by the error or what led to it; None when it is a bug."""
    for one in _chain(error):
        if isinstance(one, OperationalError | InterfaceError) and _is_passing(one.__cause__):
            return Part.DATABASE
        if isinstance(one, OSError) and one.errno in DISK:
            return Part.FILES
        if isinstance(one, _s3_errors()):
            return Part.FILES
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_passing(cause: BaseException | None) -> bool:
    """Whether a driver's error is of the server's state, and not of the statement."""
    if isinstance(cause, sqlite3.Error):
        return str(getattr(cause, "sqlite_errorname", "")).startswith(SQLITE_PASSING)
    # A connection that broke has no code.
    code = getattr(cause, "sqlstate", None)
    return cause is not None and (code is None or code[:2] in PASSING)


def _s3_errors() -> tuple[type[BaseException], ...]:
    return tuple(
        getattr(sys.modules[module], name) for module, name in S3_ERRORS if module in sys.modules
    )
