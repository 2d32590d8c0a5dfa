"""Who a line is, by the registry: a key that is known, and a family name that agrees.

The registry stays secret: to the organism a line is recognised, already counted, or not
recognised, whatever the reason. The reason is told to staff alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac

from common.spreadsheets import fold
from members import names
from members.keys import KEYS_OF
from members.models import FormerKey, Member

from ..models import Participant
from ..roster.people import RosterLine

BATCH = 500
# {column: what the line's cell holds of it, in its compared form}
Keys = dict[str, list[str]]
# {id: member}
Members = dict[int, Member]
KINDS = (("number_key", "numéro"), ("orias_key", "ORIAS"), ("email_key", "e-mail"))
TYPED = {"number_key": "member_number", "orias_key": "orias", "email_key": "email"}
# What is read of a member, beside the keys.
SHOWN = ("number", "last_name", "first_name", "last_name_key")
# How many people of a key a note names.
NAMED = 5
# An adviser has two addresses, or a number beside a year: more keys in a cell are guesses.
KEYS_OF_ONE = 2
KEY_LENGTH = 24


@dataclass(frozen=True)
class Asked:
    """One question to the registry: `key` stands for it, and says nothing of whom it names.

    What `within` stands for was answered no: then this one's answer is no as well. A name read
    from one cell is found by all its words, by fewer when each name has its column.
    """

    key: str
    within: str


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
    """Who each line is; three queries for each 500 lines, and one for all."""
    wanted = [keys_of(line) for line in lines]
    known = look_up(wanted)
    matches = [_match(line, keys, known) for line, keys in zip(lines, wanted, strict=True)]
    return _without_namesakes(lines, matches)


def _without_namesakes(lines: Sequence[RosterLine], matches: list[Match]) -> list[Match]:
    """The same, but nobody where the line bears the whole name of another member.

    « Michel BERNARD » with the address of Françoise BERNARD, in a registry that has a Michel: the
    name says one person, the key another, and neither is sure. A first name that no other member
    of the family name bears is a second one, or short for one: the key decides.
    """
    doubted = {
        place: match.member
        for place, (line, match) in enumerate(zip(lines, matches, strict=True))
        if match.member and _bears_another_first_name(line, match.member)
    }
    bearers: dict[str, list[Member]] = {}
    families = {member.last_name_key for member in doubted.values()}
    # Asked for nobody too: the number of queries tells nothing.
    same = Member.objects.filter(last_name_key__in=families or {""}).only(*SHOWN)
    for bearer in same.order_by():
        bearers.setdefault(bearer.last_name_key, []).append(bearer)
    for place, member in doubted.items():
        others = [
            one
            for one in bearers.get(member.last_name_key, ())
            if one.pk != member.pk and first_names_agree(lines[place], one)
        ]
        if others:
            note = (
                f"Le nom est celui de {_people(others)} ; {matches[place].by} : "
                f"{_people([member])}."
            )
            matches[place] = Match(note=note)
    return matches


def _bears_another_first_name(line: RosterLine, member: Member) -> bool:
    """Whether the line's first name has nothing of the member's, not even an initial."""
    own = names.words_of(member.first_name)
    family = set(names.words_of(member.last_name))
    typed = set(names.typed_words(line.full_name or line.first_name)) - family
    initials = {word[0] for word in own} | {"".join(word[0] for word in own)}
    return bool(own and typed) and typed.isdisjoint({*own, *initials})


def asked_by(lines: Sequence[RosterLine], matches: Sequence[Match]) -> list[Asked]:
    """What these lines asked and got no for: each counts against the day's limit.

    Each line whose state is shown, whatever else is said of it. A line asks once, and once more
    for each key of a cell above `KEYS_OF_ONE`, known or not: many guesses in a cell are as many.
    """
    return [
        question
        for line, match in zip(lines, matches, strict=True)
        if not line.problem
        for question in _asked_by(line, match)
    ]


def _asked_by(line: RosterLine, match: Match) -> Iterator[Asked]:
    keys = keys_of(line)
    further = max(map(len, keys.values())) - KEYS_OF_ONE
    for number in range(bool(match.member), max(further, 0) + 1):
        own, within = (
            salted_hmac(
                "attendance.asked",
                repr((fold(line.last_name), fold(line.first_name), is_both, keys, number)),
                algorithm="sha256",
            ).hexdigest()[:KEY_LENGTH]
            for is_both in (bool(line.full_name), True)
        )
        yield Asked(own, within)


def keys_of(line: RosterLine | Participant) -> Keys:
    """The line's keys in their compared form; a cell may hold several, and each is tried."""
    return {column: KEYS_OF[column](getattr(line, name)) for column, name in TYPED.items()}


