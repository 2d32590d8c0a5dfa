"""What a file leaves open, asked in plain words; and what was answered, by hand, once. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from common.spreadsheets import fold

from .titles import is_dated

# {key of a question, or of a column: what was answered}
Answers: TypeAlias = Mapping[str, str]

PRESENT, ABSENT, IGNORE = "present", "absent", "ignore"
SHOWN_ROWS = 12
LONGEST_KEY = 200
SHOWN_VALUES = 5


@dataclass(frozen=True)
class Question:
    """Something that a list waits for; `key` finds the answer again when the file is read."""

    key: str
    sentence: str  # French: the values, and how many lines they concern
    options: list[list[str]]  # [value, French label]
    rows: list[int] = field(default_factory=list)  # the first ones, as the spreadsheet counts
    # The layout whose next files the answer is kept for; "" when it is of this file alone.
    layout: str = ""


@dataclass(frozen=True)
class Told:
    """What was told by hand: of this file, and of files with these titles (by `layout_of`)."""

    of_file: Answers = field(default_factory=dict)
    by_layout: Mapping[str, Answers] = field(default_factory=dict)

    @property
    def is_anything(self) -> bool:
        return bool(self.of_file or self.by_layout)

    def of(self, layout: str) -> Answers:
        """What was told of a list of this layout; the file's own answers go first."""
        remembered = self.by_layout.get(layout)
        return {**remembered, **self.of_file} if remembered else self.of_file


class Heard(Mapping[str, str]):
    """Answers that know which of them a reading asked for."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.keys_heard: set[str] = set()

    def __getitem__(self, key: str) -> str:
        value = self.answers[key]
        self.keys_heard.add(key)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)


NOTHING_TOLD = Told()
WHO_CAME = [[PRESENT, "Présents"], [ABSENT, "Absents"]]
# What a column may be, when it is asked: kinds of `columns.KINDS`.
ASKED_KINDS = [
    ["presence", "Qui était présent"],
    ["minutes", "Le temps suivi, en minutes"],
    ["hours", "Le temps suivi, en heures"],
    ["share", "La part suivie, en %"],
    ["missed", "Le temps manqué, à déduire"],
    ["ignore", "Autre chose : ne pas lire"],
]


def title_key(title: str) -> str:
    """A title for comparing, were it one sign."""
    return fold(title)[:80] or title.strip()[:20]


def column_key(title: str) -> str:
    """The key of what a column with this title is."""
    return f"column:{title_key(title)}"


def short(key: str) -> str:
    """A key as it is kept: of no more than `LONGEST_KEY` characters, and still its own."""
    if len(key) <= LONGEST_KEY:
        return key
    return key[: LONGEST_KEY - 33] + ":" + hashlib.sha256(key.encode()).hexdigest()[:32]


def layout_of(titles: Iterable[str]) -> str:
    """What stays the same in a tool's exports: the set of titles, but for days and numbers."""
    kept = {
        "".join(sign for sign in title_key(title) if not sign.isdigit()).strip()
        for title in titles
        if title and not is_dated(title)
    }
    return hashlib.sha256("\n".join(sorted(kept)).encode()).hexdigest()[:32]


def quoted(values: Sequence[str]) -> str:
    """« 45 », « 12 »…: the first different values."""
    some = list(dict.fromkeys(value[:60] for value in values if value))
    shown = ", ".join(f"« {value} »" for value in some[:SHOWN_VALUES])
    return shown + ("…" if len(some) > SHOWN_VALUES else "")


def lines(count: int) -> str:
    """« 1 ligne », « 12 lignes »."""
    return f"{count} ligne{'s' if count > 1 else ''}"


def at_rows(rows: Sequence[int]) -> str:
    """« ligne 4 », « lignes 4, 5, 6… »."""
    shown = ", ".join(map(str, rows[:SHOWN_ROWS])) + ("…" if len(rows) > SHOWN_ROWS else "")
    return f"ligne{'s' if len(rows) > 1 else ''} {shown}"


def together(questions: Iterable[Question]) -> list[Question]:
    """These questions, those of one key made one: its answer is for the rows of all."""
    by_key: dict[str, Question] = {}
    for question in questions:
        first = by_key.get(question.key)
        if first is None:
            by_key[question.key] = question
        elif question.sentence not in first.sentence:
            by_key[question.key] = replace(
                first,
                sentence=f"{first.sentence} {question.sentence}",
                rows=[*first.rows, *question.rows][:SHOWN_ROWS],
            )
    return list(by_key.values())
