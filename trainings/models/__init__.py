"""What the rest of the portal knows of validation requests."""

from .corrections import Correction
from .documents import Document, Speaker
from .imports import QuestionImport
from .questions import Choice, Question, QuestionSet
from .removed import RemovedQuestion
from .rules import AnnualRules, ApprovalCounter
from .training import Training, TrainingJournal, TrainingQuerySet

__all__ = [
    "AnnualRules",
    "ApprovalCounter",
    "Choice",
    "Correction",
    "Document",
    "Question",
    "QuestionImport",
    "QuestionSet",
    "RemovedQuestion",
    "Speaker",
    "Training",
    "TrainingJournal",
    "TrainingQuerySet",
]
