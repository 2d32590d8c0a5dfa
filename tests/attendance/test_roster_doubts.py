"""What titles, styles and lengths leave open is asked, and read by its answer; the sure is read."""

import io
from datetime import datetime
from fractions import Fraction

import openpyxl
import pytest
import xlwt
from django.urls import reverse
from openpyxl.styles import Font, PatternFill

from accounts.models import User
from attendance import tasks
from attendance.domain import rereading
from attendance.models import Answer, Sheet
from attendance.roster.parsing import parse
from attendance.roster.questions import Told
from attendance.roster.table import NO_TITLES, UnreadableRoster
from common.spreadsheets import Elapsed
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

MAIL_KEYS = ["Nom", "Prénom", "E-mail"]
PEOPLE = [["A", "Anne", "a@x.test"], ["B", "Boris", "b@x.test"]]


def upload(client, training, content):
    """The sheet of a file that was sent and read as people do."""
    outcome, said = samples.send(client, training, "liste.xlsx", content)
    assert outcome == "list", said
    return Sheet.objects.latest("pk")


def reply(client, sheet, *values):
    """Answer the questions of a sheet's page, in their order, and read the file again."""
    given = {}
    for position, (question, value) in enumerate(zip(sheet.questions, values, strict=True)):
        given |= {f"cle-{position}": question["key"], f"question-{position}": value}
    answer = client.post(reverse("attendance:answer", args=[sheet.pk]), given)
    assert answer.status_code == 302
    tasks.read_sheet(sheet.pk)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.questions) == ("draft", [])
    return ticked(sheet)


def ticked(sheet):
    """{family name: minutes} of who is ticked."""
    lines = sheet.participants.filter(included=True)
    return {line.last_name: line.minutes for line in lines}


# --- a list of those registered ------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Liste des inscrits",
        "Inscriptions",
        "Convoqués",
        "Formation LCB-FT : liste des participants inscrits",
        "Invités",
    ],
)
def test_a_list_of_those_registered_is_asked_about(title):
    assert keys(read([title], KEYS, ANNE, BORIS)) == ["registered"]
    assert keys(read([title], ["Lyon", "12/11/2026"], KEYS, ANNE, KEYS, BORIS)) == ["registered"]


@pytest.mark.parametrize(
    "title",
    [
        "Liste des inscrits présents",
        "Feuille d’émargement des inscrits",
        "Clôture des inscriptions : 10/11/2026",
        "Nombre d’inscrits : 12",
        "Participants",
        "Organisme inscrit à l’ORIAS",
    ],
)
def test_a_title_that_is_not_of_those_registered_asks_nothing(title):
    assert read([title], KEYS, ANNE, BORIS).questions == []


def test_a_list_of_those_registered_that_tells_who_came_asks_nothing():
    title = ["Liste des inscrits"]
    marked = read(title, [*KEYS, "Présent"], [*ANNE, "X"], [*BORIS, ""])
    assert (of(marked), marked.questions) == ({"A": (True, None), "B": (False, None)}, [])
    assert read(title, [*KEYS, "Durée"], [*ANNE, "7 h"], [*BORIS, "1 h"]).questions == []
    paid = read(title, [*KEYS, "Statut"], [*ANNE, "Payé"], [*BORIS, "Payé"])
    assert keys(paid) == ["word:statut:paye"]


def test_of_those_registered_and_those_present_on_one_tab_the_latter_are_the_list():
    rows = [["Inscrits"], KEYS, ANNE, BORIS, CHLOE, ["Présents"], KEYS, ANNE, CHLOE]
    roster = read(*rows)
    assert (sorted(of(roster)), roster.questions) == (["A", "C"], [])
    assert "(les inscrits) a été laissée de côté" in roster.notes[0]
    walked_in = read(KEYS, ANNE, ["Inscrits sur place"], BORIS)
    assert (sorted(of(walked_in)), walked_in.questions) == (["A", "B"], [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "counted"), [("present", {"A": None, "B": None}), ("absent", {})]
)
def test_a_tab_of_those_registered_counts_by_its_answer(signed_in, training, answer, counted):
    sheet = upload(signed_in, training, make_xlsx([MAIL_KEYS, *PEOPLE], title="Inscriptions"))
    assert [question["key"] for question in sheet.questions] == ["registered"]
    assert "« Inscriptions »" in sheet.questions[0]["sentence"]
    assert reply(signed_in, sheet, answer) == counted


