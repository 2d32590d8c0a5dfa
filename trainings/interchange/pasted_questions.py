"""One question of a pasted text, from its lines to its choices and the right ones. Pure."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from common.spreadsheets import fold

from ..questions.set_checks import choice_key, tidy
from .parsed import ENOUGH, Gathering, ParsedQuestion, shortened
from .pasted_lines import CHECKED, Cut, PastedLine, cut_choices, letters_of, unstarred

# « B. Avant de conseiller », « A, C : parce que » or « B (article 4) » after « Réponse : ».
LETTERS_FIRST = re.compile(
    r"([A-Ja-j](?:\s?(?:[,;/+&–—-]|\bet\b|\bou\b)\s?[A-Ja-j](?![\w'’]))*)"
    r"\s?(?:[.):,;–—-]\s?|(?=\()|(?=(?:car|parce|puisque)\b))(.*)",
    re.S,
)
TRUE_OR_FALSE = re.compile(r"\n\s*vrai\s*(?:/|ou|\n)\s*faux\s*$", re.I)
# « Moi, C) Lui »: another letter among the words that follow the first one.
ANOTHER_LETTER = re.compile(r"(?<![\w'’])([A-J])\s?[.)](?!\w)")
# A choice is bold when nine in ten of its letters are.
BOLD_SHARE = (9, 10)


@dataclass
class Option:
    letter: str
    text: str
    starred: bool
    bold: tuple[int, int]
    line: int
    bullet: str = ""

    @property
    def is_bold(self) -> bool:
        bold, whole = self.bold
        return whole > 0 and bold * BOLD_SHARE[1] >= whole * BOLD_SHARE[0]


@dataclass
class Draft:
    """A question while its lines come in."""

    line: int
    number: int
    set_number: int
    text: str
    worded: bool = False
    theme: str = ""
    explanation: str = ""
    choices: list[Option] = field(default_factory=list)
    named: list[tuple[int, str]] = field(default_factory=list)  # (line, what it names)

    def add_choice(self, line: PastedLine) -> None:
        bullet = line.key if line.kind == "bullet" else ""
        letter = chr(65 + len(self.choices) % 26) if bullet else line.key
        self.choices.append(Option(letter, line.text, line.starred, line.bold, line.number, bullet))

    def go_on(self, line: PastedLine) -> None:
        """A line that goes on with the last choice."""
        last = self.choices[-1]
        text, starred = unstarred(line.text)
        last.text, last.starred = join(last.text, text), last.starred or starred
        last.bold = (last.bold[0] + line.bold[0], last.bold[1] + line.bold[1])


def join(text: str, line: str) -> str:
    """A text and its next line: one line when it was only cut by the margin.

    A text that is far too long already grows no more: it is refused all the same.
    """
    if not text or not line or len(text) > ENOUGH:
        return text or line
    return text + (" " if line[:1].islower() else "\n") + line


def gather(draft: Draft, gathering: Gathering) -> None:
    """Check the question and hand it over with its errors."""
    where = f"ligne {draft.line}"
    _cut_lines(draft)
    _true_or_false(draft)
    right, told = _right(draft, gathering)
    question = ParsedQuestion(
        draft.set_number,
        tidy(draft.text),
        [tidy(choice.text) for choice in draft.choices],
        right,
        draft.theme,
        tidy(draft.explanation),
        where,
    )
    letters = [choice.letter for choice in draft.choices]
    seen: set[str] = set()
    for choice in draft.choices:
        if choice.letter in seen:
            sentence = f"la lettre {choice.letter} sert à deux réponses."
            gathering.wrong(choice.line, f"ligne {choice.line}", sentence)
        seen.add(choice.letter)
    if not right and not told and draft.choices:
        reason = (
            "toutes les réponses sont en gras"
            if all(choice.is_bold for choice in draft.choices)
            else "aucune bonne réponse n’est indiquée"
        )
        gathering.wrong(
            draft.line,
            where,
            f"{reason}. Mettez une étoile devant la bonne (« *B. ») ou écrivez dessous "
            "« Réponse : B ».",
        )
    gathering.add(draft.line, question, letters=letters, told=True)


def _cut_lines(draft: Draft) -> None:
    """Give choices that share a line each its own: « A. oui B. non », then « C. » below.

    Only where a letter lacks: « A. Monsieur B. » above « B. » is one choice.
    """
    if any(choice.bullet for choice in draft.choices):
        return
    letters = [choice.letter for choice in draft.choices]
    options: list[Option] = []
    if not letters or letters[0] != "A":
        before, cuts = cut_choices(draft.text, "A")
        cuts = _before(cuts, letters[0] if letters else "")
        if len(cuts) > 1 or (cuts and letters):
            draft.text = before
            options += [Option(*cut, (0, 0), draft.line) for cut in cuts]
    for place, choice in enumerate(draft.choices):
        after = letters[place + 1] if place + 1 < len(letters) else ""
        options.append(choice)
        if not after and len(letters) > 1:
            continue
        before, cuts = cut_choices(choice.text, chr(ord(choice.letter) + 1))
        cuts = _before(cuts, after)
        if cuts and before:
            choice.text, starred = unstarred(before)
            choice.starred, choice.bold = choice.starred or starred, (0, 0)
            options += [Option(*cut, (0, 0), choice.line) for cut in cuts]
    draft.choices = options


def _true_or_false(draft: Draft) -> None:
    """« Réponse : Vrai » below a question without choices is one of the two."""
    said = {fold(text) for _, text in draft.named}
    if not draft.choices and len(said) == 1 and said < {"vrai", "faux"}:
        draft.text = TRUE_OR_FALSE.sub("", draft.text)
        draft.choices = [
            Option(letter, text, False, (0, 0), draft.line)
            for letter, text in (("A", "Vrai"), ("B", "Faux"))
        ]


def _before(cuts: list[Cut], letter: str) -> list[Cut]:
    """The choices found inside a line, if they fill the gap up to the next line's letter."""
    if letter and (not cuts or ord(cuts[-1].letter) + 1 != ord(letter)):
        return []
    return cuts


