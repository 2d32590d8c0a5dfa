"""Several sessions in one file: a date on each line, or a tab for each. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from common.spreadsheets import Cell, cell_text

from .people import RosterLine
from .table import Table

# Before the name of a tab in a session's key.
TAB = "feuille:"
# More different dates than that are something else: dates of birth, of registration.
MOST = 12
LONGEST_TAB = 200
UNDATED = "sans-date"
# The key of all days together: one session over several.
ALL = "toutes"
WRITTEN = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?: .*)?")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?")


@dataclass(frozen=True)
class Session:
    """One of the sessions of a file; `key` picks it."""

    key: str
    label: str
    lines: int


def day_of(cell: Cell) -> date | None:
    """The day that a cell tells, or None; French order when it is written in figures."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = cell_text(cell)
    try:
        if figures := ISO.fullmatch(text):
            return date(int(figures[1]), int(figures[2]), int(figures[3]))
        if figures := WRITTEN.fullmatch(text):
            year = int(figures[3])
            return date(year if year > 99 else 2000 + year, int(figures[2]), int(figures[1]))
    except ValueError:
        return None
    return None


def key_of(line: RosterLine) -> str:
    """The key of the session a line belongs to; one of its own without a date."""
    return line.session_on.isoformat() if line.session_on else UNDATED


def date_lines(lines: Sequence[RosterLine], cells: Sequence[Cell]) -> None:
    """Give each line the day of its cell; in a column of dates, say which cannot be read."""
    for line, cell in zip(lines, cells, strict=True):
        line.session_on = day_of(cell)
    if not any(line.session_on for line in lines):
        return
    for line, cell in zip(lines, cells, strict=True):
        if line.session_on is None and (text := cell_text(cell)):
            line.problem = f"La date « {text[:60]} » n’est pas lisible. Écrivez-la 31/12/2026."


def sessions_of(lines: Sequence[RosterLine], tables: Sequence[Table]) -> list[Session]:
    """The sessions of a file when it holds several, else nothing.

    `tables` are the lists that may be a session each.
    """
    days = Counter(line.session_on for line in lines if line.session_on)
    if 1 < len(days) <= MOST:
        dated = [Session(day.isoformat(), f"{day:%d/%m/%Y}", days[day]) for day in sorted(days)]
        undated = sum(line.session_on is None for line in lines)
        return dated + ([Session(UNDATED, "sans date", undated)] if undated else [])
    names = [table.tab.name for table in tables]
    if 1 < len(tables) <= MOST and all(len(name) <= LONGEST_TAB for name in names):
        return [
            Session(TAB + name, f"feuille « {name} »", table.row_count)
            for name, table in zip(names, tables, strict=True)
        ]
    return []
