"""What one row says of its person: there or not, and how long. Pure."""

from dataclasses import dataclass, field
from fractions import Fraction

from common.spreadsheets import Row

from .amounts import Amount
from .moments import DAY_SECONDS
from .people import RosterLine


@dataclass
class Said:
    """What one row says."""

    row: Row
    line: RosterLine
    came: bool | None = None  # by the words and marks; None: they say nothing
    is_explicit: bool = False  # by a word or mark, and not by an empty cell alone
    word: str = ""  # the cell by which
    by: str = ""  # the title of its column
    slots: tuple[int, int] | None = None  # parts of the session there, of how many
    amounts: list[Amount] = field(default_factory=list)
    timed_by: str = ""  # the title of the column of time
    is_blank: bool = False  # nothing in a column of time that tells others
    stays: list[tuple[str, int, int]] = field(default_factory=list)  # (day, from, to) in seconds
    missed: int = 0  # seconds to be taken off
    missed_by: str = ""  # the title of its column
    is_waiting: bool = False  # never let in
    is_below_absents: bool = False

    @property
    def seconds(self) -> int | None:
        """The seconds told; None when none are."""
        told = [amount.seconds for amount in self.amounts if amount.seconds is not None]
        return sum(told) if told else None

    @property
    def share(self) -> Fraction | None:
        told = [amount.share for amount in self.amounts if amount.share is not None]
        return sum(told, Fraction(0)) / len(self.amounts) if told else None

    @property
    def half_days(self) -> int | None:
        told = [amount.half_days for amount in self.amounts if amount.half_days is not None]
        return sum(told) if told else None

    @property
    def units(self) -> set[str]:
        """In what its times are told: of several, none can be added to another."""
        return {
            name
            for amount in self.amounts
            for name in ("seconds", "share", "half_days")
            if getattr(amount, name)
        }

    @property
    def is_timed(self) -> bool:
        return bool(self.amounts or self.stays)

    @property
    def stays_too_long(self) -> bool:
        """Whether one stay is longer than a day: somebody never signed out, or was not there."""
        return any(end - start > DAY_SECONDS for _, start, end in self.stays)

    @property
    def is_zero(self) -> bool:
        """Whether a time is told, and is none at all."""
        return bool(self.amounts) and all(amount.is_none for amount in self.amounts)
