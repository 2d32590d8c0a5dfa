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


# --- what strangers' lists taught -----------------------------------------------------------------


def shares(roster):
    return [line.share if line.present else False for line in roster.lines]


def test_hours_below_days_are_added_up():
    days = [date(2026, 11, 12), date(2026, 11, 13)]
    rows = [[*ANNE, 7, 7], [*BORIS, 7, ""], [*CHLOE, 3.5, 1]]
    roster = read([*KEYS, *days], *rows)
    assert of(roster) == {"A": (True, 840), "B": (True, 420), "C": (True, 270)}
    totals = [[*row, total] for row, total in zip(rows, [14, 7, 4.5], strict=True)]
    assert of(read([*KEYS, *days, "Total"], *totals)) == of(roster)
    assert roster.questions == []


def test_ones_below_days_are_marks():
    roster = read([*KEYS, "J1 AM", "J1 PM"], [*ANNE, 1, 1], [*BORIS, 1, 0], [*CHLOE, 0, 0])
    assert (shares(roster), roster.questions) == ([None, Fraction(1, 2), False], [])


def test_a_dash_among_times_of_half_days_is_none_at_all():
    header = [*KEYS, "Matin", "Après-midi", "Total"]
    roster = read(header, [*ANNE, "3h30", "3h30", "7h"], [*BORIS, "3h30", "-", "3h30"])
    assert (of(roster), roster.questions) == ({"A": (True, 420), "B": (True, 210)}, [])


def test_the_letters_of_a_list_are_read_together():
    header = [*KEYS, "J1 matin", "J1 après-midi"]
    roster = read(header, [*ANNE, "P", "P"], [*BORIS, "R", "P"], [*CHLOE, "E", "A"])
    assert (shares(roster), roster.questions) == ([None, None, False], [])


@pytest.mark.parametrize(
    "remark",
    [
        *("parti à 15h", "arrivée 10 h 30", "présent uniquement le matin", "n’est pas venu"),
        *("a quitté à 11h", "replay", "vu en différé"),
    ],
)
def test_a_remark_that_speaks_of_a_part_or_of_a_replay_is_asked_about(remark):
    rows = [[*KEYS, "Observations"], [*ANNE, ""], [*BORIS, remark], [*CHLOE, "végétarienne"]]
    (question,) = read(*rows).questions
    assert question.key.startswith("word:observations:")
    assert of(read(*rows, told={question.key: "absent"}))["B"] == (False, None)
    assert read(*rows, told={question.key: "ignore"}).questions == []


@pytest.mark.parametrize(
    "word", ["oui jusqu’à 15h", "oui - parti à 11h", "Présent à partir de 14h"]
)
def test_a_presence_of_a_part_is_asked_about(word):
    (question,) = read([*KEYS, "Présence"], [*ANNE, "oui"], [*BORIS, word]).questions
    assert question.sentence.endswith("Le temps suivi se corrige ensuite sur la ligne.")


def test_few_remarks_say_nothing_of_the_others():
    rows = [[*KEYS, "Zzz"], [*ANNE, ""], [*BORIS, ""], [*CHLOE, "absente"]]
    roster = read(*rows)
    assert (keys(roster), of(roster)["A"]) == (["word:zzz:absente"], (True, None))


def test_half_a_day_in_a_word_of_presence_is_half_a_day():
    roster = read([*KEYS, "Présence"], [*ANNE, "Présente (matin seulement)"], [*BORIS, "½ journée"])
    assert [line.half_days for line in roster.lines] == [1, 1]
    assert roster.questions == []


def test_absent_among_times_is_absence():
    roster = read([*KEYS, "Temps de connexion"], [*ANNE, "1 h 05"], [*BORIS, "Absent"])
    assert (of(roster), roster.questions) == ({"A": (True, 65), "B": (False, None)}, [])


def test_the_same_time_for_all_is_the_planned_one_beside_an_absence():
    roster = read([*KEYS, "Durée (h)", "Présent"], [*ANNE, 7, "Oui"], [*BORIS, 7, "Non"])
    assert (of(roster)["B"][0], roster.questions) == (False, [])


