"""The same file read another way: what its columns mean, which of its sessions a sheet is about."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import stored_files
from common.errors import Refused, WrongStatus
from common.spreadsheets import fold

from ..models import ColumnMeaning, Sheet
from .approval import date_error
from .reading import READING, read_again

Event = Sheet.Event


def tell_columns(sheet: Sheet, told: Mapping[str, str], *, by: User) -> None:
    """Say what columns mean ({title: field}); remembered for the organism's next files.

    The file is read again: ticks and corrections of this list are done anew. Raises WrongStatus.
    """
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.TELL_COLUMNS)
        _remember(sheet.training.organism_id, told, by)
        read_again(sheet, Event.TELL_COLUMNS, by=by, comment="Sens des colonnes précisé")


def _remember(organism_id: int, told: Mapping[str, str], by: User) -> None:
    """Keep what was told, in place of what was before. One query."""
    now = timezone.now()
    kinds = {fold(title)[:80]: kind for title, kind in told.items() if fold(title)}
    ColumnMeaning.objects.bulk_create(
        [
            ColumnMeaning(
                organism_id=organism_id, header=header, kind=kind, told_by=by, told_at=now
            )
            for header, kind in kinds.items()
        ],
        update_conflicts=True,
        unique_fields=["organism", "header"],
        update_fields=["kind", "told_by", "told_at"],
    )


def keep_session(sheet: Sheet, key: str, *, by: User) -> None:
    """Keep one of the file's sessions on this sheet. Raises WrongStatus, Refused."""
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.KEEP_SESSION)
        for session in sheet.sessions:
            if session["key"] == key:
                _keep(sheet, session, by)
                return
        raise Refused("Cette session n’est pas dans le fichier.")


def split_sessions(sheet: Sheet, *, by: User) -> list[Sheet]:
    """One sheet for each session of the file, this one for the first; the new sheets.

    Each new one has its own copies of the scan and the file. Raises WrongStatus, and Refused
    when one of them cannot be of this approval.
    """
    sheet.require(Event.KEEP_SESSION)
    first, *others = sheet.sessions or [None]
    if not others:
        raise WrongStatus("Ce fichier ne contient qu’une session.")
    files = [(sheet.scan, sheet.scan_name), (sheet.roster, sheet.roster_name)] * len(others)
    with stored_files.copying(files, Sheet) as names, transaction.atomic():
        locked = sheet.lock()
        locked.require(Event.KEEP_SESSION)
        if (locked.roster.name, locked.sessions) != (sheet.roster.name, sheet.sessions):
            raise WrongStatus("Un autre fichier vient d’être lu pour cette feuille.")
        copies = iter(names)
        made = [
            _split_off(locked, session, scan=next(copies), roster=next(copies), by=by)
            for session in others
        ]
        _keep(locked, first, by)
    return made


def _split_off(sheet: Sheet, session: dict[str, Any], *, scan: str, roster: str, by: User) -> Sheet:
    """Another sheet of the same files, copied under these stored names, for a session of theirs."""
    made = Sheet(
        training=sheet.training,
        starts_on=sheet.starts_on,
        ends_on=sheet.ends_on,
        place=sheet.place,
        scan=scan,
        scan_name=sheet.scan_name,
        scan_type=sheet.scan_type,
        scan_sha256=sheet.scan_sha256,
        roster=roster,
        roster_name=sheet.roster_name,
        roster_sha256=sheet.roster_sha256,
        deposited_by=by,
    )
    _pick(made, session)
    made.save()
    made.write_journal(Event.SPLIT_OFF, by=by, comment=f"Session gardée : {session['label']}")
    READING.ask(made.pk)
    return made


def _keep(sheet: Sheet, session: dict[str, Any], by: User) -> None:
    """Have a locked sheet's file read for this session alone. Raises Refused."""
    _pick(sheet, session)
    read_again(
        sheet,
        Event.KEEP_SESSION,
        by=by,
        comment=f"Session gardée : {session['label']}",
        update_fields=["picked", "starts_on", "ends_on"],
    )


def _pick(sheet: Sheet, session: dict[str, Any]) -> None:
    """Make the sheet, in memory, one of this session: of its day too, when the file tells it."""
    sheet.picked = session["key"]
    try:
        day = date.fromisoformat(session["key"])
    except ValueError:
        return
    if error := date_error(sheet.training, day, day):
        raise Refused(f"Session du {day:%d/%m/%Y} : {error}")
    sheet.starts_on = sheet.ends_on = day
