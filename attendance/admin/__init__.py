"""The admin screens of attendance."""

from . import participants, sheets

__all__ = ["participants", "sheets"]
