"""What a list says of presence and time is used, or asked about: kind by kind, small lists."""

from datetime import date, time
from fractions import Fraction

import pytest

from attendance.roster.parsing import parse
from attendance.roster.questions import Told, layout_of
from common.spreadsheets import Percent, Row, Tab, Workbook

KEYS = ["Nom", "Prénom", "N° adhérent"]
ANNE, BORIS, CHLOE = ["A", "Anne", "1"], ["B", "Boris", "2"], ["C", "Chloé", "3"]


def workbook(rows, **options):
    numbered = [Row(number, list(row)) for number, row in enumerate(rows, 1) if any(row)]
    return Workbook("xlsx", [Tab("Feuil1", True, numbered, **options)])


def read(*rows, told=None, pick="", **options):
    answers = Told(told or {})
    return parse(workbook(rows, **options), told=answers, pick=pick)


def of(roster):
    """{family name: (present, minutes)}"""
    return {line.last_name: (line.present, line.minutes) for line in roster.lines}


def keys(roster):
    return [question.key for question in roster.questions]


def test_a_clean_list_asks_nothing():
    roster = read([*KEYS, "Présent", "Durée"], [*ANNE, "oui", "7 h"], [*BORIS, "non", ""])
    assert (of(roster), roster.questions) == ({"A": (True, 420), "B": (False, None)}, [])


# --- words ----------------------------------------------------------------------------------------


def test_a_word_that_is_not_known_is_asked_about_with_its_rows_and_its_answer_is_used():
    rows = [[*KEYS, "Présence"], [*ANNE, "oui"], [*BORIS, "dispo"], [*CHLOE, "dispo"]]
    (question,) = read(*rows).questions
    assert question.key == "word:presence:dispo"
    assert question.sentence == (
        "Colonne « Présence », « dispo » : 2 lignes (lignes 3, 4). Présents ou absents ?"
    )
    assert question.layout == layout_of(rows[0])
    told = read(*rows, told={question.key: "absent"})
    assert of(told) == {"A": (True, None), "B": (False, None), "C": (False, None)}
    assert told.questions == []
    assert of(read(*rows, told={question.key: "present"}))["B"] == (True, None)


def test_two_columns_that_disagree_are_asked_about():
    rows = [[*KEYS, "Statut", "Présent"], [*ANNE, "Confirmé", "oui"], [*BORIS, "Annulé", "oui"]]
    roster = read(*rows)
    assert keys(roster) == ["disagree:statut=annule|present=oui"]
    assert of(read(*rows, told={roster.questions[0].key: "absent"})) == {
        "A": (True, None),
        "B": (False, None),
    }


def test_who_is_only_registered_is_asked_about_and_who_was_not_scanned_is_absent():
    roster = read([*KEYS, "Statut"], [*ANNE, "Confirmé"], [*BORIS, "Annulé"])
    assert (keys(roster), of(roster)["B"]) == (["word:statut:confirme"], (False, None))
    roster = read([*KEYS, "Attendee status"], [*ANNE, "Checked In"], [*BORIS, "Attending"])
    assert (of(roster), roster.questions) == ({"A": (True, None), "B": (False, None)}, [])


def test_a_remark_that_speaks_of_absence_is_asked_about():
    rows = [[*KEYS, "Observations"], [*ANNE, "végétarien"], [*BORIS, "Absent excusé"]]
    roster = read(*rows)
    assert keys(roster) == ["word:observations:absent excuse"]
    assert of(read(*rows, told={keys(roster)[0]: "absent"}))["B"] == (False, None)
    assert of(read(*rows, told={keys(roster)[0]: "ignore"}))["B"] == (True, None)


def test_a_column_of_absences_is_read_the_other_way_round():
    roster = read([*KEYS, "Absent"], [*ANNE, ""], [*BORIS, "X"])
    assert (of(roster), roster.questions) == ({"A": (True, None), "B": (False, None)}, [])


