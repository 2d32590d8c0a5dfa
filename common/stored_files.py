"""The life of a stored file: bytes written outside the transaction, taken by a row inside it.

What a row gives up is deleted after commit; a sweep removes what no row holds. What a file must
be, and how it is served, is in `files`.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.db import models, transaction
from django.utils import timezone

from .files import PrivateFileField, random_name

logger = logging.getLogger(__name__)

# A file that no row holds may be one that a request is still writing.
ORPHAN_AFTER = timedelta(days=1)
BATCH = 500


@dataclass
class Stored:
    """Bytes in the storage that a row may take: `name` is what its file field is set to."""

    name: str
    given_name: str
    size: int
    sha256: str
    is_kept: bool = field(default=True)

    def drop(self) -> None:
        """No row took it: its bytes go when the block that wrote it ends."""
        self.is_kept = False


def digest(file: Any) -> str:
    """The SHA-256 of an upload, in hexadecimal."""
    file.seek(0)
    sha256 = hashlib.sha256()
    for chunk in file.chunks():
        sha256.update(chunk)
    file.seek(0)
    return sha256.hexdigest()


@contextmanager
def writing(file: Any, model: type[models.Model], *, name: str = "") -> Iterator[Stored]:
    """Write an upload for a row of `model`; open the transaction inside the block.

    The bytes are there before the block begins, so that no lock is held while they travel. When
    the block raises, or calls `drop()`, they are deleted again.
    """
    given = name or file.name
    stored = Stored("", given, file.size, digest(file))
    stored.name = default_storage.save(random_name(model, given), File(file, name=given))
    file.seek(0)
    try:
        yield stored
    except BaseException:
        _delete(default_storage, stored.name)
        raise
    if not stored.is_kept:
        _delete(default_storage, stored.name)


@contextmanager
def copying(sources: Iterable[tuple[Any, str]], model: type[models.Model]) -> Iterator[list[str]]:
    """Copy stored files, each (file field, name that the person gave), for rows of `model`.

    Gives the names of the copies, in order; when the block raises, they are deleted again.
    """
    copies: list[str] = []
    try:
        for source, given in sources:
            with source.open("rb") as opened:
                copies.append(
                    default_storage.save(random_name(model, given), File(opened, name=given))
                )
        yield copies
    except BaseException:
        for copy in copies:
            _delete(default_storage, copy)
        raise


def delete_after_commit(*names: str | None) -> None:
    """Delete these stored files once the transaction has committed.

    A storage that is down is logged and stops nothing else; the sweep finds the file.
    """
    for name in filter(None, names):
        transaction.on_commit(partial(_delete, default_storage, name))


def _delete(storage: Storage, name: str) -> bool:
    try:
        storage.delete(name)
    except Exception:  # whatever the storage raised: the sweep deletes it another day
        logger.exception("The stored file %s could not be deleted", name)
        return False
    return True


def sweep() -> int:
    """Delete the files that no row holds and that are older than a day; how many."""
    fields = [
        (model, file_field)
        for model in apps.get_models()
        for file_field in model._meta.local_concrete_fields
        if isinstance(file_field, PrivateFileField)
    ]
    limit = timezone.now() - ORPHAN_AFTER
    deleted = 0
    for folder in sorted({model._meta.model_name or "" for model, _ in fields}):
        names = _files_under(default_storage, folder)
        while batch := list(islice(names, BATCH)):
            held = _held(fields, batch)
            for name in batch:
                if name not in held and _is_older(default_storage, name, limit):
                    deleted += _delete(default_storage, name)
    return deleted


def _held(
    fields: Iterable[tuple[type[models.Model], PrivateFileField]], names: list[str]
) -> set[str]:
    """Those of these names that a row holds, in one query: asked one after the other, neither of
    two rows might have a file that passes from one to the other meanwhile.
    """
    first, *others = [
        # Every row, whatever a manager shows of them, in no order.
        model._base_manager.filter(**{f"{file_field.name}__in": names})
        .order_by()
        .values_list(file_field.name, flat=True)
        for model, file_field in fields
    ]
    return set(first.union(*others, all=True))


def _is_older(storage: Storage, name: str, limit: datetime) -> bool:
    try:
        return storage.get_modified_time(name) < limit
    except Exception:  # gone meanwhile, or a storage that is down: another day's sweep sees
        logger.warning("The stored file %s could not be looked at", name, exc_info=True)
        return False


def _files_under(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for file in files:
        yield f"{folder}/{file}"
    for inner in folders:
        yield from _files_under(storage, f"{folder}/{inner}")
