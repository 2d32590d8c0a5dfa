"""Invitations, attempts and the analysis of their questions, as staff see them."""

from .analysis import TrainingAnalysisAdmin
from .attempts import AttemptAdmin, InvitationAdmin

__all__ = ["AttemptAdmin", "InvitationAdmin", "TrainingAnalysisAdmin"]
