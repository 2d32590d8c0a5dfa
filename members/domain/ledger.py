"""The only place that writes hours. All in bulk, a constant number of queries for many rows."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.utils import timezone

from common import bulk
from common.engine.prepared import prepared
from trainings.models import AnnualRules

from ..models import HoursCredit, Member, Membership


@dataclass(frozen=True)
class Entitlement:
    """What one member is entitled to from one session of one training."""

    member_id: int
    minutes: int
    session_on: date | None = None  # when it is not the session of all the others


def credit(
    *, training, kind: str, session_on: date, entitlements: list[Entitlement], by=None
) -> dict[int, HoursCredit]:
    """Count minutes for many members; the standing entry of each, by member id.

    Who has none gets one; who already has as much keeps it (so a second roster counts nothing
    twice); who has less gets a counter-entry and a larger credit; who had one that was cancelled
    gets a new one that follows the counter-entry. Call it inside a transaction. Entries that
    were written by this call have `written` set to True.
    """
    wanted = {one.member_id: one.minutes for one in entitlements if one.minutes > 0}
    days = {one.member_id: one.session_on or session_on for one in entitlements}
    lock_members(wanted)
    chains = _chains(list(wanted), training=training, kind=kind)
    countered, fresh, kept = [], [], {}
    for member_id, minutes in wanted.items():
        last = chains.get(member_id)
        entry = HoursCredit(
            member_id=member_id,
            training=training,
            kind=kind,
            minutes=minutes,
            year=training.year,
            session_on=days[member_id],
            by=by,
        )
        if last is None:
            fresh.append(entry)
        elif last.corrects_id is not None:
            entry.follows = last
            fresh.append(entry)
        elif last.minutes >= minutes:
            last.written = False
            kept[member_id] = last
        else:
            countered.append((last, entry))
    if countered:
        counters = counter(
            [last for last, _ in countered],
            reason="Une session donne droit à plus d’heures : l’écriture suivante la remplace.",
            by=by,
        )
        for one, (_, entry) in zip(counters, countered, strict=True):
            entry.follows = one
            fresh.append(entry)
    bulk.insert(HoursCredit, fresh)
    for entry in fresh:
        entry.written = True
        kept[entry.member_id] = entry
    return kept


def lock_members(members) -> None:
    """Have whoever else credits these members wait, in one order: no double, no deadlock.

    `members` are ids. Where invitations are locked as well, members come first.
    """
    members = list(set(members))
    if len(members) == 1:
        _lock_member(*members)
        return
    list(
        Member.objects.select_for_update()
        .filter(pk__in=members)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def counter(entries: list[HoursCredit], *, reason: str, by=None) -> list[HoursCredit]:
    """Write the counter-entries of these standing entries, in their order.

    Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("Une contre-écriture porte un motif.")
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


def standing(members: list[int], *, training) -> dict[tuple[int, str], HoursCredit]:
    """The standing (not countered) entry of each (member id, kind) for this training."""
    entries = HoursCredit.objects.filter(
        member__in=members, training=training, corrects__isnull=True, corrected_by__isnull=True
    )
    return {(entry.member_id, entry.kind): entry for entry in entries}


def _chains(members, *, training, kind):
    """The last entry of each member's chain: standing, or the counter-entry that ended it."""
    if len(members) == 1:
        last = _last_of_one(members[0], training.pk, kind)
    else:
        last = _last().filter(member__in=members, training=training, kind=kind)
    return {entry.member_id: entry for entry in last}


def _last():
    return HoursCredit.objects.filter(
        Q(corrects__isnull=True, corrected_by__isnull=True)
        | Q(corrects__isnull=False, followed_by__isnull=True)
    ).order_by()


def year_totals(members: list[int], year: int) -> dict[int, dict[str, int]]:
    """Minutes counted in a year: {member id: {"associative": …, "amf": …, "total": …}}."""
    totals = {pk: dict.fromkeys(HoursCredit.Kind.values, 0) for pk in members}
    if len(members) == 1:
        sums = _sums_of_one(members[0], year)
    else:
        sums = _sums().filter(member__in=members, year=year)
    for member_id, kind, minutes in sums:
        totals[member_id][kind] = minutes
    return {pk: {**kinds, "total": sum(kinds.values())} for pk, kinds in totals.items()}


def _sums():
    return HoursCredit.objects.order_by().values_list("member", "kind").annotate(Sum("minutes"))


def year_total(member: Member, year: int) -> dict[str, int]:
    """The same for one member."""
    return year_totals([member.pk], year)[member.pk]


def minutes_due(member: Member, year: int) -> int | None:
    """Minutes that a member owes in a year; None for who is not ANACOFI-CIF during it."""
    today = timezone.localdate()
    day = today if today.year == year else date(year, 12, 31)
    if not cif_members([member.pk], on=day):
        return None
    return AnnualRules.for_year(year).minutes_due


def cif_members(members: list[int], *, on: date) -> set[int]:
    """Those of these members who are ANACOFI-CIF members on a day."""
    return set(
        Membership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            member__in=members,
            kind=Membership.Kind.CIF,
            starts_on__lte=on,
        ).values_list("member", flat=True)
    )


# Those of one member at a time, for each QCM that is passed.


@prepared
def _lock_member(pk):
    return Member.objects.select_for_update().filter(pk=pk).order_by().values_list("pk")


@prepared
def _last_of_one(member, training, kind):
    return _last().filter(member=member, training=training, kind=kind)


@prepared
def _sums_of_one(member, year):
    return _sums().filter(member=member, year=year)
