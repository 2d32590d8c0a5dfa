"""Who an unrecognised line might be: for staff to confirm by hand, never decided here."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from common.spreadsheets import fold
from members.models import Member

from ..models import Participant
from ..roster.people import RosterLine
from . import matching

MOST = 8
# Of 100, by rapidfuzz's token_sort_ratio: « duran paul » and « durand paul » make 95.
LEAST_ALIKE = 78


@dataclass(frozen=True)
class Suggestion:
    member: Member
    why: str


def suggest(line: Participant | RosterLine) -> list[Suggestion]:
    """Members for a line (a `Participant` or a `RosterLine`), the likeliest first.

    First those who have one of its keys under another name, then those of a name nearly alike.
    Three queries, and a look at every member's name.
    """
    reasons: dict[int, str] = {}
    keys = matching.keys_of(line)
    known = matching.look_up([keys])
    for column, word in matching.KINDS:
        for key in keys[column]:
            for member in known.by_key.get((column, key), {}).values():
                reasons.setdefault(member.pk, f"même {word}")
    wanted = fold(f"{line.last_name} {line.first_name}")
    names = {
        pk: fold(f"{last_name} {first_name}")
        for pk, last_name, first_name in Member.objects.values_list(
            "pk", "last_name", "first_name"
        ).iterator(chunk_size=5000)
    }
    for _, score, pk in process.extract(
        wanted, names, scorer=fuzz.token_sort_ratio, limit=MOST, score_cutoff=LEAST_ALIKE
    ):
        reasons.setdefault(pk, "même nom" if score == 100 else "nom voisin")
    members = Member.objects.in_bulk(list(reasons)[:MOST])
    return [Suggestion(members[pk], why) for pk, why in reasons.items() if pk in members]
