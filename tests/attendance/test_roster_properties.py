"""Any headers above any values: a list whose lines add up, or a sentence; never anything else."""

import re
from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.roster.columns import FIELD_OF, IGNORED, KINDS, columns_of, is_header
from attendance.roster.parsing import SHOWN_NOTES, parse
from attendance.roster.questions import Told, column_key
from attendance.roster.table import UnreadableRoster, find_header
from common.spreadsheets import Row, Tab, Workbook, cell_text, clean_text, fold
from tests.corpus.samples import check_storable

pytestmark = pytest.mark.no_cover
# Columns of one name, or named as a column without name would be, must not hide one another.
TWINS = ["Présent", "Présent (2)", "Colonne 2", "Colonne 7", "Date", "Date (2)"]
COMMON = ["Nom", "Prénom", "E-mail", "N° adhérent"]
SPEAKING = [
    "Présence",
    "Absent",
    "Durée",
    "Durée (h)",
    "Taux",
    "Heure d’arrivée",
    "Heure de départ",
]
SPEAKING += ["Salle d’attente", "J1 matin", "J1 après-midi", "Statut", "Connexion", "Déconnexion"]
NAMES = st.sampled_from([*FIELD_OF, *COMMON, *TWINS, *SPEAKING])
HEADERS = st.lists(st.sampled_from(TWINS), max_size=4).map(lambda more: [*COMMON, *more])
WORDS = st.sampled_from(
    ["DUPONT", "Jean", "Total", "jean@cabinet.test", "A00123", "oui", "non", "x", "95 %", "Fait à"]
    + ["Le Goff, Anne", "Mme ŒUVRE\u200b Zoé", "\u202f", "mailto:A@b.test;", "07000001", "=1+1"]
)
CELLS = st.one_of(
    st.none(),
    WORDS,
    NAMES,
    st.text(max_size=30),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(datetime(1, 1, 1)),
    st.dates(date(1, 1, 1)),
    st.times(time(0)),
)


def is_filled(cells):
    return any(cell not in (None, "") for cell in cells)


@st.composite
def sheets(draw):
    """Rows as the reader gives them: numbered upwards, none of them empty."""
    likely = st.lists(NAMES, min_size=2, max_size=6)
    rows = draw(st.lists(st.one_of(likely, st.lists(CELLS, max_size=8)), max_size=25))
    if rows and draw(st.booleans()):
        rows.insert(draw(st.integers(0, len(rows) - 1)), draw(HEADERS))
    numbered, number = [], 0
    for cells in rows:
        number += draw(st.integers(1, 3))
        if is_filled(cells):
            numbered.append(Row(number, cells))
    return Tab(draw(st.sampled_from(["Feuil1", "Présents", "Inscrits", ""])), True, numbered)


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(
    st.lists(sheets(), min_size=1, max_size=2),
    st.frozensets(st.integers(0, 8)),
    st.frozensets(st.integers(1, 20)),
    st.dictionaries(NAMES, st.sampled_from([*KINDS, IGNORED, "present", "nonsense"])),
)
def test_whatever_is_hidden_or_told_a_list_is_read_and_its_answers_are_taken(
    found, columns, rows, told
):
    tabs = [replace(tab, hidden_columns=columns, hidden_rows=rows) for tab in found]
    answers = {column_key(title): kind for title, kind in told.items()}
    for _ in range(12):
        try:
            roster = parse(Workbook("xlsx", tabs), told=Told(answers))
        except UnreadableRoster:
            return
        check_storable(roster)
        asked = {question.key: question.options for question in roster.questions}
        # Each is asked once, can be answered, and is asked no more.
        assert len(asked) == len(roster.questions)
        assert not asked.keys() & answers.keys()
        if not asked:
            return
        answers |= {key: options[-1][0] for key, options in asked.items()}
    raise AssertionError("questions without end")


@settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(sheets(), max_size=2))
def test_every_row_below_the_header_is_a_line_a_header_or_told(found):
    try:
        roster = parse(Workbook("xlsx", found))
    except UnreadableRoster as error:
        roster, refused = None, str(error)
    if roster is None:
        assert refused.endswith(".")
        return
    check_storable(roster)
    # Which of two sheets of one name was read cannot be told, nor need it be: one adds up.
    assert any(adds_up(roster, sheet) for sheet in found if sheet.name == roster.tab)


def adds_up(roster, sheet):
    """Each row is of one person, or told; and of the first, each cell is kept as it was typed."""
    if find_header(sheet.rows) is None:
        return False
    cells = {row.number: row.cells for row in sheet.rows}
    of_people = [number for line in roster.lines for number in line.rows]
    if len(set(of_people)) != len(of_people) or not set(of_people) <= set(cells):
        return False
    first = next(row.number for row in sheet.rows if is_header(columns_of(row.cells)))
    left = [
        number
        for number, row in cells.items()
        if number > first
        and number not in of_people
        and not is_header(columns_of(row))
        and any(sign.isalnum() for cell in row for sign in cell_text(cell))
    ]
    told = [re.match(r"Ligne (\d+) laissée de côté", note) for note in roster.notes]
    numbers = {int(one[1]) for one in told if one}
    more = [re.match(r"… et (\d+) autre", note) for note in roster.notes]
    assert len(numbers) <= SHOWN_NOTES
    aside = [re.match(r"La liste de la ligne (\d+) ", note) for note in roster.notes]
    # A list set aside is told by the row of its header; what is below it is told with it.
    told_with = {number for one in aside if one for number in left if number > int(one[1])}
    count = sum(int(one[1]) for one in more if one)
    untold = [number for number in left if number not in numbers | told_with]
    return len(untold) <= count and all(
        sorted(filter(None, map(cell_text, cells[line.row_number]))) == sorted(line.raw.values())
        for line in roster.lines
    )


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(st.text(max_size=40))
def test_text_is_cleaned_and_folded_to_what_does_not_change_again(text):
    cleaned, folded = clean_text(text), fold(text)
    assert clean_text(cleaned) == cleaned
    assert re.fullmatch(r"([a-z0-9]+( [a-z0-9]+)*)?", folded)
    assert fold(folded) == folded
    assert fold(cleaned) == fold(clean_text(cleaned))
    cleaned.encode()
