"""The reader of rows as text, one a line."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from .cells import Rows, Sheet

SEPARATORS = ";\t,|"
MAX_FIELD = 1024 * 1024
# Of these many rows is judged which sign stands between fields.
SAMPLE = 300
# What Excel is told by a first line of its own, which it does not show.
TOLD = re.compile(r"sep=([^\r\n\w\"])(?:\r\n|\r|\n|$)", re.I)
# « ="A00123" » keeps Excel from taking the zeros away.
FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')
QUOTED = re.compile(r'"[^"]*"')
# No remark in a cell has as many.
MOST_BREAKS = 100


def read_csv(text: str, cap: int) -> list[Sheet]:
    csv.field_size_limit(MAX_FIELD)
    if told := TOLD.match(text):
        text, separator = text[told.end() :], told[1]
    else:
        separator = separator_of(text)
    read = lines if has_stray_quote(text, separator) else records
    # Blank records count, line breaks inside quotes do not: the numbers that a program shows.
    numbered = enumerate(([unwrapped(cell) for cell in row] for row in read(text, separator)), 1)
    return [Rows(cap).sheet("Texte", numbered)]


def records(text: str, separator: str) -> Iterator[list[str]]:
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def lines(text: str, separator: str) -> Iterator[list[str]]:
    """The records where quotes hold nothing together: one a line."""
    file = io.StringIO(text, newline="")
    for row in csv.reader(file, delimiter=separator, quoting=csv.QUOTE_NONE):
        yield [cell[1:-1] if QUOTED.fullmatch(cell) else cell for cell in row]


def has_stray_quote(text: str, separator: str) -> bool:
    """Whether a quote that nothing closes swallows the rows after it."""
    try:
        return any(
            cell.count("\n") + cell.count("\r") > MOST_BREAKS
            for row in records(text, separator)
            for cell in row
            if len(cell) > MOST_BREAKS
        )
    except csv.Error:
        return True


def unwrapped(cell: str) -> str:
    if cell.startswith('="') and (found := FORMULA_TEXT.fullmatch(cell.strip())):
        return found[1].replace('""', '"')
    return cell


def separator_of(text: str) -> str:
    """The sign that cuts the most rows alike; the first of SEPARATORS where several do."""
    return max(SEPARATORS, key=lambda sign: evenness(text, sign))


def evenness(text: str, separator: str) -> float:
    """From 0 to 1: how many rows have as many fields as a row next to them, two at least.

    A comma inside a sentence or a number is held against it: addresses and durations hold the
    same number of them for hundreds of rows.
    """
    try:
        rows = [row for row in islice(records(text, separator), SAMPLE) if any(row)]
    except csv.Error:
        return 0.0
    widths = [len(row) for row in rows]
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0
    around = zip([0, *widths], widths, [*widths[1:], 0], strict=False)
    alike = sum(width > 1 and width in (before, after) for before, width, after in around)
    alone = 0.1 * (len(wide) - alike)
    parted = sum(wide) - len(wide)
    spoken = sum(
        in_prose(left, right) for row in rows for left, right in zip(row, row[1:], strict=False)
    )
    fields = sum(wide) / len(wide)
    return (alike + alone) / len(rows) * (1 - 1 / fields) * (1 - 0.9 * spoken / parted)


def in_prose(left: str, right: str) -> bool:
    """Whether what stands between two fields looks like a comma of a sentence or a number."""
    return (right[:1] == " " and right[1:2] != "" and left[-1:].isalnum()) or (
        left[-1:].isdigit() and right[:1].isdigit() and len(right) < 4
    )
