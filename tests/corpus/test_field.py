"""Public complaints about other tools, made into small lists: what each was to give."""

import pytest

from attendance.roster.parsing import parse
from common.spreadsheets import read_workbook
from tests.corpus.samples import SAMPLES

FIELD = SAMPLES / "field"
pytestmark = pytest.mark.skipif(not FIELD.exists(), reason="the shared samples are not here")
HALF = 210


def read(name):
    return parse(read_workbook(FIELD / name))


def of(roster):
    """[(family name, present, minutes of seven hours)]"""
    return [
        (
            line.last_name,
            line.present,
            int(line.share * 420) if line.share is not None else line.minutes,
        )
        for line in roster.lines
    ]


def names(roster, *, present):
    return [name for name, is_there, _ in of(roster) if is_there is present]


def test_zooms_reconnections_are_added_up():
    roster = read("02-zoom-rejoined/zoom_detail.csv")
    assert of(roster) == [("DUBOIS", True, 403), ("FRANÇOIS", True, 420), ("DAVID", True, 180)]
    assert (roster.lines[0].rows, roster.questions) == ([2, 4, 6], [])


def test_moodles_sessions_are_columns_of_presence():
    roster = read("04-moodle-attendance/Academie_Attendances_20261112-1830.xlsx")
    assert of(roster)[:3] == [
        ("DUBOIS", True, 420),
        ("VINCENT", True, HALF),
        ("ROUSSEL", False, None),
    ]
    assert [question.rows for question in roster.questions] == [[8], [8]]
    for name in ("presence-j1.xlsx", "presence-par-jour.xlsx"):
        roster = read(f"04-moodle-attendance/{name}")
        assert of(roster)[1] == ("VINCENT", True, HALF)
        assert names(roster, present=False) == ["ROUSSEL", "FOURNIER"]
        assert roster.questions == []


def test_rows_that_a_filter_hides_are_asked_about():
    (question,) = read("08-filtered-rows/inscrits-filtres.xlsx").questions
    assert (question.key, question.rows) == ("hidden", [3, 5, 7])


def test_the_answers_of_a_form_are_read_and_not_who_sent_it():
    roster = read("12-microsoft-forms/Emargement en ligne (1-3).xlsx")
    assert [line.email for line in roster.lines] == [f"adherent{n}@cabinet.example" for n in "123"]
    assert names(roster, present=True) == ["Dubois", "François", "David"]
    assert roster.questions == []


@pytest.mark.parametrize(
    ("name", "present"),
    [
        ("attendees-eventbrite.csv", ["DUBOIS"]),
        ("checkin_list.csv", ["DUBOIS", "DAVID"]),
        ("commandes.csv", ["DUBOIS"]),
    ],
)
def test_a_ticket_never_scanned_or_cancelled_is_nobody_present(name, present):
    roster = read(f"20-ticketing-check-in/{name}")
    assert names(roster, present=True) == present
    # « Confirmé » alone says of nobody that he came.
    assert [question.key for question in roster.questions] == (
        ["word:statut:confirme"] if name == "commandes.csv" else []
    )


@pytest.mark.parametrize(
    "name", [path.name for path in sorted(FIELD.glob("52-presence-marks/*.xlsx"))]
)
def test_every_mark_of_presence_is_known(name):
    roster = read(f"52-presence-marks/{name}")
    assert names(roster, present=True) == ["DUBOIS", "DAVID"]
    assert roster.questions == []
    if name == "deux-demi.xlsx":
        assert [line.half_days for line in roster.lines] == [2, None, 1, None]


@pytest.mark.parametrize(
    "name", [path.name for path in sorted(FIELD.glob("54-webinar-minutes/*.xlsx"))]
)
def test_the_time_of_a_webinar_is_read_whatever_its_title(name):
    roster = read(f"54-webinar-minutes/{name}")
    half = 205 if name == "presence_report.xlsx" else HALF
    assert [said[1:] for said in of(roster)][:2] == [(True, 420), (True, half)]
    assert names(roster, present=False) == ["DAVID", "FAURE"]
    assert roster.questions == []
