"""The child that opens a stranger's workbook: `child.py PATH MAX_ROWS first|second`.

Runs alone, without Django and without the portal's own modules, under limits that it sets on
itself. Prints JSON: {"format", "sheets": [{"name", "visible", "rows": [[number, cells], …]}]} or
{"error": code}. Whatever happens to it, its parent only loses a child.
"""

import csv
import datetime
import io
import json
import math
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import IO, Any

MEMORY_BYTES = 1024**3
CPU_SECONDS = 20
OUTPUT_BYTES = 64 * 1024**2
MAX_COLUMNS = 64
MAX_ROW = 1_048_576
# Beyond the longest text that the portal takes: what is too long must be seen to be so.
MAX_CELL_CHARACTERS = 4000
# Title lines, a header, totals and signatures come on top of the lines that count.
EXTRA_ROWS = 100

MAX_ENTRIES = 1000
MAX_INFLATED = 64 * 1024**2
MAX_BY_NAME = (
    (re.compile(r"xl/worksheets/.*", re.I), 32 * 1024**2),
    (re.compile(r"xl/sharedstrings\.(xml|bin)", re.I), 16 * 1024**2),
    (re.compile(r"xl/styles\.(xml|bin)", re.I), 1024**2),
)
SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
NS_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
# A sheet as it is printed: {"name", "visible", "rows"}.
Sheet = dict[str, Any]
Numbered = Iterable[tuple[int, list[Any]]]


class Unreadable(Exception):
    """Nothing is read of the file; `str()` is the code."""


