"""Rosters as text: whatever program wrote them, French comes out, in the right columns."""

import io
import time

import pytest

from common.spreadsheets import UnreadableWorkbook, read_workbook
from common.spreadsheets.child.texts import text_of

CODE_PAGES = [
    "utf-8",
    "utf-8-sig",
    "cp1252",
    "latin-1",
    "iso8859-15",
    "mac_roman",
    "cp850",
    "cp437",
]
WIDE = ["utf-16", "utf-16-le", "utf-16-be"]
NAMES = [
    "Hélène",
    "Lefèvre",
    "Benoît",
    "François",
    "Noël",
    "Anaïs",
    "Jérôme",
    "Bègue",
    "Zoé",
    "Müller",
    "Prénom",
    "N° adhérent",
    "Durée",
    "Hervé du Château",
    "l’Œuvre",
    "Côté",
    "Dépôt à Évry",
]


def can_be(text, encoding):
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def rows(content):
    tab = read_workbook(io.BytesIO(content)).tabs[0]
    return [(row.number, row.cells) for row in tab.rows]


@pytest.mark.parametrize("encoding", [*CODE_PAGES, *WIDE])
@pytest.mark.parametrize("cased", [str, str.upper, str.lower])
def test_a_single_word_with_an_accent_is_enough_in_every_encoding(encoding, cased):
    found = {}
    for name in map(cased, NAMES):
        text = f"Nom;E-mail\r\n{name};a@b.test\r\n"
        if can_be(text, encoding) and (read := text_of(text.encode(encoding))) != text:
            found[name] = read
    assert found == {}


@pytest.mark.parametrize("encoding", [*CODE_PAGES, *WIDE])
@pytest.mark.parametrize("cased", [str, str.upper])
@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_many_accents_read_in_every_encoding(encoding, cased, ending):
    names = [cased(name) for name in NAMES if can_be(cased(name), encoding)]
    assert len(names) > 4
    text = ending.join(f"{name};x" for name in names)
    assert rows(text.encode(encoding)) == [
        (number, [name, "x"]) for number, name in enumerate(names, 1)
    ]


@pytest.mark.parametrize("page", ["cp1252", "latin-1", "mac_roman", "cp850"])
@pytest.mark.parametrize("times", [1, 2])
def test_what_was_encoded_twice_or_thrice_is_undone(page, times):
    text = "Nom;Prénom\nFrançois;Aimée\nMÉTAYER;Zoé\n"
    spoiled = text
    for _ in range(times):
        spoiled = spoiled.encode().decode(page)
    assert spoiled != text
    assert text_of(spoiled.encode()) == text
    assert text_of(b"\xef\xbb\xbf" + spoiled.encode()) == text


def test_capitals_that_their_code_page_lacks_are_undone_too():
    # 0x90 means nothing in cp1252: programs keep it as a control character.
    assert text_of("LEFÃˆVRE;ANA\u00c3\u008fS;RENÃ‰".encode()) == "LEFÈVRE;ANAÏS;RENÉ"


def test_what_only_looks_encoded_twice_stays():
    text = "CAFÉ « À LA CARTE » – CAFÉ»;JOÃO;Ångström;ÉTÉ’S"
    assert text_of(text.encode()) == text


def test_a_line_of_another_program_does_not_spoil_the_others():
    content = "Nom;Prénom\nLefèvre;Zoé\n".encode() + "Bègue;Aimée\n".encode("cp1252")
    assert text_of(content) == "Nom;Prénom\nLefèvre;Zoé\nBègue;Aimée\n"


def test_the_end_that_dos_writes_is_no_row():
    assert rows("Nom;Prénom\r\n\x1a".encode("cp850")) == [(1, ["Nom", "Prénom"])]


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(128, 256)) * 4000,
        ("é" * 60_000).encode("cp850"),
        "É".encode() * 60_000 + b"\xe9",
    ],
)
def test_bytes_without_words_take_no_time(content):
    began = time.monotonic()
    text_of(content)
    assert time.monotonic() - began < 5


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(UnreadableWorkbook):
        rows(bytes(range(1, 256)) * 40)


# --- Columns ------------------------------------------------------------------------------------

TABLE = [["Nom", "Prénom", "Durée"], ["LE GOFF", "Anne", "3 h"], ["ROY", "Zoé", "4 h"]]


def joined(separator, table=TABLE):
    return "\r\n".join(separator.join(row) for row in table).encode()


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_separator_is_found(separator):
    assert [cells for _, cells in rows(joined(separator))] == TABLE


@pytest.mark.parametrize("lines", [1, 5, 200])
def test_commas_of_addresses_and_numbers_part_nothing(lines):
    line = [
        "ROY",
        "Zoé",
        "12, rue de la Paix, bât. B, 69006 Lyon",
        "3,5",
        "Arrivée à 9 h, repartie",
    ]
    table = [["Nom", "Prénom", "Adresse", "Durée", "Remarque"], *[line] * lines]
    assert [cells for _, cells in rows(joined(";", table))] == table


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_quote_that_nothing_closes_swallows_no_rows(ending):
    table = [["Nom", "Cabinet"], ["ROY", '"Le Petit Conseil'], *[["LE GOFF", "x"]] * 200]
    content = ending.join([*map(";".join, table), '"DIAZ";"y"']).encode()
    assert [cells for _, cells in rows(content)] == [*table, ["DIAZ", "y"]]


def test_semicolons_inside_quotes_part_nothing():
    content = 'Nom,Remarque,Durée\r\nROY,"a;b;c;d",3\r\nLE GOFF,"e;f;g;h",4\r\n'.encode()
    assert rows(content)[1] == (2, ["ROY", "a;b;c;d", "3"])


def test_titles_above_a_table_do_not_decide():
    content = b"Formation, session 1, Lyon\n\n" + joined(";")
    assert rows(content)[-1] == (5, TABLE[-1])


@pytest.mark.parametrize("separator", [";", "|", "~"])
def test_the_first_line_may_say_the_separator_and_is_no_row(separator):
    content = f"sep={separator}\r\n".encode() + joined(separator)
    assert rows(b"\xef\xbb\xbf" + content) == list(enumerate(TABLE, 1))


def test_a_number_kept_as_a_formula_is_unwrapped():
    content = b'Nom;N\xc2\xb0\n"ROY";="A00123"\nLE;"=""00""""7"""\nX;=1+1\n'
    assert [cells for _, cells in rows(content)[1:]] == [
        ["ROY", "A00123"],
        ["LE", '00"7'],
        ["X", "=1+1"],
    ]


def test_rows_are_numbered_as_the_spreadsheet_program_shows_them():
    content = b'Nom;Remarque\r\nROY;"une\r\ndeux\r\ntrois"\r\n\r\nLE GOFF;x\r\n'
    assert [number for number, _ in rows(content)] == [1, 2, 4]
