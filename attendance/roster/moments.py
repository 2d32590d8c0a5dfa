"""Moments of a day in cells, and the time that stays between them cover. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time

from common.spreadsheets import Cell, cell_text

TIME_OF_DAY = re.compile(
    r"(\d{1,2})\s*[h:]\s*(\d{2})(?::(\d{2}))?\s*([ap])?\.?m?\.?", re.IGNORECASE
)


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
