"""Where a workbook's lists are: on which tab, below which row; what else it names. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from common.errors import Refused
from common.spreadsheets import Cell, Row, Tab, Workbook, cell_text, fold

from .columns import HEADER_ROWS, KEYS, LONGEST_TITLE, Columns, columns_of, is_header, strings_of
from .marked import under_title
from .questions import NOTHING_TOLD, Told, layout_of
from .sections import (
    ABSENTS,
    REGISTERED,
    registered_above,
    section_above,
    section_of,
    texts_of,
)
from .titles import is_dated, speech_of
from .untitled import numbered, people_of, titles_of

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

NO_TITLES = (
    "Cette liste n’a pas de ligne de titres. Dites ce que contient chaque colonne, dans l’ordre du "
    "fichier, ou ajoutez une ligne « Nom, Prénom, E-mail » au-dessus de la première personne."
)


class UnreadableRoster(Refused):
    """No list was found; `str()` is a French sentence that says what to do.

    `columns` holds the titles of the row most like a header: their meaning can be told by hand.
    """

    def __init__(
        self, sentence: str, columns: Sequence[str] = (), *, is_untitled: bool = False
    ) -> None:
        super().__init__(sentence)
        self.columns = [[title, ""] for title in columns]
        # « Colonne 1 » is another thing in the next file.
        self.layout = "" if is_untitled else layout_of(columns)


@dataclass(frozen=True)
class Block:
    """The rows below one header of a tab, up to the next one."""

    header: Row
    titles: list[str]  # of each column, all different
    rows: list[Row]
    layout: str  # what is told of the columns is kept by (`layout_of`)
    section: str = ""  # ABSENTS, HOSTS…, by what stands above the header
    section_title: str = ""  # the words that say so, of REGISTERED
    title: str = ""  # what stands alone in the row above the header
    title_number: int = 0  # of that row; 0 for none


@dataclass(frozen=True)
class Table:
    """A tab that holds lists, in the order of their headers."""

    tab: Tab
    blocks: list[Block]
    columns: Columns  # of its fullest header

    @property
    def rank(self) -> int:
        """1 on a tab named for those who came, -1 for those who did not, else 0."""
        folded = fold(self.tab.name)
        return bool(GOOD_TAB.search(folded)) - bool(BAD_TAB.search(folded))

    @property
    def row_count(self) -> int:
        """How many rows stand below its headers."""
        return sum(len(block.rows) for block in self.blocks)


def tables_of(workbook: Workbook, told: Told = NOTHING_TOLD) -> list[Table]:
    """The lists of each visible tab that holds one. Raises UnreadableRoster without any."""
    visible = [tab for tab in workbook.tabs if tab.visible]
    if not any(tab.rows for tab in visible):
        if any(tab.rows for tab in workbook.tabs):
            raise UnreadableRoster(
                "Les feuilles du classeur sont masquées. Affichez la feuille qui porte la liste, "
                "enregistrez, puis déposez le fichier à nouveau."
            )
        raise UnreadableRoster("Le classeur ne contient aucune ligne. " + MODEL_HINT)
    tables = [table for tab in visible if (table := _table_of(tab, told))]
    tables = tables or [table for tab in visible if (table := _untitled_table(tab, told))]
    if not tables:
        untitled_width = max(map(_untitled_width, visible))
        if untitled_width > 1:
            raise UnreadableRoster(NO_TITLES, numbered(untitled_width), is_untitled=True)
        raise UnreadableRoster(_why_no_header(visible), _likeliest_titles(visible))
    return tables


def best_of(tables: Sequence[Table]) -> Table:
    """The list whose tab's name and header look most like those who were present."""
    return max(tables, key=lambda table: (table.rank, len(table.columns), len(table.tab.rows)))


def find_header(rows: Sequence[Row], told: Told = NOTHING_TOLD) -> tuple[int, Columns] | None:
    """(index in `rows`, columns) of the fullest header among the first 50 rows, or None.

    A header names people, and something to know them by.
    """
    best: tuple[int, Columns] | None = None
    for index, row in enumerate(rows):
        if row.number > HEADER_ROWS:
            break
        columns = columns_of(row.cells, told)
        if is_header(columns) and (best is None or len(columns) > len(best[1])):
            best = (index, columns)
    return best


