"""Two lists of one tab: a list of totals wins over its connections, whoever is in which."""

import pytest

from attendance.roster.parsing import parse
from attendance.roster.questions import Told
from common.spreadsheets import Row, Tab, Workbook

WHOLE = ["Name", "First Join", "Last Leave", "In-Meeting Duration", "Email"]
PARTS = ["Name", "Join Time", "Leave Time", "Duration", "Email"]
ANNE, BORIS, CHLOE = (f"{name}@x.test" for name in ("anne", "boris", "chloe"))
TOTALS = {
    "Anne MARTIN": ["Anne MARTIN", "9:00", "12:00", "1h 30m", ANNE],
    "Boris PETIT": ["Boris PETIT", "9:00", "12:00", "3h", BORIS],
    "Chloé ROUX": ["Chloé ROUX", "9:00", "10:00", "1h", CHLOE],
}
CONNECTIONS = [
    ["Anne MARTIN", "9:00", "10:00", "1h", ANNE],
    ["Anne MARTIN", "11:30", "12:00", "30m", ANNE],
    ["Boris PETIT", "9:00", "12:00", "3h", BORIS],
    ["Chloé ROUX", "9:00", "10:00", "1h", CHLOE],
]
TITLES = ["3. In-Meeting Activities", "3. Activités au cours de la réunion", "Connexions", ""]


def read(rows, told=None):
    numbered = [Row(number, list(row)) for number, row in enumerate(rows, 1) if any(row)]
    return parse(Workbook("csv", [Tab("Feuil1", True, numbered)]), told=Told(told or {}))


def report(*names, title=TITLES[0], connections=CONNECTIONS):
    totals = [TOTALS[name] for name in names]
    return [["2. Participants"], WHOLE, *totals, [], [title], PARTS, *connections]


def minutes(roster):
    return {line.last_name: (line.present, line.minutes) for line in roster.lines}


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("totals_first", [True, False])
def test_connections_are_never_added_to_the_totals(title, totals_first):
    rows = report("Anne MARTIN", "Boris PETIT", title=title)
    if not totals_first:
        end = rows.index([])
        rows = [*rows[end + 1 :], [], *rows[:end]]
    roster = read(rows)
    assert minutes(roster)["MARTIN"] == (True, 90)
    assert minutes(roster)["PETIT"] == (True, 180)
    assert [question.key for question in roster.questions] == ["connections"]


def test_who_stands_in_the_connections_alone_is_asked_about_by_name():
    rows = report("Anne MARTIN", "Boris PETIT")
    roster = read(rows)
    (question,) = roster.questions
    assert question.sentence == (
        "1 personne n’est que dans la liste des connexions de la ligne 7 (ligne 11 : "
        "« ROUX Chloé »). Présents ou absents ?"
    )
    assert question.rows == [11]
    assert roster.notes == [
        "La liste de la ligne 7 (connexion par connexion) a été laissée de côté, sauf pour qui "
        "n’est que là : « ROUX Chloé »."
    ]
    there = read(rows, {"connections": "present"})
    assert (minutes(there)["ROUX"], there.questions) == ((True, 60), [])
    away = read(rows, {"connections": "absent"})
    assert (minutes(away)["ROUX"], away.questions) == ((False, 0), [])


def test_nobody_is_counted_by_a_list_of_connections_that_shares_nobody_with_the_totals():
    rows = report("Anne MARTIN", connections=CONNECTIONS[2:])
    (question,) = read(rows).questions
    assert question.sentence.startswith("2 personnes ne sont que dans la liste des connexions")


def test_two_rows_of_one_person_in_the_totals_leave_them_totals():
    again = [*TOTALS["Anne MARTIN"][:3], "20m", ANNE]
    rows = report(*TOTALS)
    rows.insert(3, again)
    roster = read(rows)
    assert minutes(roster) == {"MARTIN": (True, 110), "PETIT": (True, 180), "ROUX": (True, 60)}
    assert roster.questions == []
    assert roster.notes == [
        "La liste de la ligne 9 (les mêmes personnes, connexion par connexion) a été laissée de "
        "côté."
    ]


def test_a_name_written_otherwise_beside_the_same_address_is_no_other_person():
    connections = [["Anne MARTIN (Externe)", *CONNECTIONS[0][1:]], *CONNECTIONS[1:]]
    assert read(report(*TOTALS, connections=connections)).questions == []


def test_a_namesake_in_the_connections_alone_is_asked_about():
    namesake = ["Anne MARTIN", "9:00", "12:00", "3h", "other@x.test"]
    roster = read(report(*TOTALS, connections=[*CONNECTIONS, namesake]))
    assert [question.key for question in roster.questions] == ["connections"]


def test_what_connections_leave_open_is_asked_once_their_people_were_there():
    header = ["Name", "Email", "Durée"]
    rows = [
        ["2. Participants"],
        ["Name", "Email", "In-Meeting Duration"],
        ["Anne MARTIN", ANNE, "1h 30m"],
        ["Connexions"],
        header,
        ["Anne MARTIN", ANNE, "12"],
        ["Boris PETIT", BORIS, "14"],
    ]
    assert [one.key for one in read(rows).questions] == ["connections"]
    assert [one.key for one in read(rows, {"connections": "present"}).questions] == ["unit:duree"]
    assert read(rows, {"connections": "absent"}).questions == []
