"""Moments of a day in cells, and the time that stays between them cover. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache

from common.spreadsheets import Cell, cell_text

TIME_OF_DAY = re.compile(
    r"(\d{1,2})\s*[h:]\s*(\d{2})(?::(\d{2}))?\s*([ap])?\.?m?\.?", re.IGNORECASE
)

IN_FIGURES = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{2,4})")
DAY_SECONDS = 24 * 3600


def moment_of(cell: Cell) -> tuple[str, int] | None:
    """(day as written, seconds of it) of a cell, or None; the day may be ""."""
    if isinstance(cell, datetime):
        return cell.date().isoformat(), cell.hour * 3600 + cell.minute * 60 + cell.second
    if isinstance(cell, time):
        return "", cell.hour * 3600 + cell.minute * 60 + cell.second
    text = cell_text(cell)
    found = TIME_OF_DAY.search(text)
    if not found:
        return None
    hours = int(found[1])
    if found[4]:
        hours = hours % 12 + 12 * (found[4].lower() == "p")
    if hours > 24:
        return None
    return text[: found.start()].strip(" ,T"), (
        hours * 3600 + int(found[2]) * 60 + int(found[3] or 0)
    )


def seconds_between(first: tuple[str, int], last: tuple[str, int]) -> int:
    """The seconds from one moment to another; of days that cannot be read, less than a day."""
    length = last[1] - first[1]
    days = min(
        (
            (day_there - day_here).days
            for day_here, day_there in zip(_days_of(first[0]), _days_of(last[0]), strict=True)
            if day_here and day_there and day_there >= day_here
        ),
        default=None,
    )
    if last[0] != first[0] and days is not None and days * DAY_SECONDS + length >= 0:
        return days * DAY_SECONDS + length
    return length if last[0] == first[0] and length >= 0 else length % DAY_SECONDS


@lru_cache(maxsize=1024)
def _days_of(written: str) -> tuple[date | None, date | None]:
    """The day that a text in figures may be, in the French order and in the American one."""
    found = IN_FIGURES.search(written)
    if not found:
        return None, None
    figures = [int(one) for one in found.groups()]
    if len(found[1]) == 4:
        year, month, day = figures
        return _date(year, month, day), None
    year = figures[2] if figures[2] > 99 else 2000 + figures[2]
    return _date(year, figures[1], figures[0]), _date(year, figures[0], figures[1])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def union_of(stays: Iterable[tuple[str, int, int]]) -> int:
    """The seconds that these stays cover together, each moment once."""
    total = 0
    by_day: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for day, start, end in stays:
        by_day[day].append((start, end))
    for spans in by_day.values():
        reached = 0
        for start, end in sorted(spans):
            if end > reached:
                total += end - max(start, reached)
                reached = end
    return total
