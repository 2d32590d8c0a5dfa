"""The reader of tables in a page, as web portals export them under the name of a workbook."""

import email
import email.policy
import re
from html.parser import HTMLParser
from typing import Any

from .cells import MAX_COLUMNS, MAX_ROW, Marks, Rows, Sheet, Unreadable
from .texts import text_of

UNSEEN = re.compile(r"display\s*:\s*none", re.I)
Attributes = list[tuple[str, str | None]]


class Table:
    """The rows of one table, laid out as on the screen: a spanned value in its first cell alone."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.hidden: set[int] = set()  # indexes of rows
        self.cell: list[str] | None = None
        # How many more rows a cell from above takes of a column; the columns so taken in this row.
        self.held: dict[int, int] = {}
        self.taken: set[int] = set()

    def begin_row(self, *, hidden: bool) -> None:
        self.close_cell()
        if hidden:
            self.hidden.add(len(self.rows))
        self.rows.append([])
        self.taken = set(self.held)
        self.held = {column: left - 1 for column, left in self.held.items() if left > 1}

    def begin_cell(self, across: int, down: int) -> None:
        self.close_cell()
        if not self.rows:
            self.begin_row(hidden=False)
        row = self.rows[-1]
        while len(row) in self.taken:
            row.append(None)
        if len(row) > MAX_COLUMNS:
            return
        self.cell, self.across = [], min(across, MAX_COLUMNS)
        if down > 1:
            self.held.update(dict.fromkeys(range(len(row), len(row) + self.across), down - 1))

    def close_cell(self) -> None:
        if self.cell is not None:
            text = " ".join("".join(self.cell).split())
            self.rows[-1] += [text, *[None] * (self.across - 1)]
            self.cell = None


class TableParser(HTMLParser):
    """The tables of a page, as they begin; one inside a cell is one of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.open: list[Table] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag == "table":
            self.begin_table()
        elif tag in {"tr", "td", "th"}:
            # Some pages write rows alone.
            table = self.open[-1] if self.open else self.begin_table()
            given = dict(attrs)
            if tag == "tr":
                hidden = "hidden" in given or bool(UNSEEN.search(given.get("style") or ""))
                table.begin_row(hidden=hidden)
            else:
                table.begin_cell(span(given.get("colspan")), span(given.get("rowspan")))
        elif tag == "br":
            self.handle_data(" ")

    def begin_table(self) -> Table:
        table = Table()
        self.tables.append(table)
        self.open.append(table)
        return table

    def handle_endtag(self, tag: str) -> None:
        if self.open and tag in {"td", "th", "tr", "table"}:
            self.open[-1].close_cell()
            if tag == "table":
                self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1].cell is not None:
            self.open[-1].cell.append(data)


def span(value: str | None) -> int:
    """As browsers take it: 1 where it makes no sense; 0 rows are all that follow."""
    if not value or not value.strip().isdecimal() or len(value) > 9:
        return 1
    return int(value) or MAX_ROW


def read_html(text: str, cap: int) -> list[Sheet]:
    return [_sheet(text, "Tableau", Rows(cap))]


def _sheet(text: str, name: str, rows: Rows) -> Sheet:
    parser = TableParser()
    parser.feed(text)
    numbered: list[tuple[int, list[Any]]] = []
    marks = Marks()
    number = 0
    for table in parser.tables:
        table.close_cell()
        # A blank row keeps two tables of a page apart.
        number += bool(number and any(table.rows))
        for index, cells in enumerate(table.rows):
            number += 1
            numbered.append((number, cells))
            if index in table.hidden:
                marks.hidden_rows.add(number)
    return rows.sheet(name, numbered, marks)


def read_mhtml(path: str, cap: int) -> list[Sheet]:
    """The pages of an archive of a page, as Excel and browsers save them: a sheet for each."""
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.compat32)
    rows = Rows(cap)
    texts = [
        text_of(content)
        for part in message.walk()
        if part.get_content_type() == "text/html"
        and isinstance(content := part.get_payload(decode=True), bytes)
    ]
    texts = [text for text in texts if re.search(r"<table\b", text, re.I)]
    if not texts:
        raise Unreadable("unknown")
    return [
        _sheet(text, f"Tableau {number}" if len(texts) > 1 else "Tableau", rows)
        for number, text in enumerate(texts, 1)
    ]
