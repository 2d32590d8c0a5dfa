"""What is worth a second look in QCM sets and blocks nothing. Pure.

Two questions are taken for one, reworded, when the words that tell them apart from the other
questions are alike. Words that many of the questions share tell nothing; a number, a negation or
one of two opposites that stands in one question only makes two questions of them.
"""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import fuzz

from common.spreadsheets import fold

from .set_checks import LETTERS, question_key

# From so many questions on, a habit of the author's is no chance.
FEW = 4
COMMONPLACE = frozenset(
    "a afin ai ainsi alors au aussi aux avec c ce ces cet cette celui ceux chaque combien comme "
    "comment d dans de des donc du elle elles en entre est et etre eu fait faut il ils je l la le "
    "les leur leurs lors lorsque lui m ma mais me meme mes mon n ne nos notre nous on ont ou par "
    "parmi peut peuvent pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa se ses "
    "si son sont suivant suivante suivants suivantes sur t ta te tes ton tous tout toute toutes un "
    "une vos votre vous y quelle quel affirmation affirmations proposition propositions reponse "
    "reponses moment question phrase avez".split()
)
NEGATIONS = frozenset(
    "pas jamais sauf non aucun aucune ni sans excepte hormis contrairement impossible interdit "
    "interdite faux fausse fausses inexact inexacte inexactes incorrect incorrecte incorrectes "
    "inexactement incorrectement".split()
)
OPPOSITES = [
    tuple(frozenset(side.split(",")) for side in pair.split("/"))
    for pair in (
        "avant/apres minimum,minimal,minimale,minimums/maximum,maximal,maximale,maximums "
        "plus/moins superieur,superieure/inferieur,inferieure obligatoire/facultatif,facultative "
        "avantage,avantages/inconvenient,inconvenients,risque,risques achat/vente "
        "acheteur/vendeur actif/passif hausse/baisse debut/fin premier,premiere/dernier,derniere "
        "interne/externe usufruitier,usufruit/nu direct,directe/indirect,indirecte "
        "entree/sortie physique,physiques/morale,morales mineur/majeur court/long "
        "souscripteur/beneficiaire donateur/donataire avantageux/desavantageux "
        "professionnel,professionnels/particulier,particuliers"
    ).split()
]
NUMBERING = re.compile(r"\s{0,9}(?:question|q)\s?(?:n\s?[°º]?\s?)?\d{1,3}\s?[.:)–—-]\s?", re.I)
# « PEA », « ACPR »: what a question is about, when all of it is not in capitals.
ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,7}\b")
ALL_OR_NONE = re.compile(
    r"(?:toutes|aucune|tous|aucun|l ensemble)(?: de| des| d entre)?(?: ces| les)? "
    r"(?:reponses?|propositions?|affirmations?|choix|elles)\b.{0,60}"
    r"|(?:toutes|aucune) (?:ces|les) (?:reponses?|propositions?|affirmations?)\b.{0,60}"
    r"|(?:les|ces) (?:deux|trois|quatre|cinq) (?:reponses|propositions|affirmations)\b.{0,60}"
    r"|(?:a|b|c|d|e|f)(?: (?:a|b|c|d|e|f))? et (?:a|b|c|d|e|f)"
    r"|(?:les )?reponses (?:a|b|c|d|e|f) et (?:a|b|c|d|e|f)\b.{0,40}"
)
YES_OR_NO = frozenset({"", "oui", "non", "vrai", "faux"})


@dataclass(frozen=True)
class Remark:
    """`rank` is 1-based in the set, 0 for the whole set.

    `kind` is « reworded », « longest », « same_place », « all_or_none » or « no_explanation ».
    `sentence` begins in lower case and ends with a full stop: it follows a place and « : ».
    """

    set_number: int
    rank: int
    kind: str
    sentence: str

    def __str__(self):
        place = f"Jeu {self.set_number}" + (f", question {self.rank}" if self.rank else "")
        return f"{place} : {self.sentence}"


def remarks(rows, *, similarity: int) -> list[Remark]:
    """The remarks on these rows of `sets_as_rows`, set by set.

    `similarity` is a percentage: from it on, two questions of different sets are told to be
    perhaps the same.
    """
    ranks = Counter()
    placed = []
    for row in rows:
        ranks[row["set"]] += 1
        placed.append((row["set"], ranks[row["set"]], row))
    found = _reworded(placed, similarity)
    for number, rank, row in placed:
        found += [
            Remark(
                number,
                rank,
                "all_or_none",
                f"« {text[:60]} » : les réponses sont mélangées pour chaque adhérent, celle-ci "
                "peut l’égarer.",
            )
            for text, _ in row["choices"]
            if ALL_OR_NONE.fullmatch(fold(text[:200]))
        ]
    placed.sort(key=lambda one: one[0])
    for number, own in groupby(placed, key=lambda one: one[0]):
        found += _habits(number, [row for _, _, row in own])
    return sorted(found, key=lambda one: (one.set_number, one.rank))


