"""Units, titles that are marks, lists without titles, signatures: the sure is read, else asked."""

import io
from fractions import Fraction

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import User
from attendance import tasks
from attendance.domain import rereading
from attendance.models import Answer, Sheet
from attendance.roster.parsing import parse
from attendance.roster.questions import Told
from attendance.roster.table import NO_TITLES, UnreadableRoster
from common.spreadsheets import Elapsed
from tests.attendance.test_roster_doubts import MAIL_KEYS, PEOPLE, reply, ticked, upload
from tests.attendance.test_roster_questions import (
    ANNE,
    BORIS,
    CHLOE,
    KEYS,
    keys,
    of,
    read,
    workbook,
)
from tests.corpus import samples
from tests.files import make_xlsx

# --- in which unit -------------------------------------------------------------------------------


def test_a_length_that_the_workbook_holds_as_one_is_in_hours():
    header = [*KEYS, "Durée"]
    held = read(header, [*ANNE, Elapsed("26:00")], [*BORIS, Elapsed("3:30")])
    assert (of(held), held.questions) == ({"A": (True, 1560), "B": (True, 210)}, [])
    # Typed, or as a program holds minutes and seconds that were typed: it may be either.
    for cell in ("26:00", Elapsed("58:31")):
        assert keys(read(header, [*ANNE, cell], [*BORIS, Elapsed("3:30")])) == ["unit:duree"]


@pytest.mark.django_db
def test_more_than_a_day_in_the_format_of_excel_is_read(signed_in, training):
    book = openpyxl.load_workbook(io.BytesIO(make_xlsx([[*MAIL_KEYS, "Durée"], *PEOPLE])))
    for number, hours in ((2, 26), (3, 3.5)):
        book.active.cell(number, 4, hours / 24).number_format = "[h]:mm"
    book.save(target := io.BytesIO())
    sheet = upload(signed_in, training, target.getvalue())
    assert (sheet.questions, ticked(sheet)) == ([], {"A": 1560, "B": 210})


@pytest.mark.parametrize(
    ("titles", "cells", "minutes"),
    [
        (("Heures", "Minutes"), ((2, 45), (7, 0)), (165, 420)),
        (("Durée (h)", "Durée (min)"), (("2", "45"), ("7", "")), (165, 420)),
        (("Minutes", "Heures"), ((45, 2), (0, 7)), (165, 420)),
        # The same length twice.
        (("Durée (h)", "Durée (min)"), ((2, 120), (7, 420)), (120, 420)),
    ],
)
def test_hours_and_minutes_side_by_side_are_one_length(titles, cells, minutes):
    roster = read([*KEYS, *titles], [*ANNE, *cells[0]], [*BORIS, *cells[1]])
    assert (tuple(line.minutes for line in roster.lines), roster.questions) == (minutes, [])


@pytest.mark.parametrize(
    ("duration", "cells", "minutes"),
    [
        (840, (14, 7), (840, 420)),
        (60, (3600, 1800), (60, 30)),
        (720, (700, 60), (700, 60)),
        (60, ("58:30", "30:00"), (58, 30)),
        (420, (0.2917, 0.1459), (420, 210)),
    ],
)
def test_the_unit_is_sure_by_which_the_longest_is_of_the_training(duration, cells, minutes):
    rows = [[*KEYS, "Durée"], [*ANNE, cells[0]], [*BORIS, cells[1]]]
    assert keys(read(*rows)) == ["unit:duree"]
    roster = parse(workbook(rows), duration=duration)
    assert (tuple(line.minutes for line in roster.lines), roster.questions) == (minutes, [])
    assert keys(parse(workbook(rows), duration=100_000)) == ["unit:duree"]
    # Whoever was asked knows better.
    told = Told({"unit:duree": read(*rows).questions[0].options[-1][0]})
    assert parse(workbook(rows), duration=duration, told=told).questions == []


@pytest.mark.django_db
def test_fourteen_of_a_training_of_two_days_are_hours(signed_in, training):
    type(training).objects.update(duration_minutes=840)
    rows = [[*PEOPLE[0], 14], [*PEOPLE[1], 7]]
    sheet = upload(signed_in, training, make_xlsx([[*MAIL_KEYS, "Durée"], *rows]))
    assert (sheet.questions, ticked(sheet)) == ([], {"A": 840, "B": 420})


# --- titles that are marks, lengths as people write them -----------------------------------------


