"""Who a line is, by the registry: a key that is known, and a family name that agrees.

The registry stays secret: to the organism a line is recognised, already counted, or not
recognised, whatever the reason.
"""

from dataclasses import dataclass

from anacofi_portal.spreadsheets import fold
from members.keys import email_key, number_key, orias_key
from members.models import Member

BATCH = 500
# Words of a family name that say nothing by themselves.
PARTICLES = frozenset(
    ("de", "du", "des", "d", "la", "le", "les", "l", "da", "do", "dos", "di", "del", "van", "von")
    + ("der", "den", "el", "al", "ben")
)
# From the surest key to the least: a mailbox may be shared.
KINDS = (("number_key", "numéro"), ("orias_key", "ORIAS"), ("email_key", "e-mail"))


@dataclass(frozen=True)
class Match:
    member: Member
    by: str  # the keys that were known and agreed, in French


def find(lines) -> list[Match | None]:
    """Who each line (a `roster.Line`) is, or None; one query for each 500 lines."""
    wanted = [_keys(line) for line in lines]
    fields, known = [field for field, _ in KINDS], {}
    # Without order: sorting would cost more than finding.
    short = Member.objects.only("last_name", "first_name", *fields).order_by()
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        values = {field: sorted({keys[field] for keys in batch} - {""}) for field in fields}
        # Not one filter with « or »: the database would read the whole registry for it.
        parts = [short.filter(**{f"{field}__in": some}) for field, some in values.items() if some]
        for member in parts[0].union(*parts[1:]) if parts else ():
            for field in fields:
                known.setdefault((field, getattr(member, field)), {})[member.pk] = member
    return [_match(line, keys, known) for line, keys in zip(lines, wanted, strict=True)]


def _keys(line):
    return {
        "number_key": number_key(line.member_number),
        "orias_key": orias_key(line.orias),
        "email_key": email_key(line.email),
    }


def _match(line, keys, known):
    found = {}
    for field, word in KINDS:
        for pk, member in known.get((field, keys[field]), {}).items() if keys[field] else ():
            if pk in found or names_agree(line, member):
                found.setdefault(pk, (member, []))[1].append(word)
    if len(found) == 1:
        ((member, words),) = found.values()
        return Match(member, ", ".join(words))
    ranked = sorted(
        (
            (first_names_agree(line, member), len(words), -_rank(words), member.pk)
            for member, words in found.values()
        ),
        reverse=True,
    )
    if not ranked:
        return None
    if len(ranked) > 1 and ranked[0][:3] == ranked[1][:3]:
        # Two people of one name share a mailbox, and nothing on the line tells them apart.
        return None
    member, words = found[ranked[0][3]]
    return Match(member, ", ".join(words))


def _rank(words):
    order = [word for _, word in KINDS]
    return min(order.index(word) for word in words)


def names_agree(line, member) -> bool:
    """Whether the family name on the line is the member's.

    Case, accents, hyphens and the order of words do not count; one part of a compound name is
    enough (« Dupont » for « Dupont-Martin »), a particle alone is not. Where one cell holds both
    names, or they were put in each other's column, all the words are looked at.
    """
    family = fold(member.last_name).split()
    if line.full_name:
        words = fold(line.full_name).split()
        return _contains(words, family) or _same(fold(line.last_name).split(), family)
    typed = fold(line.last_name).split()
    if _same(typed, family):
        return True
    first = fold(line.first_name).split()
    swapped = bool(first) and _same(first, family)
    return swapped and _same(typed, fold(member.first_name).split())


def _same(one, other):
    """Equal, written in one word or several, or one the part of the other."""
    if not one or not other:
        return False
    if "".join(one) == "".join(other) or sorted(one) == sorted(other):
        return True
    shared = set(one) & set(other)
    is_part = shared == set(one) or shared == set(other)
    return is_part and any(len(word) > 1 for word in shared - PARTICLES)


def _contains(words, family):
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


def first_names_agree(line, member) -> bool:
    """Whether the line's first name is the member's; used only to choose between members."""
    first = fold(member.first_name).split()
    typed = fold(f"{line.full_name or line.first_name} {line.last_name}").split()
    return bool(first) and (set(first) <= set(typed) or "".join(first) in "".join(typed))