def _table_of(tab: Tab, told: Told) -> Table | None:
    best = find_header(tab.rows, told)
    if best is None:
        return None
    headers: list[int] = []
    for index, row in enumerate(tab.rows):
        columns = columns_of(row.cells, told)
        before = tab.rows[headers[-1]] if headers else None
        is_again = before and "full_name" in columns.values() and _is_alike(row, before)
        if (is_again or is_header(columns)) and not _is_person(row):
            headers.append(index)
    blocks: list[Block] = []
    # A tab « Absents » is of the absent, whatever its rows say.
    section = ABSENTS if section_of(tab.name) == ABSENTS else ""
    # A title at the top is of all the pages below it.
    registered = tab.name if section_of(tab.name) == REGISTERED else ""
    for number, index in enumerate(headers):
        end = headers[number + 1] if number + 1 < len(headers) else len(tab.rows)
        above = registered_above(tab.rows, index)
        registered = registered if above is None else above
        for block in _blocks_at(tab.rows, index, end, told, section):
            is_open = registered and block.section in {"", REGISTERED}
            blocks.append(
                replace(block, section=REGISTERED, section_title=registered) if is_open else block
            )
    return Table(tab, blocks, best[1]) if blocks else None


def _untitled_table(tab: Tab, told: Told) -> Table | None:
    """The list of a tab without a row of titles, by its values or by what was told of them."""
    titles = numbered(_untitled_width(tab))
    if not is_header(columns_of(list(titles), told)):
        titles = titles_of(tab.rows) or []
    columns = columns_of(list(titles), told)
    if not is_header(columns):
        return None
    header = Row(tab.rows[0].number, list(titles))
    registered = tab.name if section_of(tab.name) == REGISTERED else ""
    section = REGISTERED if registered else section_of(tab.name)
    section = section if section in {ABSENTS, REGISTERED} else ""
    block = Block(header, titles, tab.rows, layout_of(titles), section, registered)
    return Table(tab, [block], columns)


def _untitled_width(tab: Tab) -> int:
    """How many columns the people of a tab without titles fill; 0 where there are no such."""
    found = people_of(tab.rows)
    return min(max(map(len, found[1])), MOST_COLUMNS) if found else 0


def _is_alike(row: Row, header: Row) -> bool:
    """Whether a row has as many as three titles of the header above: the header of another list.

    Of those who joined by telephone, without an address.
    """
    titles = {fold(text) for text in texts_of(header)}
    return len(titles & {fold(text) for text in texts_of(row)} - {""}) > 2


def _is_person(row: Row) -> bool:
    """Whether an address stands in the row: then it is no header."""
    return any(isinstance(cell, str) and "@" in cell.strip("@ ") for cell in row.cells)


def _blocks_at(
    rows: Sequence[Row], index: int, end: int, told: Told, section: str
) -> Iterable[Block]:
    """The list below the header at this index; two, where two stand side by side."""
    header = rows[index]
    below = list(rows[index + 1 : end])
    width = max([len(header.cells), *(len(row.cells) for row in below)])
    titles, has_second = _titles(rows, index, width)
    if has_second:
        below = below[1:]
    above = rows[index - 1] if index else None
    layout = layout_of(strings_of(header.cells))
    texts = texts_of(above) if above else []
    title, title_number = (texts[0], above.number) if above and len(texts) == 1 else ("", 0)
    groups = _side_by_side([cell_text(cell) for cell in header.cells], told)
    for start, stop in groups:
        shown = [
            title if start <= column < stop or column >= groups[-1][1] else ""
            for column, title in enumerate(titles)
        ]
        yield Block(
            header,
            _different(shown),
            [Row(row.number, _only(row.cells, start, stop)) for row in below]
            if len(groups) > 1
            else below,
            layout,
            (section_above(above, start, stop if len(groups) > 1 else width) if above else "")
            or section,
            title=title,
            title_number=title_number,
        )


def _only(cells: Sequence[Cell], start: int, stop: int) -> list[Cell]:
    return [cell if start <= index < stop else None for index, cell in enumerate(cells)]


