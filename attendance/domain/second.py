"""A file read beside the sheets: checked, or applied to a list after a look at its effect."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import bulk, stored_files
from common.errors import Refused, WrongStatus
from common.jobs import Work
from common.spreadsheets import UnreadableWorkbook
from trainings.models import Training

from ..models import DepositedFile, Participant, SecondReading, Sheet
from ..roster.parsing import Roster
from ..roster.people import RosterLine
from ..roster.questions import Question
from ..roster.sessions import ALL
from ..roster.table import UnreadableRoster
from . import deposits, limits, matching, rereading, revising
from .approval import require_open
from .listing import add_up, participants_of, refresh_states
from .reading import GAVE_UP, parse_file

Event, Purpose = SecondReading.Event, SecondReading.Purpose
LINE_FIELDS = {field.name for field in fields(RosterLine)}
# The question which session of the file is meant.
SESSION = "session"
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
        listed = parse_file(
            second.roster,
            training=second.training,
            answers=second.answers,
            pick=second.answers.get(SESSION, ""),
        )
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
    asked = matching.asked_by(listed.lines, matches)
    with transaction.atomic():
        if not _is_awaited(second):
            return
        if not limits.take(second.training.organism, asked, by=second.deposited_by):
            _mark_unreadable(second, limits.LIMIT_REACHED)
            return
        sheet = second.sheet
        read = participants_of(listed.lines, matches, training=second.training, sheet=sheet)
        # Who is enrolled is checked, not who came nor for how long.
        questions = [] if sheet is None else [*_which_session(second, listed), *listed.questions]
        if sheet is None:
            result = _checked(read)
        else:
            questions += add_up(read, second.answers)
            changes = revising.plan(sheet, listed.lines, read, second.purpose)
            result = changes.summary()
            if revising.OTHERWISE not in second.answers:
                questions += changes.question()
        _end(
            second,
            Event.RECORD,
            notes=listed.notes,
            lines=[_as_json(line) for line in listed.lines],
            result=result,
            questions=[asdict(question) for question in questions],
            layout=listed.layout,
        )


def _which_session(second: SecondReading, listed: Roster) -> list[Question]:
    """Which of the file's sessions is the list's, where it holds several and none was said."""
    if not listed.sessions or SESSION in second.answers:
        return []
    options = [[session.key, session.label] for session in listed.sessions]
    return [
        Question(
            SESSION,
            "Ce fichier contient plusieurs sessions. Laquelle est celle de cette liste ?",
            [*options, [ALL, "Toutes les lignes"]],
        )
    ]


def _as_json(line: RosterLine) -> dict[str, Any]:
    """A line as JSON holds it."""
    return {
        **asdict(line),
        # A date is none of JSON's, and says nothing once the session is known.
        "session_on": None,
        "share": str(line.share) if line.share is not None else None,
    }


def _from_json(values: dict[str, Any]) -> RosterLine:
    """The line that `_as_json` made."""
    line = RosterLine(**{name: value for name, value in values.items() if name in LINE_FIELDS})
    line.share = Fraction(values["share"]) if values.get("share") is not None else None
    return line


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
    """Change the list of its sheet as announced. Raises WrongStatus, Refused at the day's limit."""
    if second.sheet is None:
        raise ValueError("A check is of no list.")
    if not _apply(second, second.sheet, by=by):
        raise Refused(limits.FILE_LIMIT_REACHED)


def _apply(second: SecondReading, sheet: Sheet, *, by: User) -> bool:
    """Change the list, unless the day's limit is reached: what is counted is committed then."""
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Sheet.Event.APPLY_FILE)
        # What was read stands in the row as it now is, not as the page had it.
        second = second.lock()
        if not second.is_applicable:
            raise WrongStatus("Ce fichier n’attend plus de confirmation.")
        lines = [_from_json(line) for line in second.lines]
        matches = matching.find(lines)
        # Of another day than its reading, it asks anew.
        asked = matching.asked_by(lines, matches)
        if not limits.take(sheet.training.organism, asked, by=by):
            return False
        read = participants_of(lines, matches, training=sheet.training, sheet=sheet)
        add_up(read, second.answers)
        changes = revising.plan(sheet, lines, read, second.purpose)
        now = timezone.now()
        for participant in changes.added:
            participant.changed_by, participant.changed_at = by, now
        taken = changes.take() if second.answers.get(revising.OTHERWISE) == revising.TAKE else []
        for participant in taken:
            participant.changed_by, participant.changed_at = by, now
        Participant.objects.bulk_update(taken, [*revising.TAKEN, "changed_by", "changed_at"])
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
    return True


def answer(second: SecondReading, given: Mapping[str, str], *, by: User) -> None:
    """Answer questions ({key: value}) that the file left open: it is read again with them.

    Raises WrongStatus, Refused.
    """
    with transaction.atomic():
        second = second.lock()
        second.require(Event.ANSWER)
        answered = rereading.answers_to(second, given)
        by_layout = rereading.by_layout(second, answered)
        words = rereading.in_words(second, answered)
        rereading.remember(second, by_layout, words, organism_id=second.training.organism_id, by=by)
        second.take(Event.ANSWER)
        second.save(update_fields=["status", "answers", "said"])
        READING.ask(second.pk)


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
