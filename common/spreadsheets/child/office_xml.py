"""Readers of .xlsx; and what calamine does not tell, found in the parts themselves."""

import io
import re
import zipfile
from xml.etree.ElementTree import Element

from . import formats
from .cells import MAX_ROW, Marks, Rows, Sheet, Unreadable, shown_as
from .looks import Look, looks_of, note_looks

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

# In bytes, without a parser: a sheet of 10,000 rows costs some hundredths of a second. « < » in
# the classes would let an unclosed tag be tried over and over.
TAG = re.compile(rb"<(?:\w+:)?(row|c)(\s[^<>]*|/?)>")
COLUMN = re.compile(rb"<(?:\w+:)?col\s[^<>]*>")
HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
VALUE = re.compile(
    rb"\s*(?:<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v(?:\s[^<>]*)?>([^<]*)<"
)
FORMULA = re.compile(
    rb"<(?:\w+:)?c(\s[^<>]*)?>\s*<(?:\w+:)?f(?:\s[^<>]*?)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v(?:\s[^<>]*?)?(?:/>|>\s*</(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)
ATTRIBUTE = {
    name: re.compile(rb"(?:^|\s)" + name.encode() + rb"\s*=\s*[\"']([^\"']*)[\"']")
    for name in ("r", "s", "t", "min", "max")
}


def read_with_calamine(path: str, cap: int) -> list[Sheet]:
    import python_calamine  # noqa: PLC0415 - a child loads the one reader that it needs

    # Given as bytes: from a path, the readers would believe its ending.
    with open(path, "rb") as file:
        content = io.BytesIO(file.read())
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(content)
    except python_calamine.PasswordError as error:
        raise Unreadable("password") from error
    rows, parts = Rows(cap), Parts(content)
    return [
        rows.sheet(
            meta.name,
            enumerate(
                workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False), start=1
            ),
            parts.marks(meta.name),
            visible=meta.visible == python_calamine.SheetVisibleEnum.Visible,
        )
        for meta in workbook.sheets_metadata
        if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]


def read_with_openpyxl(path: str, cap: int) -> list[Sheet]:
    import openpyxl  # noqa: PLC0415 - as above

    with open(path, "rb") as file:
        content = io.BytesIO(file.read())
    workbook = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    rows, parts = Rows(cap), Parts(content)
    sheets = []
    for sheet in workbook.worksheets:
        # The declared dimension is not to be trusted: with it, cells are silently lost.
        sheet.reset_dimensions()
        # Up to the last row there is: a row said to be the four billionth would be led up to.
        cells = sheet.iter_rows(max_row=MAX_ROW, values_only=True)
        numbered = enumerate((list(row) for row in cells), start=1)
        sheets.append(
            rows.sheet(
                sheet.title,
                numbered,
                parts.marks(sheet.title),
                visible=sheet.sheet_state == "visible",
            )
        )
    return sheets


class Parts:
    """The parts of an .xlsx, as far as marks need them; of a workbook of another kind, none.

    A reader makes sense of parts that these do not: what goes wrong here only costs the marks.
    """

    def __init__(self, content: io.BytesIO) -> None:
        self.by_name: dict[str, bytes] = {}
        self.styles: dict[bytes, str] = {}
        self.looks: dict[bytes, Look] = {}
        try:
            self.archive = zipfile.ZipFile(content)
            self.names = {one.replace("\\", "/").lower(): one for one in self.archive.namelist()}
            self._find()
        except Exception:  # noqa: BLE001 - as said
            self.paths: dict[str, str] = {}

    def _find(self) -> None:
        """Where each sheet is, and which styles show a share or a length of time."""
        self.paths = {}
        if (workbook := self._tree("xl/workbook.xml")) is None:
            return
        relations = self._tree("xl/_rels/workbook.xml.rels")
        targets = (
            {} if relations is None else {one.get("Id"): one.get("Target", "") for one in relations}
        )
        for sheet in named(workbook, "sheet"):
            target = targets.get(sheet.get(RELATION) or sheet.get(STRICT_RELATION), "")
            path = target[1:] if target.startswith("/") else f"xl/{target}"
            self.paths[sheet.get("name", "")] = path.lower()
        if (styles := self._tree("xl/styles.xml")) is None:
            return
        self.looks = looks_of(styles)
        codes = {one.get("numFmtId"): one.get("formatCode", "") for one in named(styles, "numFmt")}
        codes = {**{str(key): code for key, code in formats.BUILT_IN.items()}, **codes}
        for cells in named(styles, "cellXfs"):
            for index, one in enumerate(cells):
                if kind := formats.kind_of(codes.get(one.get("numFmtId"), "")):
                    self.styles[str(index).encode()] = kind

    def _read(self, path: str) -> bytes:
        name = self.names.get(path)
        content = self.archive.read(name) if name else b""
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16").encode()
        return content

    def _tree(self, path: str) -> Element | None:
        from defusedxml import ElementTree  # noqa: PLC0415 - as above

        content = self._read(path)
        return ElementTree.fromstring(content) if content else None

    def marks(self, name: str) -> Marks:
        try:
            content = self._read(self.paths.get(name, ""))
            marks = walk(content, self.styles)
            hide_columns(content, marks)
            marks.unvalued = count_unvalued(content)
            note_looks(content, self.looks, marks)
        except Exception:  # noqa: BLE001 - as said
            return Marks()
        return marks


