"""The parent's side: hand a workbook to a child process, get rows or a French sentence."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from common.bounded import ask
from common.errors import Refused

from .refusals import TO_A_WORKBOOK, no_workbook
from .values import Cell, Elapsed, Percent, clean_text

WALL_SECONDS = 30
CHILD = Path(__file__).resolve().parent / "child"

MESSAGES = {
    **{kind: no_workbook(kind) for kind in TO_A_WORKBOOK},
    "empty": "Le fichier est vide. Vérifiez que vous avez choisi le bon fichier.",
    "password": (
        "Le fichier est protégé par un mot de passe. Dans Excel, retirez-le (Fichier > "
        "Informations > Protéger le classeur > Chiffrer avec mot de passe) ; dans LibreOffice, "
        "décochez « Enregistrer avec mot de passe » sous Fichier > Enregistrer sous. Puis déposez "
        "le fichier à nouveau."
    ),
    "damaged": (
        "Le fichier est abîmé ou incomplet. Ouvrez-le dans Excel, enregistrez-le sous un autre "
        "nom, puis déposez-le à nouveau."
    ),
    "too_big": (
        "Le contenu du fichier est démesuré. Copiez la liste dans un classeur neuf, "
        "puis déposez celui-ci."
    ),
    "too_many_rows": (
        "Le fichier contient plus de {max_rows} lignes. Découpez la liste en plusieurs fichiers."
    ),
    "unknown": (
        "Ce fichier n’est pas un classeur Excel que le portail sait lire. Enregistrez-le au format "
        "« Classeur Excel (.xlsx) », puis déposez-le à nouveau."
    ),
    "too_slow": (
        "Le fichier est trop compliqué à lire. Copiez la liste dans un classeur neuf, "
        "puis déposez celui-ci."
    ),
}


class UnreadableWorkbook(Refused):
    """A workbook that gives no rows. `code` is a key of MESSAGES, `str()` a French sentence."""

    def __init__(self, code: str, *, max_rows: int = 0) -> None:
        self.code = code
        shown = f"{max_rows:,}".replace(",", "\u202f")
        super().__init__(MESSAGES[code].format(max_rows=shown))


@dataclass(frozen=True)
class Row:
    number: int  # as the spreadsheet numbers it, from 1
    cells: list[Cell]


@dataclass(frozen=True)
class Tab:
    """One sheet of a workbook; « sheet » is the portal's word for a deposit of hours."""

    name: str
    visible: bool
    rows: list[Row]
    hidden_columns: frozenset[int] = frozenset()  # indexes, from 0
    hidden_rows: frozenset[int] = frozenset()  # numbers, as `Row.number`
    unvalued_formulas: int = 0  # whose result no program has computed yet
    # Of the first columns' cells, by number of the row and index of the column.
    struck: Mapping[int, frozenset[int]] = field(default_factory=dict)
    fills: Mapping[int, Mapping[int, str]] = field(default_factory=dict)  # « RRGGBB »


@dataclass(frozen=True)
class Workbook:
    format: str  # xls, xlsx, ods, csv, html or xml
    tabs: list[Tab]


class ReadableFile(Protocol):
    """A file of any storage, or an upload."""

    def seek(self, offset: int, /) -> object: ...
    def read(self, size: int = ..., /) -> bytes: ...


def read_workbook(
    file: str | os.PathLike[str] | ReadableFile, *, max_rows: int = 10_000
) -> Workbook:
    """The tabs of a workbook, whatever its format; empty rows are left out.

    `file` is a path or a file object of any storage. Raises UnreadableWorkbook. The reading is
    done by a child process with limits on memory, CPU and time; a second reader, in a child of
    its own, has a try when the first refuses, dies or finds nothing.
    """
    if isinstance(file, str | os.PathLike):
        return _read_path(str(file), max_rows)
    with tempfile.NamedTemporaryFile(prefix="classeur-") as copy:
        file.seek(0)
        while chunk := file.read(1024 * 1024):
            copy.write(chunk)
        copy.flush()
        return _read_path(copy.name, max_rows)


def _read_path(path: str, max_rows: int) -> Workbook:
    # Both tries together: whoever waits does not know of two.
    until = monotonic() + WALL_SECONDS
    answer = ask(CHILD, path, str(max_rows), "first", until=until)
    nothing_found = "sheets" in answer and not any(sheet["rows"] for sheet in answer["sheets"])
    if answer.get("error") in {"damaged", "unknown", "crashed"} or nothing_found:
        second = ask(CHILD, path, str(max_rows), "second", until=until)
        some_found = any(sheet["rows"] for sheet in second.get("sheets", ()))
        if "sheets" in second and (some_found or not nothing_found):
            answer = second
    if "error" in answer:
        code = "damaged" if answer["error"] == "crashed" else answer["error"]
        raise UnreadableWorkbook(code, max_rows=max_rows)
    return Workbook(
        format=answer["format"],
        tabs=[
            Tab(
                name=clean_text(sheet["name"]),
                visible=sheet["visible"],
                rows=[
                    Row(number, [untagged(cell) for cell in cells])
                    for number, cells in sheet["rows"]
                ],
                hidden_columns=frozenset(sheet["hidden_columns"]),
                hidden_rows=frozenset(sheet["hidden_rows"]),
                unvalued_formulas=sheet["unvalued"],
                struck={number: frozenset(columns) for number, columns in sheet["struck"]},
                fills={number: dict(colours) for number, colours in sheet["fills"]},
            )
            for sheet in answer["sheets"]
        ],
    )


TAGS: dict[str, type[date] | type[datetime] | type[time]] = {
    "date": date,
    "datetime": datetime,
    "time": time,
}


def untagged(cell: Any) -> Cell:
    """A cell as Python: dates, times and shares come tagged, since JSON has none."""
    if isinstance(cell, dict):
        kind, content = next(iter(cell.items()))
        if kind == "elapsed":
            return Elapsed(content)
        return Percent(content) if kind == "percent" else TAGS[kind].fromisoformat(content)
    value: Cell = cell
    return value
