"""Attendance sheets: one session, its signed scan, its roster, and the list of participants."""

from .answer import Answer
from .deposit import DepositedFile
from .late import LateCount
from .limit import UnrecognisedCount
from .participant import Participant
from .second import SecondReading
from .sheet import Sheet, SheetJournal

__all__ = [
    "Answer",
    "DepositedFile",
    "LateCount",
    "Participant",
    "SecondReading",
    "Sheet",
    "SheetJournal",
    "UnrecognisedCount",
]
