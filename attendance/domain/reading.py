"""Reading a sheet's roster: outside any transaction, by a task that may be lost or doubled."""

import logging

from common.spreadsheets import UnreadableWorkbook, read_workbook

from ..roster import roster

logger = logging.getLogger(__name__)
MAX_LINES = 10_000


def read(one):
    """Read a roster (a Sheet's or a SecondReading's), if no other task is at it.

    Its lines are kept, or what is wrong with it is said.
    """
    if not one.claim():
        one.give_up()
        return
    name = one.roster.name
    try:
        with one.roster.open("rb") as file:
            workbook = read_workbook(file, max_rows=MAX_LINES)
        found = roster.parse(workbook, meanings=meanings_of(one), pick=one.picked)
    except UnreadableWorkbook as error:
        one.mark_unreadable(str(error), of=name)
    except roster.UnreadableRoster as error:
        one.mark_unreadable(str(error), of=name, columns=error.columns)
    else:
        one.record(found, of=name)


def meanings_of(one):
    """What the organism told of its columns by hand."""
    from ..models import ColumnMeaning

    return ColumnMeaning.of(one.training.organism_id)


def read_soon(pk):
    """Ask a worker to read the sheet; beat does it when the broker is away."""
    from ..tasks import read_sheet

    _soon(read_sheet, pk)


def read_second_soon(pk):
    """The same for a second reading."""
    from ..tasks import read_second

    _soon(read_second, pk)


def _soon(task, pk):
    try:
        task.delay(pk)
    except Exception:
        # The row says what is to be done: whoever clicked must not see an error page.
        logger.exception("The broker did not take %s of %s; beat will do it", task.name, pk)
