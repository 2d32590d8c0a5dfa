"""What the rest of the portal knows of validation requests."""

from .corrections import Correction
from .documents import Document, Speaker
from .questions import Choice, Question, QuestionSet
from .rules import AnnualRules, ApprovalCounter
from .training import Training, TrainingJournal

__all__ = [
    "AnnualRules",
    "ApprovalCounter",
    "Choice",
    "Correction",
    "Document",
    "Question",
    "QuestionSet",
    "Speaker",
    "Training",
    "TrainingJournal",
]
