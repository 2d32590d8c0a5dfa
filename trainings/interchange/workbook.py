"""From the rows of a QCM workbook to three sets of questions, or all its errors at once. Pure."""

import re
import unicodedata
from collections import Counter
from datetime import datetime, time

from anacofi_portal.spreadsheets import cell_text, column_letters, fold, write_workbook

from ..sizing import MAX_CHOICES, MIN_CHOICES, SETS
from .parsed import ParsedQuestion, ParsedSets

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
MAX_CHARACTERS = {"question": 1000, "choice": 500, "theme": 200, "explication": 2000}


def normalised(text):
    """A question for comparing: without case, accents, punctuation and spacing.

    Mathematical and other signs stay: « > 5 » and « < 5 » are two questions.
    """
    text = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(one for one in text if unicodedata.category(one)[0] not in "MPZC")


def parse(workbook, *, owed=0):
    """The questions of every visible sheet that has the header, and every error found.

    `owed` is the number of questions that each of the three sets must hold at least.
    """
    found = ParsedSets()
    nearest, missing = None, list(NEEDED.values())
    tables = 0
    for sheet in workbook.sheets:
        if not sheet.visible:
            continue
        position, columns, lacking = _find_header(sheet)
        if not lacking:
            tables += 1
            _Table(sheet, columns, found).read(sheet.rows[position + 1 :])
        elif len(lacking) < len(missing):
            nearest, missing = sheet.name, lacking
    if not tables:
        return ParsedSets(errors=[_no_header(nearest, missing)])
    if not found.questions:
        found.errors.append("Le classeur ne contient aucune question sous son en-tête.")
    elif owed:
        found.errors += _short_sets(found.questions, owed)
    return found


def _find_header(sheet):
    """(position, columns, names of the columns that lack) of the row most like the header."""
    best = (0, {}, list(NEEDED.values()))
    for position, row in enumerate(sheet.rows[:HEADER_ROWS]):
        columns = _columns(row)
        lacking = [words for name, words in NEEDED.items() if name not in columns]
        if len(lacking) < len(best[2]):
            best = (position, columns, lacking)
    return best


def _columns(row):
    """{folded header: index}; « Réponse A » and « Choix A » alike become « reponse a »."""
    columns = {}
    for index, cell in enumerate(row.cells):
        name = fold(cell_text(cell))
        name = re.sub(r"^(choix|proposition|rep) ", "reponse ", name)
        columns.setdefault(ALIASES.get(name, name), index)
    return columns


def _no_header(sheet, missing):
    advice = "Téléchargez le modèle et recopiez-y vos questions."
    if sheet is None or len(missing) > 3:
        return (
            "L’en-tête du modèle est introuvable : il faut une ligne « Jeu | Question | Réponse A "
            f"| … | Bonne réponse ». {advice}"
        )
    names = ", ".join(f"« {one} »" for one in missing)
    plural = "s" if len(missing) > 1 else ""
    return f"Feuille « {sheet} » : il manque la colonne{plural} {names}. {advice}"


def _short_sets(questions, owed):
    counted = Counter(question.set_number for question in questions)
    return [
        f"Jeu {number} : {counted[number]} question{'s' if counted[number] > 1 else ''}, il en "
        f"faut au moins {owed} ; il en manque {owed - counted[number]}."
        for number in range(1, SETS + 1)
        if counted[number] < owed
    ]


def _text(value):
    """A cell as its reader sees it: dates the French way."""
    if isinstance(value, datetime) and value.time() == time():
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and not value.is_integer():
        return cell_text(value).replace(".", ",")
    return cell_text(value)


