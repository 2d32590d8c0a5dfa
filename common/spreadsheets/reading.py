"""The parent's side: hand a workbook to a child process, get rows or a French sentence."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from .values import clean_text

WALL_SECONDS = 30
MAX_OUTPUT_BYTES = 64 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]

MESSAGES = {
    "empty": "Le fichier est vide. Vérifiez que vous avez choisi le bon fichier.",
    "password": (
        "Le fichier est protégé par un mot de passe. Dans Excel, retirez la protection "
        "(Fichier > Informations > Protéger le classeur), enregistrez, puis déposez-le à nouveau."
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


class UnreadableWorkbook(Exception):
    """A workbook that gives no rows. `code` is a key of MESSAGES, `str()` a French sentence."""

    def __init__(self, code, *, max_rows=0):
        self.code = code
        shown = f"{max_rows:,}".replace(",", "\u202f")
        super().__init__(MESSAGES[code].format(max_rows=shown))


@dataclass(frozen=True)
class Row:
    number: int  # as the spreadsheet numbers it, from 1
    cells: list


@dataclass(frozen=True)
class Sheet:
    name: str
    visible: bool
    rows: list[Row]


@dataclass(frozen=True)
class Workbook:
    format: str  # xls, xlsx, ods, csv, html or xml
    sheets: list[Sheet]


def read_workbook(file, *, max_rows=10_000):
    """The sheets of a workbook, whatever its format; empty rows are left out.

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


def _read_path(path, max_rows):
    answer = _ask_child(path, max_rows, "first")
    nothing_found = "sheets" in answer and not any(sheet["rows"] for sheet in answer["sheets"])
    if answer.get("error") in {"damaged", "unknown", "crashed"} or nothing_found:
        second = _ask_child(path, max_rows, "second")
        if "sheets" in second and (any(s["rows"] for s in second["sheets"]) or not nothing_found):
            answer = second
    if "error" in answer:
        code = "damaged" if answer["error"] == "crashed" else answer["error"]
        raise UnreadableWorkbook(code, max_rows=max_rows)
    return Workbook(
        format=answer["format"],
        sheets=[
            Sheet(
                name=clean_text(sheet["name"]),
                visible=sheet["visible"],
                rows=[Row(number, [_value(c) for c in cells]) for number, cells in sheet["rows"]],
            )
            for sheet in answer["sheets"]
        ],
    )


def _ask_child(path, max_rows, reader):
    """The child's answer as a dictionary, or {"error": code} when it died or was killed."""
    command = [
        sys.executable,
        "-I",
        str(ROOT / "common" / "spreadsheets" / "child.py"),
        path,
        str(max_rows),
        reader,
    ]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            # No secret of ours is in a stranger's workbook's reach.
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            cwd="/",
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return {"error": "too_slow"}
        if code == -signal.SIGXCPU or code == -signal.SIGKILL:
            return {"error": "too_slow"}
        if output.seek(0, os.SEEK_END) > MAX_OUTPUT_BYTES:
            return {"error": "too_big"}
        output.seek(0)
        try:
            return json.loads(output.read())
        except ValueError:
            return {"error": "crashed"}


def _value(cell):
    """A cell as Python: dates and times come tagged, since JSON has none."""
    if isinstance(cell, dict):
        kind, text = next(iter(cell.items()))
        parse = {"date": date, "datetime": datetime, "time": time}[kind].fromisoformat
        return parse(text)
    return cell
