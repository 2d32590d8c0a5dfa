"""Where a workbook's list is: on which tab, below which row, and what else the file names. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.errors import Refused
from common.spreadsheets import Row, Tab, Workbook, cell_text, column_letters, fold

from .columns import (
    HEADER_ROWS,
    KEYS,
    LONGEST_TITLE,
    Columns,
    Meanings,
    columns_of,
    is_header,
)

MOST_COLUMNS = 40
APPROVAL_NUMBER = re.compile(r"(?<![\d-])\d{4}-\d{4,6}(?![\d-])")
MOST_CITED = 5
# A tab called this holds those who came; called that, those who did not, or might.
GOOD_TAB = re.compile(r"present|presence|emarge|participant|stagiaire|attend")
BAD_TAB = re.compile(r"inscri|absent|invit|annul|attente|regist")
MODEL_HINT = (
    "Partez du modèle que le portail propose : une ligne d’en-tête « Nom, Prénom, E-mail, "
    "N° adhérent, Cabinet », puis une ligne par personne."
)


class UnreadableRoster(Refused):
    """No list was found; `str()` is a French sentence that says what to do.

    `columns` holds the titles of the row most like a header: their meaning can be told by hand.
    """

    def __init__(self, sentence: str, columns: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.columns = [[title, ""] for title in columns]


@dataclass(frozen=True)
class Table:
    """A list on a tab: the index there of its header's row, and what the columns are."""

    tab: Tab
    index: int
    columns: Columns

    @property
    def header(self) -> Row:
        return self.tab.rows[self.index]

    @property
    def rows(self) -> list[Row]:
        """The rows below the header."""
        return self.tab.rows[self.index + 1 :]

    @property
    def rank(self) -> int:
        """1 on a tab named for those who came, -1 for those who did not, else 0."""
        folded = fold(self.tab.name)
        return bool(GOOD_TAB.search(folded)) - bool(BAD_TAB.search(folded))


def tables_of(workbook: Workbook, meanings: Meanings | None = None) -> list[Table]:
    """The list of each visible tab that holds one. Raises UnreadableRoster without any."""
    visible = [tab for tab in workbook.tabs if tab.visible]
    if not any(tab.rows for tab in visible):
        if any(tab.rows for tab in workbook.tabs):
            raise UnreadableRoster(
                "Les feuilles du classeur sont masquées. Affichez la feuille qui porte la liste, "
                "enregistrez, puis déposez le fichier à nouveau."
            )
        raise UnreadableRoster("Le classeur ne contient aucune ligne. " + MODEL_HINT)
    tables = [Table(tab, *header) for tab in visible if (header := find_header(tab.rows, meanings))]
    if not tables:
        raise UnreadableRoster(_why_no_header(visible), _likeliest_titles(visible))
    return tables


def best_of(tables: Sequence[Table]) -> Table:
    """The list whose tab's name and header look most like those who were present."""
    return max(tables, key=lambda table: (table.rank, len(table.columns), len(table.tab.rows)))


def find_header(
    rows: Sequence[Row], meanings: Meanings | None = None
) -> tuple[int, Columns] | None:
    """(index in `rows`, columns) of the header among the first 50 rows, or None.

    A header names people, and something to know them by.
    """
    best: tuple[int, Columns] | None = None
    for index, row in enumerate(rows):
        if row.number > HEADER_ROWS:
            break
        columns = columns_of(row.cells, meanings)
        if is_header(columns) and (best is None or len(columns) > len(best[1])):
            best = (index, columns)
    return best


def cited_numbers(workbook: Workbook, tables: Sequence[Table]) -> list[str]:
    """The approval numbers above the headers, and on the visible tabs that hold no list."""
    headers: Mapping[str, int] = {table.tab.name: table.index for table in tables}
    texts = (
        cell_text(cell)
        for tab in workbook.tabs
        if tab.visible
        for row in tab.rows[: headers.get(tab.name, HEADER_ROWS)]
        for cell in row.cells
    )
    numbers = {number for text in texts for number in APPROVAL_NUMBER.findall(text)}
    return sorted(numbers)[:MOST_CITED]


def titles_of(header: Row, width: int) -> list[str]:
    """The words of each of `width` columns' header, made different from those before it."""
    titles: dict[str, int] = {}
    for index in range(width):
        title = cell_text(header.cells[index])[:60] if index < len(header.cells) else ""
        title = unique = title or f"Colonne {index + 1}"
        number = 1
        while unique in titles:
            number += 1
            unique = f"{title} ({number})"
        titles[unique] = index
    return list(titles)


def told_columns(table: Table) -> list[list[str]]:
    """[title, field or ""] of each column with a title, to be told or corrected by hand."""
    return [
        [title, table.columns.get(index, "")]
        for index, cell in enumerate(table.header.cells)
        if (title := cell_text(cell)) and len(title) <= LONGEST_TITLE
    ][:MOST_COLUMNS]


def twin_columns(table: Table, meanings: Meanings | None = None) -> list[str]:
    """A sentence for each column that says what another one says already."""
    cells = table.header.cells
    notes, first = [], {kind: index for index, kind in reversed(table.columns.items())}
    for index, cell in enumerate(cells):
        if index in table.columns or not isinstance(cell, str):
            continue
        for kind in columns_of([cell], meanings).values():
            if kind in first and kind not in {"full_name", "session_on"}:
                read = cell_text(cells[first[kind]])
                notes.append(
                    f"Deux colonnes disent la même chose : « {read} » (colonne "
                    f"{column_letters(first[kind])}) est lue, « {cell_text(cell)} » (colonne "
                    f"{column_letters(index)}) ne l’est pas."
                )
    return notes


def _why_no_header(tabs: Sequence[Tab]) -> str:
    """Why no header was found, as helpfully as the rows allow."""
    for tab in tabs:
        for row in tab.rows:
            if row.number > HEADER_ROWS:
                break
            kinds = set(columns_of(row.cells).values())
            where = f"La ligne {row.number} de la feuille « {tab.name} » ressemble à un en-tête"
            if kinds & {"first_name", *KEYS} and len(kinds) > 1:
                return f"{where}, mais il lui manque une colonne « Nom ». {MODEL_HINT}"
            if kinds & {"last_name", "full_name"} and len(row.cells) > 1 and len(kinds) > 1:
                return (
                    f"{where}, mais il lui manque une colonne « E-mail », « N° adhérent » ou "
                    f"« N° ORIAS ». {MODEL_HINT}"
                )
    return "Aucune ligne d’en-tête n’a été trouvée dans ce fichier. " + MODEL_HINT


def _likeliest_titles(tabs: Sequence[Tab]) -> list[str]:
    """The texts of the row most like a header among the first ones; none without two texts."""
    rows = [
        [
            cell_text(cell)
            for cell in row.cells
            if isinstance(cell, str) and len(cell) <= LONGEST_TITLE
        ]
        for tab in tabs
        for row in tab.rows
        if row.number <= HEADER_ROWS
    ]
    best = max(rows, key=len, default=[])
    return best[:MOST_COLUMNS] if len(best) > 1 else []
