"""Writing workbooks that open safely in the reader's spreadsheet program."""

import io
import re
from collections.abc import Collection, Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

# A cell that begins with one of these could be run as a formula by whoever opens the file.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What `safe_cell` puts before a text that looks like a formula, and nobody typed.
GUARD = re.compile(r"'(?='*[=+\-@])")
# « _x0041_ » in a workbook's text stands for « A ».
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def safe_cell(value: object) -> object:
    """The value as it may be written: text that looks like a formula stays text."""
    if not isinstance(value, str):
        return value
    value = ESCAPED.sub("_x005F_", ILLEGAL_CHARACTERS_RE.sub("", value))
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def guarded(text: str) -> str:
    """A text that looks as `safe_cell` writes them gets one sign more, for `unguarded` to take."""
    return f"'{text}" if GUARD.match(text) else text


def unguarded(text: str) -> str:
    """A text that `safe_cell` wrote, as it was before."""
    return text[1:] if GUARD.match(text) else text


def write_workbook(
    tabs: Iterable[tuple[str, Iterable[Iterable[object]]]],
    *,
    widths: Sequence[float] = (),
    as_text: Collection[str] = (),
) -> bytes:
    """The bytes of a .xlsx. `tabs` is a list of (title, rows); the first row is the header.

    `as_text` names tabs to be filled in: what is typed below their header stays as typed.
    """
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title, rows in tabs:
        tab = workbook.create_sheet(title[:31])
        for row in rows:
            tab.append([safe_cell(value) for value in row])
        _keep_errors_as_text(tab)
        _show_header(tab)
        if title in as_text:
            _keep_typed(tab)
        for position, width in enumerate(widths, start=1):
            tab.column_dimensions[get_column_letter(position)].width = width
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def _keep_errors_as_text(tab: Worksheet) -> None:
    for row in tab.iter_rows():
        for cell in row:
            # « #N/A » typed by somebody is a text, not an error.
            if cell.data_type == "e":
                cell.data_type = "s"


def _show_header(tab: Worksheet) -> None:
    for cell in tab[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="14305C")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    tab.freeze_panes = "A2"


def _keep_typed(tab: Worksheet) -> None:
    """Make all below the header text, also what is typed there later."""
    for column in range(1, tab.max_column + 1):
        tab.column_dimensions[get_column_letter(column)].number_format = "@"
    for row in tab.iter_rows(min_row=2):
        for cell in row:
            cell.number_format = "@"