def test_a_column_without_a_telling_title_is_read_when_its_words_are_sure():
    roster = read([*KEYS, "Bilan"], [*ANNE, "Venu"], [*BORIS, "Jamais venu"])
    assert (of(roster), roster.questions) == ({"A": (True, None), "B": (False, None)}, [])


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["1h30", "0h20"], "durées"),
        (["85 %", "20 %"], "pourcentages"),
        (["09:02", "10:15"], "heures"),
        (["✓", "✓"], "coches"),
        (["oui", "non"], "oui ou des non"),
    ],
)
def test_a_column_that_looks_like_presence_or_time_and_is_not_known_is_asked_about(cells, why):
    rows = [[*KEYS, "Zzz"], [*ANNE, cells[0]], [*BORIS, cells[1]]]
    (question,) = read(*rows).questions
    assert question.key == "column:zzz"
    assert why in question.sentence
    assert read(*rows, told={"column:zzz": "ignore"}).questions == []


# --- time -----------------------------------------------------------------------------------------


def test_the_real_time_is_read_beside_the_planned_one():
    roster = read(
        [*KEYS, "Durée prévue", "Durée réelle"], [*ANNE, "7 h", "3 h"], [*BORIS, "7 h", "0"]
    )
    assert of(roster) == {"A": (True, 180), "B": (False, 0)}


def test_two_times_that_disagree_are_asked_about():
    rows = [[*KEYS, "Temps A", "Temps B"], [*ANNE, "7 h", "3 h"], [*BORIS, "7 h", "5 h"]]
    roster = read(*rows)
    assert keys(roster) == ["time:temps a|temps b"]
    assert of(read(*rows, told={keys(roster)[0]: "1"})) == {"A": (True, 180), "B": (True, 300)}
    assert of(read(*rows, told={keys(roster)[0]: "sum"}))["A"] == (True, 600)


def test_shares_are_of_the_session_and_none_at_all_is_absence():
    roster = read([*KEYS, "Taux"], [*ANNE, Percent(0.85)], [*BORIS, "0 %"], [*CHLOE, "50 %"])
    assert [(line.present, line.share) for line in roster.lines] == [
        (True, Fraction(85, 100)),
        (False, None),
        (True, Fraction(1, 2)),
    ]


def test_a_time_that_is_missing_where_others_have_one_is_asked_about():
    rows = [[*KEYS, "Durée"], [*ANNE, "7 h"], [*BORIS, ""]]
    roster = read(*rows)
    assert keys(roster) == ["blank:duree"]
    assert of(read(*rows, told={"blank:duree": "absent"}))["B"] == (False, 0)
    assert of(read(*rows, told={"blank:duree": "present"}))["B"] == (True, None)


def test_present_for_no_time_and_absent_for_some_are_asked_about():
    rows = [[*KEYS, "Présent", "Durée"], [*ANNE, "oui", "0"], [*BORIS, "non", "2 h"]]
    roster = read(*rows)
    assert keys(roster) == ["zero:duree", "timed:present"]
    told = {"zero:duree": "absent", "timed:present": "present"}
    assert of(read(*rows, told=told)) == {"A": (False, 0), "B": (True, 120)}


def test_arrivals_and_departures_tell_the_time_overlaps_once():
    header = [*KEYS, "Heure d’arrivée", "Heure de départ"]
    roster = read(
        header,
        [*ANNE, "09:00", "10:00"],
        [*ANNE, "09:30", "11:00"],
        [*BORIS, time(9), time(9, 20)],
    )
    assert of(roster) == {"A": (True, 120), "B": (True, 20)}


def test_half_days_there_are_a_part_of_the_session():
    header = [*KEYS, date(2026, 5, 19), date(2026, 5, 20)]
    roster = read(header, [*ANNE, "X", "X"], [*BORIS, "X", ""], [*CHLOE, "", ""])
    assert [(line.present, line.share) for line in roster.lines] == [
        (True, None),
        (True, Fraction(1, 2)),
        (False, None),
    ]
    said = read([*KEYS, "Présence"], [*ANNE, "Matin"], [*BORIS, "Journée"], [*CHLOE, "Absent"])
    assert [line.half_days for line in said.lines] == [1, 2, None]


# --- several rows, several lists ------------------------------------------------------------------


