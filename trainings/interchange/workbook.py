"""From the rows of a QCM workbook to three sets of questions, or all its errors at once. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from common.spreadsheets import (
    Cell,
    Percent,
    Row,
    Tab,
    Workbook,
    cell_text,
    column_letters,
    fold,
    guarded,
    unguarded,
    write_workbook,
)

from ..questions.rows import QuestionRow
from ..questions.set_checks import faults, question_key, tidy, tidy_line
from ..questions.sizing import MAX_CHOICES, SETS
from .parsed import MAX_SENTENCES, ParsedQuestion, ParsedSets, formula_kept, repeated, shortened

# Letters beyond the sixth are known in order to be refused by name.
LETTERS = "ABCDEFGHIJ"
HEADER = [
    "Jeu",
    "Question",
    *(f"Réponse {letter}" for letter in LETTERS[:MAX_CHOICES]),
    "Bonne réponse",
    "Thème",
    "Explication",
]
# Folded header cell: what the column must be called in a sentence.
NEEDED = {
    "jeu": "Jeu",
    "question": "Question",
    "reponse a": "Réponse A",
    "reponse b": "Réponse B",
    "bonne reponse": "Bonne réponse",
}
ALIASES = {
    "bonnes reponses": "bonne reponse",
    "bonne s reponse s": "bonne reponse",
    "reponse correcte": "bonne reponse",
    "questions": "question",
    "jeux": "jeu",
    "n jeu": "jeu",
    "themes": "theme",
    "explications": "explication",
}
HEADER_ROWS = 50
# The tab of the model that says how to fill it, folded.
HELP_TAB = "mode d emploi"
# Rows or columns that a note names; more are only counted on.
NAMED = 10
OPTIONAL = ("theme", "explication")
COLUMNS = {"text": "question", "theme": "theme", "explanation": "explication"}


def parse(workbook: Workbook) -> ParsedSets:
    """The questions of every visible tab that has the header, and every error found."""
    sets = ParsedSets()
    nearest, missing = None, list(NEEDED.values())
    tables = 0
    left_out = []
    for tab in workbook.tabs:
        header = _find_header(tab)
        if not tab.visible:
            if not header.lacking:
                left_out.append(f"Feuille « {tab.name} » : elle est masquée et n’a pas été lue.")
        elif not header.lacking:
            tables += 1
            QuestionTable(tab, header, sets).read(tab.rows[header.position + 1 :])
        else:
            if len(header.lacking) < len(missing):
                nearest, missing = tab.name, header.lacking
            if fold(tab.name) != HELP_TAB and any(map(_is_filled, tab.rows)):
                left_out.append(
                    f"Feuille « {tab.name} » : sans l’en-tête du modèle, elle n’a pas été lue."
                )
    if not tables:
        return ParsedSets(errors=[_no_header(nearest, missing)])
    sets.notes += left_out[:MAX_SENTENCES]
    if not sets.questions:
        sets.errors.append("Le classeur ne contient aucune question sous son en-tête.")
    return sets


class Header(NamedTuple):
    """A row read as the header: its position, and the names of the columns that lack."""

    position: int
    columns: dict[str, int]
    lacking: list[str]


def _is_filled(row: Row) -> bool:
    return any(_text(cell) for cell in row.cells)


def _find_header(tab: Tab) -> Header:
    """The row most like the header."""
    best = Header(0, {}, list(NEEDED.values()))
    for position, row in enumerate(tab.rows[:HEADER_ROWS]):
        columns = _columns(row)
        lacking = [words for name, words in NEEDED.items() if name not in columns]
        if len(lacking) < len(best.lacking):
            best = Header(position, columns, lacking)
    return best


def _columns(row: Row) -> dict[str, int]:
    """{folded header: index}; « Réponse A » and « Choix A » alike become « reponse a »."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(row.cells):
        name = fold(cell_text(cell))
        name = re.sub(r"^(choix|proposition|rep) ", "reponse ", name)
        columns.setdefault(ALIASES.get(name, name), index)
    return columns


def _no_header(tab_name: str | None, missing: Sequence[str]) -> str:
    advice = "Téléchargez le modèle et recopiez-y vos questions."
    if tab_name is None or len(missing) > 3:
        return (
            "L’en-tête du modèle est introuvable : il faut une ligne « Jeu | Question | Réponse A "
            f"| … | Bonne réponse ». {advice}"
        )
    names = ", ".join(f"« {name} »" for name in missing)
    plural = "s" if len(missing) > 1 else ""
    return f"Feuille « {tab_name} » : il manque la colonne{plural} {names}. {advice}"


