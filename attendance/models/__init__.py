"""Attendance sheets: one session, its signed scan, its roster, and the list of participants."""

from .deposit import DepositedFile
from .limit import UnrecognisedCount
from .meaning import ColumnMeaning
from .participant import Participant
from .second import SecondReading
from .sheet import Sheet, SheetJournal

__all__ = [
    "ColumnMeaning",
    "DepositedFile",
    "Participant",
    "SecondReading",
    "Sheet",
    "SheetJournal",
    "UnrecognisedCount",
]
