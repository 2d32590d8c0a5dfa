"""How long someone was there: from a cell to minutes, and from minutes to what they count for.

Pure; amounts of time are whole minutes.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from common.durations import STEP_MINUTES, NotADuration, parse_minutes
from common.spreadsheets import Cell, cell_text, fold

from .people import RosterLine

# Why a line of someone known is unticked: the file says so, and the organism may say otherwise.
ABSENT = "Absent d’après le fichier."
HOURS, MINUTES = "hours", "minutes"
# Nobody follows a session for more hours than that: a larger bare number is minutes.
MOST_HOURS = 24
NUMBER = re.compile(r"\d{1,5}(?:[.,]\d+)?")
CLOCK = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})(?:[.,]\d+)?")
WORDS = re.compile(
    r"(?:(\d{1,3})\s*(?:h|hr|hrs|hours?|heures?)\b)?\s*(?:et\s*)?"
    r"(?:(\d{1,4})\s*(?:m|mn|min|mins|minutes?)\b)?\s*(?:\d{1,2}\s*(?:s|sec|secs|seconde?s?)\b)?"
)


def unit_of(title: str, cells: Iterable[Cell]) -> str:
    """What a bare number means in a column: its title says it, else its largest number does."""
    words = set(fold(title).split())
    if words & {"minute", "minutes", "min", "mn", "mins"}:
        return MINUTES
    if words & {"heure", "heures", "h", "hour", "hours", "hrs"}:
        return HOURS
    numbers = [number for cell in cells if (number := _number(cell)) is not None]
    return MINUTES if numbers and max(numbers) > MOST_HOURS else HOURS


def minutes_of(cell: Cell, *, unit: str) -> int | None:
    """The minutes that a cell tells, or None when it is empty.

    Raises NotADuration when it holds something else.
    """
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, date | time):
        return _minutes_of_clock(cell)
    text = cell_text(cell)
    if not text:
        return None
    number = _number(cell)
    if number is not None:
        return round(number * 60) if unit == HOURS else round(number)
    if clock := CLOCK.fullmatch(text):
        return int(clock[1]) * 60 + int(clock[2])
    words = WORDS.fullmatch(text.lower())
    if words and (words[1] or words[2]):
        return int(words[1] or 0) * 60 + int(words[2] or 0)
    try:
        return parse_minutes(text)
    except NotADuration as error:
        raise NotADuration(
            f"La durée « {text[:60]} » n’est pas lisible. Écrivez par exemple « 3 h 30 »."
        ) from error


def _minutes_of_clock(cell: date | time) -> int:
    """The minutes that a spreadsheet made a time or a date of."""
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    if isinstance(cell, datetime) and cell.year <= 1900:
        # An Excel duration: counted from its day zero, which the readers give as either day.
        zero = datetime(1899, 12, 31) if cell >= datetime(1899, 12, 31) else datetime(1899, 12, 30)
        if cell < zero:
            raise NotADuration(f"La durée « {cell} » n’est pas lisible. Écrivez « 3 h 30 ».")
        return (cell - zero) // timedelta(minutes=1)
    # « 3.5 » typed into a French Excel becomes the third of May.
    return parse_minutes(f"{cell.day}.{cell.month}")


def measure(
    lines: Sequence[RosterLine],
    cells: Sequence[Cell],
    presence: Sequence[Sequence[str]],
    *,
    title: str,
) -> None:
    """Give each line the minutes of its cell, in the column of this title.

    None at all unticks who has no word (`presence`) that tells otherwise.
    """
    unit = unit_of(title, cells)
    for line, cell, words in zip(lines, cells, presence, strict=True):
        try:
            line.minutes = minutes_of(cell, unit=unit)
        except NotADuration as error:
            line.problem = str(error)
        if line.minutes == 0 and not any(words):
            line.present = False


def _number(cell: Cell) -> float | None:
    """The number that a cell is or spells, without any unit; None for anything else."""
    if isinstance(cell, bool | date | time):
        return None
    if isinstance(cell, int | float):
        return cell if 0 <= cell < 100_000 else None
    text = cell_text(cell)
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def share(granted: int, *, followed: int | None, duration: int, whole_only: bool) -> int:
    """Minutes that count of those granted, for minutes followed of a duration.

    `followed` None stands for the whole. In steps of 15, rounded down, no remainder carried
    over; nothing below the whole with `whole_only`.
    """
    if followed is None or followed >= duration:
        return granted
    if whole_only:
        return 0
    return granted * followed // duration // STEP_MINUTES * STEP_MINUTES
