"""From a path to an answer: the limits, what the file is, and the reader for it."""

import json
import resource
import sys
from typing import Any

from .cells import Unreadable
from .containers import check_ole, check_zip
from .office_xml import read_with_calamine, read_with_openpyxl
from .old_excel import read_with_xlrd
from .opendocument import read_fods, read_ods
from .pages import read_html, read_mhtml
from .separated import read_csv
from .tables_2003 import read_xml_2003
from .texts import decode, kind_of_text

MEMORY_BYTES = 1024**3
# Two tries in a row may each take that much: half a minute is as long as a person waits.
CPU_SECONDS = 11
OUTPUT_BYTES = 64 * 1024**2
# Title lines, a header, totals and signatures come on top of the lines that count.
EXTRA_ROWS = 100
TEXT_READERS = {"html": read_html, "xml": read_xml_2003, "ods": read_fods, "csv": read_csv}


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
            # calamine tells neither what is hidden nor a share there.
            readers = [read_ods, read_with_calamine]
    elif head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        check_ole(path)
        kind, readers = "xls", [read_with_xlrd, read_with_calamine]
    elif head[:2] in {b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08"} and head[2:3] < b"\x20":
        kind, readers = "xls", [read_with_xlrd, read_with_calamine]
    else:
        text = decode(path)
        kind = kind_of_text(text)
        if kind == "mhtml":
            return {"format": "html", "sheets": read_mhtml(path, cap)}
        return {"format": kind, "sheets": TEXT_READERS[kind](text, cap)}
    return {"format": kind, "sheets": readers[0 if reader == "first" else 1](path, cap)}
