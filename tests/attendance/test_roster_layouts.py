"""Layouts of tools and of people, each read as a person reads it, or asked about."""

from datetime import date
from fractions import Fraction

import pytest

from attendance.roster.parsing import parse
from attendance.roster.questions import Told
from common.spreadsheets import Row, Tab, Workbook

KEYS = ["Nom", "Prénom", "N° adhérent"]
ANNE, BORIS, CHLOE = ["A", "Anne", "1"], ["B", "Boris", "2"], ["C", "Chloé", "3"]


def read(*rows, told=None):
    numbered = [Row(number, list(row)) for number, row in enumerate(rows, 1) if any(row)]
    return parse(Workbook("xlsx", [Tab("Feuil1", True, numbered)]), told=Told(told or {}))


def of(roster):
    """{family name: (present, minutes)}"""
    return {line.last_name: (line.present, line.minutes) for line in roster.lines}


def keys(roster):
    return [question.key for question in roster.questions]


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
    rate = read([*KEYS, "Présence (%)"], [*ANNE, 100], [*BORIS, 20])
    assert shares(rate) == [Fraction(1), Fraction(1, 5)]


def test_what_was_watched_on_demand_is_no_presence():
    header = [*KEYS, "Attended Live", "Live Minutes", "Attended OD", "OD Minutes"]
    roster = read(header, [*ANNE, "Yes", 58, "No", 0], [*BORIS, "No", 0, "Yes", 60])
    assert (of(roster), roster.questions) == ({"A": (True, 58), "B": (False, 0)}, [])
