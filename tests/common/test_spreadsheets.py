"""Workbooks of strangers: every format by its content, every trap a sentence, limits that kill."""

import io
import json
import signal
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook as Xlsx

from common.spreadsheets import UnreadableWorkbook, read_workbook, reading, write_workbook
from common.spreadsheets.child import opening
from tests.files import make_html, make_text, make_xls, make_xlsx, make_zip

ROWS = [["Nom", "Prénom", "E-mail"], ["Le Goff", "Anne", "anne@cabinet.test"]]
FOLDER = Path(reading.__file__).parent


def make_ods(rows):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{one}</text:p>'
            "</table:table-cell>"
            for one in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"'
        for one in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body>'
        f'<office:spreadsheet><table:table table:name="Feuille1">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="x"/></manifest:manifest>'
    )
    return make_zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def make_xml_2003(rows):
    lines = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{one}</Data></Cell>' for one in row)
        + "</Row>"
        for row in rows
    )
    return (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="F">'
        f"<Table>{lines}</Table></Worksheet></Workbook>"
    ).encode()


def read(content, **options):
    return read_workbook(io.BytesIO(content), **options)


def cells(workbook):
    return [row.cells for tab in workbook.tabs for row in tab.rows]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (make_xlsx(ROWS), "xlsx"),
        (make_xls(ROWS), "xls"),
        (make_ods(ROWS), "ods"),
        (make_html(ROWS), "html"),
        (make_xml_2003(ROWS), "xml"),
        (make_text(ROWS), "csv"),
        (make_text(ROWS, ","), "csv"),
        (make_text(ROWS, "\t", "utf-16"), "csv"),
        (make_text(ROWS, ";", "cp1252"), "csv"),
        (make_text(ROWS, ";", "utf-8-sig"), "csv"),
    ],
)
def test_a_format_is_known_by_its_content_and_never_by_a_name(content, kind):
    found = read(content)
    assert found.format == kind
    assert cells(found) == ROWS
    assert [row.number for row in found.tabs[0].rows] == [1, 2]


def test_dates_times_numbers_and_blanks_keep_their_kind():
    moment = datetime(2026, 3, 12, 14, 30)
    found = read(make_xlsx([[moment, 3.5, 42, True, None, "texte"]]))
    assert cells(found) == [[moment, 3.5, 42, True, "", "texte"]]


def test_rows_keep_the_spreadsheets_numbers_over_blank_ones():
    found = read(make_xlsx([["a"], [], [None], ["b"]]))
    assert [(row.number, row.cells) for row in found.tabs[0].rows] == [(1, ["a"]), (4, ["b"])]


def test_a_hidden_sheet_is_said_to_be_hidden():
    book = Xlsx()
    book.active.append(["visible"])
    book.create_sheet("cachée").append(["caché"])
    book["cachée"].sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    assert [one.visible for one in read(target.getvalue()).tabs] == [True, False]


