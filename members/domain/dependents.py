"""What depends on what the registry says of members: whoever would take it back asks here first.

An app that holds such rows says so in its own `domain/dependents.py`, which is imported when the
portal starts:

    @dependents
    def lists(members, since): …
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from ..models import HoursCredit, Member


@dataclass(frozen=True)
class Touched:
    """The members that an import touched, by id, and when."""

    members: Collection[int]
    # Of them, those that came by it: nothing may name them once it is undone.
    new: Collection[int]
    since: datetime


# (member's id, what depends: « heures comptées le 12/03/2026 »)
Finder = Callable[[Touched], Iterable[tuple[int, str]]]
_finders: list[Finder] = []


def dependents(finder: Finder) -> Finder:
    """Register a function that finds what depends on members, in few queries."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def of(touched: Touched) -> list[tuple[int, str]]:
    """Everything that depends on them."""
    return [found for finder in _finders for found in finder(touched)]


@dependents
def edited_by_hand(touched: Touched) -> Iterable[tuple[int, str]]:
    rows = Member.objects.filter(pk__in=touched.members, updated_at__gt=touched.since)
    for member in rows.order_by("pk"):
        yield member.pk, f"fiche modifiée le {member.updated_at:%d/%m/%Y}"


@dependents
def hours(touched: Touched) -> Iterable[tuple[int, str]]:
    rows = HoursCredit.objects.filter(member__in=touched.members, created_at__gt=touched.since)
    for credit in rows.select_related("training"):
        yield credit.member_id, f"heures écrites pour « {credit.training.title} »"
