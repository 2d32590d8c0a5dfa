"""What a workbook says beside the values: what is hidden, what is a share, what is a duration."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
import xlwt
from openpyxl import Workbook as Xlsx
from openpyxl.styles import Color, Font, PatternFill

from common.spreadsheets import Percent, cell_text, read_workbook, reading
from common.spreadsheets.child.formats import kind_of
from tests.files import make_zip

DAY = 1.0


def read(content):
    return read_workbook(io.BytesIO(content)).tabs[0]


def xlsx(values, formats=(), hidden_rows=(), hidden_columns=()):
    book = Xlsx()
    for row in values:
        book.active.append(row)
    for row in book.active.iter_rows():
        for cell, code in zip(row, formats, strict=False):
            cell.number_format = code
    for number in hidden_rows:
        book.active.row_dimensions[number].hidden = True
    for letters in hidden_columns:
        book.active.column_dimensions[letters].hidden = True
    return saved(book)


def xls(values, formats=(), hidden_rows=(), hidden_columns=(), mode_1904=False):
    book = xlwt.Workbook()
    book.dates_1904 = mode_1904
    sheet = book.add_sheet("Feuil1")
    for number, row in enumerate(values):
        for column, value in enumerate(row):
            code = formats[column] if column < len(formats) else "General"
            sheet.write(number, column, value, xlwt.easyxf(num_format_str=code))
    for number in hidden_rows:
        sheet.row(number - 1).hidden = True
    for letters in hidden_columns:
        sheet.col(ord(letters) - 65).hidden = True
    return saved(book)


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def changed(content, **replaced):
    """The .xlsx with its sheet's bytes replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    for before, after in replaced.values():
        assert before in sheet
        sheet = sheet.replace(before, after)
    parts["xl/worksheets/sheet1.xml"] = sheet
    return make_zip(parts)


@pytest.fixture(params=["first", "second"])
def each_reader(request, monkeypatch):
    """The one reader alone, then the other: both must say the same."""
    real = reading.ask
    monkeypatch.setattr(
        reading,
        "ask",
        lambda child, path, rows, _, **limits: real(child, path, rows, request.param, **limits),
    )


@pytest.mark.usefixtures("each_reader")
def test_hidden_rows_and_columns_of_an_xlsx_are_told():
    tab = read(xlsx([["a", "b", "c", "d"]] * 4, hidden_rows=[2, 4, 9], hidden_columns=["B", "D"]))
    assert tab.hidden_rows == {2, 4}
    assert tab.hidden_columns == {1, 3}
    assert len(tab.rows) == 4


def test_hidden_rows_and_columns_of_an_xls_are_told():
    tab = read(xls([["a", "b", "c", "d"]] * 4, hidden_rows=[2, 4], hidden_columns=["B", "D"]))
    assert tab.hidden_rows == {2, 4}
    assert tab.hidden_columns == {1, 3}


def test_an_open_workbook_hides_nothing():
    tab = read(xlsx([["a", "hidden"]]))
    assert (tab.hidden_rows, tab.hidden_columns, tab.unvalued_formulas) == (set(), set(), 0)


@pytest.mark.usefixtures("each_reader")
def test_a_share_of_an_xlsx_is_a_percentage():
    tab = read(xlsx([[0.85, 1, 0.5, "85 %", None]], ["0%", "0.00%", "General", "0%", "0%"]))
    cells = tab.rows[0].cells
    assert cells[:4] == [0.85, 1, 0.5, "85 %"]
    assert [isinstance(cell, Percent) for cell in cells[:4]] == [True, True, False, False]
    assert cell_text(cells[0]) == "85 %"


def test_a_share_of_an_xls_is_a_percentage():
    cells = read(xls([[0.85, 1, 0.5]], ["0%", '0.0" "%', "0.00"])).rows[0].cells
    assert cells == [0.85, 1, 0.5]
    assert [isinstance(cell, Percent) for cell in cells] == [True, True, False]


DURATIONS = [
    (3.5 * DAY / 24, "3:30"),
    (26 * DAY / 24, "26:00"),
    (timedelta(hours=1, minutes=2, seconds=3) / timedelta(days=1), "1:02:03"),
    (130 * DAY, "3120:00"),
]


@pytest.mark.usefixtures("each_reader")
@pytest.mark.parametrize(("value", "text"), DURATIONS)
def test_a_duration_of_an_xlsx_is_its_text_from_every_reader(value, text):
    assert read(xlsx([["a"], [value]], ["[h]:mm"])).rows[1].cells == [text]


@pytest.mark.parametrize("mode_1904", [False, True])
@pytest.mark.parametrize(("value", "text"), DURATIONS)
def test_a_duration_of_an_xls_is_its_text_in_either_epoch(value, text, mode_1904):
    content = xls([["a"], [value]], ["[h]:mm"], mode_1904=mode_1904)
    assert read(content).rows[1].cells == [text]


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_time_of_day_stays_one_and_a_clock_that_went_round_is_a_duration(make):
    moment = 46_100.375
    tab = read(make([[0.375, 26 / 24, moment]], ["h:mm", "h:mm", "h:mm"]))
    assert tab.rows[0].cells == [time(9), "26:00", datetime(2026, 3, 19, 9)]


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_day_is_a_date_from_every_reader(make):
    assert read(make([[46_100.0]], ["dd/mm/yyyy"])).rows[0].cells == [date(2026, 3, 19)]


