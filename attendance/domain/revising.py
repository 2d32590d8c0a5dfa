"""What a second file changes on a list still to validate: counted first, then done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from common.spreadsheets import fold

from ..models import Participant, SecondReading, Sheet
from ..roster.people import RosterLine

SHOWN = 50
# What the portal's own annotated file says of lines that need nothing more.
SETTLED = frozenset({"reconnu", "deja compte", "decoche"})


@dataclass
class Changes:
    """Participants to add (unsaved) and to remove, and how many stay as they are."""

    added: list[Participant] = field(default_factory=list)
    removed: list[Participant] = field(default_factory=list)
    kept: int = 0

    def summary(self) -> dict[str, Any]:
        """What the page shows: counts, and the first names of each list."""
        return {
            "added": len(self.added),
            "removed": len(self.removed),
            "kept": self.kept,
            "names_added": [str(line) for line in self.added[:SHOWN]],
            "names_removed": [str(line) for line in self.removed[:SHOWN]],
            "states": [
                {"name": str(line), "state": line.get_state_display(), "problem": line.problem}
                for line in self.added[:SHOWN]
            ],
        }


def plan(
    sheet: Sheet, lines: Sequence[RosterLine], read: list[Participant], purpose: str
) -> Changes:
    """What the lines (and as participants, `read`) change on the sheet's list.

    To replace, the new list stands for the old one, but for whom the organism unticked by hand.
    To complete, new people are added, and a line that was not recognised gives way to the one
    that corrects it: by the row that the annotated file names, or by the same name.
    """
    current = list(sheet.participants.all())
    if purpose == SecondReading.Purpose.REPLACE:
        return _replace(current, read)
    return _complete(current, lines, read)


def _replace(current: list[Participant], read: list[Participant]) -> Changes:
    unticked = {_person(line) for line in current if line.changed_at and not line.included}
    for line in read:
        if _person(line) in unticked:
            line.included = False
    return Changes(added=read, removed=current)


def _complete(
    current: list[Participant], lines: Sequence[RosterLine], read: list[Participant]
) -> Changes:
    changes = Changes()
    there = {_person(line) for line in current}
    failed = [line for line in current if line.member_id is None]
    by_row = {line.row_number: line for line in failed if line.row_number}
    by_name = {line.folded_name: line for line in failed}
    gone = set()
    for line, participant in zip(lines, read, strict=True):
        if fold(line.result) in SETTLED or _person(participant) in there:
            continue
        replaced = by_row.get(line.origin or 0) or by_name.get(participant.folded_name)
        participant.row_number = None
        if replaced and replaced.pk not in gone:
            gone.add(replaced.pk)
            changes.removed.append(replaced)
            participant.row_number = replaced.row_number
        there.add(_person(participant))
        changes.added.append(participant)
    changes.kept = len(current) - len(changes.removed)
    return changes


def _person(participant: Participant) -> int | str:
    """Who a line is: the member, or all that was typed to say who."""
    return participant.member_id or participant.refresh_derived().search
