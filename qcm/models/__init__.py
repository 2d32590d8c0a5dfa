"""Invitations to take a QCM, the attempts, and the answers saved as they are chosen."""

from .attempt import Answer, Attempt, ForeignAnswer
from .invitation import Invitation, InvitationJournal, Reminder

__all__ = [
    "Answer",
    "Attempt",
    "ForeignAnswer",
    "Invitation",
    "InvitationJournal",
    "Reminder",
]
