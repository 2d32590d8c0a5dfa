"""What every reader of QCM sets hands back, and why a text cannot be read at all. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from common.errors import Refused

from ..questions.rows import ChoiceRow, QuestionRow
from ..questions.set_checks import MAX_CHARACTERS, faults, question_key, tidy_line
from ..questions.sizing import SETS

MAX_QUESTIONS = 500
# Nobody reads more; the rest is counted.
MAX_SENTENCES = 200
# Beyond what any text may hold.
ENOUGH = 2 * max(MAX_CHARACTERS.values())
MEDIA_LEFT_OUT = (
    "une image, un média ou un fichier joint a été laissé de côté ; récrivez en texte ce qu’il "
    "montrait."
)
FORMULA_FLATTENED = (
    "une formule (MathML) a été réduite à ses lettres et à ses chiffres ; relisez-la."
)
FORMULA = re.compile(r"\\\((.{1,300}?)\\\)|\\\[(.{1,300}?)\\\]|\$\$([^$]{1,300})\$\$", re.S)


class UnreadableSets(Refused):
    """A file or a text that gives no questions."""


@dataclass
class ParsedQuestion:
    """One question as its source gives it; `right` holds indexes in `choices`.

    `set_number` is 0 when the source does not say; `where` is such as « ligne 12 ».
    """

    set_number: int
    text: str
    choices: list[str]
    right: set[int]
    theme: str = ""
    explanation: str = ""
    where: str = ""

    def as_row(self) -> QuestionRow:
        """The question as the sets take it, without its place in the source."""
        return QuestionRow(
            text=self.text,
            choices=tuple(
                ChoiceRow(text, index in self.right) for index, text in enumerate(self.choices)
            ),
            theme=self.theme,
            explanation=self.explanation,
            set_number=self.set_number,
        )


@dataclass
class ParsedSets:
    """The questions, every error (nothing may be written while one stands), and the notes."""

    questions: list[ParsedQuestion] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Gathering:
    """What a reader of text finds on its way; told in the order of its lines."""

    def __init__(self) -> None:
        self.questions: list[tuple[int, ParsedQuestion]] = []  # each with its line
        self.errors: list[tuple[int, str]] = []
        self.notes: list[tuple[int, str]] = []
        self.seen: dict[str, ParsedQuestion] = {}

    def add(
        self,
        line: int,
        question: ParsedQuestion,
        *,
        letters: Iterable[str] = "",
        told: bool = False,
    ) -> None:
        """Keep a question and check it; `told` leaves out that no answer is right."""
        if len(self.questions) == MAX_QUESTIONS:
            raise UnreadableSets(
                f"Il y a plus de {MAX_QUESTIONS} questions. Découpez-les en plusieurs fois."
            )
        self.questions.append((line, question))
        for fault in faults(question.as_row(), letters=letters):
            if not (told and fault.field == "right"):
                self.wrong(line, question.where, f"{fault.sentence}.")
        if sentence := formula_kept(question):
            self.note(line, f"{question.where[:1].upper()}{question.where[1:]} : {sentence}")
        key = question_key(question.text)
        first = self.seen.setdefault(key, question) if key else question
        if first is not question:
            self.wrong(line, question.where, repeated(first, question))

    def wrong(self, line: int, where: str, sentence: str) -> None:
        self.errors.append((line, f"{where[:1].upper()}{where[1:]} : {sentence}"))

    def note(self, line: int, sentence: str) -> None:
        self.notes.append((line, sentence))

    def sets(self) -> ParsedSets:
        """All that was found."""
        return ParsedSets(
            [question for _, question in sorted(self.questions, key=lambda pair: pair[0])],
            _told(self.errors),
            _told(self.notes),
        )


def _told(sentences: list[tuple[int, str]]) -> list[str]:
    """The sentences in the order of their lines, the last of very many only counted."""
    told = [sentence for _, sentence in sorted(sentences, key=lambda pair: pair[0])]
    more = len(told) - MAX_SENTENCES
    return [*told[:MAX_SENTENCES], f"… et {more} de plus."] if more > 0 else told


def repeated(first: ParsedQuestion, again: ParsedQuestion) -> str:
    """The sentence for a question that stands twice."""
    article = "dans la" if first.where.startswith("feuille") else "à la"
    sets = [
        f" (jeu {question.set_number})" if question.set_number else ""
        for question in (again, first)
    ]
    return (
        f"cette question{sets[0]} figure déjà {article} {first.where}{sets[1]}. Chaque question "
        "ne sert qu’une fois, tous jeux confondus."
    )


def shortened(text: str, length: int = 60) -> str:
    """The beginning of a text on one line, for naming it in a sentence."""
    line = tidy_line(text)
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def formula_kept(question: ParsedQuestion) -> str:
    """The sentence for a formula that people will read as it is typed; "" without one."""
    for text in (question.text, *question.choices, question.explanation):
        if formula := FORMULA.search(text[:ENOUGH]):
            return (
                f"dans « {shortened(question.text)} », la formule "
                f"« {shortened(formula[0])} » reste telle qu’elle est écrite ; l’adhérent la "
                "lira ainsi."
            )
    return ""


def wrong_set(number: int) -> str:
    """The sentence for a set that does not exist; "" for 1, 2 and 3."""
    return "" if 1 <= number <= SETS else f"il n’y a pas de jeu {number} ; écrivez 1, 2 ou 3."