def test_connections_are_added_up_and_the_waiting_room_counts_for_nothing():
    header = [*KEYS, "Durée (minutes)", "Salle d’attente"]
    roster = read(
        header,
        [*ANNE, 3, "Oui"],
        [*ANNE, 95, "Non"],
        [*BORIS, 4, "Oui"],
        [*ANNE, 110, "Non"],
    )
    assert of(roster) == {"A": (True, 205), "B": (False, 0)}
    anne = roster.lines[0]
    assert anne.rows == [2, 3, 5]
    assert anne.evidence.startswith("3 h 25".replace(" ", "\u202f") + ", 3 lignes")
    assert roster.questions == []


def test_the_same_row_twice_is_asked_about_where_it_tells_a_time():
    rows = [[*KEYS, "Durée"], [*ANNE, "1 h"], [*ANNE, "1 h"]]
    assert keys(read(*rows)) == ["twice"]
    assert of(read(*rows, told={"twice": "once"})) == {"A": (True, 60)}
    assert of(read(*rows, told={"twice": "sum"})) == {"A": (True, 120)}


def test_a_row_without_a_key_and_with_a_known_name_is_asked_about():
    rows = [[*KEYS, "Durée"], [*ANNE, "1 h"], ["Anne", "A", "", "2 h"]]
    assert keys(read(*rows)) == ["nameless"]
    assert of(read(*rows, told={"nameless": "same"})) == {"A": (True, 180)}
    assert len(read(*rows, told={"nameless": "other"}).lines) == 2


def test_days_are_added_up_within_a_session_and_sessions_proposed_when_days_are_sessions():
    header = [*KEYS, "Date", "Heures"]
    one, two = "19/05/2026", "20/05/2026"
    days = read(header, [*ANNE, one, 3.5], [*BORIS, one, 3.5], [*ANNE, two, 3.5], [*BORIS, two, 1])
    assert (of(days), days.sessions) == ({"A": (True, 420), "B": (True, 270)}, [])
    apart = read(header, [*ANNE, one, 3.5], [*BORIS, two, 3.5])
    assert [session.key for session in apart.sessions] == ["2026-05-19", "2026-05-20"]
    assert read(header, [*ANNE, one, 7], [*BORIS, two, 7], pick="2026-05-20").lines[0].rows == [3]


def test_the_totals_win_over_the_list_of_connections_and_hosts_are_aside():
    header = [*KEYS, "Durée"]
    roster = read(
        ["Organisateurs"],
        header,
        ["H", "Hôte", "9", "3 h"],
        ["Participants"],
        header[:3] + ["In-Meeting Duration"],
        [*ANNE, "1 h"],
        [*BORIS, "2 h"],
        ["Connexions"],
        [*header, "Heure d’arrivée", "Heure de départ"],
        [*ANNE, "20 min", "9:00", "9:20"],
        [*ANNE, "40 min", "9:30", "10:10"],
        [*BORIS, "2 h", "9:00", "11:00"],
    )
    assert of(roster) == {"A": (True, 60), "B": (True, 120)}
    assert sum("a été laissée de côté" in note for note in roster.notes) == 2
    assert roster.questions == []


def test_two_lists_side_by_side_are_both_read():
    roster = read([*KEYS, "", *KEYS], [*ANNE, "", *BORIS], [*CHLOE, "", "D", "David", "4"])
    assert sorted(of(roster)) == ["A", "B", "C", "D"]


def test_below_absents_people_are_absent():
    roster = read(KEYS, ANNE, ["Absents :"], BORIS)
    assert of(roster) == {"A": (True, None), "B": (False, None)}


# --- which column, hidden, told -------------------------------------------------------------------


def test_the_participants_columns_win_over_the_buyers_and_the_filled_over_the_empty():
    roster = read(
        ["Nom acheteur", "E-mail acheteur", "Nom", "Nom participant", "E-mail participant"],
        ["Z", "z@x.test", "", "Anne", "anne@x.test"],
        ["Z", "z@x.test", "", "Boris", "boris@x.test"],
    )
    assert [(line.last_name, line.email) for line in roster.lines] == [
        ("Anne", "anne@x.test"),
        ("Boris", "boris@x.test"),
    ]


