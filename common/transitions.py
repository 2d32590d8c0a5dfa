"""The table of a row's states: which event may happen from which statuses, and where it leads.

    class Sheet(Journalled):
        class Status(models.TextChoices): …
        class Event(models.TextChoices): …

        TRANSITIONS = {
            Event.VALIDATE: step(Status.DRAFT, to=Status.VALIDATED),
            Event.ADD: step(Status.DRAFT, Status.VALIDATED),  # the status stays
        }

Read by the guard of each verb, by bulk verbs, by the admin's buttons and by the pages that offer
an action.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """From which statuses an event may happen, and the status it leads to; None: it stays."""

    sources: frozenset[str]
    target: str | None = None


Transitions = Mapping[str, Step]


def step(*sources: str, to: str | None = None) -> Step:
    """A step from any of these statuses."""
    return Step(frozenset(sources), to)


def final(transitions: Transitions) -> frozenset[str]:
    """The statuses reached that no event leads out of."""
    moving = [taken for taken in transitions.values() if taken.target]
    reached = frozenset(taken.target for taken in moving if taken.target)
    return reached.difference(*(taken.sources for taken in moving))