class _Table:
    """One sheet's rows under its header; appends to the questions and errors of `found`."""

    def __init__(self, sheet, columns, found):
        self.sheet, self.columns, self.found = sheet, columns, found
        self.seen = {normalised(one.text): one for one in found.questions}
        self.letters = [letter for letter in LETTERS if f"reponse {letter.lower()}" in columns]
        # A row with nothing in these (a prefilled set number, a note) is no question.
        self.telling = ["question", "bonne reponse"]
        self.telling += [f"reponse {letter.lower()}" for letter in self.letters]

    def read(self, rows):
        for row in rows:
            self.row = row
            if any(self.text(name) for name in self.telling):
                self.read_row()

    def text(self, name):
        index = self.columns.get(name)
        known = index is not None and index < len(self.row.cells)
        return _text(self.row.cells[index]) if known else ""

    def cell(self, name):
        """Where the person looks: « B7 »."""
        return f"{column_letters(self.columns[name])}{self.row.number}"

    def wrong(self, sentence):
        self.found.errors.append(
            f"Feuille « {self.sheet.name} », ligne {self.row.number} : {sentence}"
        )

    def read_row(self):
        question = ParsedQuestion(
            set_number=self.read_set(),
            text=self.text("question"),
            choices=[],
            right=set(),
            theme=self.text("theme"),
            explanation=self.text("explication"),
            where=f"feuille « {self.sheet.name} », ligne {self.row.number}",
        )
        if not question.text:
            self.wrong(f"la question est vide (cellule {self.cell('question')}).")
        for name in ("question", "theme", "explication"):
            self.check_length(name, MAX_CHARACTERS[name])
        letters = self.read_choices(question)
        self.read_right(question, letters)
        self.check_repeated(question)
        self.found.questions.append(question)

    def read_set(self):
        typed = self.text("jeu")
        number = re.fullmatch(r"(?:(?:jeu|set|serie) ?)?(?:n ?)?(\d{1,2})", fold(typed))
        if number and 1 <= int(number[1]) <= SETS:
            return int(number[1])
        said = f"contient « {typed} »" if typed else "est vide"
        self.wrong(f"la colonne « Jeu » (cellule {self.cell('jeu')}) {said} ; écrivez 1, 2 ou 3.")
        return 0

    def check_length(self, name, limit):
        if len(self.text(name)) > limit:
            self.wrong(f"la cellule {self.cell(name)} dépasse {limit} caractères.")

    def read_choices(self, question):
        """Fill the question's choices; the letters of those that are there."""
        letters, seen = [], {}
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
            self.check_length(name, MAX_CHARACTERS["choice"])
            key = " ".join(text.casefold().split())
            if key in seen:
                self.wrong(f"les réponses {seen[key]} et {letter} sont identiques.")
            seen.setdefault(key, letter)
            letters.append(letter)
            question.choices.append(text)
        if len(letters) < MIN_CHOICES:
            self.wrong("il faut au moins deux réponses.")
        return letters

    def read_right(self, question, letters):
        typed = self.text("bonne reponse")
        named = [one for one in re.split(r"[\s,;./+&()-]+|\bET\b", typed.upper()) if one]
        # « AC » is read as « A,C ».
        if len(named) == 1 and re.fullmatch(f"[{LETTERS}]+", named[0]):
            named = list(named[0])
        if not named:
            self.wrong(
                f"aucune bonne réponse (cellule {self.cell('bonne reponse')}). "
                "Écrivez sa lettre, par exemple « A » ou « A,C »."
            )
        if any(one not in LETTERS for one in named):
            self.wrong(
                f"la bonne réponse « {typed[:60]} » (cellule {self.cell('bonne reponse')}) n’est "
                "pas une lettre. Écrivez par exemple « A » ou « A,C »."
            )
            return
        for one in dict.fromkeys(named):
            if one in letters:
                question.right.add(letters.index(one))
            elif LETTERS.index(one) < MAX_CHOICES:
                self.wrong(
                    f"la bonne réponse {one} (cellule {self.cell('bonne reponse')}) désigne une "
                    "réponse vide."
                )
            else:
                self.wrong(
                    f"la bonne réponse {one} (cellule {self.cell('bonne reponse')}) n’existe pas : "
                    "les réponses vont de A à F."
                )

    def check_repeated(self, question):
        key = normalised(question.text)
        if not key:
            return
        first = self.seen.setdefault(key, question)
        if first is not question:
            self.wrong(
                f"cette question (jeu {question.set_number or '?'}) figure déjà {first.where} "
                f"(jeu {first.set_number or '?'}). Chaque question ne sert qu’une fois, tous jeux "
                "confondus."
            )


def to_workbook(rows) -> bytes:
    """The sets as a .xlsx of the model's form."""
    table = [HEADER]
    for row in rows:
        texts = [text for text, _ in row["choices"]]
        right = ",".join(
            LETTERS[index] for index, (_, is_right) in enumerate(row["choices"]) if is_right
        )
        texts += [""] * (MAX_CHOICES - len(texts))
        table.append([row["set"], row["text"], *texts, right, row["theme"], row["explanation"]])
    return write_workbook([("QCM", table)], widths=[8, 60, 30, 30, 30, 30, 30, 30, 14, 24, 40])