def _text(value: Cell) -> str:
    """A cell as its reader sees it: dates and numbers the French way, lines as they are."""
    if isinstance(value, str):
        return tidy(unguarded(value))
    if isinstance(value, bool):
        return "Vrai" if value else "Faux"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y}" if value.time() == time() else f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and not value.is_integer():
        return cell_text(value).replace(".", ",")
    return cell_text(value)


def _percent(value: float) -> str:
    return f"{value * 100:.6g} %".replace(".", ",")


class QuestionTable:
    """One tab's rows under its header; appends to the questions and errors of `sets`."""

    def __init__(self, tab: Tab, header: Header, sets: ParsedSets) -> None:
        self.tab, self.columns, self.sets = tab, header.columns, sets
        self.titles = tab.rows[header.position].cells
        self.row = Row(0, [])
        self.seen = {question_key(question.text): question for question in sets.questions}
        self.letters = [letter for letter in LETTERS if f"reponse {letter.lower()}" in self.columns]
        # A row with nothing in these (a prefilled set number, a note) is no question.
        self.telling = ["question", "bonne reponse"]
        self.telling += [f"reponse {letter.lower()}" for letter in self.letters]

    def read(self, rows: Iterable[Row]) -> None:
        unread: dict[int, int] = {}  # column: the first row that fills it
        hidden: list[int] = []
        others = set(range(max((len(row.cells) for row in self.tab.rows), default=0)))
        others -= {self.columns[name] for name in self.telling}
        others -= {self.columns[name] for name in ("jeu", *OPTIONAL) if name in self.columns}
        for row in rows:
            self.row = row
            if any(self.text(name) for name in self.telling):
                self.read_row()
                if row.number in self.tab.hidden_rows:
                    hidden.append(row.number)
                for index in others:
                    if index < len(row.cells) and _text(row.cells[index]):
                        unread.setdefault(index, row.number)
            elif lost := next(filter(None, map(self.text, OPTIONAL)), ""):
                self.note(f"ni question ni réponse ; « {shortened(lost)} » a été laissé de côté.")
        self.tell_unread(unread, hidden)

    def tell_unread(self, unread: dict[int, int], hidden: list[int]) -> None:
        """Say what the eye would miss: columns that mean nothing here, rows that are hidden."""
        place = f"Feuille « {self.tab.name} »"
        for index in sorted(unread)[:NAMED]:
            title = cell_text(self.titles[index]) if index < len(self.titles) else ""
            named = (
                f"« {shortened(title)} » (colonne {column_letters(index)})"
                if title
                else (f"{column_letters(index)}, sans titre,")
            )
            self.sets.notes.append(
                f"{place} : la colonne {named} n’est pas du modèle et n’a pas été lue."
            )
        if hidden:
            numbers = ", ".join(map(str, hidden[:NAMED])) + (", …" if hidden[NAMED:] else "")
            self.sets.notes.append(f"{place} : des lignes masquées ont été lues aussi ({numbers}).")

    def note(self, sentence: str) -> None:
        self.sets.notes.append(f"{self.where[:1].upper()}{self.where[1:]} : {sentence}")

    def text(self, name: str) -> str:
        index = self.columns.get(name)
        if index is None or index >= len(self.row.cells):
            return ""
        return _text(self.row.cells[index])

    def cell(self, name: str) -> str:
        """Where the person looks: « B7 »."""
        return f"{column_letters(self.columns[name])}{self.row.number}"

    @property
    def where(self) -> str:
        return f"feuille « {self.tab.name} », ligne {self.row.number}"

    def wrong(self, sentence: str) -> None:
        self.sets.errors.append(f"{self.where[:1].upper()}{self.where[1:]} : {sentence}")

    def read_row(self) -> None:
        question = ParsedQuestion(
            set_number=self.read_set(),
            text=self.text("question"),
            choices=[],
            right=set(),
            theme=tidy_line(self.text("theme")),
            explanation=self.text("explication"),
            where=self.where,
        )
        letters = self.read_choices(question)
        wrong_right = self.read_right(question, letters)
        for fault in faults(question.as_row(), letters=letters):
            if fault.field == "right":
                if not wrong_right:
                    self.wrong(
                        f"aucune bonne réponse (cellule {self.cell('bonne reponse')}). "
                        "Écrivez sa lettre, par exemple « A » ou « A,C »."
                    )
                continue
            name = COLUMNS.get(fault.field)
            if fault.field == "choice":
                name = f"reponse {letters[fault.index].lower()}"
            self.wrong(fault.sentence + (f" (cellule {self.cell(name)})." if name else "."))
        if sentence := formula_kept(question):
            self.note(sentence)
        self.check_repeated(question)
        self.sets.questions.append(question)

    def read_set(self) -> int:
        typed = self.text("jeu")
        number = re.fullmatch(r"(?:(?:jeu|set|serie) ?)?(?:n ?)?(\d{1,2})", fold(typed))
        if number and 1 <= int(number[1]) <= SETS:
            return int(number[1])
        said = f"contient « {typed} »" if typed else "est vide"
        self.wrong(f"la colonne « Jeu » (cellule {self.cell('jeu')}) {said} ; écrivez 1, 2 ou 3.")
        return 0

    def read_choices(self, question: ParsedQuestion) -> list[str]:
        """Fill the question's choices; the letters of those that are there."""
        letters = []
        for letter in self.letters:
            name = f"reponse {letter.lower()}"
            text = self.text(name)
            if not text:
                continue
            if LETTERS.index(letter) >= MAX_CHOICES:
                self.wrong(
                    f"une réponse {letter} (cellule {self.cell(name)}) ; une question a "
                    "six réponses au plus, de A à F."
                )
                continue
            letters.append(letter)
            question.choices.append(text)
            value = self.row.cells[self.columns[name]]
            if isinstance(value, float) and not isinstance(value, Percent) and 0 < abs(value) < 1:
                # Excel makes this of a percentage that is typed, and tells it by a format alone.
                self.sets.notes.append(
                    f"Feuille « {self.tab.name} », cellule {self.cell(name)} : « {text} » est un "
                    "nombre. Si vous aviez tapé un pourcentage, écrivez-le en texte : "
                    f"« ’{_percent(value)} »."
                )
        return letters

    def read_right(self, question: ParsedQuestion, letters: list[str]) -> bool:
        """Fill the question's right choices; whether something else than a lack was told."""
        typed = self.text("bonne reponse")
        cell = self.cell("bonne reponse")
        named = [word for word in re.split(r"[\s,;./+&()-]+|\bET\b", typed.upper()) if word]
        # « AC » is read as « A,C ».
        if len(named) == 1 and re.fullmatch(f"[{LETTERS}]+", named[0]):
            named = list(named[0])
        if any(letter not in LETTERS for letter in named):
            self.wrong(
                f"la bonne réponse « {shortened(typed)} » (cellule {cell}) n’est pas une lettre. "
                "Écrivez par exemple « A » ou « A,C »."
            )
            return True
        told = False
        for letter in dict.fromkeys(named):
            if letter in letters:
                question.right.add(letters.index(letter))
                continue
            told = True
            if LETTERS.index(letter) < MAX_CHOICES:
                self.wrong(f"la bonne réponse {letter} (cellule {cell}) désigne une réponse vide.")
            else:
                self.wrong(
                    f"la bonne réponse {letter} (cellule {cell}) n’existe pas : les réponses vont "
                    "de A à F."
                )
        return told

    def check_repeated(self, question: ParsedQuestion) -> None:
        key = question_key(question.text)
        first = self.seen.setdefault(key, question) if key else question
        if first is not question:
            self.wrong(repeated(first, question))


def to_workbook(rows: Iterable[QuestionRow]) -> bytes:
    """The sets as a .xlsx of the model's form; read back, it gives the same sets."""
    table: list[list[object]] = [[*HEADER]]
    for row in rows:
        # A draft's seventh choice has no column; it cannot be sent either.
        choices = row.choices[:MAX_CHOICES]
        texts = [text for text, _ in choices] + [""] * (MAX_CHOICES - len(choices))
        right = ",".join(
            letter for letter, (_, is_right) in zip(LETTERS, choices, strict=False) if is_right
        )
        table.append([row.set_number, row.text, *texts, right, row.theme, row.explanation])
    table[1:] = [[_cell(value) for value in line] for line in table[1:]]
    return write_workbook([("QCM", table)], widths=[8, 60, 30, 30, 30, 30, 30, 30, 14, 24, 40])


def _cell(value: object) -> object:
    return guarded(tidy(value)) if isinstance(value, str) else value
