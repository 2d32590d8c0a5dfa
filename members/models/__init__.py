"""The registry of members, and the ledger of their hours."""

from .credit import HoursCredit
from .member import FormerKey, Member, Membership
from .registry_import import RegistryChange, RegistryImport, RegistryImportJournal
from .sign_in_link import SignInLink, SignInLinkAsked

__all__ = [
    "FormerKey",
    "HoursCredit",
    "Member",
    "Membership",
    "RegistryChange",
    "RegistryImport",
    "RegistryImportJournal",
    "SignInLink",
    "SignInLinkAsked",
]