def test_a_hidden_column_is_not_read_and_one_that_speaks_is_asked_about():
    rows = [["Nom", "E-mail", "Courriel"], ["A", "x@x.test", "a@x.test"]]
    roster = read(*rows, hidden_columns=frozenset({1}))
    assert roster.lines[0].email == "a@x.test"
    assert roster.notes == ["La colonne masquée « E-mail » (B) n’est pas lue."]
    rows = [[*KEYS, "Présent"], [*ANNE, "oui"], [*BORIS, "non"]]
    assert keys(read(*rows, hidden_columns=frozenset({3}))) == ["column:present"]


def test_hidden_rows_are_asked_about():
    rows = [KEYS, ANNE, BORIS, CHLOE]
    hidden = {"hidden_rows": frozenset({3})}
    roster = read(*rows, **hidden)
    assert (keys(roster), sorted(of(roster))) == (["hidden"], ["A", "C"])
    assert sorted(of(read(*rows, told={"hidden": "read"}, **hidden))) == ["A", "B", "C"]
    left = read(*rows, told={"hidden": "leave"}, **hidden)
    assert left.questions == []
    assert "laissées de côté (ligne 3)" in left.notes[0]


def test_what_is_told_of_a_column_decides_and_is_kept_for_the_layout_alone():
    header = ["Nom", "Participant", "N° adhérent"]
    rows = [header, ["x", "DUPONT Jean", "1"]]
    kept = {layout_of(header): {"column:nom": "ignore"}}
    told = Told(by_layout=kept)
    assert parse(workbook(rows), told=told).lines[0].full_name == "DUPONT Jean"
    # The portal's own model has other titles: « Nom » is the name there.
    model = [[*KEYS, "N° ORIAS", "Cabinet"], ANNE]
    assert parse(workbook(model), told=told).lines[0].last_name == "A"


def test_the_layout_of_a_tools_exports_is_the_same_whatever_the_day():
    one = layout_of(["Nom", "E-mail", "12 nov 2026 matin", "Note 1"])
    assert one == layout_of(["E-mail", "Nom", "13 nov 2026 matin", "14 nov 2026", "Note 2"])
    assert one != layout_of(["Nom", "E-mail"])


def test_formulas_without_a_value_are_asked_about():
    assert keys(read(KEYS, ANNE, unvalued_formulas=2)) == ["formulas"]


@pytest.mark.parametrize(
    "row",
    [
        ["Présents : 8"],
        ["* Participant en distanciel"],
        ["(1) Départ à 16 h 30"],
        ["À reporter", "12"],
        ["Document généré le 12/11/2026"],
        ["--------", "--------", "--------"],
        ["Contact", "Campus", "contact@campus.test"],
    ],
)
def test_what_stands_below_a_list_is_nobody(row):
    assert sorted(of(read(["Nom", "Prénom", "E-mail"], ["A", "Anne", "a@x.test"], row))) == ["A"]


def test_rows_hidden_in_two_lists_of_one_tab_are_asked_about_once_all_together():
    fuller = [*KEYS, "N° ORIAS"]
    rows = [KEYS, ANNE, BORIS, fuller, [*CHLOE, ""], ["D", "Denis", "4", ""]]
    roster = read(*rows, hidden_rows=frozenset({3, 6}))
    (question,) = roster.questions
    assert (question.key, question.rows) == ("hidden", [3, 6])
    assert "(ligne 3)" in question.sentence
    assert "(ligne 6)" in question.sentence
    everybody = read(*rows, hidden_rows=frozenset({3, 6}), told={"hidden": "read"})
    assert sorted(of(everybody)) == ["A", "B", "C", "D"]


def test_what_a_list_set_aside_leaves_open_is_not_asked_and_silences_no_other():
    header = [*KEYS, "Zzz"]
    roster = read(
        header,
        [*ANNE, "1h30"],
        [*BORIS, "0h20"],
        ["Connexions"],
        [*header, "Durée"],
        [*ANNE, "1h30", "20 min"],
        [*ANNE, "1h30", "40 min"],
        [*BORIS, "0h20", ""],
    )
    assert sum("a été laissée de côté" in note for note in roster.notes) == 1
    assert keys(roster) == ["column:zzz"]
    assert "lignes 2, 3" in roster.questions[0].sentence
