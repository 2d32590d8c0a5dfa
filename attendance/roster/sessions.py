"""Several sessions in one file: a date on each line, or a sheet for each. Pure."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from common.spreadsheets import cell_text

# Before the name of a spreadsheet's sheet in a session's key.
TAB = "feuille:"
# More different dates than that are something else: dates of birth, of registration.
MOST = 12
LONGEST_TAB = 200
UNDATED = "sans-date"
WRITTEN = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?: .*)?")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?")


@dataclass(frozen=True)
class Session:
    """One of the sessions of a file; `key` picks it."""

    key: str
    label: str
    lines: int


def day_of(cell):
    """The day that a cell tells, or None; French order when it is written in figures."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = cell_text(cell)
    try:
        if found := ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := WRITTEN.fullmatch(text):
            year = int(found[3])
            return date(year if year > 99 else 2000 + year, int(found[2]), int(found[1]))
    except ValueError:
        return None
    return None


def key_of(line):
    """The key of the session a line belongs to; one of its own without a date."""
    return line.session_on.isoformat() if line.session_on else UNDATED


def found(lines, tabs):
    """The sessions of a file when it holds several, else nothing.

    `tabs` holds (sheet, index of its header, columns) of every sheet with a list.
    """
    days = Counter(line.session_on for line in lines if line.session_on)
    if 1 < len(days) <= MOST:
        dated = [Session(day.isoformat(), f"{day:%d/%m/%Y}", days[day]) for day in sorted(days)]
        undated = sum(line.session_on is None for line in lines)
        return dated + ([Session(UNDATED, "sans date", undated)] if undated else [])
    if 1 < len(tabs) <= MOST and all(len(sheet.name) <= LONGEST_TAB for sheet, *_ in tabs):
        return [
            Session(TAB + sheet.name, f"feuille « {sheet.name} »", len(sheet.rows) - index - 1)
            for sheet, index, _ in tabs
        ]
    return []
