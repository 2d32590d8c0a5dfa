"""A workbook's roster, read from its tabs to its people; what was left aside is told. Pure.

Takes a workbook that was read, knows neither the registry nor the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from common.spreadsheets import Cell, Row, Workbook, cell_text

from . import followed, people, presence, sessions
from .columns import Columns, Meanings, columns_of, is_header
from .people import RosterLine
from .sessions import TAB, Session
from .table import (
    Table,
    UnreadableRoster,
    best_of,
    cited_numbers,
    tables_of,
    titles_of,
    told_columns,
    twin_columns,
)

SHOWN_NOTES = 10


@dataclass
class Roster:
    tab: str  # the name of the tab that was read
    lines: list[RosterLine]
    notes: list[str]  # French sentences: what was not taken, and where
    cited: list[str] = field(default_factory=list)  # approval numbers that the file names
    columns: list[list[str]] = field(default_factory=list)  # [title, field or ""] of the header
    sessions: list[Session] = field(default_factory=list)  # when the file holds several


@dataclass
class Block:
    """The lines below one header, with what their columns say of presence, time and day."""

    columns: Columns
    titles: list[str]
    lines: list[RosterLine] = field(default_factory=list)
    presence: list[list[str]] = field(default_factory=list)
    minutes: list[Cell] = field(default_factory=list)
    days: list[Cell] = field(default_factory=list)

    def add(self, line: RosterLine, row: Row) -> None:
        self.lines.append(line)
        self.presence.append(presence.words_of(row, self.columns))
        self.minutes.append(self._cell(row, "minutes"))
        self.days.append(self._cell(row, "session_on"))

    def _cell(self, row: Row, wanted: str) -> Cell:
        """The cell of the column of this kind, as it was read; None without one."""
        for index, kind in self.columns.items():
            if kind == wanted:
                return row.cells[index] if index < len(row.cells) else None
        return None

    def judge(self) -> None:
        """Give the lines what their columns, read as a whole, say of them."""
        presence.tick(self.lines, self.presence)
        kinds = self.columns.items()
        title = next((self.titles[index] for index, kind in kinds if kind == "minutes"), "")
        followed.measure(self.lines, self.minutes, self.presence, title=title)
        sessions.date_lines(self.lines, self.days)


def parse(workbook: Workbook, *, meanings: Meanings | None = None, pick: str = "") -> Roster:
    """The list of a workbook. Raises UnreadableRoster when no visible tab holds one.

    One tab is read: the one whose name and header look most like a list of those present, or
    the one that `pick` (a `Session.key`) names. What is left aside (another list, totals,
    signatures) is told in `notes`. `meanings` is what was told of columns by hand.
    """
    tables = tables_of(workbook, meanings)
    picked = [table for table in tables if TAB + table.tab.name == pick]
    table = best_of(picked or tables)
    roster = _read(table, meanings)
    roster.notes += _headers_above(table, meanings)
    roster.cited = cited_numbers(workbook, tables)
    # A list of those present beside one of those invited is no session of its own.
    equals = [other for other in tables if other.rank == table.rank]
    roster.sessions = sessions.sessions_of(roster.lines, equals)
    if pick and not pick.startswith(TAB):
        roster.lines = [line for line in roster.lines if sessions.key_of(line) == pick]
        people.flag(roster.lines)
    roster.notes += [
        f"Seule la feuille « {table.tab.name} » a été lue ; « {other.tab.name} » contient aussi "
        "une liste. Si elle compte, déposez-la à part."
        for other in tables
        if other is not table and not (roster.sessions and other.rank == table.rank)
    ]
    if not roster.lines:
        raise UnreadableRoster(
            f"La liste est vide : il n’y a personne sous l’en-tête de la ligne "
            f"{table.header.number} (feuille « {table.tab.name} »)."
        )
    return roster


def _headers_above(table: Table, meanings: Meanings | None) -> Iterable[str]:
    """A sentence for each other header above the one that counts."""
    for row in table.tab.rows[: table.index]:
        if is_header(columns_of(row.cells, meanings)):
            yield (
                f"La liste est lue sous l’en-tête de la ligne {table.header.number}. Celle de "
                f"la ligne {row.number}, au-dessus, a été laissée de côté : si elle compte, "
                "déposez-la à part."
            )


def _read(table: Table, meanings: Meanings | None) -> Roster:
    width = max(len(row.cells) for row in table.tab.rows)
    roster = Roster(tab=table.tab.name, lines=[], notes=twin_columns(table, meanings))
    roster.columns = told_columns(table)
    block = Block(table.columns, titles_of(table.header, width))
    blocks, left = [block], []
    for row in table.rows:
        again = columns_of(row.cells, meanings)
        if is_header(again):
            # A header repeated at a page break, or a second list below the first.
            block = Block(again, titles_of(row, width))
            blocks.append(block)
        elif line := people.line_of(row, block.columns, block.titles):
            block.add(line, row)
        else:
            left.append(row)
    for block in blocks:
        block.judge()
        roster.lines += block.lines
    people.flag(roster.lines)
    roster.notes += _left_aside(left)
    return roster


def _left_aside(rows: list[Row]) -> Iterable[str]:
    """A sentence for each row that names nobody, the last of many only counted."""
    for row in rows[:SHOWN_NOTES]:
        text = " ".join(filter(None, map(cell_text, row.cells)))[:80]
        yield f"Ligne {row.number} laissée de côté : « {text} »."
    if (more := len(rows) - SHOWN_NOTES) > 0:
        lines = "autres lignes" if more > 1 else "autre ligne"
        yield f"… et {more} {lines} sans nom de personne."