# --- late, or gone early -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        *(("Retard (min)", 20), ("Minutes de retard", "20"), ("Départ anticipé (min)", 20)),
        *(("Retard", "20 min"), ("Retard", 20), ("Durée du retard", "0 h 20"), ("Late (min)", 20)),
    ],
)
def test_the_time_missed_is_taken_off_the_whole(title, cell):
    roster = read([*KEYS, "Présent", title], [*ANNE, "X", cell], [*BORIS, "X", ""])
    assert [line.missed for line in roster.lines] == [20, 0]
    assert roster.lines[0].evidence.endswith(f"moins 20\u202fmin (« {title} »)")
    assert roster.questions == []


def test_the_time_missed_is_taken_off_a_time_followed_that_may_not_be_without_it():
    rows = [[*KEYS, "Durée", "Retard"], [*ANNE, "7 h", 20], [*BORIS, "7 h", ""]]
    assert keys(read(*rows)) == ["missed:retard"]
    assert of(read(*rows, told={"missed:retard": "deduct"}))["A"] == (True, 400)
    assert of(read(*rows, told={"missed:retard": "leave"}))["A"] == (True, 420)
    rows[1][-2] = "6 h 40"
    assert (of(read(*rows))["A"], keys(read(*rows))) == ((True, 400), [])
    stayed = [*KEYS, "Arrivée", "Départ", "Retard (min)"]
    roster = read(stayed, [*ANNE, "9:20", "10:00", 20], [*BORIS, "9:00", "10:00", ""])
    assert (of(roster)["A"], roster.questions) == ((True, 40), [])


def test_a_retard_that_is_no_length_is_not_taken_off():
    few = [[*KEYS, "Présent", "Retard"], [*ANNE, "X", 2], [*BORIS, "X", ""]]
    assert keys(read(*few)) == ["column:retard"]
    assert read(*few, told={"column:retard": "missed"}).lines[0].missed == 2
    ticked = read([*KEYS, "Présent", "Retard"], [*ANNE, "X", "X"], [*BORIS, "X", ""])
    assert (of(ticked)["A"], ticked.questions) == ((True, None), [])
    left = read([*KEYS, "Présent", "Départ anticipé"], [*ANNE, "X", "16h30"], [*BORIS, "X", ""])
    assert keys(left) == ["column:depart anticipe"]
    wrong = read([*KEYS, "Présent", "Retard (min)"], [*ANNE, "X", "un peu"], [*BORIS, "X", 10])
    assert "n’est pas un temps à déduire" in wrong.lines[0].problem


def test_of_days_and_of_absentees_the_time_missed_is_taken_off_once():
    roster = read([*KEYS, "J1", "J2", "Retard"], [*ANNE, "X", "", "20 min"], [*BORIS, "X", "X", ""])
    assert (roster.lines[0].share, roster.lines[0].missed) == (Fraction(1, 2), 20)
    absent = read([*KEYS, "Présent", "Retard (min)"], [*ANNE, "non", 20], [*BORIS, "oui", 0])
    assert [line.missed for line in absent.lines] == [0, 0]


