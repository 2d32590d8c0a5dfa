"""The registry's file: deposited, read, then applied or abandoned by staff."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import bulk, stored_files
from common.jobs import Work
from common.spreadsheets import UnreadableWorkbook, read_workbook

from ..keys import last_name_key
from ..models import Member, Membership, RegistryImport
from ..registry_file import FIELDS, MAX_ROWS, RegistryLine, comparable, parse
from . import former

# Above this share of members leaving, or changing their family name, the confirmation must be
# typed: a wrong file does that more often than life.
MANY_PERCENT = 5
# How many of the file's errors, and of each list's names, are shown.
SHOWN_ERRORS, SHOWN_NAMES = 50, 200
GAVE_UP = (
    "Le fichier n’a pas pu être lu. Ouvrez-le dans Excel, enregistrez-le au format "
    "« Classeur Excel (.xlsx) », puis déposez-le à nouveau."
)
Kind = Membership.Kind
Event = RegistryImport.Event


# --- deposited and read -----------------------------------------------------------------------


def arrivals_since(today: date) -> date:
    """The day from which the arrivals of a file deposited today count, unless staff know better."""
    last = RegistryImport.objects.filter(status=RegistryImport.Status.APPLIED).first()
    # The first file tells who has been a member all along this year.
    since = last.effective_on + timedelta(days=1) if last else today.replace(month=1, day=1)
    return min(since, today)


def deposit(*, file: Any, arrivals_on: date, effective_on: date, by: User) -> RegistryImport:
    """Keep an uploaded file, and have a task read it."""
    with stored_files.writing(file, RegistryImport) as stored, transaction.atomic():
        registry_import = RegistryImport.objects.create(
            file=stored.name,
            name=stored.given_name[:255],
            arrivals_on=arrivals_on,
            effective_on=effective_on,
            created_by=by,
        )
        READING.ask(registry_import.pk)
    return registry_import


def _read(registry_import: RegistryImport) -> None:
    """Read the file; its rows and what they would change, or its errors, are kept on it."""
    try:
        with registry_import.file.open("rb") as file:
            lines, errors = parse(read_workbook(file, max_rows=MAX_ROWS))
    except UnreadableWorkbook as error:
        lines, errors = [], [str(error)]
    if errors:
        _mark_unreadable(registry_import, errors)
        return
    summary = compare(lines, on=registry_import.effective_on).summary()
    with transaction.atomic():
        registry_import = registry_import.lock()
        if not registry_import.may(Event.READ):
            return  # a task that came before this one did
        registry_import.take(Event.READ)
        registry_import.rows = [asdict(line) for line in lines]
        registry_import.summary = summary
        registry_import.save(update_fields=["status", "rows", "summary"])


def _mark_unreadable(registry_import: RegistryImport, errors: list[str]) -> None:
    shown, more = errors[:SHOWN_ERRORS], len(errors) - SHOWN_ERRORS
    if more > 0:
        shown.append(f"… et {more} autre{'s' if more > 1 else ''} erreur{'s' if more > 1 else ''}.")
    with transaction.atomic():
        registry_import = registry_import.lock()
        if not registry_import.may(Event.MARK_UNREADABLE):
            return
        registry_import.take(Event.MARK_UNREADABLE)
        registry_import.error = "\n".join(shown)
        registry_import.save(update_fields=["status", "error"])


def _give_up(registry_import: RegistryImport) -> None:
    _mark_unreadable(registry_import, [GAVE_UP])


READING = Work(RegistryImport, task="members.tasks.read_import", do=_read, give_up=_give_up)


# --- what an import would change --------------------------------------------------------------


@dataclass
class RegistryChanges:
    """What an import would do. Lines are of the file, members are of the registry as it is."""

    present: int  # members before the import
    new: list[RegistryLine] = field(default_factory=list)
    # With the labels of the fields that change.
    changed: list[tuple[Member, RegistryLine, list[str]]] = field(default_factory=list)
    returned: list[RegistryLine] = field(default_factory=list)
    left: list[Member] = field(default_factory=list)
    cif_joined: list[RegistryLine] = field(default_factory=list)
    cif_left: list[Member] = field(default_factory=list)
    unchanged: int = 0
    # The registry by number, those who come excepted.
    members: dict[str, Member] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """What the page shows: counts, and the first names of each list."""
        renamed = sum(
            last_name_key(line.last_name) != member.last_name_key
            for member, line, _ in self.changed
        )
        return {
            "new": len(self.new),
            "new_inactive": sum(not line.is_active for line in self.new),
            "changed": len(self.changed),
            "returned": len(self.returned),
            "left": len(self.left),
            "cif_joined": len(self.cif_joined),
            "cif_left": len(self.cif_left),
            "unchanged": self.unchanged,
            "present": self.present,
            "many_left": len(self.left) * 100 > self.present * MANY_PERCENT,
            "renamed": renamed,
            "many_renamed": renamed * 100 > self.present * MANY_PERCENT,
            "names_new": _names(self.new),
            "names_returned": _names(self.returned),
            "names_left": _names(self.left),
            "names_changed": [
                f"{_name(member)} : {', '.join(labels)}"
                for member, _, labels in self.changed[:SHOWN_NAMES]
            ],
        }


def _names(people: Iterable[Member | RegistryLine]) -> list[str]:
    return [_name(person) for person in list(people)[:SHOWN_NAMES]]


def _name(person: Member | RegistryLine) -> str:
    return f"{person.last_name} {person.first_name} ({person.number})"


def compare(lines: list[RegistryLine], *, on: date) -> RegistryChanges:
    """Compare the lines with the registry as it is, and as it is known to be on a day to come.

    A constant number of queries.
    """
    members = {member.number: member for member in Member.objects.all()}
    open_spans = set(
        Membership.objects.lasting(max(on, timezone.localdate())).values_list("member_id", "kind")
    )
    present = {
        number for number, member in members.items() if (member.pk, Kind.MEMBER) in open_spans
    }
    changes = RegistryChanges(present=len(present), members=members)
    staying = {line.number for line in lines if line.is_active}
    for line in lines:
        member = members.get(line.number)
        if member is None:
            # Who left before our first file is kept as well, without a membership: a roster of
            # an earlier session may name them.
            changes.new.append(line)
            if line.is_active and line.is_cif:
                changes.cif_joined.append(line)
            continue
        labels = [
            _label(name)
            for name, said in line.said().items()
            if said != comparable(name, getattr(member, name))
        ]
        is_cif = (member.pk, Kind.CIF) in open_spans
        if labels:
            changes.changed.append((member, line, labels))
        if line.is_active and line.number not in present:
            changes.returned.append(line)
        if line.is_active and line.is_cif and not is_cif:
            changes.cif_joined.append(line)
        elif is_cif and not (line.is_active and line.is_cif):
            changes.cif_left.append(member)
        elif not labels:
            changes.unchanged += 1
    changes.left = [members[number] for number in sorted(present - staying)]
    listed = {line.number for line in lines}
    changes.cif_left += [
        member
        for member in changes.left
        if member.number not in listed and (member.pk, Kind.CIF) in open_spans
    ]
    return changes


def _label(name: str) -> str:
    field: Any = Member._meta.get_field(name)
    return str(field.verbose_name)


# --- applied or abandoned ---------------------------------------------------------------------


def apply(registry_import: RegistryImport) -> RegistryImport:
    """Import the rows, in one transaction. Raises WrongStatus when it was done already."""
    with transaction.atomic():
        registry_import = registry_import.lock()
        registry_import.require(Event.APPLY)
        # Compared again: the registry may have changed since the file was read.
        changes = compare(
            [RegistryLine(**row) for row in registry_import.rows], on=registry_import.effective_on
        )
        # Told before it is done: what changes is seen on the members as they were.
        registry_import.summary = changes.summary()
        _write(changes, since=registry_import.arrivals_on, on=registry_import.effective_on)
        registry_import.take(Event.APPLY)
        registry_import.applied_at = timezone.now()
        registry_import.rows = []
        registry_import.save(update_fields=["status", "applied_at", "summary", "rows"])
    return registry_import


def abandon(registry_import: RegistryImport) -> RegistryImport:
    """Give an import up. Raises WrongStatus when it no longer waits."""
    with transaction.atomic():
        registry_import = registry_import.lock()
        registry_import.take(Event.ABANDON)
        registry_import.rows = []
        registry_import.save(update_fields=["status", "rows"])
    return registry_import


def _write(changes: RegistryChanges, *, since: date, on: date) -> None:
    """Who comes is a member from `since` on; who leaves has left the day before `on`."""
    come = [Member(number=line.number, **line.said()) for line in changes.new]
    bulk.insert(Member, come)
    members = changes.members | {member.number: member for member in come}
    _edit(changes.changed)
    bulk.insert(
        Membership,
        [
            *(
                Membership(member=members[line.number], kind=Kind.MEMBER, starts_on=since)
                for line in [*changes.new, *changes.returned]
                if line.is_active
            ),
            *(
                Membership(member=members[line.number], kind=Kind.CIF, starts_on=since)
                for line in changes.cif_joined
            ),
        ],
    )
    _close(Kind.MEMBER, changes.left, on)
    _close(Kind.CIF, changes.cif_left, on)


def _edit(changed: list[tuple[Member, RegistryLine, list[str]]]) -> None:
    """Give the members what their lines say, and keep what they were known by before."""
    now, before = timezone.now(), []
    for member, line, _ in changed:
        before.append((member, former.keys_of(member)))
        for name, said in line.said().items():
            setattr(member, name, said)
        member.updated_at = now
    bulk.update(Member, [member for member, _ in before], [*FIELDS, "updated_at"])
    former.keep(before)


def _close(kind: str, members: list[Member], on: date) -> None:
    """End the spans of these members the day before; one that begins later goes."""
    last = on - timedelta(days=1)
    for start in range(0, len(members), bulk.BATCH):
        spans = Membership.objects.lasting(on).filter(
            member__in=members[start : start + bulk.BATCH], kind=kind
        )
        spans.filter(starts_on__lte=last).update(ends_on=last)
        spans.filter(starts_on__gt=last).delete()