def _right(draft: Draft, gathering: Gathering) -> tuple[set[int], bool]:
    """(indexes of the right choices, whether an error about them was told)."""
    starred = _starred(draft.choices)
    told = False
    named: set[int] = set()
    for line, text in draft.named:
        naming = _named(draft, text)
        if naming.unknown:
            told = True
            gathering.wrong(line, f"ligne {line}", naming.unknown)
        named |= naming.indexes
        if naming.rest:
            draft.explanation = join(draft.explanation, naming.rest)
    if starred and named and starred != named and not told:
        told = True
        gathering.wrong(
            draft.line,
            f"ligne {draft.line}",
            f"l’étoile désigne {_letters(draft, starred)} et la ligne « Réponse » "
            f"{_letters(draft, named)}. Gardez l’une des deux.",
        )
    if starred or named or told:
        return starred | named, told
    bold = {index for index, choice in enumerate(draft.choices) if choice.is_bold}
    return (bold if len(bold) < len(draft.choices) else set()), False


def _starred(choices: list[Option]) -> set[int]:
    starred = {index for index, choice in enumerate(choices) if choice.starred}
    ticked = {index for index, choice in enumerate(choices) if choice.bullet in CHECKED}
    # Stars before all the choices are the list's own bullets.
    return starred | ticked if len(ticked) < len(choices) else starred


def _letters(draft: Draft, indexes: set[int]) -> str:
    return " et ".join(draft.choices[index].letter for index in sorted(indexes))


class Naming(NamedTuple):
    """What a line « Réponse : … » names: the choices' indexes, or a sentence when it is unknown.

    `rest` is what is left of it to explain.
    """

    indexes: set[int]
    unknown: str = ""
    rest: str = ""


def _named(draft: Draft, text: str) -> Naming:
    letters, rest = letters_of(text), ""
    whole = choice_key(text.rstrip("."))
    keys = [choice_key(choice.text.rstrip(".")) for choice in draft.choices]
    if not letters and whole in keys:
        return Naming({keys.index(whole)})
    if not letters and (parts := LETTERS_FIRST.fullmatch(text)):
        letters, rest = letters_of(parts[1]), parts[2].strip()
    number = text.strip().rstrip(".")
    if not letters and number.isdecimal() and 1 <= int(number[:3]) <= 10:
        letters = chr(64 + int(number[:3]))
    if not letters:
        sentence = (
            f"la bonne réponse « {shortened(text)} » n’est ni une lettre ni l’une des réponses."
        )
        return Naming(set(), sentence)
    known = {choice.letter: index for index, choice in enumerate(draft.choices)}
    for letter in letters:
        if letter not in known:
            return Naming(set(), f"la bonne réponse {letter} ne désigne aucune réponse.")
    indexes = {known[letter] for letter in letters}
    others = [
        letter
        for letter in ANOTHER_LETTER.findall(rest)
        if letter in known and letter not in letters
    ]
    if others:
        sentence = (
            f"après « Réponse : {letters} », la lettre {others[0]} est-elle une bonne réponse "
            "aussi ? Écrivez les lettres ensemble, par exemple « Réponse : A, C »."
        )
        return Naming(set(), sentence)
    said = choice_key(rest.rstrip("."))
    if rest and said in keys:
        if keys.index(said) not in indexes:
            other = draft.choices[keys.index(said)].letter
            sentence = (
                f"« Réponse : {shortened(text)} » nomme {letters}, et dit la réponse {other}."
            )
            return Naming(set(), sentence)
        rest = ""
    return Naming(indexes, rest=rest)
