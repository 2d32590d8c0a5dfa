"""Taking a whole import back, while nothing depends on it."""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import bulk
from common.errors import Refused

from ..models import FormerKey, Member, Membership, RegistryChange, RegistryImport
from ..registry_file import FIELDS
from . import dependents
from .registry_changes import batches, one_at_a_time

# How many of those who depend on an import are named.
SHOWN = 20
Event = RegistryImport.Event


def undo(registry_import: RegistryImport, *, by: User | None = None) -> RegistryImport:
    """Take an import back: each line is what it was, and who came by it is gone.

    Raises WrongStatus when it is not an import that was done, Refused, by name, when something
    depends on it.
    """
    with transaction.atomic():
        one_at_a_time()
        registry_import = registry_import.lock()
        registry_import.require(Event.UNDO)
        changes = _changes(registry_import)
        pks = [change.member_id for change in changes if change.member_id]
        # Whoever counts hours or edits a member waits, or came first and is seen.
        for batch in batches(pks):
            list(Member.objects.select_for_update().filter(pk__in=batch).order_by("pk"))
        if hindrances := in_the_way(registry_import):
            raise Refused(f"Cet import ne s’annule plus. {' ; '.join(hindrances)}.")
        _take_spans_back(changes)
        _take_edits_back(changes)
        _take_arrivals_back(changes)
        registry_import.rows, registry_import.undone_at = [], timezone.now()
        registry_import.move(Event.UNDO, by=by, update_fields=["rows", "undone_at"])
    return registry_import


def in_the_way(registry_import: RegistryImport) -> list[str]:
    """What depends on an import that was done, by name: it cannot be undone before.

    A constant number of queries for each batch of members.
    """
    since = registry_import.applied_at
    if since is None or not registry_import.rows:
        return ["Il date d’avant que le portail garde ce que chaque ligne a changé"]
    later = (
        RegistryImport.objects.filter(status=RegistryImport.Status.APPLIED, applied_at__gt=since)
        .order_by("-applied_at")
        .defer("rows")
    )
    told = [
        f"L’import « {one.name} », confirmé le {timezone.localtime(one.applied_at):%d/%m/%Y}, "
        "l’a suivi : annulez-le d’abord"
        for one in later
    ]
    if told:
        return told  # what that import wrote would be taken for edits by hand
    by_member: dict[int, list[str]] = defaultdict(list)
    changes = {change.member_id: change for change in _changes(registry_import) if change.member_id}
    for batch in batches(list(changes)):
        new = [pk for pk in batch if changes[pk].membership in RegistryChange.CAME]
        for pk, what in dependents.of(dependents.Touched(batch, new, since)):
            by_member[pk].append(what)
    told = [
        f"{changes[pk].name} : {', '.join(dict.fromkeys(whats))}"
        for pk, whats in list(by_member.items())[:SHOWN]
    ]
    if (more := len(by_member) - SHOWN) > 0:
        told.append(f"et {more} autre{'s' if more > 1 else ''}")
    return told


def _changes(registry_import: RegistryImport) -> list[RegistryChange]:
    """Those of its lines that did something."""
    return [
        change
        for change in registry_import.changes.all()
        if change.membership or change.cif or change.edits
    ]


def _take_spans_back(changes: list[RegistryChange]) -> None:
    opened = [pk for change in changes for pk in change.undo.get("opened", [])]
    for batch in batches(opened):
        Membership.objects.filter(pk__in=batch).delete()
    ended = dict(pair for change in changes for pair in change.undo.get("ended", []))
    spans = []
    for batch in batches(list(ended)):
        for span in Membership.objects.filter(pk__in=batch):
            span.ends_on = _day(ended[span.pk])
            spans.append(span)
    bulk.update(Membership, spans, ["ends_on"])
    bulk.insert(
        Membership,
        [
            Membership(
                member_id=change.member_id,
                kind=kind,
                starts_on=date.fromisoformat(starts_on),
                ends_on=_day(ends_on),
            )
            for change in changes
            if change.member_id
            for kind, starts_on, ends_on in change.undo.get("removed", [])
        ],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _take_edits_back(changes: list[RegistryChange]) -> None:
    edited = {change.member_id: change for change in changes if change.edits}
    members, keys = [], []
    for batch in batches([pk for pk in edited if pk]):
        for member in Member.objects.filter(pk__in=batch):
            change = edited[member.pk]
            for name, (before, _) in change.edits.items():
                setattr(member, name, before)
            # Not now: nobody has edited them, and an import before this one may be undone too.
            (updated,) = change.undo["updated"]
            member.updated_at = datetime.fromisoformat(updated)
            members.append(member)
        for key in FormerKey.objects.filter(member__in=batch):
            if [key.kind, key.value] in edited[key.member_id].undo.get("noted", []):
                keys.append(key.pk)
    bulk.update(Member, members, [*FIELDS, "updated_at"])
    for batch in batches(keys):
        FormerKey.objects.filter(pk__in=batch).delete()


def _take_arrivals_back(changes: list[RegistryChange]) -> None:
    came = [change.member_id for change in changes if change.membership in RegistryChange.CAME]
    for batch in batches([pk for pk in came if pk]):
        Member.objects.filter(pk__in=batch).delete()
