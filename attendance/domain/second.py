"""A file read beside the sheets: checked, or applied to a list after a look at its effect."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import bulk, stored_files
from common.errors import WrongStatus
from common.jobs import Work
from common.spreadsheets import UnreadableWorkbook
from trainings.models import Training

from ..models import DepositedFile, Participant, SecondReading, Sheet
from ..roster.parsing import Roster
from ..roster.people import RosterLine
from ..roster.table import UnreadableRoster
from . import deposits, limits, matching, revising
from .approval import require_open
from .listing import participants_of, refresh_states
from .reading import GAVE_UP, parse_file

Event, Purpose = SecondReading.Event, SecondReading.Purpose
LINE_FIELDS = {field.name for field in fields(RosterLine)}
# How many one task forgets.
BATCH = 500


def ask(
    training: Training,
    purpose: str,
    file: DepositedFile,
    *,
    by: User,
    sheet: Sheet | None = None,
) -> SecondReading:
    """Have a file read by a task; to correct the list of `sheet`, or none. Raises WrongStatus."""
    with transaction.atomic():
        if sheet:
            sheet.lock().require(Sheet.Event.READ_FILE)
        require_open(training)
        deposits.take(file)
        second = SecondReading.objects.create(
            training=training,
            purpose=purpose,
            sheet=sheet,
            roster=file.file.name,
            roster_name=file.name,
            roster_sha256=file.sha256,
            deposited_by=by,
        )
        READING.ask(second.pk)
    return second


def _read(second: SecondReading) -> None:
    """Keep what a file comes to, or say what is wrong with it."""
    try:
        # The whole file, whatever sessions it holds.
        listed = parse_file(second.roster, organism_id=second.training.organism_id)
    except (UnreadableWorkbook, UnreadableRoster) as error:
        _mark_unreadable(second, str(error))
    else:
        record(second, listed)


def _give_up(second: SecondReading) -> None:
    _mark_unreadable(second, GAVE_UP)


READING = Work(SecondReading, task="attendance.tasks.read_second", do=_read, give_up=_give_up)


def record(second: SecondReading, listed: Roster) -> None:
    """Keep the lines that were read, and what they come to; nothing when another task did.

    What fails counts no line for the day: it is tried again.
    """
    matches = matching.find(listed.lines)
    unrecognised = matching.count_unrecognised(listed.lines, matches)
    with transaction.atomic():
        if not _is_awaited(second):
            return
        if not limits.take(second.training.organism, unrecognised):
            _mark_unreadable(second, limits.LIMIT_REACHED)
            return
        sheet = second.sheet
        read = participants_of(listed.lines, matches, training=second.training, sheet=sheet)
        if sheet is None:
            result = _checked(read)
        else:
            result = revising.plan(sheet, listed.lines, read, second.purpose).summary()
        _end(
            second,
            Event.RECORD,
            notes=listed.notes,
            # A date is none of JSON's, and says nothing once the session is known.
            lines=[{**asdict(line), "session_on": None} for line in listed.lines],
            result=result,
        )


def _is_awaited(second: SecondReading) -> bool:
    """Whether it is still to be read, under a lock: no other task did, nobody gave it up."""
    waiting = SecondReading.objects.select_for_update().filter(
        pk=second.pk, status__in=SecondReading.TRANSITIONS[Event.RECORD].sources
    )
    return waiting.values_list("pk").first() is not None


def _mark_unreadable(second: SecondReading, error: str) -> None:
    """Say why the file gives no list."""
    _end(second, Event.MARK_UNREADABLE, error=error)


def _end(second: SecondReading, event: str, **values: Any) -> None:
    """End the reading, unless another task did."""
    step = SecondReading.TRANSITIONS[event]
    SecondReading.objects.filter(pk=second.pk, status__in=step.sources).update(
        status=step.target, leased_until=None, **values
    )


def apply(second: SecondReading, *, by: User) -> None:
    """Change the list of its sheet as announced. Raises WrongStatus."""
    if second.sheet is None:
        raise ValueError("A check is of no list.")
    with transaction.atomic():
        sheet = second.sheet.lock()
        sheet.require(Sheet.Event.APPLY_FILE)
        # What was read stands in the row as it now is, not as the page had it.
        second = second.lock()
        if not second.may(Event.APPLY):
            raise WrongStatus("Ce fichier n’attend plus de confirmation.")
        lines = [
            RosterLine(**{name: value for name, value in line.items() if name in LINE_FIELDS})
            for line in second.lines
        ]
        read = participants_of(lines, matching.find(lines), training=sheet.training, sheet=sheet)
        changes = revising.plan(sheet, lines, read, second.purpose)
        now = timezone.now()
        for participant in changes.added:
            participant.changed_by, participant.changed_at = by, now
        sheet.participants.filter(pk__in=[line.pk for line in changes.removed]).delete()
        bulk.insert(Participant, changes.added)
        second.take(Event.APPLY)
        second.lines, second.result = [], {}
        second.save(update_fields=["status", "lines", "result"])
        sheet.write_journal(
            Sheet.Event.APPLY_FILE,
            by=by,
            comment=f"{second.get_purpose_display().capitalize()} avec {second.roster_name}",
        )
        refresh_states(sheet.training)


def forget(second: SecondReading) -> None:
    """Delete it and its file."""
    with transaction.atomic():
        stored_files.delete_after_commit(second.roster.name)
        second.delete()


def forget_old(*, before: datetime) -> None:
    """Delete those deposited before this time and their files, some hundreds at a time."""
    for second in SecondReading.objects.filter(deposited_at__lt=before).order_by("pk")[:BATCH]:
        forget(second)


def _checked(participants: list[Participant]) -> dict[str, Any]:
    """What « Vérifier une liste d'inscrits » shows: how many are known, and who is not."""
    State = Participant.State

    def is_known(line: Participant) -> bool:
        # A repeated line is nobody more.
        return line.state == State.RECOGNISED or (line.member_id is not None and not line.problem)

    return {
        "recognised": sum(is_known(line) for line in participants),
        "total": len(participants),
        "others": [
            {"row": line.row_number, "name": str(line), "problem": line.problem}
            for line in participants
            if not is_known(line)
        ],
    }
