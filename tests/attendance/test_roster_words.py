"""Words, tabs and layouts of lists that say who was not there: none is read the other way round."""

from fractions import Fraction

import pytest

from attendance.roster.parsing import parse
from attendance.roster.questions import Told
from common.spreadsheets import Row, Tab, Workbook

KEYS = ["Nom", "Prénom", "N° adhérent"]
ANNE, BORIS = ["A", "Anne", "1"], ["B", "Boris", "2"]


def read(*rows, tab="Feuil1", told=None):
    numbered = [Row(number, list(row)) for number, row in enumerate(rows, 1)]
    return parse(Workbook("xlsx", [Tab(tab, True, numbered)]), told=Told(told or {}))


def of(roster):
    return {line.last_name: line.present for line in roster.lines}


def keys(roster):
    return [question.key for question in roster.questions]


@pytest.mark.parametrize(
    ("title", "word"),
    [
        *(("Non présent", "X"), ("Pas venu", "X"), ("Excusé", "X"), ("Absent", "X")),
        *(("No-show", "Yes"), ("Annulé", "oui"), ("Date d’annulation", "10/11/2026")),
    ],
)
def test_a_column_of_those_who_were_not_there(title, word):
    roster = read([*KEYS, title], [*ANNE, ""], [*BORIS, word])
    assert (of(roster), roster.questions) == ({"A": True, "B": False}, [])


def test_the_reason_of_an_absence_alone_is_asked_about():
    rows = [[*KEYS, "Motif absence"], [*ANNE, ""], [*BORIS, "maladie"]]
    assert keys(read(*rows)) == ["word:motif absence:maladie"]
    rows = [[*KEYS, "Présent", "Motif absence"], [*ANNE, "X", ""], [*BORIS, "", "maladie"]]
    assert (of(read(*rows)), keys(read(*rows))) == ({"A": True, "B": False}, [])


def test_hours_missed_beside_a_presence_are_asked_about():
    rows = [[*KEYS, "Présent", "Heures d’absence"], [*ANNE, "X", ""], [*BORIS, "X", 3]]
    assert keys(read(*rows)) == ["column:heures d absence"]


def test_a_tab_of_the_absent_is_of_nobody_present():
    assert of(read(KEYS, ANNE, tab="Absents")) == {"A": False}
    assert of(read(KEYS, ANNE, tab="Présents")) == {"A": True}


def test_a_legend_in_two_cells_is_nobody():
    roster = read([*KEYS, "J1"], [*ANNE, "P"], [*BORIS, "A"], ["P : Présent", "A : Absent"])
    assert (of(roster), roster.questions) == ({"A": True, "B": False}, [])


def test_hours_say_more_than_days():
    roster = read([*KEYS, "Nb jours", "Nb heures"], [*ANNE, 2, 14], [*BORIS, 1, 7])
    assert [line.minutes for line in roster.lines] == [840, 420]


@pytest.mark.parametrize(("present", "absent"), [("P", "A"), (1, 0)])
def test_letters_and_ones_below_a_title_that_says_nothing_are_asked_about(present, absent):
    rows = [[*KEYS, "Zzz"], [*ANNE, present], [*BORIS, absent]]
    assert keys(read(*rows)) == ["column:zzz"]
    assert of(read(*rows, told={"column:zzz": "presence"})) == {"A": True, "B": False}
    titled = read([*KEYS, "J1M", "J1A"], [*ANNE, present, present], [*BORIS, absent, absent])
    assert (of(titled), titled.questions) == ({"A": True, "B": False}, [])


def test_a_half_day_below_a_name_is_of_the_same_person():
    header = [*KEYS, "Demi-journée", "Présence"]
    roster = read(
        header,
        [*ANNE, "Matin", "P"],
        ["", "", "", "Après-midi", "P"],
        [*BORIS, "Matin", "P"],
        ["", "", "", "Après-midi", "A"],
    )
    assert [(line.last_name, line.half_days) for line in roster.lines] == [("A", 2), ("B", 1)]
    assert roster.questions == []