def test_cells_that_do_not_say_their_place_are_marked_too():
    content = changed(
        xlsx([["a", 0.5], ["b", 0.25]], ["General", "0%"], hidden_rows=[2]),
        one=(b' r="A1"', b""),
        two=(b' r="B1"', b""),
        three=(b' r="A2"', b""),
        four=(b' r="B2"', b""),
        five=(b' r="1"', b""),
        six=(b' r="2"', b""),
    )
    tab = read(content)
    assert [row.cells for row in tab.rows] == [["a", 0.5], ["b", 0.25]]
    assert all(isinstance(row.cells[1], Percent) for row in tab.rows)
    assert tab.hidden_rows == {2}


@pytest.mark.usefixtures("each_reader")
def test_formulas_that_nobody_computed_are_counted():
    assert read(xlsx([["a", "=1+1"], ["=B1", "b"]])).unvalued_formulas == 2
    computed = changed(xlsx([["a", "=1+1"]]), v=(b"<v />", b"<v>2</v>"))
    assert read(computed).unvalued_formulas == 0
    assert read(computed).rows[0].cells == ["a", 2]


def test_a_formula_whose_result_is_an_empty_text_is_computed():
    content = changed(
        xlsx([["a", '=IF(1,"")', "c"]]),
        v=(b'<c r="B1"><f>IF(1,"")</f><v />', b'<c r="B1" t="str"><f>IF(1,"")</f><v></v>'),
    )
    assert read(content).unvalued_formulas == 0


def test_a_mark_that_makes_no_sense_does_not_cost_the_list():
    content = changed(xlsx([["a", "b"]], hidden_columns=["B"]), v=(b'min="2"', b'min="x"'))
    tab = read(content)
    assert (tab.rows[0].cells, tab.hidden_columns) == (["a", "b"], set())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""),
        ("Standard", ""),
        ("0.00", ""),
        ("0%", "percent"),
        ("0.0 %;[Red]-0.0 %", "percent"),
        ('0" % du temps"', ""),
        ("[h]:mm", "duration"),
        ("[$-40C][hh]:mm:ss", "duration"),
        ("[mm]:ss", "duration"),
        ("h:mm", "clock"),
        ("[$-F400]h:mm:ss AM/PM", "clock"),
        ("hh\\hmm", "clock"),
        ("dd/mm/yyyy hh:mm", ""),
        ("jj/mm/aaaa", ""),
        ("[Red]0", ""),
    ],
)
def test_a_number_format_says_what_a_number_is(code, kind):
    assert kind_of(code) == kind


def test_what_cells_of_an_xlsx_look_like():
    book = Xlsx()
    fills = [
        PatternFill("solid", fgColor="FFFFFF00"),
        # As a theme's green, made lighter; as a palette's red; as no colour at all.
        PatternFill("solid", fgColor=Color(theme=9, tint=0.6)),
        PatternFill("solid", fgColor=Color(indexed=10)),
        PatternFill("solid", fgColor="FFFFFFFF"),
        PatternFill("gray125"),
    ]
    for number, fill in enumerate(fills, 1):
        book.active.append(["a", "b"])
        book.active.cell(number, 1).fill = fill
    book.active.append(["c", "d"])
    book.active["B6"].font = Font(strike=True)
    book.active.cell(1, 20, "far").fill = fills[0]
    tab = read(saved(book))
    assert tab.fills == {1: {0: "FFFF00"}, 2: {0: "C5E0B4"}, 3: {0: "FF0000"}}
    assert tab.struck == {6: frozenset({1})}


def test_what_cells_of_an_open_document_look_like():
    kinds = ("office", "table", "text", "style")
    spaces = " ".join(
        f'xmlns:{kind}="urn:oasis:names:tc:opendocument:xmlns:{kind}:1.0"' for kind in kinds
    )
    tab = read(
        f"""<office:document {spaces}
          xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
          office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
        <office:automatic-styles>
        <style:style style:name="s"><style:text-properties
          style:text-line-through-style="solid"/></style:style>
        <style:style style:name="f"><style:table-cell-properties
          fo:background-color="#ffff00"/></style:style>
        </office:automatic-styles><office:body><office:spreadsheet><table:table table:name="A">
        <table:table-row><table:table-cell table:style-name="s"><text:p>a</text:p>
          </table:table-cell></table:table-row>
        <table:table-row><table:table-cell><text:p>b</text:p></table:table-cell>
          <table:table-cell table:style-name="f"><text:p>c</text:p></table:table-cell>
          </table:table-row>
        </table:table></office:spreadsheet></office:body></office:document>""".encode()
    )
    assert (tab.struck, tab.fills) == ({1: frozenset({0})}, {2: {1: "FFFF00"}})


def test_a_sheet_that_is_all_on_colours_says_nothing_by_them():
    book = Xlsx()
    fill = PatternFill("solid", fgColor="FFFFFF00")
    for number in range(1, 2002):
        book.active.append(["a"] * 10)
        for cell in book.active[number]:
            cell.fill = fill
    assert read(saved(book)).fills == {}
