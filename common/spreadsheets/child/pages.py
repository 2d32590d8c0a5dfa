"""The reader of tables in a page, as web portals export them under the name of a workbook."""

from html.parser import HTMLParser
from typing import Any

from .cells import Rows, Sheet


class TableParser(HTMLParser):
    """The rows of every table of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[Any]] = []
        self.cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.close_cell()
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.close_cell()
            if not self.rows:
                self.rows.append([])
            self.cell = []
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self.close_cell()

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def close_cell(self) -> None:
        if self.cell is not None:
            self.rows[-1].append(" ".join("".join(self.cell).split()))
            self.cell = None


def read_html(text: str, cap: int) -> list[Sheet]:
    parser = TableParser()
    parser.feed(text)
    parser.close_cell()
    return [Rows(cap).sheet("Tableau", enumerate(parser.rows, 1))]
