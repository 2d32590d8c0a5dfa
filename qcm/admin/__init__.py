"""Invitations, attempts, the analysis of their questions and regrades, as staff see them."""

from .analysis import TrainingAnalysisAdmin
from .attempts import AttemptAdmin, InvitationAdmin
from .regrades import RegradeAdmin

__all__ = ["AttemptAdmin", "InvitationAdmin", "RegradeAdmin", "TrainingAnalysisAdmin"]
