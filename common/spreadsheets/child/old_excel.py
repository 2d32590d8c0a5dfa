"""The reader of .xls."""

import io
from typing import Any

from . import formats
from .cells import Marks, Rows, Sheet, Unreadable, shown_as
from .kinds import kind_of_ole
from .looks import COLUMNS, MOST_CELLS, PLAIN, Look, fill_of, mark


def read_with_xlrd(path: str, cap: int) -> list[Sheet]:
    try:
        return _read(path, cap, formatted=True)
    except (Unreadable, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - formats are more to stumble over than cells alone
        return _read(path, cap, formatted=False)


def _read(path: str, cap: int, *, formatted: bool) -> list[Sheet]:
    import xlrd  # noqa: PLC0415 - a child loads the one reader that it needs

    try:
        book = xlrd.open_workbook(
            path, logfile=io.StringIO(), on_demand=True, formatting_info=formatted
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise Unreadable("password") from error
        if "find workbook" in str(error).lower():
            with open(path, "rb") as file:
                kind = kind_of_ole(file.read(), workbook=False)
            raise Unreadable(kind or "damaged") from error
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
        rows.sheet(
            sheet.name,
            (
                (index + 1, [value(cell) for cell in sheet.row(index)])
                for index in range(sheet.nrows)
            ),
            _marks(book, sheet) if formatted else Marks(),
            visible=sheet.visibility == 0,
        )
        for sheet in (book.sheet_by_index(number) for number in range(book.nsheets))
    ]


def _look(book: Any, style: Any) -> Look | None:
    """What cells of a style look like, when that is not as all."""
    colour = None
    if style.background.fill_pattern:
        colour = book.colour_map.get(style.background.pattern_colour_index)
    fill = fill_of("".join(f"{one:02X}" for one in colour)) if colour else ""
    look = Look(bool(book.font_list[style.font_index].struck_out), fill)
    return None if look == PLAIN else look


def _note_looks(book: Any, sheet: Any, marks: Marks) -> None:
    looks = {index: look for index, one in enumerate(book.xf_list) if (look := _look(book, one))}
    if looks:
        for index in range(min(sheet.nrows, MOST_CELLS // COLUMNS)):
            for column in range(min(sheet.row_len(index), COLUMNS)):
                if look := looks.get(sheet.cell_xf_index(index, column)):
                    mark(marks, index + 1, column, look)


def _marks(book: Any, sheet: Any) -> Marks:
    """Hidden rows and columns, and cells whose format shows a share or a length of time."""
    marks = Marks()
    marks.hidden_rows = {index + 1 for index, row in sheet.rowinfo_map.items() if row.hidden}
    marks.hidden_columns = {index for index, one in sheet.colinfo_map.items() if one.hidden}
    kinds: dict[int, str] = {}
    for index, style in enumerate(book.xf_list):
        code = book.format_map.get(style.format_key)
        if code and (kind := formats.kind_of(code.format_str)):
            kinds[index] = kind
    _note_looks(book, sheet, marks)
    if not kinds:
        return marks
    for index in range(sheet.nrows):
        for column in range(sheet.row_len(index)):
            shown = kinds.get(sheet.cell_xf_index(index, column))
            if shown and isinstance(value := sheet.cell_value(index, column), float):
                marks.show(index + 1, column, shown_as(shown, value))
    return marks
