"""Lists in the wrappings of other programs: OpenDocument, pages, archives of pages, XML 2003."""

import io
from datetime import date, datetime, time
from email.message import EmailMessage

import pytest

from common.spreadsheets import Percent, UnreadableWorkbook, read_workbook
from tests.files import make_html, make_zip

SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in [
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
    ]
)
STYLES = (
    '<number:time-style style:name="N1" number:truncate-on-overflow="false"/>'
    '<style:style style:name="elapsed" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="unseen" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
)


def cell(text="", more=""):
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def valued(kind, value, more=""):
    name = {"percentage": "value", "float": "value"}.get(kind, f"{kind}-value")
    return cell("x", f'office:value-type="{kind}" office:{name}="{value}" {more}')


def row(*cells, more=""):
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def flat(*rows, columns="", more=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {SPACES} '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:automatic-styles>{STYLES}</office:automatic-styles>"
        f'<office:body><office:spreadsheet><table:table table:name="Liste" {more}>'
        f"{columns}{''.join(rows)}</table:table></office:spreadsheet></office:body>"
        "</office:document>"
    ).encode()


def zipped(*rows, **options):
    content = flat(*rows, **options).replace(b"office:document", b"office:document-content")
    content = content.replace(b"office:document-content-content", b"office:document-content")
    return make_zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
        }
    )


def read(content):
    return read_workbook(io.BytesIO(content))


def cells(tab):
    return [one.cells for one in tab.rows]


@pytest.fixture(params=[flat, zipped])
def opendocument(request):
    return request.param


def test_an_opendocument_is_read_with_its_kinds_of_cells(opendocument):
    found = read(
        opendocument(
            row(cell("Élan &amp; fils"), cell("a<text:s text:c='2'/>b<text:line-break/>c")),
            row(
                valued("float", "3.5"),
                valued("percentage", "0.85"),
                valued("date", "2026-05-19"),
                valued("date", "2026-05-19T14:30:00"),
                valued("boolean", "true"),
            ),
        )
    )
    assert found.format == "ods"
    assert cells(found.tabs[0]) == [
        ["Élan & fils", "a  b\nc"],
        [3.5, 0.85, date(2026, 5, 19), datetime(2026, 5, 19, 14, 30), True],
    ]
    assert isinstance(found.tabs[0].rows[1].cells[1], Percent)


def test_times_of_an_opendocument_are_times_or_durations(opendocument):
    found = read(
        opendocument(
            row(
                valued("time", "PT09H00M00S"),
                valued("time", "PT26H00M00S"),
                valued("time", "PT03H30M00S", 'table:style-name="elapsed"'),
                valued("time", "PT03H30M05S"),
                cell("x", 'office:value-type="time" office:time-value="jamais"'),
            ),
            columns='<table:table-column table:number-columns-repeated="3"/>'
            '<table:table-column table:default-cell-style-name="elapsed"/>',
        )
    )
    assert cells(found.tabs[0]) == [[time(9), "26:00", "3:30", "3:30:05", "x"]]


def test_what_an_opendocument_repeats_and_hides_is_told(opendocument):
    found = read(
        opendocument(
            row(cell("a"), cell("b", 'table:number-columns-repeated="2"'), cell("c")),
            row(cell(), more='table:number-rows-repeated="2"'),
            row(cell("d"), more='table:number-rows-repeated="2" table:visibility="filter"'),
            row(cell("e"), more='table:visibility="collapse"'),
            row(cell("f"), cell("", 'table:formula="of:=1+1"')),
            row(
                cell("", 'table:number-columns-repeated="16384"'),
                more='table:number-rows-repeated="1048000"',
            ),
            columns='<table:table-column/><table:table-column table:visibility="collapse" '
            'table:number-columns-repeated="2"/><table:table-column/>',
        )
    )
    tab = found.tabs[0]
    assert [(one.number, one.cells) for one in tab.rows] == [
        (1, ["a", "b", "b", "c"]),
        (4, ["d"]),
        (5, ["d"]),
        (6, ["e"]),
        (7, ["f"]),
    ]
    assert (tab.hidden_rows, tab.hidden_columns) == ({4, 5, 6}, {1, 2})
    assert (tab.visible, tab.unvalued_formulas) == (True, 1)


def test_a_note_on_a_cell_is_no_part_of_it_and_a_hidden_sheet_says_so(opendocument):
    note = "<office:annotation><text:p>une note</text:p></office:annotation>"
    found = read(
        opendocument(
            row(f"<table:table-cell>{note}<text:p>a</text:p></table:table-cell>"),
            more='table:style-name="unseen"',
        )
    )
    assert (cells(found.tabs[0]), found.tabs[0].visible) == ([["a"]], False)


