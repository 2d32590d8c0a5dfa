"""What a question and a set must be before they are sent: the one place of these rules. Pure."""

from dataclasses import dataclass

LETTERS = "ABCDEF"


@dataclass(frozen=True)
class Problem:
    """What blocks a set; `rank` is 1-based in the set, 0 for the whole set."""

    set_number: int
    rank: int
    sentence: str


def tidy(text: str) -> str:
    """A text as the portal keeps it: newlines as « \\n », no control or invisible characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def problems(rows, *, owed=0) -> list[Problem]:
    """All that keeps these rows of `sets_as_rows` from being sent, in their order.

    `owed` is the number of complete questions that each of the three sets needs at least.
    """
    raise NotImplementedError
