"""What a question and a set must be before they are sent: the one place of these rules. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common.spreadsheets.values import INVISIBLE

from .rows import QuestionRow
from .sizing import MAX_CHOICES, MIN_CHOICES, SETS

LETTERS = "ABCDEF"
MAX_CHARACTERS = {"text": 1000, "choice": 500, "theme": 200, "explanation": 2000}
FIELDS = {
    "text": "le texte de la question",
    "theme": "le thème",
    "explanation": "l’explication",
}
# No XML can hold these two, and so no workbook.
UNWRITABLE = dict.fromkeys([0xFFFE, 0xFFFF])
NEWLINES = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")


def place_of(set_number: int, rank: int = 0) -> str:
    """« Jeu 2, question 3 », or « Jeu 2 » for the whole set."""
    return f"Jeu {set_number}" + (f", question {rank}" if rank else "")


@dataclass(frozen=True)
class Problem:
    """What blocks a set; `rank` is 1-based in the set, 0 for the whole set.

    `sentence` begins in lower case and ends with a full stop: it follows a place and « : ».
    """

    set_number: int
    rank: int
    sentence: str

    def __str__(self) -> str:
        return f"{place_of(self.set_number, self.rank)} : {self.sentence}"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one question by itself.

    `field` is « text », « choices », « choice », « right », « theme » or « explanation »; `index`
    is the choice's, and -1 elsewhere. `sentence` is without place or full stop.
    """

    field: str
    sentence: str
    index: int = -1


def tidy(text: str) -> str:
    """A text as the portal keeps it, so that what is exported comes back the same.

    Composed (NFC), lines ended by « \\n », no control, invisible or unwritable characters, no
    space at its ends. Spaces within, unbreakable ones too, stay.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = NEWLINES.sub("\n", text).translate(INVISIBLE).translate(UNWRITABLE)
        text = "".join(
            " " if sign != "\n" and unicodedata.category(sign) in {"Cc", "Cs"} else sign
            for sign in text
        )
        # What was taken out may have stood between two characters that compose.
        text = unicodedata.normalize("NFC", text)
    return text.strip()


def tidy_line(text: str) -> str:
    """The same on one line, for a theme."""
    return " ".join(tidy(text).split("\n")).strip()


def normalised(text: str) -> str:
    """A question for comparing: without case, accents, punctuation and spacing.

    Mathematical and other signs stay: « > 5 » and « < 5 » are two questions.
    """
    text = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(sign for sign in text if unicodedata.category(sign)[0] not in "MPZC")


def question_key(text: str) -> str:
    """What two questions that are the same share; a text of signs alone stands for itself."""
    return normalised(text) or " ".join(text.split())


def choice_key(text: str) -> str:
    """What two choices that are the same share: signs and accents make a difference there."""
    return " ".join(text.casefold().split())


def faults(row: QuestionRow, *, letters: Iterable[str] = "") -> list[Fault]:
    """What is wrong with one question, whatever stands beside it.

    `letters` are how its choices are called where they were written, A, B… without them.
    """
    texts = [choice.text.strip() for choice in row.choices]
    names = list(letters) or [chr(ord("A") + index) for index in range(len(texts))]
    wrong = []
    if not row.text.strip():
        wrong.append(Fault("text", "la question est vide"))
    wrong += [
        Fault(name, f"{words} dépasse {MAX_CHARACTERS[name]} caractères")
        for name, words in FIELDS.items()
        if len(getattr(row, name)) > MAX_CHARACTERS[name]
    ]
    if len(texts) < MIN_CHOICES:
        wrong.append(Fault("choices", "il faut au moins deux réponses"))
    elif len(texts) > MAX_CHOICES:
        wrong.append(
            Fault("choices", f"il y a {len(texts)} réponses ; une question en a six au plus")
        )
    seen: dict[str, str] = {}
    for index, (name, text) in enumerate(zip(names, texts, strict=True)):
        if not text:
            wrong.append(Fault("choice", f"la réponse {name} est vide", index))
            continue
        if len(text) > MAX_CHARACTERS["choice"]:
            sentence = f"la réponse {name} dépasse {MAX_CHARACTERS['choice']} caractères"
            wrong.append(Fault("choice", sentence, index))
        first = seen.setdefault(choice_key(text), name)
        if first != name:
            wrong.append(Fault("choice", f"les réponses {first} et {name} sont identiques", index))
    if not any(choice.is_right for choice in row.choices):
        wrong.append(Fault("right", "aucune bonne réponse n’est indiquée"))
    return wrong


def shortage(counts: Mapping[int, int], owed: int, *, words: str = "") -> list[Problem]:
    """The sets that hold fewer questions than owed; `counts` is {set number: questions}.

    `words` is what is said of a question that counts, in the singular.
    """
    return [
        Problem(
            number,
            0,
            f"{_counted(counts[number], words)}, il en faut au moins {owed} ; il en manque "
            f"{owed - counts[number]}.",
        )
        for number in range(1, SETS + 1)
        if counts[number] < owed
    ]


def _counted(number: int, words: str) -> str:
    plural = "s" if number > 1 else ""
    return f"{number} question{plural}" + (f" {words}{plural}" if words else "")


def problems(rows: Iterable[QuestionRow], *, owed: int = 0) -> list[Problem]:
    """All that keeps these questions from being sent, set by set.

    `owed` is the number of complete questions that each of the three sets needs at least.
    """
    wrong: list[Problem] = []
    ranks: Counter[int] = Counter()
    complete: Counter[int] = Counter()
    seen: dict[str, tuple[int, int]] = {}
    for row in rows:
        number = row.set_number
        ranks[number] += 1
        rank = ranks[number]
        own = faults(row)
        complete[number] += not own
        wrong += [Problem(number, rank, f"{fault.sentence}.") for fault in own]
        key = question_key(row.text)
        first = seen.setdefault(key, (number, rank)) if key else (number, rank)
        if first != (number, rank):
            wrong.append(
                Problem(
                    number,
                    rank,
                    f"cette question figure déjà au jeu {first[0]}, question {first[1]}. Chaque "
                    "question ne sert qu’une fois, tous jeux confondus.",
                )
            )
    wrong += shortage(complete, owed, words="complète")
    return sorted(wrong, key=lambda problem: (problem.set_number, problem.rank))