def _habits(number, rows):
    """What a whole set gives away, or lacks."""
    found = []
    places, longest, single = set(), True, 0
    for row in rows:
        right = [index for index, (_, is_right) in enumerate(row["choices"]) if is_right]
        if len(right) != 1 or len(row["choices"]) < 2:
            continue
        single += 1
        places.add(right[0])
        others = [len(text) for text, is_right in row["choices"] if not is_right]
        longest = longest and len(row["choices"][right[0]][0]) > max(others)
    if single >= FEW and longest:
        found.append(
            Remark(
                number,
                0,
                "longest",
                "la bonne réponse est toujours la plus longue : on la devine sans savoir.",
            )
        )
    if single >= FEW and len(places) == 1:
        place = min(places)
        letter = LETTERS[place] if place < len(LETTERS) else str(place + 1)
        found.append(
            Remark(
                number,
                0,
                "same_place",
                f"la bonne réponse est toujours la réponse {letter}. Le portail les mélange, mais "
                "un exemplaire sur papier la trahirait.",
            )
        )
    bare = sum(not row["explanation"].strip() for row in rows)
    if bare:
        whose = "aucune question n’a" if bare == len(rows) else f"{bare} questions n’ont pas"
        if bare == 1 and len(rows) > 1:
            whose = "1 question n’a pas"
        found.append(
            Remark(
                number,
                0,
                "no_explanation",
                f"{whose} d’explication ; l’adhérent la lit après son résultat.",
            )
        )
    return found


# --- The same question, reworded --------------------------------------------------------------


@dataclass(frozen=True)
class _Wording:
    """A question, ready to be compared."""

    set_number: int
    rank: int
    key: str
    words: tuple[str, ...]
    acronyms: frozenset[str]
    right: str


def _reworded(placed, similarity):
    wordings = [_wording(*one) for one in placed]
    shared = Counter(word for one in wordings for word in set(one.words))
    # A word of a third of the questions, and of more than the sets that could repeat it.
    common = {word for word, n in shared.items() if n > 3 and n * 3 >= len(wordings)}
    answers = Counter(one.right for one in wordings)
    telling = [
        [word for word in one.words if word not in common and word not in COMMONPLACE]
        for one in wordings
    ]
    texts = [" ".join(sorted(words)) for words in telling]
    found = []
    for later, one in enumerate(wordings):
        for earlier in range(later):
            other = wordings[earlier]
            if one.set_number == other.set_number or one.key == other.key:
                continue
            if not texts[later] or not texts[earlier]:
                continue
            same_answer = (
                one.right == other.right and one.right not in YES_OR_NO and answers[one.right] <= 3
            )
            score = _likeness(texts[later], texts[earlier])
            if same_answer:
                # An answer that few questions share speaks for a third.
                score = (2 * score + 100) // 3
            if score < similarity or _opposed(one, other):
                continue
            if not same_answer and _one_word_apart(one.words, other.words):
                continue
            found.append(
                Remark(
                    one.set_number,
                    one.rank,
                    "reworded",
                    f"cette question ressemble à la question {other.rank} du jeu "
                    f"{other.set_number} ({score} %) : est-ce la même, dite autrement ?",
                )
            )
    return found


def _likeness(one, other):
    """A whole percentage: the one distance forgives a part that was added, the other does not."""
    return int(fuzz.token_sort_ratio(one, other) + fuzz.token_set_ratio(one, other)) // 2


def _wording(set_number, rank, row):
    text = NUMBERING.sub("", row["text"], count=1) if NUMBERING.match(row["text"]) else row["text"]
    right = " ".join(sorted(fold(text) for text, is_right in row["choices"] if is_right))
    acronyms = frozenset() if text.isupper() else frozenset(ACRONYM.findall(text))
    key = question_key(row["text"])
    return _Wording(set_number, rank, key, tuple(fold(text).split()), acronyms, right)


def _opposed(one, other):
    """Whether a number, a negation, an acronym or an opposite tells the two apart."""
    if one.acronyms - other.acronyms and other.acronyms - one.acronyms:
        return True
    one, other = set(one.words), set(other.words)
    if {word for word in one if word.isdigit()} != {word for word in other if word.isdigit()}:
        return True
    if bool(one & NEGATIONS) != bool(other & NEGATIONS):
        return True
    only_one, only_other = one - other, other - one
    return any(
        (only_one & left and only_other & right) or (only_one & right and only_other & left)
        for left, right in OPPOSITES
    )


def _one_word_apart(one, other):
    """Whether the same sentence asks about one other thing: « du PEA », « du PER »."""
    if len(one) != len(other):
        return False
    apart = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    telling = [pair for pair in apart if not set(pair) <= COMMONPLACE]
    return len(telling) == 1 and fuzz.ratio(*telling[0]) < 80
