"""QCM sets from and to what other programs write: workbooks, GIFT, Moodle XML, pasted text.

Importing what was exported gives the same sets.
"""

from .gift_writing import to_gift
from .model import model_workbook
from .parsed import ParsedQuestion, ParsedSets, UnreadableSets
from .reading import read_file, read_pasted
from .workbook import to_workbook

__all__ = [
    "ParsedQuestion",
    "ParsedSets",
    "UnreadableSets",
    "model_workbook",
    "read_file",
    "read_pasted",
    "to_gift",
    "to_workbook",
]
