"""Marks side by side: below « P », « A », « E », « Oui », « Non », and below days. Pure."""

from collections.abc import Collection, Mapping, Sequence

from common.spreadsheets import Row, cell_text, fold

from .identities import Column
from .marks import Mark
from .profiles import ALMOST_ALL, Profile
from .titles import ABSENCE, PRESENCE, Speech

THERE = frozenset({"p", "pr", "pres", "oui", "o", "yes", "r", "ret"})
AWAY = frozenset({"a", "ab", "abs", "e", "ex", "exc", "non", "n", "no", "aj", "ai", "nj"})
# One of each of these says that the others are of presence too.
PAIRS = (
    *({"p", "a"}, {"p", "abs"}, {"pr", "ab"}, {"pr", "abs"}, {"pres", "abs"}, {"p", "e"}),
    *({"oui", "non"}, {"o", "n"}, {"yes", "no"}),
)
BARE = frozenset({"oui", "non", "o", "n", "yes", "no"})


def speeches_of(
    titles: Sequence[str], profiles: Mapping[int, Profile], taken: Collection[int]
) -> dict[int, Speech]:
    """What such columns say, where each row has a mark in one of them at most."""
    folded = {i: fold(title) for i, title in enumerate(titles) if i not in taken}
    said = {i: word for i, word in folded.items() if word in THERE | AWAY}
    if not any(pair <= set(said.values()) for pair in PAIRS):
        return {}
    rows = [row for index in said for row in profiles[index].rows]
    if len(rows) != len(set(rows)) or not rows:
        return {}
    filled = [profiles[index] for index in said if profiles[index].filled]
    if not all(one.is_mostly("marks", "short", least=ALMOST_ALL) for one in filled):
        return {}
    return {
        index: Speech(PRESENCE if word in THERE else ABSENCE, 1) for index, word in said.items()
    }


def under_title(own: Sequence[str], above: Row) -> list[str]:
    """These titles, « Oui » and « Non » with the words that stand over the first of them.

    « Végétarien » over « Oui » and « Non » is no presence.
    """
    titles, over = list(own), ""
    for index, title in enumerate(own):
        if fold(title) not in BARE:
            over = ""
            continue
        over = (cell_text(above.cells[index]) if index < len(above.cells) else "") or over
        titles[index] = f"{over} {title}".strip()
    return titles


def slots_of(
    speaking: Sequence[Column], columns: Sequence[Column], marks: Mapping[int, Sequence[Mark]]
) -> tuple[list[Column], bool]:
    """The columns of days, and whether any says that somebody was there.

    Where only absences are marked, on a day without any mark all were there.
    """
    slots = [column for column in speaking if column.is_slot]
    if not slots or any(Mark.PRESENT in marks[column.index] for column in slots):
        return slots, True
    days = [column for column in columns if column.is_slot]
    only = {Mark.NOTHING, Mark.ABSENT}
    return [column for column in days if set(marks[column.index]) <= only], False
