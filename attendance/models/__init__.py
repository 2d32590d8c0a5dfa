"""Attendance sheets: one session, its signed scan, its roster, and the list of participants."""

from .deposit import DepositedFile
from .participant import Participant, UnrecognisedCount
from .sheet import Sheet, SheetJournal

__all__ = ["DepositedFile", "Participant", "Sheet", "SheetJournal", "UnrecognisedCount"]
