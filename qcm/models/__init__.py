"""Invitations to take a QCM, the attempts, and the answers saved as they are chosen."""

from .analysis import TrainingAnalysis
from .attempt import Answer, Attempt, ForeignAnswer
from .invitation import Invitation, InvitationJournal, Reminder
from .regrade import MarkChange, Regrade

__all__ = [
    "Answer",
    "Attempt",
    "ForeignAnswer",
    "Invitation",
    "InvitationJournal",
    "MarkChange",
    "Regrade",
    "Reminder",
    "TrainingAnalysis",
]
