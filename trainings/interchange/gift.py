"""Moodle's GIFT, read. Pure, and in one pass: no line or answer is looked at twice."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..questions.set_checks import tidy, tidy_line
from .markup import reduce
from .parsed import (
    FORMULA_FLATTENED,
    MEDIA_LEFT_OUT,
    Gathering,
    ParsedQuestion,
    ParsedSets,
    shortened,
    wrong_set,
)

SPECIAL = re.compile(r"\\([\\:#={}~n])")
BRACE = re.compile(r"\\.|[{}]", re.S)
ANSWER = re.compile(r"\\.|[=~]", re.S)
HASHES = re.compile(r"\\.|#+", re.S)
# The part of a title up to its second « :: ».
TITLE = re.compile(r"::((?:[^\\:]|\\.|:(?!:))*)::", re.S)
NEXT_QUESTION = re.compile(r"^\s{0,20}::", re.M)
WEIGHT = re.compile(r"%(-?\d{1,3})(?:[.,]\d{0,10})?%")
FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]", re.I)
TAG = re.compile(r"\[tag:((?:[^\\\]]|\\.){0,1000})\]")
CATEGORY_SETS = [
    re.compile(rf"(?<![^\W_])(?:{words})[\s_-]{{0,3}}(?:n\s?[°º]?\s?)?(\d{{1,3}})(?!\d)", re.I)
    for words in ("jeu|set|s[ée]rie", "qcm|quiz|questionnaire")
]
TRUE = frozenset({"t", "true", "v", "vrai"})
FALSE = frozenset({"f", "false", "faux"})
LOOKS_LIKE_GIFT = re.compile(r"^\s{0,20}(?:::|\$CATEGORY:)", re.M)
# Aiken's line; a text that has it holds braces as it likes.
AIKEN = re.compile(r"^\s{0,20}ANSWER\s?:\s?[A-Z]\b", re.M)
GAP = "_____"


class Block(NamedTuple):
    """What stands together: `kind` is « category », « comment » or « question »."""

    line: int
    kind: str
    lines: list[str]


def is_gift(text: str) -> bool:
    """Whether a text looks like GIFT rather than like a text typed for people."""
    if LOOKS_LIKE_GIFT.search(text):
        return True
    if AIKEN.search(text):
        return False
    answers = re.search(r"(?<!\\)\{\s{0,99}(?:[=~#]|(?:T|F|TRUE|FALSE)\s{0,9}[#}])", text)
    return bool(answers and "}" in text[answers.start() :])


def set_in(name: str) -> int:
    """The set that a category's or a file's name says; 0 when it says none."""
    for words in CATEGORY_SETS:
        numbers = [int(number) for number in words.findall(name)]
        if numbers:
            # The innermost that exists: « Jeu 1/Série 12 de fiscalité ».
            return next((number for number in numbers[::-1] if not wrong_set(number)), numbers[-1])
    return 0


def parse(text: str) -> ParsedSets:
    """The sets of a GIFT file. Raises UnreadableSets beyond the number of questions."""
    reader = GiftReader()
    for block in _blocks(text):
        reader.read(block)
    return reader.gathering.sets()


class OpenQuestion:
    """The lines of a question while they come in, and whether its answers' brace is open."""

    def __init__(self) -> None:
        self.start = 0
        self.lines: list[str] = []
        self.inside = self.closed = False

    def add(self, number: int, line: str) -> None:
        if not self.lines:
            self.start = number
        self.lines.append(line)
        for sign in BRACE.findall(line):
            if sign == "{" and not self.closed:
                self.inside = True
            elif sign == "}" and self.inside:
                self.inside, self.closed = False, True

    def end(self) -> list[Block]:
        """What was gathered, if anything; another question may begin."""
        blocks = [Block(self.start, "question", self.lines)] if self.lines else []
        self.lines, self.inside, self.closed = [], False, False
        return blocks


