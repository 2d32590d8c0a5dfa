"""Requests and annual rules as staff see them."""

from .rules import AnnualRulesAdmin
from .training import TrainingAdmin

__all__ = ["AnnualRulesAdmin", "TrainingAdmin"]