@pytest.mark.django_db
def test_a_line_counts_for_the_training_without_the_time_missed(signed_in, training):
    header = [*MAIL_KEYS, "J1", "J2", "Retard (min)"]
    rows = [[*PEOPLE[0], "X", "X", 20], [*PEOPLE[1], "X", "", 30]]
    sheet = upload(signed_in, training, make_xlsx([header, *rows]))
    whole = training.duration_minutes
    assert (sheet.questions, ticked(sheet)) == ([], {"A": whole - 20, "B": whole // 2 - 30})


# --- progress, half a day, more than a day -------------------------------------------------------


@pytest.mark.parametrize("title", ["Progression", "Progression (%)", "Taux de complétion"])
def test_how_far_somebody_is_in_a_course_is_asked_about(title):
    rows = [[*KEYS, title], [*ANNE, "20 %"], [*BORIS, "100 %"]]
    (key,) = keys(read(*rows))
    assert key.startswith("column:")
    assert read(*rows).lines[0].share is None
    assert read(*rows, told={key: "share"}).lines[0].share == Fraction(1, 5)
    assert (read(*rows, told={key: "ignore"}).questions, key) == ([], key)


def test_a_progress_beside_a_time_or_of_all_to_the_end_asks_nothing():
    timed = read([*KEYS, "Progression", "Durée"], [*ANNE, "20 %", "1 h"], [*BORIS, "50 %", "2 h"])
    assert (of(timed)["A"], timed.questions) == ((True, 60), [])
    rated = read(
        [*KEYS, "Progression", "Assiduité"], [*ANNE, "20 %", "50 %"], [*BORIS, "9 %", "1 %"]
    )
    assert (rated.lines[0].share, rated.questions) == (Fraction(1, 2), [])
    assert read([*KEYS, "Progression"], [*ANNE, "100 %"], [*BORIS, "100 %"]).questions == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("duration", "words", "minutes"),
    [
        (210, ["Matin", "Matin"], [210, 210]),
        (210, ["Matin", "Après-midi"], [210, 210]),
        # Of a session of two halves, however short: « Journée » says that there were two.
        (240, ["Matin", "Journée"], [120, 240]),
        (420, ["Matin", "Matin"], [210, 210]),
    ],
)
def test_half_a_day_of_a_session_of_half_a_day_is_the_whole(
    signed_in, training, duration, words, minutes
):
    type(training).objects.update(duration_minutes=duration)
    rows = [[*person, word] for person, word in zip(PEOPLE, words, strict=True)]
    sheet = upload(signed_in, training, make_xlsx([[*MAIL_KEYS, "Présence"], *rows]))
    assert (sheet.questions, list(ticked(sheet).values())) == ([], minutes)


STAY = [*KEYS, "Heure d’arrivée", "Heure de départ"]


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("19/05/2026 22:00", "20/05/2026 01:00", 180),
        # In the American order too.
        ("5/6/2026, 10:00:00 PM", "5/7/2026, 1:00:00 AM", 180),
        ("2026-05-19 09:00", "2026-05-20 09:00", 1440),
        (datetime(2026, 5, 31, 22), datetime(2026, 6, 1, 1), 180),
        ("22:00", "01:00", 180),
        ("lundi 22:00", "mardi 01:00", 180),
    ],
)
def test_a_stay_over_midnight_is_as_long_as_it_is(start, end, minutes):
    roster = read(STAY, [*ANNE, start, end])
    assert (of(roster), roster.questions) == ({"A": (True, minutes)}, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "counted"), [("present", {"A": None, "B": 60}), ("absent", {"B": 60})]
)
def test_a_stay_longer_than_a_day_is_asked_about(signed_in, training, answer, counted):
    header = [*MAIL_KEYS, *STAY[3:]]
    rows = [
        [*PEOPLE[0], "19/05/2026 09:00", "20/05/2026 10:00"],
        [*PEOPLE[1], "19/05/2026 09:00", "19/05/2026 10:00"],
    ]
    sheet = upload(signed_in, training, make_xlsx([header, *rows]))
    assert "plus de 24 heures" in sheet.questions[0]["sentence"]
    assert reply(signed_in, sheet, answer) == counted
    # Who never signed out of the next session is another one.
    assert not Answer.objects.exists()


# --- struck through, on a colour -----------------------------------------------------------------

FOUR = [KEYS, ANNE, BORIS, CHLOE, ["D", "Denis", "4"]]
YELLOW, GREEN, RED, GREY, PALE = "FFFF00", "92D050", "FF0000", "F2F2F2", "DDEBF7"


def on(colours):
    """The fills of rows 2, 3… with these colours below their names; "" for none."""
    return {number: {0: colour} for number, colour in enumerate(colours, 2) if colour}


def test_people_struck_through_are_asked_about():
    struck = {3: frozenset({0, 1})}
    (question,) = read(*FOUR, struck=struck).questions
    assert (question.key, question.rows, question.layout) == ("struck", [3], "")
    assert question.sentence == "1 ligne est barrée (ligne 3). Présents ou absents ?"
    left = read(*FOUR, struck=struck, told={"struck": "absent"})
    assert [name for name, (present, _) in of(left).items() if present] == ["A", "C", "D"]
    assert "barré" in left.lines[1].evidence
    assert read(*FOUR, struck=struck, told={"struck": "present"}).lines[1].present


