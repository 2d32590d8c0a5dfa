"""What a remark in a column that is not read says against somebody's presence. Pure."""

import re

from common.spreadsheets import Cell, cell_text, fold

from .marks import Mark, is_partly, is_plain, mark_of

# Whoever watched it afterwards was not there.
LATER = re.compile(
    r"(en |le |la |via |vu en |regarde |visionne )*"
    r"(replay|rediffusion|differe|rattrapage|recording|on demand|enregistrement)( .{0,20})?"
)
NOT_THERE = re.compile(r"\bn (est|a|etait|ont) pas (venu|participe|assiste|suivi|signe|pu|present)")
LONGEST = 120
# « MARTIN (excusé) », « PETIT Chloé - absente ».
NOTE = re.compile(r"\(([^()]+)\)\s*$|\s[-–—:*]+\s*([^-–—]+)$")


def doubt_in(cell: Cell, *, is_timed: bool) -> bool:
    """Whether a cell says that its person was absent, came late or left, or watched a replay.

    Where the list tells the time, coming late is told by it.
    """
    if not isinstance(cell, str) or not cell or len(cell) > LONGEST:
        return False
    if is_plain(cell) and mark_of(cell) is Mark.ABSENT:
        return True
    folded = fold(cell)
    if LATER.fullmatch(folded) or NOT_THERE.search(folded):
        return True
    # « 85 % » alone may be of anything.
    return not is_timed and "%" not in cell and is_partly(cell_text(cell))


def note_in_name(cell: Cell) -> str:
    """What is noted behind a name, in brackets or after a dash; "" for nothing."""
    found = NOTE.search(cell_text(cell))
    return (found[1] or found[2]).strip() if found else ""


def asked_of(word: str) -> str:
    """The question about a word, in French; of somebody there for a part, with the way out."""
    if is_partly(word):
        return "Présents tout du long, ou absents ? Le temps suivi se corrige ensuite sur la ligne."
    return "Présents ou absents ?"
