"""What a registry file would change: compared, counted, then written."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from common import bulk

from ..keys import last_name_key
from ..models import Member, Membership, RegistryChange, RegistryImport
from ..registry_file import FIELDS, RegistryLine, comparable
from . import former

# Above this share of members leaving, or changing their family name, the confirmation must be
# typed: a wrong file does that more often than life.
MANY_PERCENT = 5
Kind = Membership.Kind
Came, Cif = RegistryChange.Membership, RegistryChange.Cif
# What is shown of a change; two comparisons that agree on it are the same.
SHOWN = ("row_number", "name", "membership", "cif", "edits", "kept")


@dataclass
class Difference:
    """What happens to one member: who is in the registry, in the file, or both."""

    name: str
    member: Member | None
    row_number: int | None
    line: RegistryLine | None
    membership: str = ""
    cif: str = ""
    # {field: [what the registry has, what the file says]}
    edits: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)
    # How to take it back: the spans it opened, ended and removed, the former keys it noted, and
    # when the member was last written before it.
    undo: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether importing does anything; what is kept is told and stays."""
        return bool(self.membership or self.cif or self.edits)

    @property
    def renames(self) -> bool:
        before, after = self.edits.get("last_name", ["", ""])
        return last_name_key(before) != last_name_key(after)

    def as_row(self, registry_import: RegistryImport) -> RegistryChange:
        """The unsaved row that tells it."""
        return RegistryChange(
            registry_import=registry_import,
            member=self.member,
            row_number=self.row_number,
            name=self.name,
            membership=self.membership,
            cif=self.cif,
            edits=self.edits,
            kept=self.kept,
            undo=self.undo,
        )


@dataclass
class RegistryChanges:
    """What an import would do, in the order of the file, then who is missing from it."""

    present: int  # members before the import
    unchanged: int = 0
    differences: list[Difference] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """What the page counts."""
        memberships = Counter(one.membership for one in self.differences)
        cif = Counter(one.cif for one in self.differences)
        renamed = sum(one.renames for one in self.differences)
        left = memberships[Came.LEFT]
        return {
            "new": memberships[Came.NEW] + memberships[Came.NEW_INACTIVE],
            "new_inactive": memberships[Came.NEW_INACTIVE],
            "changed": sum(bool(one.edits) for one in self.differences),
            "returned": memberships[Came.RETURNED],
            "left": left,
            "cif_joined": cif[Cif.JOINED],
            "cif_left": cif[Cif.LEFT],
            "kept": sum(bool(one.kept) for one in self.differences),
            "unchanged": self.unchanged,
            "present": self.present,
            "many_left": left * 100 > self.present * MANY_PERCENT,
            "renamed": renamed,
            "many_renamed": renamed * 100 > self.present * MANY_PERCENT,
        }

    def rows(self, registry_import: RegistryImport) -> list[RegistryChange]:
        """The unsaved rows that tell them."""
        return [one.as_row(registry_import) for one in self.differences]


def compare(registry_import: RegistryImport) -> RegistryChanges:
    """Compare the rows of an import with the registry as it is, and as it is known to be on a
    day to come. A constant number of queries.
    """
    members = {member.number: member for member in Member.objects.all()}
    day = max(registry_import.effective_on, timezone.localdate())
    spans = set(Membership.objects.lasting(day).values_list("member_id", "kind"))
    said_before = _said_before(registry_import)
    present = {number for number, one in members.items() if (one.pk, Kind.MEMBER) in spans}
    changes = RegistryChanges(present=len(present))
    listed = set()
    for row in registry_import.rows:
        line = RegistryLine(**row)
        listed.add(line.number)
        member = members.get(line.number)
        difference = Difference(_name(member or line), member, line.row, line)
        if member is None:
            difference.membership = Came.NEW if line.is_active else Came.NEW_INACTIVE
            difference.cif = Cif.JOINED if line.is_active and line.is_cif else ""
        else:
            _compare_data(member, line, said_before.get(line.number, {}), difference)
            _compare_spans(
                difference,
                was=((member.pk, Kind.MEMBER) in spans, (member.pk, Kind.CIF) in spans),
                now=(line.is_active, line.is_active and line.is_cif),
            )
        if difference.changes or difference.kept:
            changes.differences.append(difference)
        changes.unchanged += not difference.changes
    for number in sorted(members.keys() - listed):
        member = members[number]
        difference = Difference(_name(member), member, None, None)
        was = ((member.pk, Kind.MEMBER) in spans, (member.pk, Kind.CIF) in spans)
        _compare_spans(difference, was=was, now=(False, False))
        if difference.changes:
            changes.differences.append(difference)
    return changes