def look_up(wanted: Sequence[Keys]) -> Known:
    """Whom the registry knows by these keys, present and former, whatever their name.

    `wanted` holds what `keys_of` gives of each line. Three queries for each 500 lines, as many
    when nobody is known.
    """
    known = Known()
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        values = {
            column: sorted({key for keys in batch for key in keys[column]}) for column in TYPED
        }
        values = {column: some for column, some in values.items() if some}
        if not values:
            continue
        # Not one filter with « or »: the database would read the whole registry for it. And
        # without order: sorting would cost more than finding.
        short = Member.objects.only(*SHOWN, *TYPED).order_by()
        first, *others = (short.filter(**{f"{name}__in": some}) for name, some in values.items())
        looked_up: set[int] = set()
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
        # Asked for nobody too: the number of queries tells nothing.
        names = FormerKey.objects.filter(kind=FormerKey.Kind.LAST_NAME, member__in=looked_up or [0])
        for pk, name in names.order_by().values_list("member", "value"):
            if name not in known.names[pk]:
                known.names[pk].append(name)
    return known


def _know(known: Known, column: str, key: str, member: Member) -> None:
    known.by_key.setdefault((column, key), {})[member.pk] = member
    known.names.setdefault(member.pk, [member.last_name])


def _match(line: RosterLine, keys: Keys, known: Known) -> Match:
    """All the keys that the registry knows must lead to one person, whose family name agrees.

    A key that several members have (a mailbox of a firm or a family) leads to any of them; one
    that nobody has leads nowhere, and contradicts nothing.
    """
    led: list[tuple[str, str, Members]] = [
        (word, key, holders)
        for column, word in KINDS
        for key in keys[column]
        if (holders := known.by_key.get((column, key)))
    ]
    if not led:
        return Match()
    common = set.intersection(*(set(holders) for _, _, holders in led))
    if not common:
        return Match(note=_two_people(led))
    _, _, holders = led[0]
    agreeing = [
        member
        for pk, member in holders.items()
        if pk in common and any(names_agree(line, member, name) for name in known.names[pk])
    ]
    if not agreeing:
        return Match(note=_other_names(led, common))
    if len(agreeing) > 1:
        first = [member for member in agreeing if first_names_agree(line, member)]
        if len(first) != 1:
            return Match(note=f"Rien ne distingue sur la ligne {_people(agreeing)}.")
        agreeing = first
    return Match(agreeing[0], ", ".join(dict.fromkeys(word for word, _, _ in led)))


def _people(members: Iterable[Member]) -> str:
    """« DUPONT Jean (A00001) et DUPONT Marie (A00002) »."""
    shown = [
        f"{member.last_name} {member.first_name} ({member.number})".strip() for member in members
    ][:NAMED]
    return " et ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def _other_names(led: list[tuple[str, str, Members]], common: set[int]) -> str:
    """Whom the keys lead to, all of them, under a name that is not the line's."""
    words = ", ".join(dict.fromkeys(word for word, _, _ in led))
    people = [member for pk, member in led[0][2].items() if pk in common]
    return f"Clé connue ({words}) sous un autre nom : {_people(people)}."


def _two_people(led: list[tuple[str, str, Members]]) -> str:
    """Which key leads to whom; two of a kind are told apart by what they are."""
    kinds = [word for word, _, _ in led]
    told = [f"{word} {key}" if kinds.count(word) > 1 else word for word, key, _ in led]
    return (
        "Les identifiants désignent des personnes différentes : "
        + " ; ".join(
            f"{words} : {_people(holders.values())}"
            for words, (_, _, holders) in zip(told, led, strict=True)
        )
        + "."
    )


def names_agree(line: RosterLine, member: Member, last_name: str | None = None) -> bool:
    """Whether the family name on the line is the member's (or `last_name`, a former one).

    As `members.names.agree` has it. Where one cell holds both names, or they were put in each
    other's column, all the words are looked at. More words than a person's are nobody's.
    """
    if names.is_too_long(line.full_name or f"{line.last_name} {line.first_name}"):
        return False
    family = last_name or member.last_name
    if names.is_civility(family):
        # « Maître » is a name for whom the line calls by their first name too.
        words = names.words_of(f"{line.full_name or line.last_name}")
        return set(names.words_of(family)) <= set(words) and first_names_agree(line, member)
    given = member.first_name
    if names.agree(line.last_name, family, given):
        return True
    if line.full_name:
        return names.stands_in(line.full_name, family, given)
    swapped = bool(line.first_name) and names.agree(line.first_name, family, given)
    return swapped and names.agree(line.last_name, member.first_name)


def first_names_agree(line: RosterLine, member: Member) -> bool:
    """Whether the line's first name is the member's; used only to choose between members."""
    first = fold(member.first_name).split()
    typed = fold(f"{line.full_name or line.first_name} {line.last_name}").split()
    return bool(first) and (set(first) <= set(typed) or "".join(first) in "".join(typed))