def _side_by_side(texts: Sequence[str], told: Told) -> list[tuple[int, int]]:
    """The columns (first, one after the last) of each list that repeats the first one's titles."""
    folded = [fold(text) for text in texts]
    first = next((index for index, text in enumerate(folded) if text), 0)
    starts = [index for index, text in enumerate(folded) if text and text == folded[first]]
    if len(starts) < 2:
        return [(0, max(len(texts), 1))]
    groups = [(start, stop) for start, stop in zip(starts, [*starts[1:], len(texts)], strict=True)]
    said = [[text for text in folded[start:stop] if text] for start, stop in groups]
    alike = all(words == said[0] for words in said)
    if alike and is_header(columns_of(list(texts[groups[0][0] : groups[0][1]]), told)):
        return groups
    return [(0, max(len(texts), 1))]


def _titles(rows: Sequence[Row], index: int, width: int) -> tuple[list[str], bool]:
    """The title of each column, over one row, two or three; whether the row below is one of them.

    A title above several columns (merged cells) is given to each of them.
    """
    header = rows[index]
    own = [title_text(header.cells[i]) if i < len(header.cells) else "" for i in range(width)]
    above = rows[index - 1] if index and rows[index - 1].number == header.number - 1 else None
    over = _spread(above, width) if above and len(texts_of(above)) > 1 else [""] * width
    if above:
        own = under_title(own, above)
    for i in range(1, width):
        if not own[i] and is_dated(own[i - 1]):
            own[i] = own[i - 1]
    below = rows[index + 1] if index + 1 < len(rows) else None
    under = _under(below, columns_of(header.cells), width) if below else None
    titles = []
    for i in range(width):
        title = own[i]
        if over[i] and (not title or (is_dated(title) and is_dated(over[i]))):
            title = f"{over[i]} {title}".strip()
        if under and under[i]:
            title = f"{title} {under[i]}".strip()
        titles.append(title)
    return titles, under is not None


def title_text(cell: Cell) -> str:
    """The words of a title; a real date as it is written in French."""
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    return cell_text(cell)


def _spread(row: Row, width: int) -> list[str]:
    """The titles of a row of merged cells, each over all the columns that it covers."""
    spread, last = [], ""
    for i in range(width):
        last = (title_text(row.cells[i]) if i < len(row.cells) else "") or last
        spread.append(last)
    return spread


def _under(row: Row, named: Columns, width: int) -> list[str] | None:
    """The titles of a second row of them (« AM », « PM »), or None when it is of a person."""
    texts = [title_text(row.cells[i]) if i < len(row.cells) else "" for i in range(width)]
    if any(texts[i] for i in named if i < width):
        return None
    said = [text for text in texts if text]
    if len(said) > 1 and all(
        is_dated(text) or (speech_of(text) and len(text) > 2) for text in said
    ):
        return texts
    return None


def cited_numbers(workbook: Workbook, tables: Sequence[Table]) -> list[str]:
    """The approval numbers above the headers, and on the visible tabs that hold no list."""
    headers: Mapping[str, int] = {
        table.tab.name: min(block.header.number for block in table.blocks) for table in tables
    }
    texts = (
        cell_text(cell)
        for tab in workbook.tabs
        if tab.visible
        for row in tab.rows
        if row.number < headers.get(tab.name, HEADER_ROWS)
        for cell in row.cells
    )
    numbers = {number for text in texts for number in APPROVAL_NUMBER.findall(text)}
    return sorted(numbers)[:MOST_CITED]


def _different(written: Sequence[str]) -> list[str]:
    """These titles, each made different from those before it; a nameless column by its number."""
    titles: dict[str, int] = {}
    for index, text in enumerate(written):
        title = unique = text[:LONGEST_TITLE] or f"Colonne {index + 1}"
        number = 1
        while unique in titles:
            number += 1
            unique = f"{title} ({number})"
        titles[unique] = index
    return list(titles)


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
    """The texts of the row most like a header among the first ones; none without two texts.

    A row with an address or a number is of a person: nobody's name is offered as a title.
    """
    rows = [
        [
            cell_text(cell)
            for cell in row.cells
            if isinstance(cell, str) and len(cell) <= LONGEST_TITLE
        ]
        for tab in tabs
        for row in tab.rows
        if row.number <= HEADER_ROWS and not _is_person(row) and not _has_figures(row)
    ]
    best = max(rows, key=len, default=[])
    return best[:MOST_COLUMNS] if len(best) > 1 else []


def _has_figures(row: Row) -> bool:
    return any(
        isinstance(cell, int | float | date) or bool(re.search(r"\d{4,}", cell_text(cell)))
        for cell in row.cells
        if cell is not None
    )
