"""The only place that writes hours. All in bulk, a constant number of queries for many rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from common import bulk
from common.engine.prepared import prepared
from common.errors import Refused
from trainings.models import AnnualRules, Training

from ..models import HoursCredit, Member, Membership


@dataclass(frozen=True)
class Entitlement:
    """What one member is entitled to from one session of one training."""

    member_id: int
    minutes: int
    session_on: date | None = None  # when it is not the session of all the others


@dataclass(frozen=True)
class Credited:
    """What `credit` came to: the standing entry by member id, and those that it wrote itself."""

    standing: dict[int, HoursCredit]
    written: list[HoursCredit]


@dataclass(frozen=True)
class Due:
    """What a member owes in a year: minutes of both kinds together, AMF minutes among them."""

    minutes: int
    amf_minutes: int

    def left(self, totals: dict[str, int]) -> "Due":
        """What is still owed beside these totals of the year (`year_total`)."""
        amf = max(0, self.amf_minutes - totals[HoursCredit.Kind.AMF])
        return Due(minutes=max(self.minutes - totals["total"], amf), amf_minutes=amf)


def credit(
    *,
    training: Training,
    kind: str,
    session_on: date,
    entitlements: list[Entitlement],
    by: User | None = None,
) -> Credited:
    """Count minutes for many members. Call it inside a transaction.

    Who has no entry gets one; who already has as much keeps it (so a second roster counts
    nothing twice); who has less gets a counter-entry and a larger credit; who had one that was
    cancelled gets a new one that follows the counter-entry.
    """
    wanted = {
        entitlement.member_id: entitlement
        for entitlement in entitlements
        if entitlement.minutes > 0
    }
    lock_members(wanted)
    chains = _chains(list(wanted), training=training, kind=kind)
    kept: dict[int, HoursCredit] = {}
    fresh: dict[int, HoursCredit] = {}
    countered: list[tuple[HoursCredit, HoursCredit]] = []
    for member_id, entitlement in wanted.items():
        latest = chains.get(member_id)
        if latest and latest.corrects_id is None and latest.minutes >= entitlement.minutes:
            kept[member_id] = latest
            continue
        entry = HoursCredit(
            member_id=member_id,
            training=training,
            kind=kind,
            minutes=entitlement.minutes,
            year=training.year,
            session_on=entitlement.session_on or session_on,
            by=by,
        )
        fresh[member_id] = entry
        if latest and latest.corrects_id is not None:
            entry.follows = latest
        elif latest:
            countered.append((latest, entry))
    if countered:
        counters = counter(
            [standing for standing, _ in countered],
            reason="Une session donne droit à plus d’heures : l’écriture suivante la remplace.",
            by=by,
        )
        for counter_entry, (_, entry) in zip(counters, countered, strict=True):
            entry.follows = counter_entry
    written = bulk.insert(HoursCredit, fresh.values())
    return Credited(standing=kept | fresh, written=written)


def lock_members(members: Iterable[int]) -> None:
    """Have whoever else credits these members wait, in one order: no double, no deadlock.

    `members` are ids. Where invitations are locked as well, members come first.
    """
    pks = set(members)
    if len(pks) == 1:
        _lock_member(*pks)
        return
    list(
        Member.objects.select_for_update()
        .filter(pk__in=pks)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def counter(
    entries: list[HoursCredit], *, reason: str, by: User | None = None
) -> list[HoursCredit]:
    """Write the counter-entries of these standing entries, in their order.

    Raises Refused without a reason.
    """
    if not reason.strip():
        raise Refused("Une contre-écriture porte un motif.")
    return bulk.insert(
        HoursCredit,
        [
            HoursCredit(
                member_id=entry.member_id,
                training_id=entry.training_id,
                kind=entry.kind,
                minutes=-entry.minutes,
                year=entry.year,
                session_on=entry.session_on,
                corrects=entry,
                reason=reason,
                by=by,
            )
            for entry in entries
        ],
    )


def standing(members: Iterable[int], *, training: Training) -> dict[tuple[int, str], HoursCredit]:
    """The standing (not countered) entry of each (member id, kind) for this training."""
    entries = HoursCredit.objects.filter(
        member__in=members, training=training, corrects__isnull=True, corrected_by__isnull=True
    )
    return {(entry.member_id, entry.kind): entry for entry in entries}


def _chains(members: list[int], *, training: Training, kind: str) -> dict[int, HoursCredit]:
    """The last entry of each member's chain: standing, or the counter-entry that ended it."""
    entries: Iterable[HoursCredit]
    if len(members) == 1:
        entries = _latest_of_one(members[0], training.pk, kind)
    else:
        entries = _latest().filter(member__in=members, training=training, kind=kind)
    return {entry.member_id: entry for entry in entries}


def _latest() -> QuerySet[HoursCredit]:
    return HoursCredit.objects.filter(
        Q(corrects__isnull=True, corrected_by__isnull=True)
        | Q(corrects__isnull=False, followed_by__isnull=True)
    ).order_by()


def year_totals(members: list[int], year: int) -> dict[int, dict[str, int]]:
    """Minutes counted in a year: {member id: {"associative": …, "amf": …, "total": …}}."""
    totals = {pk: dict.fromkeys(HoursCredit.Kind.values, 0) for pk in members}
    sums: Iterable[tuple[int, str, int]]
    if len(members) == 1:
        sums = _sums_of_one(members[0], year)
    else:
        sums = _sums().filter(member__in=members, year=year)
    for member_id, kind, minutes in sums:
        totals[member_id][kind] = minutes
    return {pk: {**kinds, "total": sum(kinds.values())} for pk, kinds in totals.items()}


def _sums() -> QuerySet[HoursCredit, tuple[int, str, int]]:
    return HoursCredit.objects.order_by().values_list("member", "kind").annotate(Sum("minutes"))


def year_total(member: Member, year: int) -> dict[str, int]:
    """The same for one member."""
    return year_totals([member.pk], year)[member.pk]


def due_each(members: Iterable[int], year: int) -> dict[int, Due]:
    """What these members owe in a year, by member id; who owes nothing is left out.

    ANACOFI-CIF members owe hours, whichever sessions they went to: who is one today for this
    year, and who is one on 31 December for another.
    """
    today = timezone.localdate()
    day = today if today.year == year else date(year, 12, 31)
    owing = Membership.objects.on(day).filter(member__in=members, kind=Membership.Kind.CIF)
    ids = set(owing.values_list("member", flat=True))
    if not ids:
        return {}
    rules = AnnualRules.for_year(year)
    return dict.fromkeys(ids, Due(rules.minutes_due, rules.amf_minutes_due))


def due(member: Member, year: int) -> Due | None:
    """The same for one member; None for who owes nothing."""
    return due_each([member.pk], year).get(member.pk)


def years(member: Member) -> list[int]:
    """This year and those with entries, the latest first."""
    this_year = timezone.localdate().year
    return sorted({this_year, *member.credits.values_list("year", flat=True)}, reverse=True)


# Those of one member at a time, for each QCM that is passed.


@prepared
def _lock_member(pk: Any) -> QuerySet[Member, tuple[int]]:
    return Member.objects.select_for_update().filter(pk=pk).order_by().values_list("pk")


@prepared
def _latest_of_one(member: Any, training: Any, kind: Any) -> QuerySet[HoursCredit]:
    return _latest().filter(member=member, training=training, kind=kind)


@prepared
def _sums_of_one(member: Any, year: Any) -> QuerySet[HoursCredit, tuple[int, str, int]]:
    return _sums().filter(member=member, year=year)
