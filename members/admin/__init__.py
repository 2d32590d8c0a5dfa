"""The registry, the ledger and the imports as staff see them."""

from .imports import RegistryImportAdmin
from .ledger import HoursCreditAdmin
from .members import MemberAdmin

__all__ = ["HoursCreditAdmin", "MemberAdmin", "RegistryImportAdmin"]