def test_who_neither_came_nor_left_has_not_the_departure_of_the_row_above():
    header = [*KEYS, "Arrivée matin", "Départ matin", "Arrivée après-midi", "Départ après-midi"]
    day = ["9h00", "12h30", "14h00", "17h30"]
    roster = read(header, [*ANNE, *day], [*BORIS, "9h00", "12h30", "", ""])
    assert of(roster) == {"A": (True, 420), "B": (True, 210)}
    assert [line.problem for line in roster.lines] == ["", ""]


def test_how_somebody_followed_is_no_presence_of_its_own():
    header = [*KEYS, "Mode", "Émargement"]
    roster = read(header, [*ANNE, "présentiel", "X"], [*BORIS, "distanciel", ""])
    assert (of(roster)["B"], roster.questions) == ((False, None), [])


@pytest.mark.parametrize(
    "title",
    [
        *("Ont annulé :", "Inscrits absents", "Personnes absentes", "Non venus", "ABSENTS (2)"),
        *("N’ont pas participé", "Liste d’attente", "Excusé(e)s", "Did not attend"),
    ],
)
def test_below_a_title_of_absence_people_are_absent(title):
    for row in ([title], [title, 2]):
        roster = read(KEYS, ANNE, row, BORIS, ["Autres participants"], CHLOE)
        assert [line.present for line in roster.lines] == [True, False, True]
        assert roster.questions == []


def test_the_title_of_a_sheet_on_absences_and_presences_makes_nobody_absent():
    assert of(read(["Absences et présences"], KEYS, ANNE)) == {"A": (True, None)}
    assert of(read(["Suivi des absences"], KEYS, ANNE)) == {"A": (True, None)}


def test_below_replay_people_are_asked_about():
    rows = [KEYS, ANNE, ["Ont regardé le replay :"], BORIS]
    assert keys(read(*rows)) == ["later"]
    assert of(read(*rows, told={"later": "absent"})) == {"A": (True, None), "B": (False, None)}
    assert read(*rows, told={"later": "present"}).questions == []


def test_of_two_lists_side_by_side_each_has_its_title():
    titles = ["Présents", "", "", "", "Absents"]
    roster = read(titles, [*KEYS, "", *KEYS], [*ANNE, "", *BORIS])
    assert (of(roster), roster.questions) == ({"A": (True, None), "B": (False, None)}, [])


def test_rows_of_half_days_are_added_up_and_those_absent_are_not():
    header = [*KEYS, "Date", "Période", "Signature"]
    day = "12/11/2026"
    roster = read(
        header,
        [*ANNE, day, "Matin", "Signé"],
        [*ANNE, day, "Après-midi", "Signé"],
        [*BORIS, day, "Matin", "Signé"],
        [*BORIS, day, "Après-midi", "Non signé"],
        [*CHLOE, day, "Matin", "Non signé"],
    )
    assert [line.half_days for line in roster.lines] == [2, 1, None]
    assert [line.present for line in roster.lines] == [True, True, False]
    assert roster.questions == []


def test_a_ticket_that_was_used_is_presence_whatever_was_ordered():
    header = [*KEYS, "Statut", "Utilisé"]
    roster = read(header, [*ANNE, "Valide", "Oui"], [*BORIS, "Valide", "Non"])
    assert (of(roster), roster.questions) == ({"A": (True, None), "B": (False, None)}, [])
    alone = read([*KEYS, "Statut de la commande"], [*ANNE, "Validé"], [*BORIS, "Validé"])
    assert keys(alone) == ["word:statut de la commande:valide"]


@pytest.mark.parametrize(
    "titles",
    [
        ("Nom (nom original)", "E-mail"),
        ("User", "Email"),
        ("Nom d'utilisateur (nom d'origine)", "Adresse électronique du participant"),
        ("Signer", "Email"),
    ],
)
def test_names_and_addresses_as_tools_call_them(titles):
    assert of(read(titles, ["Anne A", "a@x.test"])) == {"Anne": (True, None)}


@pytest.mark.parametrize(
    "titles",
    [
        ("Nom du signataire", "Prénom", "Email"),
        ("What's your last name?", "First name", "Email"),
        ("Votre nom", "Votre prénom", "Votre e-mail"),
        ("Nom / Last name", "Prénom / First name", "E-mail / Email"),
    ],
)
def test_family_names_as_tools_call_them(titles):
    assert of(read(titles, ["A", "Anne", "a@x.test"])) == {"A": (True, None)}


