"""What the cells of a column look like, whatever its title: durations, shares, marks… Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from common.spreadsheets import Cell, Row, cell_text, fold

from .amounts import amount_of_text, has_unit, is_share, number_of, part_in
from .marks import CLOCK, Mark, is_plain, is_sign, is_yes_or_no, mark_of
from .moments import moment_of
from .titles import SPAN

# Of a column's filled cells, in a hundred: so many make the column one of their kind.
MOST, ALMOST_ALL = 60, 90
# No longer than a mark or somebody's initials.
SHORT = 4
# « P » and « A », and the letters beside them.
LETTERS = frozenset("p a r e pr ab abs exc ret ai aj nj".split())
# A row for each coming and each going.
ACTIONS = frozenset(
    "rejoint|a rejoint|joined|joined before|rejoint avant|parti|partie|est parti|left|quitte|"
    "a quitte|entree|sortie|connexion|deconnexion|login|logout".split("|")
)


@dataclass(frozen=True)
class Profile:
    """How many of a column's cells are of each kind."""

    filled: int
    values: list[str]
    rows: list[int]
    shares: int = 0
    lengths: int = 0
    clocks: int = 0
    numbers: int = 0
    plain: int = 0
    signs: int = 0
    yes_or_no: int = 0
    marks: int = 0
    addresses: int = 0
    registered: int = 0
    short: int = 0
    dashes: int = 0
    spans: int = 0
    letters: int = 0
    flags: int = 0
    actions: int = 0
    parts: int = 0
    largest: float = 0  # of the bare numbers
    earliest: int | None = None  # second of the day of the hours

    def is_mostly(self, *counts: str, least: int = MOST) -> bool:
        """Whether the cells are of these kinds, but for those that hold a dash alone."""
        found: int = sum(getattr(self, name) for name in counts)
        return found > 0 and 100 * found >= least * (self.filled - self.dashes)


def profile_of(index: int, rows: Sequence[Row]) -> Profile:
    """What the cells of a column look like."""
    filled: list[Cell] = []
    numbers = []
    for row in rows:
        cell = row.cells[index] if index < len(row.cells) else None
        if cell is not None and cell != "":
            filled.append(cell)
            numbers.append(row.number)
    counts = dict.fromkeys(
        ("shares", "lengths", "clocks", "numbers", "plain", "signs", "yes_or_no", "marks")
        + ("letters", "flags", "registered", "short", "dashes", "spans", "actions", "parts"),
        0,
    )
    for cell in filled:
        counts["shares"] += is_share(cell)
        counts["lengths"] += has_unit(cell)
        counts["clocks"] += _is_clock(cell)
        counts["numbers"] += number_of(cell) is not None
        counts["plain"] += is_plain(cell)
        counts["signs"] += is_sign(cell)
        counts["yes_or_no"] += is_yes_or_no(cell)
        mark = mark_of(cell)
        counts["marks"] += mark in {Mark.PRESENT, Mark.ABSENT}
        counts["registered"] += mark is Mark.REGISTERED
        counts["letters"] += fold(cell_text(cell)) in LETTERS
        counts["flags"] += cell_text(cell) in {"0", "1"}
        counts["spans"] += bool(SPAN.search(cell_text(cell)))
        counts["actions"] += fold(cell_text(cell)) in ACTIONS
        counts["parts"] += part_in(cell) is not None
        counts["short"] += len(cell_text(cell)) <= SHORT
        counts["dashes"] += set(cell_text(cell)) <= set("-–—−")
    texts = [cell_text(cell) for cell in filled]
    return Profile(
        filled=len(filled),
        values=texts,
        rows=numbers,
        earliest=min((moment[1] for cell in filled if (moment := moment_of(cell))), default=None),
        addresses=sum("@" in text for text in texts),
        largest=max((number for cell in filled if (number := number_of(cell))), default=0),
        **counts,
    )


def _is_clock(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(CLOCK.fullmatch(cell_text(cell)))
    return isinstance(cell, time)


def is_half_day(value: str) -> bool:
    """Whether a text is of a day or of half of one."""
    amount = amount_of_text(value)
    return bool(amount and amount.half_days)