def _blocks(text: str) -> Iterator[Block]:
    """Each category, comment and question, in their order."""
    question, blank = OpenQuestion(), True
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line.strip()
        is_category = bare.startswith("$CATEGORY:")
        begins = blank and bare.startswith("::")
        # A brace left open would swallow the rest of the file.
        ends = (begins and question.inside) if bare else not question.inside
        if is_category or ends:
            yield from question.end()
        blank = is_category or not bare
        if is_category:
            yield Block(number, "category", [bare.removeprefix("$CATEGORY:").strip()])
        elif bare.startswith("//"):
            if question.lines:
                question.lines.append("")
            else:
                yield Block(number, "comment", [bare])
        elif bare or question.inside:
            question.add(number, line)
    yield from question.end()


class GiftReader:
    """Gathers the questions block by block; a category and a tag hold for what follows."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.set_number = 0
        self.theme = ""
        self.line, self.where, self.name = 0, "", ""
        self.has_media = self.has_formula = False

    def read(self, block: Block) -> None:
        self.line, self.where = block.line, f"ligne {block.line}"
        if block.kind == "comment":
            tag = TAG.search(block.lines[0])
            if tag:
                self.theme = tidy_line(re.sub(r"\\(.)", r"\1", tag[1], flags=re.S))
        elif block.kind == "category":
            self.set_number, self.theme = set_in(block.lines[0]), ""
            if self.set_number and wrong_set(self.set_number):
                self.gathering.wrong(block.line, self.where, wrong_set(self.set_number))
                self.set_number = 0
        else:
            self.read_question("\n".join(block.lines))
            self.theme = ""

    def wrong(self, sentence: str) -> None:
        name = f"question « {self.name} » : " if self.name else ""
        self.gathering.wrong(self.line, self.where, name + sentence)

    def note(self, sentence: str) -> None:
        self.gathering.note(self.line, f"Ligne {self.line} : question « {self.name} » : {sentence}")

    def read_question(self, raw: str) -> None:
        self.has_media = self.has_formula = False
        raw = raw.strip()
        title = TITLE.match(raw)
        rest = raw[title.end() :].strip() if title else raw
        named = title[1] if title else FORMAT.sub("", rest.split("{", 1)[0], count=1)
        self.name = shortened(reduce(_plain(named), "").text)
        opening = closing = None
        for sign in BRACE.finditer(rest):
            if sign[0] == "{" and opening is None:
                opening = sign.start()
            elif sign[0] == "}" and opening is not None:
                closing = sign.start()
                break
        if opening is None:
            return self.wrong(
                "il n’y a pas de réponses entre accolades ; écrivez « {=la bonne ~une autre} »."
            )
        if closing is None:
            return self.wrong("il manque l’accolade fermante « } » après les réponses.")
        before, inside, after = rest[:opening], rest[opening + 1 : closing], rest[closing + 1 :]
        if NEXT_QUESTION.search(after) or "{" in BRACE.findall(after):
            return self.wrong(
                "une autre question suit sans ligne vide ; séparez les questions d’une ligne vide."
            )
        format_said = FORMAT.match(before)
        style = format_said[1].lower() if format_said else ""
        text = self.reduced(before)
        if after.strip():
            text = f"{text} {GAP} {self.reduced(after, style)}"
        return self.read_answers(text, inside.strip(), style)

    def reduced(self, raw: str, style: str = "") -> str:
        """A piece of GIFT as plain text; it may say a format of its own."""
        raw = raw.strip()
        if format_said := FORMAT.match(raw):
            style, raw = format_said[1].lower(), raw[format_said.end() :]
        reduced = reduce(_plain(raw), style)
        self.has_media |= reduced.media
        self.has_formula |= reduced.formula
        return reduced.text

    def read_answers(self, text: str, inside: str, style: str) -> None:
        inside, general = _split_general(inside)
        explanation = self.reduced(general, style)
        first = HASHES.split(inside, maxsplit=1)[0].strip().casefold()
        if not inside:
            return self.wrong("question ouverte (sans réponses) : seul le choix multiple est lu.")
        if inside.startswith("#"):
            return self.wrong("question numérique : seul le choix multiple est lu.")
        if first in TRUE | FALSE:
            question = ParsedQuestion(
                self.set_number, text, ["Vrai", "Faux"], {int(first in FALSE)}
            )
            feedback = [(False, said) for said in _split_hashes(inside)[1:] if said]
            return self.keep(question, explanation, feedback, style)
        return self.read_choices(text, inside, explanation, style)

    def read_choices(self, text: str, inside: str, explanation: str, style: str) -> None:
        signs = [sign for sign in ANSWER.finditer(inside) if sign[0] in "=~"]
        if not signs or inside[: signs[0].start()].strip():
            return self.wrong("chaque réponse doit commencer par « = » (juste) ou « ~ » (fausse).")
        ends = [sign.start() for sign in signs[1:]] + [len(inside)]
        answers: list[tuple[str, str]] = [
            (sign[0], inside[sign.end() : end].strip())
            for sign, end in zip(signs, ends, strict=True)
        ]
        if all(sign == "=" for sign, _ in answers):
            if all("->" in answer for _, answer in answers):
                return self.wrong("question d’appariement : seul le choix multiple est lu.")
            return self.wrong(
                "réponse courte à écrire soi-même : seul le choix multiple est lu. Écrivez les "
                "réponses fausses avec « ~ »."
            )
        question = ParsedQuestion(self.set_number, text, [], set())
        feedback: list[tuple[bool, str]] = []
        halves = False
        # With « = » one answer is right, and Moodle gives the others a part of its points at most.
        has_right = any(sign == "=" for sign, _ in answers)
        for sign, answer in answers:
            right = sign == "="
            if weight := WEIGHT.match(answer):
                points, answer = int(weight[1]), answer[weight.end() :]
                if sign == "~":
                    right = points == 100 if has_right else points > 0
                    halves = halves or (has_right and 0 < points < 100)
            answer, *told = _split_hashes(answer)
            if right:
                question.right.add(len(question.choices))
            question.choices.append(self.reduced(answer, style))
            feedback += [(right, said) for said in told if said]
        if halves:
            self.note(
                "une réponse qui vaut une partie des points compte comme fausse ; "
                "seule la réponse « = » est juste.",
            )
        if sum(sign == "=" for sign, _ in answers) > 1:
            self.note(
                "cette question a plusieurs bonnes réponses ; l’adhérent devra les cocher toutes."
            )
        return self.keep(question, explanation, feedback, style)

    def keep(
        self,
        question: ParsedQuestion,
        explanation: str,
        feedback: list[tuple[bool, str]],
        style: str,
    ) -> None:
        """Gather the question. Its right answer's feedback explains it when nothing else does.

        `feedback` holds (whether the answer is right, what is said of it).
        """
        left_out = len(feedback)
        if not explanation:
            of_right = [self.reduced(said, style) for right, said in feedback if right]
            explanation = "\n".join(dict.fromkeys(of_right))
            left_out -= len(of_right)
        if left_out:
            self.note(
                "le commentaire propre à une réponse a été laissé de côté ; seule l’explication "
                "de la question est gardée."
            )
        if self.has_media:
            self.note(MEDIA_LEFT_OUT)
        if self.has_formula:
            self.note(FORMULA_FLATTENED)
        question.theme, question.explanation, question.where = self.theme, explanation, self.where
        self.gathering.add(self.line, question)


def _plain(raw: str) -> str:
    """A piece of GIFT without its escapes."""
    return tidy(SPECIAL.sub(lambda sign: "\n" if sign[1] == "n" else sign[1], raw.strip()))


def _split_general(inside: str) -> tuple[str, str]:
    """(the answers, the general feedback): what follows the last unescaped « #### »."""
    starts = [
        hashes.start()
        for hashes in HASHES.finditer(inside)
        if len(hashes[0]) >= 4 and hashes[0][0] == "#"
    ]
    if not starts:
        return inside, ""
    return inside[: starts[-1]].strip(), inside[starts[-1] + 4 :]


def _split_hashes(answer: str) -> list[str]:
    """An answer and its feedbacks, as they stand between unescaped « # »."""
    parts, at = [], 0
    for hashes in HASHES.finditer(answer):
        if hashes[0][0] == "#":
            parts.append(answer[at : hashes.start()].strip())
            at = hashes.end()
    return [*parts, answer[at:].strip()]
