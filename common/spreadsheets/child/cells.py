"""What every reader of the child hands over: cells as JSON holds them, rows under a limit."""

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MAX_COLUMNS = 64
MAX_ROW = 1_048_576
# Beyond the longest text that the portal takes: what is too long must be seen to be so.
MAX_CELL_CHARACTERS = 4000
# Days of a clock that went round: « 26:00 » is typed, a moment of our century is not.
MAX_CLOCK_DAYS = 100

# A sheet as it is printed: see the package.
Sheet = dict[str, Any]
Numbered = Iterable[tuple[int, list[Any]]]


class Unreadable(Exception):
    """Nothing is read of the file; `str()` is the code."""


@dataclass
class Marks:
    """What a sheet says of its cells beside their values."""

    hidden_rows: set[int] = field(default_factory=set)  # numbers, from 1
    hidden_columns: set[int] = field(default_factory=set)  # indexes, from 0
    # What stands in place of a reader's value: {number of a row: {index of a column: cell}}.
    shown: dict[int, dict[int, Any]] = field(default_factory=dict)
    unvalued: int = 0
    struck: dict[int, list[int]] = field(default_factory=dict)  # {number of a row: columns}
    fills: dict[int, dict[int, str]] = field(default_factory=dict)  # colours, by row and column

    def show(self, number: int, column: int, cell: Any) -> None:
        if cell is not None and column < MAX_COLUMNS:
            self.shown.setdefault(number, {})[column] = cell


class Rows:
    """The non-empty rows of one workbook, counted over all its sheets."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.count = 0

    def sheet(
        self, name: str, numbered: Numbered, marks: Marks | None = None, *, visible: bool = True
    ) -> Sheet:
        marks = marks or Marks()
        rows = self.keep(numbered, marks)
        return {
            "name": name,
            "visible": visible,
            "rows": rows,
            "hidden_rows": [number for number, _ in rows if number in marks.hidden_rows],
            "hidden_columns": sorted(
                column for column in marks.hidden_columns if column < MAX_COLUMNS
            ),
            "unvalued": marks.unvalued,
            "struck": [[one, marks.struck[one]] for one, _ in rows if one in marks.struck],
            "fills": [
                [number, list(marks.fills[number].items())]
                for number, _ in rows
                if number in marks.fills
            ],
        }

    def keep(self, numbered: Numbered, marks: Marks) -> list[list[Any]]:
        kept = []
        for number, cells in numbered:
            cells = [plain(cell) for cell in cells[:MAX_COLUMNS]]
            for column, cell in marks.shown.get(number, {}).items():
                if column < len(cells):
                    cells[column] = cell
            while cells and cells[-1] in (None, ""):
                cells.pop()
            if not cells:
                continue
            if not 1 <= number <= MAX_ROW:
                # No spreadsheet program numbers a row so; and no column of ours holds it.
                raise Unreadable("damaged")
            self.count += 1
            if self.count > self.cap:
                raise Unreadable("too_many_rows")
            kept.append([number, cells])
        return kept


def plain(cell: Any) -> Any:
    """A cell as JSON holds it; dates, times and shares tagged, a duration as « h:mm »."""
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, datetime.datetime):
        # Some readers give a day without a clock as midnight, some as a date: one for all.
        if cell.time() == datetime.time():
            return {"date": cell.date().isoformat()}
        return {"datetime": cell.replace(tzinfo=None).isoformat()}
    if isinstance(cell, datetime.date):
        return {"date": cell.isoformat()}
    if isinstance(cell, datetime.time):
        return {"time": cell.replace(tzinfo=None).isoformat()}
    if isinstance(cell, datetime.timedelta):
        return duration(cell.total_seconds() / 86_400)
    if isinstance(cell, dict):
        return cell
    return str(cell).encode("utf-8", "replace").decode()[:MAX_CELL_CHARACTERS]


def duration(days: float) -> Any:
    """A length of time, tagged, as its cell shows it: « 26:00 », with seconds if there are any."""
    seconds = round(abs(days) * 86_400)
    sign = "-" if days < 0 and seconds else ""
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return {"elapsed": f"{sign}{hours}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")}


def share(value: float) -> Any:
    """A share of one, tagged: 0.85 is « 85 % »."""
    return {"percent": value}


def shown_as(kind: str, number: float) -> Any:
    """What a number is by the kind of its format; None where the reader's value holds."""
    if not math.isfinite(number):
        return None
    if kind == "percent":
        return share(number)
    if kind == "duration" or (kind == "clock" and 1 <= number < MAX_CLOCK_DAYS):
        return duration(number)
    return None
