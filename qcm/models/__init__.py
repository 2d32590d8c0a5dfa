"""Invitations to take a QCM, the attempts, and the answers saved as they are chosen."""

from .analysis import TrainingAnalysis
from .answer import Answer
from .attempt import Attempt, AttemptQuerySet
from .invitation import Invitation, InvitationJournal, Reminder
from .regrade import MarkChange, Regrade

__all__ = [
    "Answer",
    "Attempt",
    "AttemptQuerySet",
    "Invitation",
    "InvitationJournal",
    "MarkChange",
    "Regrade",
    "Reminder",
    "TrainingAnalysis",
]
