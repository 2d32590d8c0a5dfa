"""What a registry workbook is: its columns, the model to fill, the members that one names. Pure.

A file that has no column for something says nothing about it: what the registry has is kept.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from common.addresses import NotOneAddress, one_address
from common.spreadsheets import (
    Cell,
    Row,
    Workbook,
    cell_text,
    fold,
    unguarded,
    write_workbook,
)

from .columns import EMAIL, FIRM, FIRST_NAME, LAST_NAME, MEMBER_NUMBER, ORIAS
from .keys import email_key, orias_key

MAX_ROWS = 100_000
HEADER_ROWS = 50


@dataclass(frozen=True)
class Column:
    """A column: the title that we give it, those that we know (folded), and what it holds."""

    title: str
    words: Collection[str]
    help: str
    example: str
    required: bool = False


COLUMNS = {
    "number": Column(
        "N° adhérent",
        MEMBER_NUMBER,
        "Le numéro qui reste celui de l’adhérent d’un fichier à l’autre.",
        "A00123",
        required=True,
    ),
    "title": Column("Civilité", {"civilite"}, "M. ou Mme.", "Mme"),
    "last_name": Column("Nom", LAST_NAME, "Le nom de famille.", "MARTIN", required=True),
    "first_name": Column("Prénom", FIRST_NAME, "Le prénom.", "Anne"),
    "email": Column("E-mail", EMAIL, "Une seule adresse.", "anne.martin@exemple.fr"),
    "firm": Column("Cabinet", FIRM, "Le nom du cabinet.", "Martin Patrimoine"),
    "orias": Column("N° ORIAS", ORIAS, "Huit chiffres.", "07001234"),
    "cif": Column(
        "Adhérent ANACOFI-CIF",
        {"adherent anacofi cif", "anacofi cif", "cif"},
        "Oui ou Non.",
        "Oui",
        required=True,
    ),
    "status": Column(
        "Statut",
        {"statut"},
        "Actif ou Inactif ; vide, ou sans cette colonne, l’adhérent est actif.",
        "Actif",
    ),
}
REQUIRED = {name: column.title for name, column in COLUMNS.items() if column.required}
# What a file says of a member beside their number and what they belong to.
FIELDS = ("title", "last_name", "first_name", "email", "firm", "orias")
YES, NO = {"oui", "o", "1", "x", "vrai", "yes"}, {"non", "n", "0", "", "faux", "no"}
ACTIVE, LEFT = {"actif", "active", ""}, {"inactif", "radie", "parti", "demissionnaire", "sorti"}


@dataclass(frozen=True)
class RegistryLine:
    """One member as the file gives it; `row` as the spreadsheet numbers it."""

    row: int
    number: str
    last_name: str = ""
    # None where the file has no such column.
    title: str | None = None
    first_name: str | None = None
    email: str | None = None
    firm: str | None = None
    orias: str | None = None
    is_cif: bool = False
    is_active: bool = True

    def said(self) -> dict[str, str]:
        """What the line says, by the names of `FIELDS`."""
        said = {name: getattr(self, name) for name in FIELDS}
        return {name: value for name, value in said.items() if value is not None}


def comparable(name: str, value: str) -> str:
    """What the registry holds in one of `FIELDS`, as a file would give it."""
    return _READ[name](value)


def cif_word(is_cif: bool) -> str:
    """What our own files say in the column ANACOFI-CIF."""
    return "Oui" if is_cif else "Non"


def status_word(is_active: bool) -> str:
    """What our own files say in the column of the status."""
    return "Actif" if is_active else "Inactif"


def model_workbook() -> bytes:
    """The bytes of the model to fill. Its second tab has no header, so nobody is read there."""
    return write_workbook(
        [
            ("Adhérents", [[column.title for column in COLUMNS.values()]]),
            (
                "Mode d’emploi",
                [
                    ["Colonne", "Obligatoire", "Ce qu’on y écrit", "Exemple"],
                    *(
                        [
                            column.title,
                            "oui" if column.required else "",
                            column.help,
                            column.example,
                        ]
                        for column in COLUMNS.values()
                    ),
                ],
            ),
        ],
        widths=[24, 16, 60, 26, 30, 30, 14, 24, 12],
        # Excel would take the zeros of a number away.
        as_text=["Adhérents"],
    )


def parse(workbook: Workbook) -> tuple[list[RegistryLine], list[str]]:
    """(lines, errors): every member of the file, and every sentence about what is wrong."""
    for tab in workbook.tabs:
        if not tab.visible:
            continue
        for position, row in enumerate(tab.rows[:HEADER_ROWS]):
            columns = _columns(row)
            if columns.keys() >= REQUIRED.keys():
                return _lines(tab.rows[position + 1 :], columns)
    wanted = " | ".join(REQUIRED.values())
    return [], [f"L’en-tête est introuvable : il faut au moins les colonnes {wanted}."]


def _columns(row: Row) -> dict[str, int]:
    """The place of each column that a row names as its header."""
    titles = [fold(cell_text(cell)) for cell in row.cells]
    return {
        name: next(place for place, title in enumerate(titles) if title in column.words)
        for name, column in COLUMNS.items()
        if not set(titles).isdisjoint(column.words)
    }


def _text(cell: Cell) -> str:
    """A cell as it was before one of our own exports made it safe to open."""
    return unguarded(cell_text(cell))


def _short(most: int) -> Callable[[str], str]:
    return lambda text: cell_text(text)[:most]


# How each of `FIELDS` is read.
_READ: dict[str, Callable[[str], str]] = {
    "title": _short(20),
    "last_name": _short(100),
    "first_name": _short(100),
    "email": email_key,
    "firm": _short(200),
    "orias": orias_key,
}


def _lines(rows: Sequence[Row], columns: dict[str, int]) -> tuple[list[RegistryLine], list[str]]:
    lines: list[RegistryLine] = []
    errors: list[str] = []
    row_of: dict[str, int] = {}
    for row in rows:
        texts = dict.fromkeys(COLUMNS, "") | {
            name: _text(row.cells[place]) if place < len(row.cells) else ""
            for name, place in columns.items()
        }
        errors += [f"Ligne {row.number} : {wrong}." for wrong in _wrongs(texts, row_of)]
        row_of.setdefault(texts["number"], row.number)
        said = {name: _READ[name](texts[name]) for name in FIELDS if name in columns}
        lines.append(
            RegistryLine(
                row=row.number,
                number=texts["number"][:20],
                is_cif=fold(texts["cif"]) in YES,
                is_active=fold(texts["status"]) in ACTIVE,
                **said,
            )
        )
    if not lines:
        errors.append("Le fichier ne contient aucun adhérent sous son en-tête.")
    return lines, errors


def _wrongs(texts: dict[str, str], row_of: dict[str, int]) -> list[str]:
    """What is wrong in a row; `row_of` tells the row of each number above it."""
    wrongs = []
    number, email, orias = texts["number"], texts["email"], texts["orias"]
    if not number:
        wrongs.append("le numéro d’adhérent manque")
    elif len(number) > 20:
        wrongs.append(f"le numéro « {number[:30]}… » dépasse 20 caractères")
    elif number in row_of:
        wrongs.append(f"le numéro {number} figure déjà à la ligne {row_of[number]}")
    if not texts["last_name"]:
        wrongs.append("le nom manque")
    if fold(texts["cif"]) not in YES | NO:
        wrongs.append(f"« {texts['cif']} » n’est ni oui ni non dans la colonne ANACOFI-CIF")
    if fold(texts["status"]) not in ACTIVE | LEFT:
        wrongs.append(f"le statut « {texts['status']} » est inconnu (Actif ou Inactif)")
    try:
        one_address(email)
    except NotOneAddress as error:
        wrongs.append(str(error))
    if orias and not orias_key(orias):
        wrongs.append(f"« {orias} » n’est pas un numéro ORIAS (8 chiffres)")
    return wrongs