def test_a_unit_in_doubt_is_asked_and_its_answer_is_used():
    rows = [[*KEYS, "attendance_duration"], [*ANNE, 3600], [*BORIS, 1200]]
    assert keys(read(*rows)) == ["unit:attendance duration"]
    told = {"unit:attendance duration": "seconds"}
    assert of(read(*rows, told=told)) == {"A": (True, 60), "B": (True, 20)}
    assert read(*rows, told=told).questions == []


def test_days_and_half_days_that_are_counted_are_read():
    roster = read([*KEYS, "Nombre de demi-journées"], [*ANNE, 4], [*BORIS, 2], [*CHLOE, 0])
    assert [line.half_days for line in roster.lines] == [4, 2, None]
    assert [line.present for line in roster.lines] == [True, True, False]
    parts = read([*KEYS, "Présence"], [*ANNE, "4/4"], [*BORIS, "2/4"], [*CHLOE, "0/4"])
    assert shares(parts) == [Fraction(1), Fraction(1, 2), False]
    assert roster.questions == parts.questions == []


@pytest.mark.parametrize(
    ("title", "cells"),
    [
        ("Nb présences", [4, 0]),
        ("Nombre d'absences", [0, 4]),
        ("Durée d'absence", ["", "3h30"]),
        ("Retard (min)", ["", 45]),
    ],
)
def test_presences_and_absences_that_are_counted_are_asked_about(title, cells):
    rows = [[*KEYS, title], [*ANNE, cells[0]], [*BORIS, cells[1]]]
    (question,) = read(*rows).questions
    assert read(*rows, told={question.key: "ignore"}).questions == []


def test_initials_are_a_signature():
    header = ["Nom", "Prénom", "N° adhérent", "9h-12h30", "14h-17h30"]
    anne, boris = ["DUPONT", "Anne", "1", "AD", "AD"], ["MARTIN", "Boris", "2", "BM", ""]
    roster = read(header, anne, boris)
    assert (shares(roster), roster.questions) == ([None, Fraction(1, 2)], [])
    pictures = read([*KEYS, "Signature"], [*ANNE, "[image]"], [*BORIS, ""])
    assert of(pictures) == {"A": (True, None), "B": (False, None)}


def test_hours_of_beginning_and_end_that_differ_are_of_each():
    header = [*KEYS, "Heure début", "Heure fin"]
    roster = read(header, [*ANNE, "09:00", "12:00"], [*BORIS, "09:00", "10:00"])
    assert (of(roster), roster.questions) == ({"A": (True, 180), "B": (True, 60)}, [])
    same = read(header, [*ANNE, "09:00", "12:00"], [*BORIS, "09:00", "12:00"])
    assert (of(same), same.questions) == ({"A": (True, None), "B": (True, None)}, [])


def test_other_moments_are_asked_about():
    spans = read([*KEYS, "Horaires"], [*ANNE, "9h-17h"], [*BORIS, "9h-12h"])
    assert keys(spans) == ["column:horaires"]
    assert read([*KEYS, "Horaires"], [*ANNE, "9h-17h"], [*BORIS, "9h-17h"]).questions == []
    actions = read([*KEYS, "Action"], [*ANNE, "Rejoint"], [*BORIS, "Rejoint"], [*BORIS, "Parti"])
    assert keys(actions) == ["column:action"]


def test_there_for_a_part_is_told_by_the_time_beside_it():
    roster = read([*KEYS, "Présence", "Heures"], [*ANNE, "Présent", 7], [*BORIS, "Partiel", 3.5])
    assert (of(roster), roster.questions) == ({"A": (True, 420), "B": (True, 210)}, [])


def test_those_who_joined_by_telephone_are_a_list_of_their_own():
    roster = read(
        ["Présent", "Nom d'utilisateur", "E-mail", "Heure d'entrée", "Heure de départ"],
        ["Oui", "Anne A", "a@x.test", "14:00", "15:00"],
        ["Autre participant"],
        ["Nom d'utilisateur", "Heure d'entrée", "Heure de départ"],
        ["33612345678", "14:00", "14:10"],
    )
    assert roster.lines[0].minutes == 60
    assert [line.problem for line in roster.lines][1:] == []
    assert roster.questions == []


