"""Who a column says was there. Pure."""

import re
from collections.abc import Sequence

from common.spreadsheets import Row, cell_text, fold

from .columns import Columns
from .people import RosterLine

ABSENT = frozenset(
    ("non", "n", "no", "absent", "absente", "abs", "a", "excuse", "excusee", "excuse e", "0")
    + ("absent excuse", "absente excusee", "faux", "false", "annule", "annulee", "no show")
    + ("non present", "non presente", "pas venu", "pas venue", "desiste", "desistee", "ko")
)
PRESENT = frozenset(
    ("oui", "o", "yes", "y", "x", "1", "ok", "p", "present", "presente", "vrai", "true")
    + ("signe", "emarge")
)
# A percentage or a number of minutes: « 95 », « 95 5 » (folded from 95,5 %).
AMOUNT = re.compile(r"\d+( \d+)*")
NOTHING = re.compile(r"0+( 0+)*")


def words_of(row: Row, columns: Columns) -> list[str]:
    """What the columns about presence say in a row, folded; "" for an empty cell."""
    return [
        fold(cell_text(row.cells[index])) if index < len(row.cells) else ""
        for index, kind in columns.items()
        if kind == "presence"
    ]


def tick(lines: Sequence[RosterLine], words: Sequence[Sequence[str]]) -> None:
    """Untick whom these words, of each line, say was not there.

    An empty cell means absent only where the column is used to say who came: a column left
    empty to be signed on paper, or one that holds something else, says nothing.
    """
    said = {word for of_line in words for word in of_line if word}
    speaks = any(word in PRESENT | ABSENT or AMOUNT.fullmatch(word) for word in said)
    empty_is_absent = any(word in PRESENT or AMOUNT.fullmatch(word) for word in said)
    if not speaks:
        return
    for line, of_line in zip(lines, words, strict=True):
        came = [word not in ABSENT and not NOTHING.fullmatch(word) for word in of_line if word]
        line.present = any(came) if came else not empty_is_absent
