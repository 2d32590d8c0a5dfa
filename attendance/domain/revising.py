"""What a second file changes on a list still to validate: counted first, then done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from common.durations import format_minutes
from common.spreadsheets import fold

from ..models import Participant, SecondReading, Sheet
from ..roster.people import RosterLine
from ..roster.questions import SHOWN_ROWS, Question

SHOWN = 50
# The question of those whom the file says otherwise than the list, and its answers.
OTHERWISE, KEEP, TAKE = "otherwise", "keep", "take"
# How many of them it names.
NAMED = 5
# What the file then decides of a line of the list.
TAKEN = ("included", "minutes", "is_absent", "problem", "evidence", "rows")
# What the portal's own annotated file says of lines that need nothing more.
SETTLED = frozenset({"reconnu", "deja compte", "decoche"})


@dataclass
class Changes:
    """Participants to add (unsaved) and to remove, and how many stay as they are."""

    added: list[Participant] = field(default_factory=list)
    removed: list[Participant] = field(default_factory=list)
    kept: int = 0
    # (line of the list, unsaved line of the file): one person, present or for a time otherwise.
    otherwise: list[tuple[Participant, Participant]] = field(default_factory=list)

    def question(self) -> list[Question]:
        """Whom to believe, of those whom the two files say otherwise; none when they agree."""
        if not self.otherwise:
            return []
        told = " ; ".join(
            f"{old} : {_presence(old)} dans la liste, {_presence(new)} dans ce fichier"
            for old, new in self.otherwise[:NAMED]
        )
        more = " ; …" if len(self.otherwise) > NAMED else ""
        number = len(self.otherwise)
        people = "1 personne est dite" if number == 1 else f"{number} personnes sont dites"
        return [
            Question(
                OTHERWISE,
                f"{people} autrement dans les deux fichiers ({told}{more}). Lequel croire ?",
                [[KEEP, "La liste : rien ne change"], [TAKE, "Ce fichier"]],
                [new.row_number or 0 for _, new in self.otherwise[:SHOWN_ROWS]],
            )
        ]

    def take(self) -> list[Participant]:
        """The lines of the list, as the file says them; to be saved."""
        for old, new in self.otherwise:
            for name in TAKEN:
                setattr(old, name, getattr(new, name))
        return [old for old, _ in self.otherwise]

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
    there = {_person(line): line for line in current}
    failed = [line for line in current if line.member_id is None]
    by_row = {line.row_number: line for line in failed if line.row_number}
    by_name = {line.folded_name: line for line in failed}
    gone = set()
    for line, participant in zip(lines, read, strict=True):
        if fold(line.result) in SETTLED:
            continue
        if old := there.get(_person(participant)):
            if _is_said_otherwise(old, participant):
                changes.otherwise.append((old, participant))
            continue
        replaced = by_row.get(line.origin or 0) or by_name.get(participant.folded_name)
        participant.row_number = None
        if replaced and replaced.pk not in gone:
            gone.add(replaced.pk)
            changes.removed.append(replaced)
            participant.row_number = replaced.row_number
        there[_person(participant)] = participant
        changes.added.append(participant)
    changes.kept = len(current) - len(changes.removed)
    return changes


def _is_said_otherwise(old: Participant, new: Participant) -> bool:
    """Whether the file says of somebody what the list does not; a person's word stands."""
    # Another line of the file itself, or one that is wrong, is told by itself.
    if old.pk is None or old.changed_at or new.state == Participant.State.PROBLEM or new.same_as:
        return False
    is_longer_or_shorter = new.included and new.minutes is not None and new.minutes != old.minutes
    return old.included != new.included or is_longer_or_shorter


def _presence(line: Participant) -> str:
    if not line.included:
        return "absent"
    return "présent" if line.minutes is None else f"présent {format_minutes(line.minutes)}"


def _person(participant: Participant) -> int | str:
    """Who a line is: the member, or all that was typed to say who."""
    return participant.member_id or participant.refresh_derived().search