def main(path: str, max_rows: int, reader: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(500)
    try:
        answer = read(path, max_rows + EXTRA_ROWS, reader)
    except Unreadable as refusal:
        answer = {"error": str(refusal)}
    except MemoryError:
        answer = {"error": "too_big"}
    except Exception as error:  # noqa: BLE001 - readers raise whatever the bytes led them to
        answer = {"error": "damaged", "detail": f"{type(error).__name__}: {error}"[:300]}
    json.dump(answer, sys.stdout)


def read(path: str, cap: int, reader: str) -> dict[str, Any]:
    with open(path, "rb") as file:
        head = file.read(8192)
    if not head.strip(b"\0 \r\n\t"):
        raise Unreadable("empty")
    if head.startswith(b"PK\x03\x04"):
        kind = check_zip(path)
        if kind == "xlsx":
            readers = [read_with_calamine, read_with_openpyxl]
        else:
            readers = [read_with_calamine, read_with_calamine]
    elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        check_ole(path)
        kind, readers = "xls", [read_with_xlrd, read_with_calamine]
    elif head[:2] in {b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08"} and head[2:3] < b"\x20":
        kind, readers = "xls", [read_with_xlrd, read_with_calamine]
    else:
        text = decode(path)
        kind = kind_of_text(text)
        sheets = {"html": read_html, "xml": read_xml_2003, "csv": read_csv}[kind](text, cap)
        return {"format": kind, "sheets": sheets}
    return {"format": kind, "sheets": readers[0 if reader == "first" else 1](path, cap)}


# --- What is known before any reader ----------------------------------------------------------


def check_zip(path: str) -> str:
    """Inflate every part under the limits; the kind of workbook the ZIP is."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, struct.error) as error:
        raise Unreadable("damaged") from error
    with archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise Unreadable("too_big")
        names = {entry.filename.replace("\\", "/").lower() for entry in entries}
        is_ods = "content.xml" in names and "mimetype" in names
        if not is_ods and not any(name.startswith("xl/") for name in names):
            raise Unreadable("unknown")
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable("password")
        left = MAX_INFLATED
        for entry in entries:
            name = entry.filename.replace("\\", "/")
            limit = next((n for pattern, n in MAX_BY_NAME if pattern.fullmatch(name)), left)
            try:
                with archive.open(entry) as part:
                    left -= inflate(part, min(limit, left), is_ods=is_ods)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                NotImplementedError,
                OSError,
            ) as error:
                raise Unreadable("damaged") from error
    return "ods" if is_ods else "xlsx"


def inflate(part: IO[bytes], limit: int, *, is_ods: bool) -> int:
    """The size of a part that is no larger than `limit`, and holds nothing to be refused."""
    size = 0
    while chunk := part.read(256 * 1024):
        if size == 0 and b"<!DOCTYPE" in chunk[:4096]:
            raise Unreadable("damaged")
        if size == 0 and is_ods and b"encryption-data" in chunk:
            raise Unreadable("password")
        size += len(chunk)
        if size > limit:
            raise Unreadable("too_big")
    return size


def check_ole(path: str) -> None:
    """Refuse an OLE container that holds an encrypted package."""
    with open(path, "rb") as file:
        content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable("password")
    names = ("Workbook", "Book", "WORKBOOK", "BOOK")
    if not any(name.encode("utf-16-le") in content for name in names):
        # A document of another kind, or a workbook whose directory was cut off.
        raise Unreadable("damaged")


def decode(path: str) -> str:
    """The text of a file that is text."""
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        raise Unreadable("unknown")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(sign < " " and sign not in "\r\n\t\f\v" for sign in text[:20000])
        if strange > len(text[:20000]) // 100:
            break
        return text
    raise Unreadable("unknown")


def kind_of_text(text: str) -> str:
    start = text[:4096].lstrip().lower()
    if start.startswith("<?xml") or NS_2003 in start:
        if NS_2003 in text[:20000]:
            return "xml"
        if "<table" in text[:200000].lower():
            return "html"
        raise Unreadable("unknown")
    if start.startswith("<") and re.search(r"<(table|html|body|tr)\b", text[:200000], re.I):
        return "html"
    if start.startswith(("{\\rtf", "%pdf", "<", "from:", "received:")):
        raise Unreadable("unknown")
    return "csv"


# --- The readers ------------------------------------------------------------------------------


class Rows:
    """The non-empty rows of one workbook, counted over all its sheets."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.count = 0

    def keep(self, numbered: Numbered) -> list[list[Any]]:
        kept = []
        for number, cells in numbered:
            cells = [plain(cell) for cell in cells[:MAX_COLUMNS]]
            while cells and cells[-1] in (None, ""):
                cells.pop()
            if not cells:
                continue
            if not 1 <= number <= MAX_ROW:
                # No spreadsheet program numbers a row so; and no column of ours holds it.
                raise Unreadable("damaged")
            self.count += 1
            if self.count > self.cap:
                raise Unreadable("too_many_rows")
            kept.append([number, cells])
        return kept


def plain(cell: Any) -> Any:
    """A cell as JSON holds it; dates and times tagged."""
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, datetime.datetime):
        return {"datetime": cell.replace(tzinfo=None).isoformat()}
    if isinstance(cell, datetime.date):
        return {"date": cell.isoformat()}
    if isinstance(cell, datetime.time):
        return {"time": cell.replace(tzinfo=None).isoformat()}
    if isinstance(cell, datetime.timedelta):
        minutes = int(cell.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(cell).encode("utf-8", "replace").decode()[:MAX_CELL_CHARACTERS]


def read_with_calamine(path: str, cap: int) -> list[Sheet]:
    import python_calamine  # noqa: PLC0415 - a child loads the one reader that it needs

    # Given as bytes: from a path, the readers would believe its ending.
    with open(path, "rb") as file:
        content = io.BytesIO(file.read())
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(content)
    except python_calamine.PasswordError as error:
        raise Unreadable("password") from error
    rows = Rows(cap)
    sheets = []
    for meta in workbook.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        sheets.append(
            {
                "name": meta.name,
                "visible": meta.visible == python_calamine.SheetVisibleEnum.Visible,
                "rows": rows.keep(enumerate(sheet.to_python(skip_empty_area=False), start=1)),
            }
        )
    return sheets


def read_with_openpyxl(path: str, cap: int) -> list[Sheet]:
    import openpyxl  # noqa: PLC0415 - as above

    with open(path, "rb") as file:
        content = io.BytesIO(file.read())
    workbook = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    rows = Rows(cap)
    sheets = []
    for sheet in workbook.worksheets:
        # The declared dimension is not to be trusted: with it, cells are silently lost.
        sheet.reset_dimensions()
        # Up to the last row there is: a row said to be the four billionth would be led up to.
        cells = sheet.iter_rows(max_row=MAX_ROW, values_only=True)
        numbered = enumerate((list(row) for row in cells), start=1)
        sheets.append(
            {
                "name": sheet.title,
                "visible": sheet.sheet_state == "visible",
                "rows": rows.keep(numbered),
            }
        )
    return sheets


def read_with_xlrd(path: str, cap: int) -> list[Sheet]:
    import xlrd  # noqa: PLC0415 - as above

    try:
        book = xlrd.open_workbook(path, logfile=io.StringIO(), on_demand=True)
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise Unreadable("password") from error
        raise
    rows = Rows(cap)

    def value(cell: Any) -> Any:
        if cell.ctype == xlrd.XL_CELL_DATE:
            try:
                moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
            except (xlrd.xldate.XLDateError, OverflowError, ValueError):
                return cell.value
            return moment.time() if 0 <= cell.value < 1 else moment
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype in {xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
            return None
        return cell.value

    return [
        {
            "name": sheet.name,
            "visible": sheet.visibility == 0,
            "rows": rows.keep(
                (index + 1, [value(cell) for cell in sheet.row(index)])
                for index in range(sheet.nrows)
            ),
        }
        for sheet in (book.sheet_by_index(number) for number in range(book.nsheets))
    ]


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
    return [{"name": "Tableau", "visible": True, "rows": Rows(cap).keep(enumerate(parser.rows, 1))}]


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
        sheets.append({"name": name, "visible": True, "rows": rows.keep(numbered)})
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


def read_csv(text: str, cap: int) -> list[Sheet]:
    csv.field_size_limit(1024 * 1024)
    lines = text.splitlines()[:50]
    # The right separator gives most lines the same, largest number of fields.
    delimiter = max(";,\t", key=lambda sign: sum(line.count(sign) for line in lines))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    numbered = ((reader.line_num, row) for row in reader)
    return [{"name": "Texte", "visible": True, "rows": Rows(cap).keep(numbered)}]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
