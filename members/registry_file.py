"""From a registry workbook to the members it names, or every sentence about what is wrong. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.addresses import NotOneAddress, one_address
from common.spreadsheets import Row, Workbook, cell_text, fold

from .columns import EMAIL, FIRM, FIRST_NAME, LAST_NAME, MEMBER_NUMBER, ORIAS
from .keys import email_key, orias_key

MAX_ROWS = 100_000
HEADER_ROWS = 50
COLUMNS = {
    "number": MEMBER_NUMBER,
    "title": {"civilite"},
    "last_name": LAST_NAME,
    "first_name": FIRST_NAME,
    "email": EMAIL,
    "firm": FIRM,
    "orias": ORIAS,
    "cif": {"adherent anacofi cif", "anacofi cif", "cif"},
    "status": {"statut"},
}
REQUIRED = {"number": "N° adhérent", "last_name": "Nom", "cif": "Adhérent ANACOFI-CIF"}
YES, NO = {"oui", "o", "1", "x", "vrai", "yes"}, {"non", "n", "0", "", "faux", "no"}
ACTIVE, LEFT = {"actif", "active", ""}, {"inactif", "radie", "parti", "demissionnaire", "sorti"}


@dataclass(frozen=True)
class RegistryLine:
    """One member as the file gives it; `row` as the spreadsheet numbers it."""

    row: int
    number: str
    title: str = ""
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    firm: str = ""
    orias: str = ""
    is_cif: bool = False
    is_active: bool = True


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
        name: next(place for place, title in enumerate(titles) if title in words)
        for name, words in COLUMNS.items()
        if words & set(titles)
    }


def _lines(rows: Sequence[Row], columns: dict[str, int]) -> tuple[list[RegistryLine], list[str]]:
    lines: list[RegistryLine] = []
    errors: list[str] = []
    row_of: dict[str, int] = {}
    for row in rows:
        texts = dict.fromkeys(COLUMNS, "") | {
            name: cell_text(row.cells[place]) if place < len(row.cells) else ""
            for name, place in columns.items()
        }
        errors += [f"Ligne {row.number} : {wrong}." for wrong in _wrongs(texts, row_of)]
        row_of.setdefault(texts["number"], row.number)
        lines.append(
            RegistryLine(
                row=row.number,
                number=texts["number"][:20],
                title=texts["title"][:20],
                last_name=texts["last_name"][:100],
                first_name=texts["first_name"][:100],
                email=email_key(texts["email"]),
                firm=texts["firm"][:200],
                orias=orias_key(texts["orias"]),
                is_cif=fold(texts["cif"]) in YES,
                is_active=fold(texts["status"]) in ACTIVE,
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
