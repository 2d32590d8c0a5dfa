"""What titles, styles and moments leave open is asked, and read by its answer; the sure is read."""

import io
from datetime import datetime
from fractions import Fraction

import openpyxl
import pytest
import xlwt
from django.urls import reverse
from openpyxl.styles import Font, PatternFill

from attendance import tasks
from attendance.models import Answer, Sheet
from tests.attendance.test_roster_questions import (
    ANNE,
    BORIS,
    CHLOE,
    KEYS,
    keys,
    of,
    read,
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


def test_a_question_quotes_the_cells_of_the_column_that_it_names_and_says_what_is_empty():
    header = [*KEYS, "First Join", "Last Leave", "In-Meeting Duration", "Suivi"]
    rows = [
        header,
        [*ANNE, "9:00", "12:00", "3h", "OK"],
        [*BORIS, "9:10", "12:00", "1h 32m", ""],
        [*CHLOE, "9:10", "12:00", "50m", "non"],
    ]
    (question,) = read(*rows).questions
    assert question.sentence == (
        "« Suivi » dit « non » ou est vide, mais « In-Meeting Duration » dit « 1h 32m », « 50m » : "
        "2 lignes (lignes 3, 4). Présents ou absents ?"
    )
    (question,) = read(*rows[:3]).questions
    assert question.sentence.startswith("« Suivi » est vide, mais")
    (question,) = read(
        [*KEYS, "Présence", "Émargement"], [*ANNE, "oui", "oui"], [*BORIS, "", "oui"]
    ).questions
    assert question.sentence.startswith("« Présence » est vide ; « Émargement » dit « oui »")


def test_a_stay_that_contradicts_an_absence_is_quoted_from_when_to_when():
    (question,) = read(
        [*KEYS, "Présent", "Heure d’arrivée", "Heure de départ"],
        [*ANNE, "oui", "9:00", "12:00"],
        [*BORIS, "non", "9:10", "11:00"],
    ).questions
    assert "dit « 9:10 – 11:00 »" in question.sentence


@pytest.mark.parametrize(
    ("lengths", "moments", "asked"),
    [
        (("3h", "50 min"), ("12:05", "10:00"), []),
        (("3h", "3h"), ("12:05", "12:05"), []),
        # The lengths may be the session's own.
        (("3h", "3h"), ("12:05", "10:00"), ["column:dernier depart"]),
    ],
)
def test_a_departure_alone_adds_nothing_to_the_time_of_each(lengths, moments, asked):
    roster = read(
        [*KEYS, "Première participation", "Dernier départ", "Durée de la réunion"],
        [*ANNE, "09:00", moments[0], lengths[0]],
        [*BORIS, "09:10", moments[1], lengths[1]],
    )
    assert keys(roster) == asked
