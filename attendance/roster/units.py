"""What a bare number of a column of time means, and where nothing tells: asked. Pure."""

from collections.abc import Sequence

from common.durations import NotADuration
from common.spreadsheets import Cell, Elapsed, cell_text, fold

from .amounts import (
    EXCEL_DAYS,
    HOURS,
    MINUTES,
    MINUTES_SECONDS,
    MOST_HOURS,
    PAIR,
    SECONDS,
    amount_of,
    amount_of_text,
    number_of,
    unit_in,
    unit_of,
)
from .questions import Answers, Question, quoted, short, title_key

# So many hours are of one day; from there to `MOST_HOURS`, whole numbers may be minutes.
SURE_HOURS = 10
# More minutes than that are ten hours, or seconds.
SURE_MINUTES = 600
UNIT_WORDS = frozenset(
    "heure heures h hour hours hrs minute minutes min mn mins en nb nombre d de".split()
)
LABELS = {
    HOURS: "En heures",
    MINUTES: "En minutes",
    SECONDS: "En secondes",
    EXCEL_DAYS: "En jours : 0,5 est 12 heures, comme Excel les compte",
    MINUTES_SECONDS: "En minutes et secondes : 58:30 est moins d’une heure",
}


def doubts_of(title: str, cells: Sequence[Cell]) -> list[str]:
    """The units that the figures of a column may be in, when neither it nor its title tells."""
    told = unit_in(title)
    if _longest_pair(cells) > MOST_HOURS and told not in {HOURS, MINUTES_SECONDS}:
        return [MINUTES_SECONDS, HOURS]
    numbers = [number for cell in cells if (number := number_of(cell)) is not None]
    largest = max(numbers, default=0)
    if told or not largest:
        return []
    if largest < 1:
        return [EXCEL_DAYS, HOURS]
    if SURE_HOURS < largest <= MOST_HOURS and all(number == int(number) for number in numbers):
        return [HOURS, MINUTES]
    return [MINUTES, SECONDS] if largest > SURE_MINUTES else []


def _longest_pair(cells: Sequence[Cell]) -> int:
    """The largest « 58 » of « 58:30 », but for lengths that the workbook holds as such.

    A program takes « 58:30 », minutes and seconds, for hours when it is typed: lengths to the
    minute, and not to five of them, may be such.
    """
    pairs = [
        (int(pair[1]), int(pair[2]), isinstance(cell, Elapsed))
        for cell in cells
        if (pair := PAIR.fullmatch(cell_text(cell)))
    ]
    is_round = all(minutes % 5 == 0 for _, minutes, _ in pairs)
    return max((hours for hours, _, is_held in pairs if not (is_held and is_round)), default=0)


def _longest(cells: Sequence[Cell], unit: str) -> float:
    """The minutes of the largest figure of a column, in this unit."""
    longest = 0
    for cell in cells:
        try:
            amount = amount_of(cell, unit=unit)
        except NotADuration:
            continue
        longest = max(longest, (amount.seconds or 0) if amount else 0)
    return longest / 60


def seconds_in(title: str, cells: Sequence[Cell]) -> list[int | None]:
    """The seconds of each cell of a column of time, for comparing two columns."""
    unit = unit_of(title, cells)
    seconds: list[int | None] = []
    for cell in cells:
        number = number_of(cell)
        if number is not None:
            seconds.append(round(number * (3600 if unit == HOURS else 60)))
        else:
            amount = amount_of_text(cell_text(cell))
            seconds.append(amount.seconds if amount else None)
    return seconds


def are_parts_of_one(titles: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether two columns of time are the hours and the minutes of one: « 2 » and « 45 »."""
    units = [unit_in(title) for title in titles]
    if sorted(units) != [HOURS, MINUTES] or len({_without_unit(title) for title in titles}) > 1:
        return False
    for unit, texts in zip(units, columns, strict=True):
        numbers = [number_of(text) for text in texts]
        limit = 60 if unit == MINUTES else MOST_HOURS * 10
        if any(number is None or number >= limit or number % 1 for number in numbers):
            return False
    return True


def _without_unit(title: str) -> str:
    return " ".join(word for word in fold(title).split() if word not in UNIT_WORDS)


def fits(minutes: float, duration: int) -> bool:
    """Whether the longest of a list is as long as a session of this duration may make it."""
    return duration / 2 <= minutes <= duration * 1.05


def unit_or_question(
    title: str,
    cells: Sequence[Cell],
    answers: Answers,
    layout: str,
    duration: int | None = None,
) -> tuple[str, Question | None]:
    """The unit of a column's bare numbers, and what is asked where that is not sure.

    Of two units, the one by which the longest is of a session of this `duration` (minutes) is sure.
    """
    unit = unit_of(title, cells)
    doubts = doubts_of(title, cells)
    if not doubts:
        return unit, None
    key = short(f"unit:{title_key(title)}")
    if (answer := answers.get(key, "")) in doubts:
        return answer, None
    if duration:
        longest = {one: _longest(cells, one) for one in doubts}
        likely = [one for one in doubts if fits(longest[one], duration)]
        if len(likely) == 1:
            return likely[0], None
    values = quoted([text for cell in cells if (text := cell_text(cell))])
    sentence = f"La colonne « {title} » contient {values} : en quelle unité ?"
    return unit, Question(key, sentence, [[one, LABELS[one]] for one in doubts], layout=layout)
