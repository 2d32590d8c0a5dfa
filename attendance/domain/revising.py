"""What a second file changes on a list still to validate: counted first, then done."""

from dataclasses import dataclass, field

from common.spreadsheets import fold

SHOWN = 50
REPLACE = "replace"
# What the portal's own annotated file says of lines that need nothing more.
SETTLED = frozenset({"reconnu", "deja compte", "decoche"})


@dataclass
class Plan:
    """Participants to add (unsaved) and to remove, and how many stay as they are."""

    added: list = field(default_factory=list)
    removed: list = field(default_factory=list)
    kept: int = 0

    def summary(self):
        """What the page shows: counts, and the first names of each list."""
        return {
            "added": len(self.added),
            "removed": len(self.removed),
            "kept": self.kept,
            "names_added": [str(one) for one in self.added[:SHOWN]],
            "names_removed": [str(one) for one in self.removed[:SHOWN]],
            "states": [
                {"name": str(one), "state": one.get_state_display(), "problem": one.problem}
                for one in self.added[:SHOWN]
            ],
        }


def plan(sheet, lines, read, purpose):
    """What the lines (`roster.Line`s, and as participants in `read`) change on the sheet's list.

    To replace, the new list stands for the old one, but for whom the organism unticked by hand.
    To complete, new people are added, and a line that was not recognised gives way to the one
    that corrects it: by the row that the annotated file names, or by the same name.
    """
    current = list(sheet.participants.all())
    if purpose == REPLACE:
        return _replace(current, read)
    return _complete(current, lines, read)


def _replace(current, read):
    unticked = {_person(one) for one in current if one.changed_at and not one.included}
    for one in read:
        if _person(one) in unticked:
            one.included = False
    return Plan(added=read, removed=current)


def _complete(current, lines, read):
    made = Plan()
    there = {_person(one) for one in current}
    failed = [one for one in current if one.member_id is None]
    by_row = {one.row_number: one for one in failed if one.row_number}
    by_name = {_name(one): one for one in failed}
    gone = set()
    for line, one in zip(lines, read, strict=True):
        if fold(line.result) in SETTLED or _person(one) in there:
            continue
        replaced = by_row.get(line.origin) or by_name.get(_name(one))
        one.row_number = None
        if replaced and replaced.pk not in gone:
            gone.add(replaced.pk)
            made.removed.append(replaced)
            one.row_number = replaced.row_number
        there.add(_person(one))
        made.added.append(one)
    made.kept = len(current) - len(made.removed)
    return made


def _name(participant):
    return fold(f"{participant.last_name} {participant.first_name}")


def _person(participant):
    """Who a line is: the member, or all that was typed to say who."""
    return participant.member_id or participant.search