@pytest.mark.parametrize("word", ["ABS", "A"])
def test_where_only_absences_are_marked_a_day_without_any_is_of_all(word):
    roster = read([*KEYS, "J1", "J2"], [*ANNE, "", ""], [*BORIS, word, ""])
    assert [line.share for line in roster.lines] == [None, Fraction(1, 2)]
    assert (of(roster), roster.questions) == ({"A": True, "B": True}, [])
    signed = read([*KEYS, "J1", "J2"], [*ANNE, "X", ""], [*BORIS, "", ""])
    assert [line.share for line in signed.lines] == [None, None]


def test_hours_too_early_for_a_signature_are_lengths():
    roster = read([*KEYS, "12/11", "13/11"], [*ANNE, "07:00", "07:00"], [*BORIS, "07:00", "03:30"])
    assert [line.minutes for line in roster.lines] == [840, 630]
    signed = read([*KEYS, "12/11", "13/11"], [*ANNE, "08:55", "08:58"], [*BORIS, "09:02", ""])
    assert [line.share for line in signed.lines] == [None, Fraction(1, 2)]


@pytest.mark.parametrize("word", ["?", "à vérifier", "✗", "malade ?"])
def test_what_is_not_known_in_a_column_of_absences_is_asked_about(word):
    rows = [[*KEYS, "Absent"], [*ANNE, "x"], [*BORIS, word]]
    (question,) = read(*rows).questions
    assert question.rows == [3]
    assert f"« {word} »" in question.sentence
    assert of(read(*rows, told={question.key: "absent"}))["B"] is False
    assert of(read(*rows, told={question.key: "present"}))["B"] is True


@pytest.mark.parametrize("word", ["justifié", "Justifiée (maladie)", "non justifié", "✓", "☑"])
def test_a_kind_of_absence_and_a_tick_below_absent_are_absences(word):
    roster = read([*KEYS, "Absent"], [*ANNE, ""], [*BORIS, word])
    assert (of(roster), roster.questions) == ({"A": True, "B": False}, [])


@pytest.mark.parametrize("blank", ["", "-", "0", "non", "☐"])
def test_nothing_below_absent_is_no_absence(blank):
    roster = read([*KEYS, "Absent"], [*ANNE, blank], [*BORIS, "x"])
    assert (of(roster), roster.questions) == ({"A": True, "B": False}, [])


def test_an_absence_that_is_not_justified_is_one_perhaps():
    rows = [[*KEYS, "Absence justifiée"], [*ANNE, ""], [*BORIS, "non"]]
    assert keys(read(*rows)) == ["word:absence justifiee:non"]


@pytest.mark.parametrize(
    "word",
    ["Oui, en partie", "présent une partie", "la moitié", "Oui sauf le matin", "oui, pas tout"],
)
def test_who_was_there_for_a_part_is_asked_about(word):
    rows = [[*KEYS, "Présence"], [*ANNE, "oui"], [*BORIS, word]]
    (question,) = read(*rows).questions
    assert question.rows == [3]
    assert "Présents tout du long, ou absents ?" in question.sentence


def test_numbers_in_a_column_of_presence_are_asked_about_once():
    rows = [[*KEYS, "Présence"], [*ANNE, 100], [*BORIS, 50], ["C", "Chloé", "3", 0]]
    (question,) = read(*rows).questions
    assert question.key == "column:presence"
    assert {"share", "minutes", "hours"} <= {value for value, _ in question.options}
    shares = read(*rows, told={"column:presence": "share"})
    assert [line.share for line in shares.lines] == [1, Fraction(1, 2), None]
    assert of(shares) == {"A": True, "B": True, "C": False}
    minutes = read(*rows, told={"column:presence": "minutes"})
    assert [line.minutes for line in minutes.lines] == [100, 50, 0]
    # Said to be of presence, each number is asked about as a word is.
    assert len(read(*rows, told={"column:presence": "presence"}).questions) == 2


def test_a_column_said_to_be_of_presence_whose_cells_all_differ_is_asked_about_together():
    people = [[f"N{number}", "Paul", str(number), f"paraphe {number}"] for number in range(9)]
    rows = [[*KEYS, "Signature"], *people, [*ANNE, ""]]
    told = {"column:signature": "presence"}
    (question,) = read(*rows, told=told).questions
    assert (question.key, question.layout) == ("words:signature", "")
    there = read(*rows, told={**told, question.key: "present"})
    assert (of(there)["N1"], of(there)["A"], there.questions) == (True, False, [])
    away = read(*rows, told={**told, question.key: "absent"})
    assert of(away)["N1"] is False