@pytest.mark.parametrize(
    ("titles", "marks"),
    [
        (("P", "A", "E"), ("X", "X", "X")),
        (("P", "A", "E"), ("P", "A", "E")),
        (("P", "ABS", "EXC"), ("1", "1", "1")),
        (("Présent", "Absent", "Excusé"), ("X", "X", "X")),
        (("Oui", "Non", "N"), ("X", "X", "X")),
    ],
)
def test_a_mark_below_one_of_several_titles_of_one_letter_is_read(titles, marks):
    rows = [
        [*who, *[mark if place == at else "" for at, mark in enumerate(marks)]]
        for place, who in enumerate((ANNE, BORIS, CHLOE))
    ]
    roster = read([*KEYS, *titles], *rows)
    assert [line.present for line in roster.lines] == [True, False, False]
    assert roster.questions == []
    # Nobody came.
    none = read([*KEYS, *titles], rows[1], rows[2])
    assert [line.present for line in none.lines] == [False, False]


def test_letters_that_are_no_one_mark_a_row_and_other_yes_and_no_are_not_of_presence():
    both = read([*KEYS, "P", "A"], [*ANNE, "X", "X"], [*BORIS, "", "X"])
    assert keys(both) == ["column:p", "column:a"]
    over = ["", "", "", "Présent", ""]
    said = read(over, [*KEYS, "Oui", "Non"], [*ANNE, "X", ""], [*BORIS, "", "X"])
    assert (of(said)["B"], said.questions) == ((False, None), [])
    assert said.lines[1].evidence == "« X » dans « Présent Non »"
    over[3] = "Végétarien"
    eats = read(over, [*KEYS, "Oui", "Non"], [*ANNE, "X", ""], [*BORIS, "", "X"])
    assert (of(eats)["B"], eats.questions) == ((True, None), [])


@pytest.mark.parametrize("titles", [("S1", "S2", "S3", "S4"), ("DJ1", "DJ2", "DJ3", "DJ4")])
def test_numbered_sessions_and_half_days_are_parts_of_the_whole(titles):
    roster = read([*KEYS, *titles], [*ANNE, *"XXXX"], [*BORIS, "X", "", "X", ""])
    assert ([line.share for line in roster.lines], roster.questions) == ([None, Fraction(1, 2)], [])


@pytest.mark.parametrize(
    ("cell", "title", "minutes"),
    [
        *(("7h (complet)", "Durée", 420), ("~2h", "Durée", 120), ("environ 2 h", "Durée", 120)),
        *(("sept heures", "Durée", 420), ("Deux heures et demie", "Durée", 150)),
        *(("une demi-heure", "Durée", 30), ("deux heures et quart", "Durée", 135)),
        *(("trois quarts d’heure", "Durée", 45), ("trente minutes", "Durée", 30)),
        *(("3 600", "Durée (s)", 60), ("3\u202f600", "Durée (secondes)", 60)),
        *(("~45", "Durée (min)", 45), ("45 (complet)", "Durée (min)", 45)),
    ],
)
def test_a_length_as_people_write_it_is_read(cell, title, minutes):
    roster = read([*KEYS, title], [*ANNE, cell], [*BORIS, "1 h"])
    assert (of(roster)["A"], roster.questions) == ((True, minutes), [])


@pytest.mark.parametrize("cell", ["7h (absent)", "deux", "sept cabinets", "un"])
def test_what_is_no_length_is_still_said(cell):
    roster = read([*KEYS, "Durée"], [*ANNE, cell], [*BORIS, "1 h"], [*CHLOE, "1 h"])
    assert "n’est pas lisible" in roster.lines[0].problem


# --- a list without a row of titles --------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([["DUPONT", "Jean", "jd@x.test"], ["LE GOFF", "Zoé", "z@x.test"]], "DUPONT LE GOFF"),
        ([["Jean", "DUPONT", "A00123"], ["Zoé", "LE GOFF", "A00124"]], "DUPONT LE GOFF"),
        ([["Jean", "Dupont", "jdupont@x.test"], ["Zoé", "Roux", "zroux@x.test"]], "Dupont Roux"),
        ([["DUPONT Jean", "jean.dupont@x.test"], ["ROUX Zoé", "zoe.roux@x.test"]], "DUPONT ROUX"),
        ([["Liste"], ["DUPONT", "Jean", "a@x.test", "A00123"], ["Total : 1"]], "DUPONT"),
    ],
)
def test_a_list_without_titles_is_read_by_its_values(rows, names):
    roster = read(*rows)
    assert " ".join(line.last_name for line in roster.lines) == names
    assert all(line.first_name and line.has_key and not line.problem for line in roster.lines)
    assert roster.questions == []


