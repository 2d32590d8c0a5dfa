"""What a bare number of a column of time means, and where nothing tells: asked. Pure."""

from collections.abc import Sequence

from common.spreadsheets import Cell, cell_text

from .amounts import (
    EXCEL_DAYS,
    HOURS,
    MINUTES,
    MINUTES_SECONDS,
    MOST_HOURS,
    PAIR,
    SECONDS,
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
    pairs = [int(pair[1]) for cell in cells if (pair := PAIR.fullmatch(cell_text(cell)))]
    if pairs and max(pairs) > MOST_HOURS and told not in {HOURS, MINUTES_SECONDS}:
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


def unit_or_question(
    title: str, cells: Sequence[Cell], answers: Answers, layout: str
) -> tuple[str, Question | None]:
    """The unit of a column's bare numbers, and what is asked where that is not sure."""
    unit = unit_of(title, cells)
    doubts = doubts_of(title, cells)
    if not doubts:
        return unit, None
    key = short(f"unit:{title_key(title)}")
    if (answer := answers.get(key, "")) in doubts:
        return answer, None
    values = quoted([text for cell in cells if (text := cell_text(cell))])
    sentence = f"La colonne « {title} » contient {values} : en quelle unité ?"
    return unit, Question(key, sentence, [[one, LABELS[one]] for one in doubts], layout=layout)
