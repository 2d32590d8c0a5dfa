"""Whether a name that someone typed is a member's, however people write names. Pure functions."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from common.spreadsheets import fold

# Words of a family name that say nothing by themselves.
PARTICLES = frozenset(
    ("de", "du", "des", "d", "la", "le", "les", "l", "da", "do", "dos", "di", "del", "van", "von")
    + ("der", "den", "el", "al", "ben", "saint", "sainte")
)
# What stands before a name and is no part of it: a pattern, and its words folded.
CIVILITY = (
    r"(?:m|mm|mr|mrs|ms|mmes?|mlles?|monsieur|madame|mademoiselle|me|ma[iî]tre|dr|docteur|pr"
    r"|professeur|mgr)(?:\.\s*|\s+)"
)
CIVILITIES = frozenset(
    ("m", "mm", "mr", "mrs", "ms", "mme", "mmes", "mlle", "mlles", "monsieur", "madame")
    + ("mademoiselle", "me", "maitre", "dr", "docteur", "pr", "professeur", "mgr")
)
# Between a name of birth and one of use: either may be the registry's.
BETWEEN = re.compile(
    r"(?<=\s)(?:n[ée]e?|[ée]p(?:ouse|oux|\.)?|veuve|vve|dite?|alias|ou|nom d[’']usage)(?=\s)"
    r"|[()\[\]/,;]",
    re.I,
)
APOSTROPHE = re.compile(r"['’‘ʼ`´]\s?")
ABBREVIATED = {"st": "saint", "ste": "sainte"}
# A call of a note below the list: « PARIS * », « Émile (1) ».
NOTE_CALL = re.compile(r"\s*(?:\*+|\(\d{1,2}\)|[¹²³⁴-⁹†‡]+)\s*\Z|\A\s*(?:\*+|[†‡]+)\s*")

# Family and given names together: more words are a list of people, who are not tried in turn.
MOST_WORDS = 6
TOO_MANY_WORDS = (
    f"Le nom compte plus de {MOST_WORDS} mots : n’y laissez que le nom et le prénom d’une seule "
    "personne."
)
# How many words of a cell may be neither of the member's family name nor of their given name: a
# name of birth or of use, further given names. Fewer where the given name is not there.
MORE_WORDS, MORE_WITHOUT_GIVEN = 2, 1

Words = tuple[str, ...]


def without_note_call(name: str) -> str:
    """A name without the mark of a note; a name that is nothing else stays as it is."""
    return NOTE_CALL.sub("", name) or name


def words_of(name: str) -> Words:
    """The folded words of a name; « St » is « Saint », figures are no part of it."""
    words = (word for word in fold(name).split() if not word.isdigit())
    return tuple(ABBREVIATED.get(word, word) for word in words)


def typed_words(name: str) -> Words:
    """The same, of a cell: without the civilities that it begins with."""
    words = words_of(name)
    while words and words[0] in CIVILITIES:
        words = words[1:]
    return words


@lru_cache(maxsize=4096)
def readings_of(name: str) -> tuple[Words, ...]:
    """What a cell's family name may be: « LEROY née DURAND » is the whole, LEROY or DURAND.

    An apostrophe parts two words or none: « O'Brien » is « O BRIEN » and « OBRIEN ».
    """
    readings: dict[Words, None] = {}
    # A particle in brackets belongs to the name: « La Tour (de) ».
    parts = [name, *(part for part in BETWEEN.split(name) if set(words_of(part)) - PARTICLES)]
    for part in (BETWEEN.sub(" ", parts[0]), *parts[1:]):
        for text in (part, APOSTROPHE.sub("", part)):
            readings[typed_words(text)] = None
    return tuple(filter(None, readings))


@lru_cache(maxsize=4096)
def _spellings_of(name: str) -> tuple[Words, ...]:
    """The registry's family name: nothing is taken away, « Maître » is a name there."""
    readings = readings_of(name)
    words = words_of(name)
    return readings if words in readings or not words else (words, *readings)


def agree(typed: str, family: str, given: str = "") -> bool:
    """Whether a cell's family name is the registry's; `given` is the registry's given name.

    Case, accents, hyphens, apostrophes and the order of words do not count; one part of a
    compound name is enough (« Dupont » for « Dupont-Martin »), a particle alone is not. A cell
    that holds nothing but a civility, or nothing that can be compared, agrees with nobody; nor
    does one that holds the name among others, as a list of people would.
    """
    return any(_same(one, other) for one, other in _pairs(typed, family)) and _is_of_one(
        typed, family, given
    )


def stands_in(full_name: str, family: str, given: str = "") -> bool:
    """Whether the registry's family name stands in a cell that holds both names."""
    return any(_contains(one, other) for one, other in _pairs(full_name, family)) and _is_of_one(
        full_name, family, given
    )


def is_too_long(*cells: str) -> bool:
    """Whether these cells hold more words than one person's family and given names."""
    return len(_without_small_words(words_of(BETWEEN.sub(" ", " ".join(cells))))) > MOST_WORDS


def _without_small_words(words: Words) -> Words:
    """Words without the particles and the civilities, wherever they stand."""
    return tuple(word for word in words if word not in PARTICLES and word not in CIVILITIES)


def _is_of_one(cell: str, family: str, given: str) -> bool:
    """Whether a cell in which the family name was found is of one person of that name."""
    words = words_of(BETWEEN.sub(" ", cell))
    own = set(words_of(given))
    has_given = not own or not own.isdisjoint(words)
    most = MORE_WORDS if has_given else MORE_WITHOUT_GIVEN
    return any(
        sum(len(word) > 1 and word not in own for word in _without_small_words(left)) <= most
        for left in (_beside(words, spelling) for spelling in _spellings_of(family))
    )


def _beside(words: Words, family: Words) -> Words:
    """The words of a cell that are not of the family name, in one piece or in parts."""
    joined = "".join(family)
    for start, end in _pieces(words):
        if "".join(words[start:end]) == joined:
            return words[:start] + words[end:]
    return tuple(word for word in words if word not in family)


def is_civility(family: str) -> bool:
    """Whether the registry's family name is a civility elsewhere: « Maître » is both."""
    return bool(family) and set(words_of(family)) <= CIVILITIES


def _pairs(typed: str, family: str) -> Iterator[tuple[Words, Words]]:
    spellings = _spellings_of(family)
    for reading in readings_of(typed):
        for spelling in spellings:
            yield reading, spelling


def _same(one: Words, other: Words) -> bool:
    """Equal, written in one word or several, or one the part of the other."""
    if "".join(one) == "".join(other) or sorted(one) == sorted(other):
        return True
    shared = set(one) & set(other)
    is_part = shared == set(one) or shared == set(other)
    return is_part and any(len(word) > 1 for word in shared - PARTICLES)


def _contains(words: Words, family: Words) -> bool:
    """Whether the family name stands among the words, in one piece or in parts."""
    pieces = {"".join(words[start:end]) for start, end in _pieces(words)}
    return "".join(family) in pieces or set(family) <= set(words)


def _pieces(words: Words) -> Iterator[tuple[int, int]]:
    """Where each run of words begins and ends."""
    return combinations(range(len(words) + 1), 2)
