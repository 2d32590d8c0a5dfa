"""What is worth a second look in QCM sets and blocks nothing. Pure.

Two questions are taken for one, reworded, when the words that tell them apart from the other
questions are alike. Words that many of the questions share tell nothing; a number, a negation or
one of two opposites that stands in one question only makes two questions of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from rapidfuzz import fuzz

from common.spreadsheets import fold

from .rows import QuestionRow
from .set_checks import LETTERS, place_of, question_key

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

    def __str__(self) -> str:
        return f"{place_of(self.set_number, self.rank)} : {self.sentence}"


class _Placed(NamedTuple):
    set_number: int
    rank: int
    row: QuestionRow


def remarks(rows: Iterable[QuestionRow], *, similarity: int) -> list[Remark]:
    """The remarks on these questions, set by set.

    `similarity` is a percentage: from it on, two questions of different sets are told to be
    perhaps the same.
    """
    ranks: Counter[int] = Counter()
    placed = []
    for row in rows:
        ranks[row.set_number] += 1
        placed.append(_Placed(row.set_number, ranks[row.set_number], row))
    told = _reworded(placed, similarity)
    for number, rank, row in placed:
        told += [
            Remark(
                number,
                rank,
                "all_or_none",
                f"« {text[:60]} » : les réponses sont mélangées pour chaque adhérent, celle-ci "
                "peut l’égarer.",
            )
            for text, _ in row.choices
            if ALL_OR_NONE.fullmatch(fold(text[:200]))
        ]
    placed.sort(key=attrgetter("set_number"))
    for number, own in groupby(placed, key=attrgetter("set_number")):
        told += _habits(number, [row for _, _, row in own])
    return sorted(told, key=lambda remark: (remark.set_number, remark.rank))


def _habits(number: int, rows: Sequence[QuestionRow]) -> list[Remark]:
    """What a whole set gives away, or lacks."""
    told: list[Remark] = []
    places: set[int] = set()
    longest, single = True, 0
    for row in rows:
        right = [index for index, choice in enumerate(row.choices) if choice.is_right]
        if len(right) != 1 or len(row.choices) < 2:
            continue
        single += 1
        places.add(right[0])
        others = [len(text) for text, is_right in row.choices if not is_right]
        longest = longest and len(row.choices[right[0]].text) > max(others)
    if single >= FEW and longest:
        told.append(
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
        told.append(
            Remark(
                number,
                0,
                "same_place",
                f"la bonne réponse est toujours la réponse {letter}. Le portail les mélange, mais "
                "un exemplaire sur papier la trahirait.",
            )
        )
    bare = sum(not row.explanation.strip() for row in rows)
    if bare:
        whose = "aucune question n’a" if bare == len(rows) else f"{bare} questions n’ont pas"
        if bare == 1 and len(rows) > 1:
            whose = "1 question n’a pas"
        told.append(
            Remark(
                number,
                0,
                "no_explanation",
                f"{whose} d’explication ; l’adhérent la lit après son résultat.",
            )
        )
    return told


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


def _reworded(placed: Sequence[_Placed], similarity: int) -> list[Remark]:
    wordings = [_wording(*question) for question in placed]
    shared = Counter(word for wording in wordings for word in set(wording.words))
    # A word of a third of the questions, and of more than the sets that could repeat it.
    common = {word for word, n in shared.items() if n > 3 and n * 3 >= len(wordings)}
    answers = Counter(wording.right for wording in wordings)
    telling = [
        [word for word in wording.words if word not in common and word not in COMMONPLACE]
        for wording in wordings
    ]
    texts = [" ".join(sorted(words)) for words in telling]
    told = []
    for later, again in enumerate(wordings):
        for earlier in range(later):
            first = wordings[earlier]
            if again.set_number == first.set_number or again.key == first.key:
                continue
            if not texts[later] or not texts[earlier]:
                continue
            same_answer = (
                again.right == first.right
                and again.right not in YES_OR_NO
                and answers[again.right] <= 3
            )
            score = _likeness(texts[later], texts[earlier])
            if same_answer:
                # An answer that few questions share speaks for a third.
                score = (2 * score + 100) // 3
            if score < similarity or _opposed(again, first):
                continue
            if not same_answer and _one_word_apart(again.words, first.words):
                continue
            told.append(
                Remark(
                    again.set_number,
                    again.rank,
                    "reworded",
                    f"cette question ressemble à la question {first.rank} du jeu "
                    f"{first.set_number} ({score} %) : est-ce la même, dite autrement ?",
                )
            )
    return told


def _likeness(text: str, other: str) -> int:
    """A whole percentage: the one distance forgives a part that was added, the other does not."""
    return int(fuzz.token_sort_ratio(text, other) + fuzz.token_set_ratio(text, other)) // 2


def _wording(set_number: int, rank: int, row: QuestionRow) -> _Wording:
    text = NUMBERING.sub("", row.text, count=1) if NUMBERING.match(row.text) else row.text
    right = " ".join(sorted(fold(text) for text, is_right in row.choices if is_right))
    acronyms = frozenset(() if text.isupper() else ACRONYM.findall(text))
    key = question_key(row.text)
    return _Wording(set_number, rank, key, tuple(fold(text).split()), acronyms, right)


def _opposed(again: _Wording, first: _Wording) -> bool:
    """Whether a number, a negation, an acronym or an opposite tells the two apart."""
    if again.acronyms - first.acronyms and first.acronyms - again.acronyms:
        return True
    words, others = set(again.words), set(first.words)
    if {word for word in words if word.isdigit()} != {word for word in others if word.isdigit()}:
        return True
    if bool(words & NEGATIONS) != bool(others & NEGATIONS):
        return True
    only_again, only_first = words - others, others - words
    return any(
        (only_again & left and only_first & right) or (only_again & right and only_first & left)
        for left, right in OPPOSITES
    )


def _one_word_apart(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether the same sentence asks about one other thing: « du PEA », « du PER »."""
    if len(words) != len(others):
        return False
    apart = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    telling = [pair for pair in apart if not set(pair) <= COMMONPLACE]
    return len(telling) == 1 and fuzz.ratio(*telling[0]) < 80