def test_presence_in_a_list_without_titles_is_read_where_it_is_sure_and_asked_about_else():
    rows = [["DUPONT", "Jean", "a@x.test", "Présent"], ["ROUX", "Zoé", "b@x.test", "Absent"]]
    assert [line.present for line in read(*rows).lines] == [True, False]
    assert read(*rows, hidden_rows=frozenset({2})).questions[0].key == "hidden"
    ticked = [[*row[:3], mark] for row, mark in zip(rows, ["X", ""], strict=True)]
    assert keys(read(*ticked)) == ["column:colonne 4"]


def test_titles_that_are_not_known_are_still_told_by_their_own_words():
    with pytest.raises(UnreadableRoster) as refused:
        read(["Patronyme", "Petit nom", "Contact"], ["DUPONT", "Jean", "a@x.test"])
    assert [title for title, _ in refused.value.columns] == ["Patronyme", "Petit nom", "Contact"]
    assert refused.value.layout


@pytest.mark.django_db
def test_a_list_without_titles_that_is_not_sure_is_told_by_hand(signed_in, training):
    rows = [["Jean", "Dupont", "a@x.test", "oui"], ["Zoé", "Roux", "b@x.test", "non"]]
    outcome, said = samples.send(signed_in, training, "liste.xlsx", make_xlsx(rows))
    assert (outcome, said) == ("unreadable", NO_TITLES)
    sheet = Sheet.objects.latest("pk")
    page = signed_in.get(reverse("attendance:sheet", args=[sheet.pk])).content.decode()
    assert "Colonne 4" in page
    titles = ("first_name", "last_name", "email", "presence")
    told = {f"Colonne {number}": kind for number, kind in enumerate(titles, 1)}
    rereading.tell_columns(sheet, told, by=sheet.deposited_by or User.objects.first())
    tasks.read_sheet(sheet.pk)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.questions, ticked(sheet)) == ("draft", [], {"Dupont": None})
    # Of this file alone: in the next one the columns may stand otherwise.
    assert not Answer.objects.exists()


# --- pictures of signatures, hours of those who were late ----------------------------------------

SIGNATURE = "https://signatures.test/{}.png?v=2"


def test_the_link_to_a_signature_is_one_and_a_link_to_sign_is_asked_about():
    days = read(
        [*KEYS, "12/11 matin", "12/11 après-midi"],
        [*ANNE, SIGNATURE.format(1), SIGNATURE.format(2)],
        [*BORIS, "", SIGNATURE.format(3)],
    )
    assert ([line.share for line in days.lines], days.questions) == ([None, Fraction(1, 2)], [])
    crowd = [[name, "Zoé", name, SIGNATURE.format(name)] for name in "ABCDEFGHIJ"]
    signed = read([*KEYS, "Émargement"], *crowd, ["K", "Zoé", "K", ""])
    assert ([line.present for line in signed.lines], signed.questions) == (
        [True] * 10 + [False],
        [],
    )
    to_sign = read([*KEYS, "Émargement"], [*ANNE, "https://signer.test/1"], [*BORIS, ""])
    assert len(to_sign.questions) == 1


def test_hours_of_coming_of_those_who_were_late_leave_the_others_as_they_are():
    header = [*KEYS, "Présent", "Heure d’arrivée"]
    roster = read(header, [*ANNE, "X", "9h15"], [*BORIS, "X", ""], [*CHLOE, "", ""])
    assert [line.present for line in roster.lines] == [True, True, False]
    assert roster.questions == []
    header = [*KEYS, "J1", "J2", "Heure d’arrivée"]
    days = read(header, [*ANNE, "X", "X", "9h15"], [*BORIS, "X", "", ""], [*CHLOE, "X", "X", ""])
    assert ([line.share for line in days.lines], days.questions) == (
        [None, Fraction(1, 2), None],
        [],
    )
    timed = read([*KEYS, "Durée", "Heure d’arrivée"], [*ANNE, "6 h", "9h15"], [*BORIS, "7 h", ""])
    assert (of(timed), timed.questions) == ({"A": (True, 360), "B": (True, 420)}, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "counted"), [("present", {"A": None, "B": None, "C": None}), ("absent", {"A": None})]
)
def test_hours_of_coming_of_few_alone_are_asked_about(signed_in, training, answer, counted):
    rows = [[*PEOPLE[0], "9h15"], [*PEOPLE[1], ""], ["C", "Chloé", "c@x.test", ""]]
    sheet = upload(signed_in, training, make_xlsx([[*MAIL_KEYS, "Heure d’arrivée"], *rows]))
    assert "2 lignes sur 3 (lignes 3, 4)" in sheet.questions[0]["sentence"]
    assert reply(signed_in, sheet, answer) == counted
    assert not Answer.objects.exists()
