"""Who a line is, by the registry: a key that is known, and a family name that agrees.

The registry stays secret: to the organism a line is recognised, already counted, or not
recognised, whatever the reason. The reason is told to staff alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from common.spreadsheets import fold
from members.keys import KEY_OF
from members.models import FormerKey, Member

from ..models import Participant
from ..roster.people import RosterLine

BATCH = 500
# Words of a family name that say nothing by themselves.
PARTICLES = frozenset(
    ("de", "du", "des", "d", "la", "le", "les", "l", "da", "do", "dos", "di", "del", "van", "von")
    + ("der", "den", "el", "al", "ben")
)
# {column: key in its compared form}
Keys = dict[str, str]
# {id: member}
Members = dict[int, Member]
# From the surest key to the least: a mailbox may be shared.
KINDS = (("number_key", "numéro"), ("orias_key", "ORIAS"), ("email_key", "e-mail"))
TYPED = {"number_key": "member_number", "orias_key": "orias", "email_key": "email"}


@dataclass(frozen=True)
class Match:
    """Who a line is: `member`, or None; `note` says to staff why nobody is recognised."""

    member: Member | None = None
    by: str = ""  # the keys that were known and agreed, in French
    note: str = ""


@dataclass
class Known:
    """What the registry knows of all the lines' keys at once."""

    by_key: dict[tuple[str, str], Members] = field(default_factory=dict)  # by (column, key)
    names: dict[int, list[str]] = field(default_factory=dict)  # by id, the present one first


def find(lines: Sequence[RosterLine]) -> list[Match]:
    """Who each line is; three queries for each 500 lines."""
    wanted = [keys_of(line) for line in lines]
    known = look_up(wanted)
    return [_match(line, keys, known) for line, keys in zip(lines, wanted, strict=True)]


def count_unrecognised(lines: Sequence[RosterLine], matches: Sequence[Match]) -> int:
    """How many of these lines count against the day's limit: those that a key was tried for."""
    return sum(
        match.member is None and not line.problem and line.same_as is None
        for line, match in zip(lines, matches, strict=True)
    )


def keys_of(line: RosterLine | Participant) -> Keys:
    """The line's keys in their compared form."""
    return {column: KEY_OF[column](getattr(line, name)) for column, name in TYPED.items()}


def look_up(wanted: Sequence[Keys]) -> Known:
    """Whom the registry knows by these keys, present and former, whatever their name.

    `wanted` holds what `keys_of` gives of each line. Three queries for each 500 lines.
    """
    known = Known()
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        values = {column: sorted({keys[column] for keys in batch} - {""}) for column in TYPED}
        values = {column: some for column, some in values.items() if some}
        if not values:
            continue
        # Not one filter with « or »: the database would read the whole registry for it. And
        # without order: sorting would cost more than finding.
        short = Member.objects.only("number", "last_name", "first_name", *TYPED).order_by()
        first, *others = (short.filter(**{f"{name}__in": some}) for name, some in values.items())
        looked_up = set()
        for member in first.union(*others):
            looked_up.add(member.pk)
            for column in TYPED:
                _know(known, column, getattr(member, column), member)
        every = sorted({value for some in values.values() for value in some})
        for former in (
            FormerKey.objects.filter(kind__in=list(TYPED), value__in=every)
            .select_related("member")
            .order_by()
        ):
            looked_up.add(former.member_id)
            _know(known, former.kind, former.value, former.member)
        names = FormerKey.objects.filter(kind=FormerKey.Kind.LAST_NAME, member__in=looked_up)
        for pk, name in names.order_by().values_list("member", "value") if looked_up else ():
            if name not in known.names[pk]:
                known.names[pk].append(name)
    return known


def _know(known: Known, column: str, key: str, member: Member) -> None:
    known.by_key.setdefault((column, key), {})[member.pk] = member
    known.names.setdefault(member.pk, [member.last_name])


def _match(line: RosterLine, keys: Keys, known: Known) -> Match:
    """Each key names the members who have it and whose family name agrees; all must meet."""
    named: dict[str, Members] = {}
    others: dict[str, Members] = {}
    agreed: dict[int, bool] = {}
    for column, word in KINDS:
        holders = known.by_key.get((column, keys[column]), {}) if keys[column] else {}
        for pk, member in holders.items():
            if pk not in agreed:
                agreed[pk] = any(names_agree(line, member, name) for name in known.names[pk])
        agreeing = {pk: member for pk, member in holders.items() if agreed[pk]}
        if agreeing:
            named[word] = agreeing
        elif holders:
            others[word] = holders
    if not named:
        return Match(note=_other_names(others))
    common = set.intersection(*(set(agreeing) for agreeing in named.values()))
    if not common:
        return Match(note=_two_people(named))
    members = {
        pk: member for agreeing in named.values() for pk, member in agreeing.items() if pk in common
    }
    if len(members) > 1:
        first = [member for member in members.values() if first_names_agree(line, member)]
        if len(first) != 1:
            return Match(note=f"Rien ne distingue sur la ligne {_people(members.values())}.")
        members = {first[0].pk: first[0]}
    return Match(next(iter(members.values())), ", ".join(named))


def _people(members: Iterable[Member]) -> str:
    """« DUPONT Jean (A00001) et DUPONT Marie (A00002) »."""
    names = [
        f"{member.last_name} {member.first_name} ({member.number})".strip() for member in members
    ][:5]
    return " et ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _other_names(others: dict[str, Members]) -> str:
    return " ".join(
        f"Clé connue ({word}) sous un autre nom : {_people(holders.values())}."
        for word, holders in others.items()
    )


def _two_people(named: dict[str, Members]) -> str:
    return (
        "Les identifiants désignent des personnes différentes : "
        + " ; ".join(f"{word} : {_people(members.values())}" for word, members in named.items())
        + "."
    )


def names_agree(line: RosterLine, member: Member, last_name: str | None = None) -> bool:
    """Whether the family name on the line is the member's (or `last_name`, a former one).

    Case, accents, hyphens and the order of words do not count; one part of a compound name is
    enough (« Dupont » for « Dupont-Martin »), a particle alone is not. Where one cell holds both
    names, or they were put in each other's column, all the words are looked at.
    """
    family = fold(last_name or member.last_name).split()
    if line.full_name:
        words = fold(line.full_name).split()
        return _contains(words, family) or _same(fold(line.last_name).split(), family)
    typed = fold(line.last_name).split()
    if _same(typed, family):
        return True
    first = fold(line.first_name).split()
    swapped = bool(first) and _same(first, family)
    return swapped and _same(typed, fold(member.first_name).split())


def _same(one: list[str], other: list[str]) -> bool:
    """Equal, written in one word or several, or one the part of the other."""
    if not one or not other:
        return False
    if "".join(one) == "".join(other) or sorted(one) == sorted(other):
        return True
    shared = set(one) & set(other)
    is_part = shared == set(one) or shared == set(other)
    return is_part and any(len(word) > 1 for word in shared - PARTICLES)


def _contains(words: list[str], family: list[str]) -> bool:
    """Whether the family name stands among the words, in one piece or in parts."""
    if not family:
        return False
    joined = "".join(family)
    pieces = {
        "".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    }
    return joined in pieces or set(family) <= set(words)


def first_names_agree(line: RosterLine, member: Member) -> bool:
    """Whether the line's first name is the member's; used only to choose between members."""
    first = fold(member.first_name).split()
    typed = fold(f"{line.full_name or line.first_name} {line.last_name}").split()
    return bool(first) and (set(first) <= set(typed) or "".join(first) in "".join(typed))
