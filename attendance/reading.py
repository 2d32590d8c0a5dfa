"""Reading a sheet's roster: outside any transaction, by a task that may be lost or doubled."""

import logging

from anacofi_portal import bulk
from anacofi_portal.spreadsheets import UnreadableWorkbook, read_workbook

from . import roster

logger = logging.getLogger(__name__)
MAX_LINES = 10_000


def read(sheet):
    """Read the roster, if no other task is at it, and keep its lines or say what is wrong."""
    if not sheet.claim():
        sheet.give_up()
        return
    name = sheet.roster.name
    try:
        with sheet.roster.open("rb") as file:
            workbook = read_workbook(file, max_rows=MAX_LINES)
        with bulk.uncollected():
            sheet.record(roster.parse(workbook), of=name)
    except (UnreadableWorkbook, roster.UnreadableRoster) as error:
        sheet.mark_unreadable(str(error), of=name)


def read_soon(pk):
    """Ask a worker to read the sheet; beat does it when the broker is away."""
    from .tasks import read_sheet

    try:
        read_sheet.delay(pk)
    except Exception:
        # The row says what is to be done: whoever clicked must not see an error page.
        logger.exception("The broker did not take the reading of sheet %s; beat will", pk)
