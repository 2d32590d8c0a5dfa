"""Each verb of a sheet asks the one table whether it may, and the admin's buttons ask it too."""

import pytest
from django.utils import timezone

from attendance.domain import cancelling, counting, participants, rereading, second, sheets
from attendance.models import DepositedFile, Sheet
from attendance.roster.people import RosterLine
from common.errors import WrongStatus
from tests.attendance.sheets import unknown
from tests.factories import make_member, make_sheet

Event, Status = Sheet.Event, Sheet.Status
DAY = timezone.localdate()


def typed():
    return RosterLine(None, last_name="Durand", member_number="1")


VERBS = {
    Event.REPLACE_ROSTER: lambda sheet, by: sheets.replace_roster(sheet, DepositedFile(), by=by),
    Event.TELL_COLUMNS: lambda sheet, by: rereading.tell_columns(sheet, {"A": "email"}, by=by),
    Event.ANSWER: lambda sheet, by: rereading.answer(sheet, {"hidden": "read"}, by=by),
    Event.ANSWER_AGAIN: lambda sheet, by: rereading.answer_again(sheet, by=by),
    Event.KEEP_SESSION: lambda sheet, by: rereading.split_sessions(sheet, by=by),
    Event.VALIDATE: lambda sheet, by: counting.validate(sheet, by=by),
    Event.CANCEL: lambda sheet, by: cancelling.cancel(sheet, by=by, comment="Erreur"),
    Event.RECOUNT: lambda sheet, by: counting.recount(sheet, by=by),
    Event.CHANGE_SESSION: lambda sheet, by: sheets.change_session(
        sheet, starts_on=DAY, ends_on=DAY, place="", by=by
    ),
    Event.ADD_PARTICIPANT: lambda sheet, by: participants.add(sheet, typed(), by=by),
    Event.CONFIRM_PARTICIPANT: lambda sheet, by: participants.confirm(
        sheet.participants.get(), make_member(), by=by
    ),
    Event.TAKE_OFF_PARTICIPANT: lambda sheet, by: cancelling.take_off(
        sheet.participants.get(), by=by, comment="Erreur"
    ),
    Event.ASK_REMOVAL: lambda sheet, by: participants.ask_removal(
        sheet.participants.get(), by=by, reason="Parti"
    ),
    Event.TICK: lambda sheet, by: participants.tick(sheet, [], among=[], by=by),
    Event.EDIT_PARTICIPANT: lambda sheet, by: participants.edit(
        sheet.participants.get(), typed(), by=by
    ),
    Event.READ_FILE: lambda sheet, by: second.ask(
        sheet.training, "replace", DepositedFile(), by=by, sheet=sheet
    ),
    Event.DISCARD: lambda sheet, by: sheets.discard(sheet),
}
# What a task does, and what a second reading leads to, have tests of their own.
ELSEWHERE = {Event.RECORD, Event.MARK_UNREADABLE, Event.APPLY_FILE}


def test_every_event_of_the_table_is_tried_here():
    assert set(Sheet.TRANSITIONS) == set(VERBS) | ELSEWHERE
    assert set(Event) - set(Sheet.TRANSITIONS) == {Event.DEPOSIT, Event.SPLIT_OFF}


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (event, status)
        for event in VERBS
        for status in Status
        if status not in Sheet.TRANSITIONS[event].sources
    ],
)
def test_a_verb_out_of_its_statuses_is_refused_and_changes_nothing(
    training, administrator, event, status
):
    sheet = make_sheet(training, rows=unknown(1))
    counted = status in {Status.VALIDATED, Status.CANCELLED}
    Sheet.objects.update(status=status, validated_at=timezone.now() if counted else None)
    sheet.refresh_from_db()
    rows = sheet.journal.count()
    with pytest.raises(WrongStatus):
        VERBS[event](sheet, administrator)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.journal.count()) == (status, rows)