def test_a_row_repeated_without_end_is_too_many(opendocument):
    content = opendocument(row(cell("a"), more='table:number-rows-repeated="900000"'))
    with pytest.raises(UnreadableWorkbook) as refused:
        read(content)
    assert refused.value.code == "too_many_rows"


# --- Pages --------------------------------------------------------------------------------------


def page(inside):
    return f"<html><body>{inside}</body></html>".encode()


def test_spans_are_laid_out_as_on_the_screen():
    found = read(
        page(
            "<table><tr><td colspan=3>Titre</td><td>x</td></tr>"
            "<tr><td rowspan='2'>A</td><td>b</td><td>c</td></tr>"
            "<tr><td>d</td><td>e</td></tr><tr><td>f</td><td rowspan=0>g</td></tr>"
            "<tr><td>h<td>i</table>"
        )
    )
    assert cells(found.tabs[0]) == [
        ["Titre", None, None, "x"],
        ["A", "b", "c"],
        [None, "d", "e"],
        ["f", "g"],
        ["h", None, "i"],
    ]


def test_two_tables_of_a_page_are_kept_apart_and_a_table_in_a_cell_too():
    found = read(
        page(
            "<table><tr><td>a</td></tr></table><table></table><table><tr><td>b</td></tr></table>"
            "<table><tr><td>menu<table><tr><td>c</td><td>d</td></tr></table>fin</td></tr></table>"
        )
    )
    assert [(one.number, one.cells) for one in found.tabs[0].rows] == [
        (1, ["a"]),
        (3, ["b"]),
        (5, ["menufin"]),
        (7, ["c", "d"]),
    ]


def test_rows_that_a_page_does_not_show_are_hidden():
    found = read(
        page(
            "<table><tr><td>a</td></tr><tr style='height:0; DISPLAY : none'><td>b</td></tr>"
            "<tr hidden><td>c</td></tr></table>"
        )
    )
    assert found.tabs[0].hidden_rows == {2, 3}


def test_spans_beyond_measure_cost_nothing():
    across = "<td colspan=999999999 rowspan=999999999>a</td>" * 50
    found = read(page(f"<table><tr>{across}</tr>{'<tr><td>b</td></tr>' * 50}</table>"))
    assert cells(found.tabs[0]) == [["a"]]


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_an_archive_of_a_page_is_read(encoding, charset):
    message = EmailMessage()
    for number, rows in enumerate([[["Nom", "Prénom"]], [["Lefèvre", "Zoé"]]]):
        message.add_related(
            make_html(rows).decode(), subtype="html", cte=encoding, charset=charset
        ) if number else message.set_content(
            make_html(rows).decode(), subtype="html", cte=encoding, charset=charset
        )
    found = read(message.as_bytes())
    assert found.format == "html"
    assert [cells(tab) for tab in found.tabs] == [[["Nom", "Prénom"]], [["Lefèvre", "Zoé"]]]


# --- XML 2003 -----------------------------------------------------------------------------------


def test_xml_2003_tells_what_is_hidden_what_is_merged_and_how_numbers_show():
    content = (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        b'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
        b'xmlns:x="urn:schemas-microsoft-com:office:excel"><Styles>'
        b'<Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style>'
        b'<Style ss:ID="d"><NumberFormat ss:Format="[h]:mm"/></Style>'
        b'<Style ss:ID="t"><NumberFormat ss:Format="Short Time"/></Style></Styles>'
        b'<Worksheet ss:Name="F"><Table><Column/><Column ss:Hidden="1" ss:Span="1"/>'
        b'<Column ss:StyleID="p"/>'
        b'<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">Titre</Data></Cell>'
        b'<Cell><Data ss:Type="Number">0.5</Data></Cell></Row>'
        b'<Row ss:Hidden="1"><Cell ss:StyleID="d">'
        b'<Data ss:Type="DateTime">1900-01-01T02:00:00.000'
        b'</Data></Cell><Cell ss:StyleID="t">'
        b'<Data ss:Type="DateTime">1899-12-31T09:00:00.000</Data>'
        b'</Cell><Cell ss:Formula="=1+1"/><Cell ss:StyleID="d">'
        b'<Data ss:Type="Number">1.5</Data></Cell>'
        b"</Row></Table><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
        b"</Worksheet></Workbook>"
    )
    tab = read(content).tabs[0]
    assert cells(tab) == [["Titre", None, None, 0.5], ["26:00", time(9), None, "36:00"]]
    assert isinstance(tab.rows[0].cells[3], Percent)
    assert (tab.hidden_rows, tab.hidden_columns) == ({2}, {1, 2})
    assert (tab.visible, tab.unvalued_formulas) == (False, 1)
