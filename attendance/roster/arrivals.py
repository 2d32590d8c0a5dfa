"""Hours of coming alone: of everybody, or of those who were late only. Pure."""

from collections.abc import Collection, Sequence

from .identities import Column
from .marks import Mark
from .profiles import Profile
from .questions import ABSENT, PRESENT, lines
from .titles import JOINED, speech_of

OTHERS = [[PRESENT, "Présents dès le début"], [ABSENT, "Absents"]]


def silent_of(columns: Sequence[Column], *, is_told: bool) -> set[int]:
    """Those of these columns of presence where an empty cell says nothing.

    Of hours of coming, where another column says who came: they may be of the late alone.
    """
    found = {column.index for column in columns if is_arrival(column)}
    return found if is_told or len(found) < len(columns) else set()


def is_arrival(column: Column) -> bool:
    """Whether a column of presence holds hours of coming."""
    speech = speech_of(column.title)
    return speech is not None and speech.kind == JOINED


def is_open(column: Column, marks: Sequence[Mark], silent: Collection[int]) -> bool:
    """Whether a column alone has hours of few: most came in time, or did not come at all."""
    if column.index in silent or not is_arrival(column):
        return False
    return 2 * sum(mark is Mark.NOTHING for mark in marks) > len(marks)


def asked_of(title: str, blank: int, count: int, where: str) -> str:
    """The question about those without an hour, in French."""
    return (
        f"« {title} » ne dit rien de {lines(blank)} sur {count} ({where}). Présents dès le début, "
        "ou absents ?"
    )


def is_length_told(moments: Profile, lengths: Sequence[Profile]) -> bool:
    """Whether lengths tell how long each was there, so that a moment without its pair adds nothing.

    Lengths that are all the same may be the session's, beside moments that are not.
    """
    differ = any(len(set(profile.values)) > 1 for profile in lengths)
    return differ or (bool(lengths) and len(set(moments.values)) == 1)
