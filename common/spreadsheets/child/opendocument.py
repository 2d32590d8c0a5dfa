"""The reader of OpenDocument sheets, in a ZIP (.ods) or flat (.fods)."""

import datetime
import io
import re
import zipfile
from typing import IO, Any
from xml.etree.ElementTree import Element

from .cells import MAX_COLUMNS, Marks, Rows, Sheet, Unreadable, duration, share
from .looks import Look, fill_of, mark

SPACE = "urn:oasis:names:tc:opendocument:xmlns"
TABLE, OFFICE, TEXT, STYLE = (
    f"{{{SPACE}:{name}:1.0}}" for name in ("table", "office", "text", "style")
)
FORMAT = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
NUMBER = f"{{{SPACE}:datastyle:1.0}}"
DURATION = re.compile(r"(-?)PT?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")
UNSEEN = {"collapse", "filter"}
MAX_SPACES = 100


def read_ods(path: str, cap: int) -> list[Sheet]:
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if one.lower() == "content.xml")
        with archive.open(name) as content:
            return Reader(cap).read(content)


def read_fods(text: str, cap: int) -> list[Sheet]:
    # The declaration may name an encoding that the text no longer has.
    return Reader(cap).read(io.BytesIO(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode()))


class Reader:
    """One pass through a document; a row is forgotten once it is read."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.rows = Rows(cap)
        self.sheets: list[Sheet] = []
        # Names of styles: of data that count beyond 24 hours, of cells shown so, of hidden tables.
        self.unbounded: set[str] = set()
        self.elapsed: set[str] = set()
        self.hidden: set[str] = set()
        self.looks: dict[str, Look] = {}

    def read(self, source: IO[bytes]) -> list[Sheet]:
        from defusedxml import ElementTree  # noqa: PLC0415 - a child loads what it needs

        for event, element in ElementTree.iterparse(source, events=("start", "end")):
            if event == "start":
                if element.tag == f"{TABLE}table":
                    self.begin()
            elif element.tag == f"{TABLE}table-row":
                self.row(element)
                element.clear()
            elif element.tag == f"{TABLE}table-column":
                self.column(element)
            elif element.tag == f"{TABLE}table":
                self.end(element)
                element.clear()
            elif element.tag == f"{NUMBER}time-style":
                if element.get(f"{NUMBER}truncate-on-overflow") == "false":
                    self.unbounded.add(element.get(f"{STYLE}name", ""))
            elif element.tag == f"{STYLE}style":
                self.style(element)
        return self.sheets

    def style(self, element: Element) -> None:
        name = element.get(f"{STYLE}name", "")
        if element.get(f"{STYLE}data-style-name") in self.unbounded:
            self.elapsed.add(name)
        for properties in element.iter(f"{STYLE}table-properties"):
            if properties.get(f"{TABLE}display") == "false":
                self.hidden.add(name)
        struck = any(
            one.get(f"{STYLE}text-line-through-style", "none") != "none"
            for one in element.iter(f"{STYLE}text-properties")
        )
        fills = [
            fill_of(one.get(f"{FORMAT}background-color", ""))
            for one in element.iter(f"{STYLE}table-cell-properties")
        ]
        if struck or any(fills):
            self.looks[name] = Look(struck, next(filter(None, fills), ""))

    def begin(self) -> None:
        self.number = 0
        self.columns: list[str] = []
        self.numbered: list[tuple[int, list[Any]]] = []
        self.marks = Marks()

    def end(self, table: Element) -> None:
        name = table.get(f"{TABLE}name") or "Feuille"
        visible = table.get(f"{TABLE}style-name") not in self.hidden
        self.sheets.append(self.rows.sheet(name, self.numbered, self.marks, visible=visible))

    def column(self, element: Element) -> None:
        """Its default style, and whether it is hidden."""
        first = len(self.columns)
        count = min(repeated(element, "columns"), MAX_COLUMNS - first)
        self.columns += [element.get(f"{TABLE}default-cell-style-name", "")] * count
        if element.get(f"{TABLE}visibility") in UNSEEN:
            self.marks.hidden_columns.update(range(first, first + count))

    def row(self, element: Element) -> None:
        cells: list[Any] = []
        looks: dict[int, Look] = {}
        for cell in element:
            if cell.tag in {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}:
                count = min(repeated(cell, "columns"), MAX_COLUMNS - len(cells))
                if count > 0:
                    if look := self.looks.get(cell.get(f"{TABLE}style-name", "")):
                        looks[len(cells)] = look
                    cells += [self.cell(cell, len(cells))] * count
        count, first = repeated(element, "rows"), self.number + 1
        self.number += count
        if not any(cell not in (None, "") for cell in cells):
            return
        for number in range(first, first + min(count, self.cap + 1)):
            self.numbered.append((number, cells))
            for column, look in looks.items():
                mark(self.marks, number, column, look)
            if element.get(f"{TABLE}visibility") in UNSEEN:
                self.marks.hidden_rows.add(number)
        if len(self.numbered) > self.cap:
            raise Unreadable("too_many_rows")

    def cell(self, cell: Element, column: int) -> Any:
        kind = cell.get(f"{OFFICE}value-type")
        text = "\n".join(spoken(one) for one in cell if one.tag == f"{TEXT}p")
        if kind is None and not text and cell.get(f"{TABLE}formula"):
            self.marks.unvalued += 1
        try:
            if kind in {"float", "currency", "percentage"}:
                value = float(cell.get(f"{OFFICE}value", ""))
                return share(value) if kind == "percentage" else value
            if kind == "boolean":
                return cell.get(f"{OFFICE}boolean-value") == "true"
            if kind == "date":
                return datetime.datetime.fromisoformat(cell.get(f"{OFFICE}date-value", ""))
            if kind == "time":
                default = self.columns[column] if column < len(self.columns) else ""
                style = cell.get(f"{TABLE}style-name", default)
                return length(cell.get(f"{OFFICE}time-value", ""), elapsed=style in self.elapsed)
        except (ValueError, OverflowError):
            return text
        return cell.get(f"{OFFICE}string-value") or text


def repeated(element: Element, what: str) -> int:
    count = element.get(f"{TABLE}number-{what}-repeated", "1")
    return max(int(count), 1) if count.isdecimal() and len(count) < 10 else 1


def length(value: str, *, elapsed: bool) -> Any:
    """A time of day, or the text of a length of time: by its format, and beyond a day always."""
    found = DURATION.fullmatch(value)
    if not found:
        raise ValueError(value)
    hours, minutes, seconds = (float((one or "0").replace(",", ".")) for one in found.groups()[1:])
    total = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if elapsed or found[1] or total >= datetime.timedelta(days=1):
        days = total / datetime.timedelta(days=1)
        return duration(-days if found[1] else days)
    return (datetime.datetime.min + total).time()


def spoken(paragraph: Element) -> str:
    """The text of a paragraph, with the spaces and breaks that elements stand for."""
    text = paragraph.text or ""
    for child in paragraph:
        if child.tag == f"{TEXT}s":
            count = child.get(f"{TEXT}c", "1")
            text += " " * (min(int(count), MAX_SPACES) if count.isdecimal() else 1)
        elif child.tag == f"{TEXT}tab":
            text += "\t"
        elif child.tag == f"{TEXT}line-break":
            text += "\n"
        elif child.tag != f"{OFFICE}annotation":
            text += spoken(child)
        text += child.tail or ""
    return text
