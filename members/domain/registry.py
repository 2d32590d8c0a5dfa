"""The registry's file: deposited, read, then applied or abandoned by staff."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import bulk, stored_files
from common.errors import Refused
from common.jobs import Work
from common.spreadsheets import UnreadableWorkbook, read_workbook

from ..models import RegistryChange, RegistryImport
from ..registry_file import MAX_ROWS, parse
from .registry_changes import SHOWN, RegistryChanges, compare, one_at_a_time, write

# How many of the file's errors are shown.
SHOWN_ERRORS = 50
GAVE_UP = (
    "Le fichier n’a pas pu être lu. Ouvrez-le dans Excel, enregistrez-le au format "
    "« Classeur Excel (.xlsx) », puis déposez-le à nouveau."
)
CHANGED_SINCE = (
    "Le registre a changé depuis la lecture de ce fichier : rien n’est importé, et le bilan est "
    "refait. Revenez à la page de l’import pour le relire."
)
Event = RegistryImport.Event


# --- deposited and read -----------------------------------------------------------------------


def arrivals_since(today: date) -> date:
    """The day from which the arrivals of a file deposited today count, unless staff know better."""
    last = RegistryImport.objects.filter(status=RegistryImport.Status.APPLIED).first()
    # The first file tells who has been a member all along this year.
    since = last.effective_on + timedelta(days=1) if last else today.replace(month=1, day=1)
    return min(since, today)


def deposit(*, file: Any, arrivals_on: date, effective_on: date, by: User) -> RegistryImport:
    """Keep an uploaded file, and have a task read it."""
    with stored_files.writing(file, RegistryImport) as stored, transaction.atomic():
        registry_import = RegistryImport.objects.create(
            file=stored.name,
            name=stored.given_name[:255],
            arrivals_on=arrivals_on,
            effective_on=effective_on,
            created_by=by,
        )
        READING.ask(registry_import.pk)
    return registry_import


def _read(registry_import: RegistryImport) -> None:
    """Read the file; its rows and what they would change, or its errors, are kept on it."""
    try:
        with registry_import.file.open("rb") as file:
            lines, errors = parse(read_workbook(file, max_rows=MAX_ROWS))
    except UnreadableWorkbook as error:
        lines, errors = [], [str(error)]
    if errors:
        _mark_unreadable(registry_import, errors)
        return
    with transaction.atomic():
        registry_import = registry_import.lock()
        if not registry_import.may(Event.READ):
            return  # a task that came before this one did
        registry_import.rows = [asdict(line) for line in lines]
        registry_import.move(Event.READ, update_fields=["rows"])
        _keep(registry_import, compare(registry_import))


def _mark_unreadable(registry_import: RegistryImport, errors: list[str]) -> None:
    shown, more = errors[:SHOWN_ERRORS], len(errors) - SHOWN_ERRORS
    if more > 0:
        shown.append(f"… et {more} autre{'s' if more > 1 else ''} erreur{'s' if more > 1 else ''}.")
    with transaction.atomic():
        registry_import = registry_import.lock()
        if not registry_import.may(Event.MARK_UNREADABLE):
            return
        registry_import.error = "\n".join(shown)
        registry_import.move(Event.MARK_UNREADABLE, update_fields=["error"])


def _give_up(registry_import: RegistryImport) -> None:
    _mark_unreadable(registry_import, [GAVE_UP])


READING = Work(RegistryImport, task="members.tasks.read_import", do=_read, give_up=_give_up)


# --- applied or abandoned ---------------------------------------------------------------------


def apply(registry_import: RegistryImport, *, by: User | None = None) -> RegistryImport:
    """Import the rows, in one transaction.

    Raises WrongStatus when it was done already, and Refused when the registry has changed since
    its lines were shown: they are shown anew, and nothing is imported.
    """
    with transaction.atomic():
        one_at_a_time()
        registry_import = registry_import.lock()
        registry_import.require(Event.APPLY)
        changes = compare(registry_import)
        is_as_shown = _shown(registry_import.changes.all()) == _shown(changes.rows(registry_import))
        if is_as_shown:
            write(changes, since=registry_import.arrivals_on, on=registry_import.effective_on)
            registry_import.applied_at = timezone.now()
            registry_import.move(Event.APPLY, by=by, update_fields=["applied_at"])
        _keep(registry_import, changes)
    if not is_as_shown:
        raise Refused(CHANGED_SINCE)
    return registry_import


def _shown(rows: Iterable[RegistryChange]) -> list[tuple[object, ...]]:
    return [tuple(getattr(row, name) for name in SHOWN) for row in rows]


def _keep(registry_import: RegistryImport, changes: RegistryChanges) -> None:
    """Keep what an import changes, line by line, in place of what was kept of it before."""
    registry_import.changes.all().delete()
    bulk.insert(RegistryChange, changes.rows(registry_import))
    registry_import.summary = changes.summary()
    registry_import.save(update_fields=["summary"])


def abandon(registry_import: RegistryImport, *, by: User | None = None) -> RegistryImport:
    """Give an import up. Raises WrongStatus when it no longer waits."""
    with transaction.atomic():
        registry_import = registry_import.lock()
        registry_import.rows = []
        registry_import.move(Event.ABANDON, by=by, update_fields=["rows"])
    return registry_import
