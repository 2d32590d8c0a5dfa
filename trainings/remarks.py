"""What is worth a second look in QCM sets and blocks nothing. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """`rank` is 1-based in the set, 0 for the whole set.

    `kind` is « reworded », « longest », « same_place », « all_or_none » or « no_explanation ».
    """

    set_number: int
    rank: int
    kind: str
    sentence: str


def remarks(rows, *, similarity: int) -> list[Remark]:
    """The remarks on these rows of `sets_as_rows`; `similarity` is a percentage (a setting)."""
    raise NotImplementedError