def test_a_half_day_beside_a_length_says_when_and_not_how_long():
    header = ["Nom", "N° adhérent", "Période", "Durée"]
    roster = read(header, ["A", "1", "Matin", "3 h 30"], ["A", "1", "Après-midi", "1 h"])
    assert (of(roster), roster.questions) == ({"A": (True, 270)}, [])


def test_times_that_cannot_be_added_up_are_a_problem_of_their_line():
    roster = read([*KEYS, "Durée"], [*ANNE, "3 h 30"], [*ANNE, "journée"], [*BORIS, "7 h"])
    assert roster.lines[0].problem.startswith("Le temps de cette personne est écrit")
    assert roster.lines[1].problem == ""


def test_the_same_row_twice_is_asked_about_where_its_hours_do_not_tell_its_length():
    header = [*KEYS, "Join Time", "Leave Time", "Duration"]
    same = [*ANNE, "9:00", "12:30", "95 min"]
    assert keys(read(header, same, same)) == ["twice"]
    same = [*ANNE, "9:00", "10:35", "95 min"]
    assert of(read(header, same, same)) == {"A": (True, 95)}


def test_the_columns_that_a_time_is_added_up_from_are_all_named():
    header = [*KEYS, "Heures J1", "Heures J2"]
    assert read(header, [*ANNE, 7, 3.5]).lines[0].evidence.endswith("« Heures J1 + Heures J2 »")


def test_of_several_trainings_in_one_list_one_is_asked_for():
    rows = [[*KEYS, "Formation"], [*ANNE, "DDA"], [*BORIS, "LCB-FT"], [*CHLOE, "DDA"]]
    (question,) = read(*rows).questions
    assert (question.key, question.layout) == ("training", "")
    assert sorted(of(read(*rows, told={"training": "0"}))) == ["A", "C"]
    assert sorted(of(read(*rows, told={"training": "toutes"}))) == ["A", "B", "C"]
    assert read([*KEYS, "Formation"], [*ANNE, "DDA"], [*BORIS, "DDA"]).questions == []


@pytest.mark.parametrize("name", ["B (excusé)", "B - absent", "B (parti à 15h)"])
def test_a_note_behind_a_name_is_asked_about(name):
    rows = [KEYS, ANNE, [name, "Boris", "2"]]
    (question,) = read(*rows).questions
    assert read(*rows, told={question.key: "absent"}).lines[1].present is False
    assert read(KEYS, ["DUPONT - MARTIN", "Anne", "1"], ["B (Cabinet)", "B", "2"]).questions == []


def test_late_arrivals_are_asked_about_and_are_never_lengths():
    title = "Heure d’arrivée"
    roster = read([*KEYS, title], [*ANNE, "9h00"], [*BORIS, "11h30"])
    assert (keys(roster), of(roster)["A"]) == (["column:heure d arrivee"], (True, None))
    early = read([*KEYS, title], [*ANNE, "8h55"], [*BORIS, "9h10"], [*CHLOE, ""])
    assert (of(early)["A"], of(early)["C"], early.questions) == ((True, None), (False, None), [])


def test_a_rate_in_words_and_a_part_in_a_word_of_presence():
    words = read([*KEYS, "Assiduité"], [*ANNE, "Totale"], [*BORIS, "Nulle"])
    assert (of(words), words.questions) == ({"A": (True, None), "B": (False, None)}, [])
    part = read([*KEYS, "Présence"], [*ANNE, "Oui"], [*BORIS, "Oui (50 %)"])
    assert keys(part) == ["word:presence:oui 50"]
    rate = read([*KEYS, "Progression (%)"], [*ANNE, 100], [*BORIS, 20])
    assert shares(rate) == [Fraction(1), Fraction(1, 5)]


def test_what_was_watched_on_demand_is_no_presence():
    header = [*KEYS, "Attended Live", "Live Minutes", "Attended OD", "OD Minutes"]
    roster = read(header, [*ANNE, "Yes", 58, "No", 0], [*BORIS, "No", 0, "Yes", 60])
    assert (of(roster), roster.questions) == ({"A": (True, 58), "B": (False, 0)}, [])
