"""Reading the file of a sheet: by a task that may be lost or doubled, outside any transaction."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from accounts.models import User
from common import bulk
from common.jobs import Work
from common.spreadsheets import UnreadableWorkbook, read_workbook
from trainings.models import Training

from ..models import Answer, Participant, Sheet
from ..roster import parsing
from ..roster.questions import Answers, Told
from ..roster.table import UnreadableRoster
from . import limits, listing, matching

MAX_LINES = 10_000
GAVE_UP = (
    "Le fichier n’a pas pu être lu. Ouvrez-le dans Excel, enregistrez-le au format "
    "« Classeur Excel (.xlsx) », puis déposez-le à nouveau."
)
Event = Sheet.Event


def parse_file(
    file: FieldFile, *, training: Training, answers: Answers, pick: str = ""
) -> parsing.Roster:
    """The list that a stored workbook of a training holds, read in a bounded child.

    `answers` are those given of this very file.

    Raises UnreadableWorkbook or UnreadableRoster, both with a French sentence.
    """
    with file.open("rb") as opened:
        workbook = read_workbook(opened, max_rows=MAX_LINES)
    told = Told(answers, remembered(training.organism_id))
    return parsing.parse(workbook, told=told, pick=pick, duration=training.duration_minutes)


def remembered(organism_id: int) -> dict[str, dict[str, str]]:
    """What the organism answered of its files: {layout: {key: value}}."""
    by_layout: dict[str, dict[str, str]] = {}
    for layout, key, value in Answer.objects.filter(organism=organism_id).values_list(
        "layout", "key", "value"
    ):
        by_layout.setdefault(layout, {})[key] = value
    return by_layout


def _read(sheet: Sheet) -> None:
    """Keep the lines of a sheet's file, or say what is wrong with it."""
    name = sheet.roster.name
    try:
        listed = parse_file(
            sheet.roster,
            training=sheet.training,
            answers=sheet.answers,
            pick=sheet.picked,
        )
    except UnreadableWorkbook as error:
        mark_unreadable(sheet, str(error), of=name)
    except UnreadableRoster as error:
        mark_unreadable(
            sheet,
            str(error),
            of=name,
            columns=error.columns,
            layout=error.layout,
            # Told what they are, it is a list again: ticks and corrections wait for it.
            keeps_list=bool(error.columns),
        )
    else:
        record(sheet, listed, of=name)


def _give_up(sheet: Sheet) -> None:
    mark_unreadable(sheet, GAVE_UP, of=sheet.roster.name)


READING = Work(Sheet, task="attendance.tasks.read_sheet", do=_read, give_up=_give_up)


def read_again(
    sheet: Sheet, event: str, *, by: User, comment: str, update_fields: Iterable[str] = ()
) -> None:
    """Have the file of a sheet read anew: its list gives way once it is.

    On a locked sheet, inside a transaction. Raises WrongStatus.
    """
    sheet.error, sheet.notes, sheet.tab, sheet.read_at = "", [], "", None
    sheet.move(
        event,
        by=by,
        comment=comment,
        update_fields=["error", "notes", "tab", "read_at", *sheet.ask_again(), *update_fields],
    )
    READING.ask(sheet.pk)


def record(sheet: Sheet, listed: parsing.Roster, *, of: str | None) -> None:
    """Keep the lines that were read, matched with the registry.

    `of` is the stored name of the file that was read: nothing is kept when another was given
    meanwhile. A constant number of queries for any number of lines (but for batches of 500).
    """
    matches = matching.find(listed.lines)
    asked = matching.asked_by(listed.lines, matches)
    with transaction.atomic():
        sheet = sheet.lock()
        if not _is_awaited(sheet, of):
            return
        if not limits.take(sheet.training.organism, asked, by=_asker(sheet)):
            # The list is kept, unseen: what people ticked and corrected on it stays theirs.
            mark_unreadable(sheet, limits.LIMIT_REACHED, of=of, keeps_list=True)
            return
        participants = listing.participants_of(
            listed.lines, matches, training=sheet.training, sheet=sheet
        )
        questions = [*listed.questions, *listing.add_up(participants, sheet.answers)]
        listing.keep_changes(sheet, participants)
        sheet.participants.filter(added_by_hand=False).delete()
        bulk.insert(Participant, participants)
        sheet.questions, sheet.layout = [asdict(question) for question in questions], listed.layout
        sheet.tab, sheet.notes = listed.tab[:255], listed.notes
        sheet.cited, sheet.columns = listed.cited, listed.columns
        sheet.applied = listed.applied
        sheet.sessions = [asdict(session) for session in listed.sessions]
        sheet.read_at, sheet.leased_until = timezone.now(), None
        sheet.move(
            Event.RECORD,
            update_fields=[
                "tab",
                "notes",
                "cited",
                "columns",
                "sessions",
                "questions",
                "layout",
                "applied",
                "read_at",
                "leased_until",
            ],
        )


def mark_unreadable(
    sheet: Sheet,
    error: str,
    *,
    of: str | None,
    columns: Iterable[Any] = (),
    layout: str = "",
    keeps_list: bool = False,
) -> None:
    """Say why the roster gives no list. `of` is the stored name of the file that was read.

    `columns` holds the titles whose meaning can be told by hand, kept for files of this `layout`.
    """
    with transaction.atomic():
        sheet = sheet.lock()
        if not _is_awaited(sheet, of):
            return
        sheet.error, sheet.read_at, sheet.leased_until = error, timezone.now(), None
        sheet.columns, sheet.sessions, sheet.questions = list(columns), [], []
        sheet.layout = layout
        if not keeps_list:
            sheet.participants.filter(added_by_hand=False).delete()
        sheet.move(
            Event.MARK_UNREADABLE,
            comment=error,
            update_fields=[
                "error",
                "columns",
                "sessions",
                "questions",
                "layout",
                "read_at",
                "leased_until",
            ],
        )


def _asker(sheet: Sheet) -> User | None:
    """Who had the file read: whoever did the last step in the journal, or the depositor."""
    last = sheet.journal.select_related("by").order_by("pk").last()
    return last.by if last else sheet.deposited_by


def _is_awaited(sheet: Sheet, name: str | None) -> bool:
    """Whether this very file is still to be read: no other task did, no other file came."""
    return sheet.may(Event.RECORD) and sheet.roster.name == name
