"""The reader of « Feuille de calcul XML 2003 »."""

import datetime
import re
from typing import Any
from xml.etree.ElementTree import Element

from . import formats
from .cells import MAX_COLUMNS, Marks, Rows, Sheet, shown_as

SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
EXCEL = "{urn:schemas-microsoft-com:office:excel}"
DAY_ZERO = datetime.datetime(1899, 12, 31)
# Formats that have a name there in place of a code.
NAMED = {"Percent": "0%", "Short Time": "h:mm", "Long Time": "h:mm:ss", "Medium Time": "h:mm"}


def read_xml_2003(text: str, cap: int) -> list[Sheet]:
    from defusedxml import ElementTree  # noqa: PLC0415 - a child loads the one reader it needs

    # The declaration may name an encoding that the text no longer has.
    root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    kinds = {}
    for style in root.iter(f"{SS}Style"):
        for one in style.iter(f"{SS}NumberFormat"):
            code = one.get(f"{SS}Format", "")
            kinds[style.get(f"{SS}ID")] = formats.kind_of(NAMED.get(code, code))
    rows = Rows(cap)
    return [
        rows.sheet(
            sheet.get(f"{SS}Name") or "Feuille",
            *_rows_of(sheet, kinds),
            visible="".join(one.text or "" for one in sheet.iter(f"{EXCEL}Visible")) == "",
        )
        for sheet in root.iter(f"{SS}Worksheet")
    ]


def _rows_of(
    sheet: Element, kinds: dict[str | None, str]
) -> tuple[list[tuple[int, list[Any]]], Marks]:
    marks, styles = _columns_of(sheet)
    numbered: list[tuple[int, list[Any]]] = []
    number = 0
    for row in sheet.iter(f"{SS}Row"):
        number = int(row.get(f"{SS}Index") or number + 1)
        if row.get(f"{SS}Hidden") == "1":
            marks.hidden_rows.add(number)
        cells: list[Any] = []
        for cell in row.iter(f"{SS}Cell"):
            index = min(int(cell.get(f"{SS}Index") or len(cells) + 1), MAX_COLUMNS + 1)
            cells += [None] * (index - 1 - len(cells))
            column = len(cells)
            style = cell.get(f"{SS}StyleID") or row.get(f"{SS}StyleID") or styles.get(column)
            data = cell.find(f"{SS}Data")
            cells.append(None if data is None else _value(data, kinds.get(style, "")))
            merged = int(cell.get(f"{SS}MergeAcross") or 0)
            cells += [None] * max(min(merged, MAX_COLUMNS + 1 - len(cells)), 0)
            marks.unvalued += data is None and cell.get(f"{SS}Formula") is not None
        numbered.append((number, cells))
    return numbered, marks


def _columns_of(sheet: Element) -> tuple[Marks, dict[int, str]]:
    """The hidden ones, and the style of each."""
    marks, styles, first = Marks(), {}, 0
    for column in sheet.iter(f"{SS}Column"):
        first = int(column.get(f"{SS}Index") or first + 1)
        last = min(first + int(column.get(f"{SS}Span") or 0), MAX_COLUMNS)
        for index in range(first - 1, last):
            styles[index] = column.get(f"{SS}StyleID", "")
            if column.get(f"{SS}Hidden") == "1":
                marks.hidden_columns.add(index)
        first = last
    return marks, styles


def _value(data: Element, kind: str) -> Any:
    text = "".join(data.itertext())
    try:
        if data.get(f"{SS}Type") == "Number":
            number = float(text)
            return shown_as(kind, number) or number
        if data.get(f"{SS}Type") == "DateTime":
            moment = datetime.datetime.fromisoformat(text)
            if kind not in {"duration", "clock"}:
                return moment
            days = (moment - DAY_ZERO) / datetime.timedelta(days=1)
            return shown_as(kind, days) or (moment.time() if 0 <= days < 1 else moment)
    except ValueError:
        return text
    return text