def bomb():
    """A tiny .xlsx whose one sheet inflates beyond the limit."""
    with zipfile.ZipFile(io.BytesIO(make_xlsx(ROWS))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts["xl/worksheets/sheet1.xml"] += b" " * (33 * 1024**2)
    return make_zip(parts)


ENCRYPTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\0" * 900, "empty"),
        (make_xlsx(ROWS)[:-900], "damaged"),
        (make_xls(ROWS)[:1500], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\7" * 3000, "damaged"),
        (ENCRYPTED, "password"),
        (bomb(), "too_big"),
        (make_zip({f"xl/{n}": b"" for n in range(1001)}), "too_big"),
        (make_zip({"photo.jpg": b"x"}), "photos"),
        (make_zip({"xl/workbook.xml": b"<!DOCTYPE lol [<!ENTITY a 'b'>]><x/>"}), "damaged"),
        (b"%PDF-1.7\nxxx", "pdf"),
        (b"{\\rtf1 bonjour}", "rtf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "png"),
        (b"<html><p>Session finie</p></html>", "html"),
    ],
)
def test_a_trap_is_a_sentence(content, code):
    if code == "html":
        assert cells(read(content)) == []
        return
    with pytest.raises(UnreadableWorkbook) as refused:
        read(content)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


def test_too_many_rows_are_refused_and_the_last_one_allowed_is_read():
    # A hundred rows of titles, totals and signatures are left room for.
    assert len(cells(read(make_text([["a"]] * 110), max_rows=10))) == 110
    with pytest.raises(UnreadableWorkbook, match="plus de 10 lignes"):
        read(make_text([["a"]] * 111), max_rows=10)


def test_the_second_reader_reads_what_the_first_refuses(monkeypatch):
    asked = []
    real = reading.ask

    def refusing(child, path, max_rows, reader, **options):
        asked.append(reader)
        if reader == "first":
            return {"error": "damaged"}
        return real(child, path, max_rows, reader, **options)

    monkeypatch.setattr(reading, "ask", refusing)
    assert cells(read(make_xlsx(ROWS))) == ROWS
    assert asked == ["first", "second"]


def test_a_child_that_takes_too_long_is_killed(monkeypatch):
    monkeypatch.setattr(reading, "WALL_SECONDS", 0.001)
    with pytest.raises(UnreadableWorkbook) as refused:
        read(make_xlsx(ROWS))
    assert refused.value.code == "too_slow"


def test_two_tries_share_the_time_of_one(monkeypatch):
    limits = []

    def refusing(*args, until):
        limits.append(until)
        return {"error": "damaged"}

    monkeypatch.setattr(reading, "ask", refusing)
    with pytest.raises(UnreadableWorkbook):
        read(make_xlsx(ROWS))
    assert len(limits) == 2
    assert limits[0] == limits[1]
    # On a quiet machine the processor's time is what ends both.
    assert 2 * opening.CPU_SECONDS < 25


def child_that(does, **limits):
    """A child whose reading is replaced by this code, under its own limits."""
    code = (
        f"import sys; sys.path.insert(0, {str(FOLDER)!r})\n"
        "from child import opening\n"
        f"vars(opening).update({limits!r})\n"
        f"def read(*args):\n    {does}\n"
        "opening.read = read; opening.main('', 10, 'first')"
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=60, check=False
    )


def test_memory_beyond_the_limit_is_refused():
    done = child_that("return bytearray(2 * 1024**3)")
    assert json.loads(done.stdout) == {"error": "too_big"}


def test_processor_time_beyond_the_limit_kills():
    done = child_that("while True: pass", CPU_SECONDS=1)
    assert done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}


def test_the_child_knows_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "dans-l-environnement")
    started = []
    real = subprocess.Popen

    def watched(command, **options):
        started.append(options["env"])
        return real(command, **options)

    monkeypatch.setattr(subprocess, "Popen", watched)
    read(make_xlsx(ROWS))
    assert all(set(one) == {"LANG", "PATH"} for one in started)


def test_what_the_portal_writes_it_reads_and_a_formula_is_text():
    content = write_workbook([("Feuille", [["=1+1", "+33", "-2", "@a", "texte", 7]])])
    assert cells(read(content)) == [["'=1+1", "'+33", "'-2", "'@a", "texte", 7]]


@pytest.mark.parametrize("number", ["0", "-3", "1048577", "4000000000000000000000"])
def test_a_row_numbered_as_no_program_does_is_refused(number):
    content = make_xml_2003(ROWS).replace(b"<Row>", f'<Row ss:Index="{number}">'.encode(), 1)
    with pytest.raises(UnreadableWorkbook) as refused:
        read(content)
    assert refused.value.code == "damaged"


def test_a_row_far_beyond_the_last_one_costs_no_walk_to_it():
    with zipfile.ZipFile(io.BytesIO(make_xlsx([["a"], ["b"]]))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'r="2"', b'r="4000000000"').replace(
        b'r="A2"', b'r="A4000000000"'
    )
    assert cells(read(make_zip(parts))) == [["a"]]


def test_a_sheets_name_is_cleaned_as_its_cells_are():
    # A database refuses NUL, and .xls names may hold one.
    content = make_xls(ROWS).replace(b"\x06\x00Feuil1", b"\x06\x00Fe\x00il1")
    assert [tab.name for tab in read(content).tabs] == ["Fe il1"]
