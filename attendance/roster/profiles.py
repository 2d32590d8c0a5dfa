"""What the cells of a column look like, whatever its title: durations, shares, marks… Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import time
from functools import cached_property

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


class Profile:
    """How many of a column's cells are of each kind.

    They are looked at when somebody asks, and each different one once: a list has thousands of
    names, which nobody asks about, and the same three words of presence in all of its rows.
    """

    def __init__(self, cells: Sequence[Cell], rows: list[int]) -> None:
        self.rows = rows  # where the filled cells stand
        self._cells = cells

    @property
    def filled(self) -> int:
        return len(self._cells)

    @cached_property
    def values(self) -> list[str]:
        return [cell_text(cell) for cell in self._cells]

    @cached_property
    def addresses(self) -> int:
        return sum("@" in text for text in self.values)

    @cached_property
    def largest(self) -> float:
        """Of the bare numbers."""
        return max((number for cell in self._different if (number := number_of(cell))), default=0)

    @cached_property
    def earliest(self) -> int | None:
        """Second of the day of the hours."""
        moments = filter(None, map(moment_of, self._different))
        return min((second for _, second in moments), default=None)

    @property
    def _different(self) -> list[Cell]:
        return [cell for _, cell in self._times]

    @cached_property
    def _times(self) -> Counter[tuple[type, Cell]]:
        # 1, 1.0, 100 % and « vrai » are equal for Python, and not for who reads them.
        return Counter((type(cell), cell) for cell in self._cells)

    @cached_property
    def _counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for (_, cell), times in self._times.items():
            for kind in kinds_of(cell):
                counts[kind] += times
        return counts

    def is_mostly(self, *kinds: str, least: int = MOST) -> bool:
        """Whether the cells are of these kinds, but for those that hold a dash alone."""
        found = sum(self._counts[kind] for kind in kinds)
        return found > 0 and 100 * found >= least * (self.filled - self._counts["dashes"])


def profile_of(index: int, rows: Sequence[Row]) -> Profile:
    """What the cells of a column look like."""
    filled: list[Cell] = []
    numbers = []
    for row in rows:
        cell = row.cells[index] if index < len(row.cells) else None
        if cell is not None and cell != "":
            filled.append(cell)
            numbers.append(row.number)
    return Profile(filled, numbers)


def kinds_of(cell: Cell) -> list[str]:
    """What a filled cell may be, by itself: several of these."""
    text = cell_text(cell)
    word, mark = fold(text), mark_of(cell)
    kinds = {
        "shares": is_share(cell),
        "lengths": has_unit(cell),
        "clocks": _is_clock(cell),
        "numbers": number_of(cell) is not None,
        "plain": is_plain(cell),
        "signs": is_sign(cell),
        "yes_or_no": is_yes_or_no(cell),
        "marks": mark in {Mark.PRESENT, Mark.ABSENT},
        "registered": mark is Mark.REGISTERED,
        "letters": word in LETTERS,
        "flags": text in {"0", "1"},
        "spans": bool(SPAN.search(text)),
        "actions": word in ACTIONS,
        "parts": part_in(cell) is not None,
        "short": len(text) <= SHORT,
        "dashes": set(text) <= set("-–—−"),
    }
    return [kind for kind, holds in kinds.items() if holds]


def _is_clock(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(CLOCK.fullmatch(cell_text(cell)))
    return isinstance(cell, time)


def is_half_day(value: str) -> bool:
    """Whether a text is of a day or of half of one."""
    amount = amount_of_text(value)
    return bool(amount and amount.half_days)


def marks_in(profile: Profile, *, is_timed: bool) -> str:
    """Which marks the cells hold, in French; "" when they hold none that is to be asked."""
    if profile.is_mostly("signs"):
        return "ce sont des coches."
    if is_timed:
        return ""
    if profile.is_mostly("yes_or_no"):
        return "ce sont des oui ou des non."
    values = set(map(fold, profile.values))
    if profile.is_mostly("letters", least=ALMOST_ALL) and values & {"p", "pr"}:
        return "ce sont des lettres de présence."
    if profile.is_mostly("flags", least=ALMOST_ALL) and values >= {"0", "1"}:
        return "ce sont des 0 et des 1."
    return ""


def moments_in(profile: Profile, *, is_timed: bool) -> str:
    """Which moments the cells hold, in French; "" when they hold none that is to be asked."""
    if profile.is_mostly("actions", least=ALMOST_ALL):
        return "ce sont des entrées et des sorties."
    # « 9 h – 17 h » of everybody is when the session was.
    spans = profile.is_mostly("spans") and len(set(profile.values)) > 1
    if profile.is_mostly("clocks") or (spans and not is_timed):
        return "ce sont des heures."
    return ""