def test_a_line_through_everybody_through_the_absent_or_through_no_name_asks_nothing():
    everybody = {number: frozenset({0}) for number in range(2, 6)}
    assert read(*FOUR, struck=everybody).questions == []
    rows = [[*KEYS, "Présent", "Note"], [*ANNE, "X", ""], [*BORIS, "non", ""], [*CHLOE, "X", "lu"]]
    assert read(*rows, struck={3: frozenset({0})}).questions == []
    assert read(*rows, struck={4: frozenset({4})}).questions == []
    assert keys(read(*rows, struck={4: frozenset({0})})) == ["struck"]


def test_people_on_a_colour_are_asked_about_both_ways():
    fills = on(["", YELLOW, YELLOW, ""])
    (question,) = read(*FOUR, fills=fills).questions
    assert (question.key, question.rows) == (f"fill:{YELLOW}", [3, 4])
    assert question.sentence.startswith("2 lignes sont sur fond jaune (lignes 3, 4)")
    for answer, present in {"absent": "AD", "present": "BC", "ignore": "ABCD"}.items():
        told = read(*FOUR, fills=fills, told={question.key: answer})
        assert told.questions == []
        assert "".join(name for name, (there, _) in of(told).items() if there) == present


def test_people_on_several_colours_are_asked_about_colour_by_colour():
    fills = on([GREEN, RED, GREEN, ""])
    roster = read(*FOUR, fills=fills)
    assert keys(roster) == [f"fill:{GREEN}", f"fill:{RED}", "fill:none"]
    told = {f"fill:{GREEN}": "present", f"fill:{RED}": "absent", "fill:none": "absent"}
    answered = read(*FOUR, fills=fills, told=told)
    assert answered.questions == []
    assert [name for name, (there, _) in of(answered).items() if there] == ["A", "C"]
    rows = [KEYS, *([name, "Anne", name] for name in "ABCDE")]
    many = on([GREEN, RED, YELLOW, PALE, GREY])
    assert keys(read(*rows, fills=many)) == ["fill:many"]
    assert of(read(*rows, fills=many, told={"fill:many": "absent"}))["A"] == (False, None)


@pytest.mark.parametrize(
    "colours",
    [
        ["", GREY, "", GREY],
        [PALE, GREY, PALE, GREY],
        [YELLOW, YELLOW, YELLOW, YELLOW],
        ["", PALE, ""],
    ],
)
def test_one_row_in_two_or_all_rows_on_a_colour_ask_nothing(colours):
    rows = FOUR[: len(colours) + 1]
    assert read(*rows, fills=on(colours)).questions == []


def test_a_colour_among_rows_that_alternate_is_asked_about_alone_and_none_beside_a_presence():
    rows = [KEYS, *([name, "Anne", name] for name in "ABCDEF")]
    roster = read(*rows, fills=on(["", PALE, YELLOW, PALE, "", PALE]))
    assert [question.rows for question in roster.questions] == [[4]]
    marked = [[*KEYS, "Présent"], [*ANNE, "X"], [*BORIS, ""], [*CHLOE, ""]]
    assert read(*marked, fills=on([YELLOW, "", ""])).questions == []


def looking(kind):
    """A file whose second person is struck through, and the third on yellow."""
    rows = [MAIL_KEYS, *PEOPLE, ["C", "Chloé", "c@x.test"], ["D", "Denis", "d@x.test"]]
    if kind == "xls":
        book = xlwt.Workbook()
        page = book.add_sheet("Feuil1")
        styles = {2: "font: struck_out on", 3: "pattern: pattern solid, fore_colour yellow"}
        for number, row in enumerate(rows):
            style = xlwt.easyxf(styles.get(number, ""))
            for column, value in enumerate(row):
                page.write(number, column, value, style)
        book.save(target := io.BytesIO())
        return target.getvalue()
    book = openpyxl.load_workbook(io.BytesIO(make_xlsx(rows)))
    for cell in book.active[3]:
        cell.font = Font(strike=True)
    for cell in book.active[4]:
        cell.fill = PatternFill("solid", fgColor="FFFFFF00")
    book.save(target := io.BytesIO())
    return target.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_what_rows_look_like_is_asked_of_a_real_file(signed_in, training, kind):
    sheet = upload(signed_in, training, looking(kind))
    assert [question["key"] for question in sheet.questions] == ["struck", f"fill:{YELLOW}"]
    assert reply(signed_in, sheet, "absent", "ignore") == {"A": None, "C": None, "D": None}


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
