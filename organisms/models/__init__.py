"""Training organisms, their people, and the journal of what happened to their account."""

from .organism import Organism, OrganismJournal
from .people import Invite, Person

__all__ = ["Invite", "Organism", "OrganismJournal", "Person"]
