"""Reading strangers' workbooks, in a child process that can be killed; writing our own."""

from .reading import ReadableFile, Row, Tab, UnreadableWorkbook, Workbook, read_workbook
from .values import Cell, Elapsed, Percent, cell_text, clean_text, column_letters, fold
from .writing import guarded, unguarded, write_workbook

__all__ = [
    "Cell",
    "Elapsed",
    "Percent",
    "ReadableFile",
    "Row",
    "Tab",
    "UnreadableWorkbook",
    "Workbook",
    "cell_text",
    "clean_text",
    "column_letters",
    "fold",
    "guarded",
    "read_workbook",
    "unguarded",
    "write_workbook",
]