def named(tree: Element, name: str) -> list[Element]:
    """The elements of this name, in whatever namespace."""
    return [one for one in tree.iter() if one.tag.rpartition("}")[2] == name]


def attribute(name: str, tag: bytes) -> bytes:
    found = ATTRIBUTE[name].search(tag)
    return found[1] if found else b""


def walk(content: bytes, styles: dict[bytes, str]) -> Marks:
    """Hidden rows, and the cells whose format shows a share or a length of time."""
    if not styles and b"hidden" not in content:
        return Marks()
    chosen = rb"<(?:\w+:)?(row)(\s[^<>]*\bhidden\b[^<>]*)>"
    if styles:
        numbers = b"|".join(styles)
        chosen += rb"|<(?:\w+:)?(c)(\s[^<>]*\bs\s*=\s*[\"'](?:" + numbers + rb")[\"'][^<>]*)>"
    try:
        return note(re.compile(chosen), content, styles)
    except Unplaced:
        # Some programs leave the places out: then each tag counts.
        return note(TAG, content, styles)


class Unplaced(Exception):
    """A cell or a row that does not say where it is."""


def note(tags: re.Pattern[bytes], content: bytes, styles: dict[bytes, str]) -> Marks:
    marks = Marks()
    number = column = 0
    for found in tags.finditer(content):
        name, tag = (one for one in found.groups() if one is not None)
        place = attribute("r", tag)
        if not place and tags is not TAG:
            raise Unplaced
        if name == b"row":
            number, column = int(place or number + 1), -1
            if HIDDEN.search(tag):
                marks.hidden_rows.add(number)
            continue
        if place:
            column, number = place_of(place)
        else:
            column += 1
        kind = styles.get(attribute("s", tag))
        if kind and attribute("t", tag) in {b"", b"n"}:
            value = VALUE.match(content, found.end())
            if value and value[1].strip():
                marks.show(number, column, shown_as(kind, float(value[1])))
    return marks


def place_of(place: bytes) -> tuple[int, int]:
    """(index of the column, number of the row): (26, 7) of « AA7 »."""
    letters = place.rstrip(b"0123456789")
    index = 0
    for sign in letters.upper():
        index = index * 26 + sign - 64
    return index - 1, int(place[len(letters) :])


def hide_columns(content: bytes, marks: Marks) -> None:
    for tag in COLUMN.finditer(content[: content.find(b"sheetData")]):
        if HIDDEN.search(tag[0]):
            first = int(attribute("min", tag[0]) or 0)
            last = min(int(attribute("max", tag[0]) or first), first + 20_000)
            marks.hidden_columns.update(range(max(first, 1) - 1, last))


def count_unvalued(content: bytes) -> int:
    """The formulas whose result nobody ever computed. An empty text is a result."""
    if b"<f" not in content and b":f" not in content:
        return 0
    return sum(
        not (found[2] and attribute("t", found[1] or b"") == b"str")
        for found in FORMULA.finditer(content)
    )
