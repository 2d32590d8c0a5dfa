"""The reader of « Feuille de calcul XML 2003 »."""

import datetime
import re
from typing import Any

from .cells import MAX_COLUMNS, Rows, Sheet

SS = "{urn:schemas-microsoft-com:office:spreadsheet}"


def read_xml_2003(text: str, cap: int) -> list[Sheet]:
    from defusedxml import ElementTree  # noqa: PLC0415 - as above

    # The declaration may name an encoding that the text no longer has.
    root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    rows = Rows(cap)
    sheets = []
    for sheet in root.iter(f"{SS}Worksheet"):
        numbered: list[tuple[int, list[Any]]] = []
        number = 0
        for row in sheet.iter(f"{SS}Row"):
            number = int(row.get(f"{SS}Index") or number + 1)
            cells: list[Any] = []
            for cell in row.iter(f"{SS}Cell"):
                index = min(int(cell.get(f"{SS}Index") or len(cells) + 1), MAX_COLUMNS + 1)
                cells += [None] * (index - 1 - len(cells))
                data = cell.find(f"{SS}Data")
                cells.append(None if data is None else value_2003(data))
            numbered.append((number, cells))
        name = sheet.get(f"{SS}Name") or "Feuille"
        sheets.append(rows.sheet(name, numbered))
    return sheets


def value_2003(data: Any) -> Any:
    text = "".join(data.itertext())
    kind = data.get(f"{SS}Type")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text