def one_at_a_time() -> None:
    """Wait until no other import is written or taken back; call it first in a transaction.

    Each compares itself with the registry, and with the import before it.
    """
    statuses = (RegistryImport.Status.READY, RegistryImport.Status.APPLIED)
    imports = RegistryImport.objects.filter(status__in=statuses).order_by("pk")
    list(imports.select_for_update().values_list("pk"))


def _name(person: Member | RegistryLine) -> str:
    return " ".join(filter(None, [person.last_name, person.first_name, f"({person.number})"]))


def _said_before(registry_import: RegistryImport) -> dict[str, dict[str, str]]:
    """What the last imported file said of each number."""
    last = (
        RegistryImport.objects.filter(status=RegistryImport.Status.APPLIED)
        .exclude(pk=registry_import.pk)
        .order_by("-applied_at")
        .first()
    )
    return {row["number"]: RegistryLine(**row).said() for row in last.rows} if last else {}


def _compare_data(
    member: Member, line: RegistryLine, before: dict[str, str], difference: Difference
) -> None:
    for name, said in line.said().items():
        ours = getattr(member, name)
        if comparable(name, ours) == said:
            continue
        # The file has no news: it is staff who changed it since, and knew why.
        told = difference.kept if before.get(name) == said else difference.edits
        told[name] = [ours, said]


def _compare_spans(
    difference: Difference, *, was: tuple[bool, bool], now: tuple[bool, bool]
) -> None:
    """`was` and `now`: (a member, an ANACOFI-CIF member)."""
    if was[0] != now[0]:
        difference.membership = Came.RETURNED if now[0] else Came.LEFT
    if was[1] != now[1]:
        difference.cif = Cif.JOINED if now[1] else Cif.LEFT


# --- written ----------------------------------------------------------------------------------


def write(changes: RegistryChanges, *, since: date, on: date) -> None:
    """Who comes is a member from `since` on; who leaves has left the day before `on`.

    Each difference keeps how to take it back. As many queries for one row as for five hundred.
    """
    new = []
    for one in changes.differences:
        if one.line and one.member is None:
            one.member = Member(number=one.line.number, **one.line.said())
            new.append(one.member)
    bulk.insert(Member, new)
    _edit([one for one in changes.differences if one.edits])
    come = {Came.NEW, Came.RETURNED}
    _open([one for one in changes.differences if one.membership in come], Kind.MEMBER, since)
    _open([one for one in changes.differences if one.cif == Cif.JOINED], Kind.CIF, since)
    left = Came.LEFT
    _close([one for one in changes.differences if one.membership == left], Kind.MEMBER, on)
    _close([one for one in changes.differences if one.cif == Cif.LEFT], Kind.CIF, on)


def _edit(differences: list[Difference]) -> None:
    """Give the members what their lines say, and keep what they were known by before."""
    now, before = timezone.now(), []
    for one in differences:
        if member := one.member:
            before.append((member, former.keys_of(member)))
            one.undo["updated"] = [member.updated_at.isoformat()]
            for name, (_, said) in one.edits.items():
                setattr(member, name, said)
            member.updated_at = now
    bulk.update(Member, [member for member, _ in before], [*FIELDS, "updated_at"])
    noted = defaultdict(list)
    for key in former.keep(before):
        noted[key.member_id].append([key.kind, key.value])
    for one in differences:
        if one.member and (keys := noted.get(one.member.pk)):
            one.undo["noted"] = keys


def _open(differences: list[Difference], kind: str, since: date) -> None:
    spans = bulk.insert(
        Membership,
        [Membership(member=one.member, kind=kind, starts_on=since) for one in differences],
    )
    for one, span in zip(differences, spans, strict=True):
        one.undo.setdefault("opened", []).append(span.pk)


def _close(differences: list[Difference], kind: str, on: date) -> None:
    """End the spans of these members the day before; one that begins later goes."""
    last = on - timedelta(days=1)
    of = {one.member.pk: one for one in differences if one.member}
    ended, gone = [], []
    for batch in batches(list(of)):
        for span in Membership.objects.lasting(on).filter(member__in=batch, kind=kind):
            undo = of[span.member_id].undo
            ends_on = span.ends_on.isoformat() if span.ends_on else None
            if span.starts_on > last:
                gone.append(span.pk)
                undo.setdefault("removed", []).append([kind, span.starts_on.isoformat(), ends_on])
            else:
                undo.setdefault("ended", []).append([span.pk, ends_on])
                span.ends_on = last
                ended.append(span)
    bulk.update(Membership, ended, ["ends_on"])
    for batch in batches(gone):
        Membership.objects.filter(pk__in=batch).delete()


def batches(pks: list[int]) -> Iterable[list[int]]:
    """The list in parts that one query may name."""
    return (pks[start : start + bulk.BATCH] for start in range(0, len(pks), bulk.BATCH))
