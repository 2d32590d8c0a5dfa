from pathlib import Path

import pytest

from attendance.roster.parsing import parse
from attendance.roster.people import split_name
from attendance.roster.table import UnreadableRoster, find_header
from common.spreadsheets import Row, Tab, Workbook, read_workbook

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
HEADER = ["Nom", "Prénom", "E-mail", "N° adhérent"]


def workbook(*tabs):
    return Workbook("xlsx", [one if isinstance(one, Tab) else tab(one) for one in tabs])


def tab(rows, name="Feuil1", visible=True):
    return Tab(
        name, visible, [Row(number, list(row)) for number, row in enumerate(rows, 1) if any(row)]
    )


def lines_of(*rows, header=HEADER):
    return parse(workbook([header, *rows])).lines


def columns(*names):
    return find_header([Row(1, list(names))])[1]


def test_a_line_is_read_with_its_row_number_and_its_row_as_typed():
    (line,) = lines_of(["DUPONT", "Jean", "jean@exemple.test", "A00123"])
    assert (line.row_number, line.last_name, line.first_name) == (2, "DUPONT", "Jean")
    assert (line.email, line.member_number) == ("jean@exemple.test", "A00123")
    assert line.raw == {
        "Nom": "DUPONT",
        "Prénom": "Jean",
        "E-mail": "jean@exemple.test",
        "N° adhérent": "A00123",
    }
    assert (line.present, line.problem, line.same_as) == (True, "", None)


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (["NOM ", "Prenom", "Courriel"], ["last_name", "first_name", "email"]),
        (["Participant", "Adresse mail", "N° Adh."], ["full_name", "email", "member_number"]),
        (["First Name", "Last Name", "Email"], ["first_name", "last_name", "email"]),
        (["Name (Original Name)", "User Email"], ["full_name", "email"]),
        (["Nom et prénom", "Numéro d'adhérent"], ["full_name", "member_number"]),
        (["Nom du participant", "Nº ORIAS"], ["last_name", "orias"]),
        (["Nom", "E-mail professionnel"], ["last_name", "email"]),
        (["NOM DE FAMILLE", "N° d’adhérent ANACOFI"], ["last_name", "member_number"]),
    ],
)
def test_headers_are_known_by_their_many_names(names, fields):
    assert list(columns(*names).values()) == fields


def test_a_header_further_down_is_found():
    title = [["Liste des présents"], [], ["Formation :", "Droit"], ["Date :", "12/03/2026"], []]
    (line,) = parse(workbook([*title, HEADER, ["DUPONT", "Jean", "", "12"]])).lines
    assert line.row_number == 7


def test_the_sheet_of_those_present_is_read_and_the_other_lists_are_told():
    enrolled = tab([HEADER, ["A", "a", "", "1"], ["B", "b", "", "2"]], "Inscrits")
    present = tab([HEADER, ["A", "a", "", "1"]], "Présents")
    roster = parse(workbook(enrolled, present))
    assert (roster.tab, len(roster.lines)) == ("Présents", 1)
    assert roster.notes == [
        "Seule la feuille « Présents » a été lue ; « Inscrits » contient aussi une liste. "
        "Si elle compte, déposez-la à part."
    ]


def test_a_hidden_sheet_is_not_read():
    hidden = tab([HEADER, ["A", "a", "", "1"]], "Cachée", visible=False)
    with pytest.raises(UnreadableRoster, match="Les feuilles du classeur sont masquées"):
        parse(workbook(hidden))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "Le classeur ne contient aucune ligne."),
        ([["bonjour", "à", "tous"], [1.0, 2.0]], "Aucune ligne d’en-tête n’a été trouvée"),
        ([HEADER], "La liste est vide : il n’y a personne sous l’en-tête de la ligne 1"),
        ([["Prénom", "E-mail"], ["a", "b@c.fr"]], "il lui manque une colonne « Nom »"),
        ([["Nom", "Cabinet"], ["a", "b"]], "il lui manque une colonne « E-mail »"),
    ],
)
def test_a_roster_without_a_list_says_what_to_do(rows, sentence):
    with pytest.raises(UnreadableRoster, match=sentence):
        parse(workbook(rows))


def test_totals_and_signatures_are_left_aside_and_told():
    roster = parse(
        workbook(
            [
                HEADER,
                ["DUPONT", "Jean", "", "12"],
                [],
                ["", "Total : 1"],
                ["Fait à Paris, le 3 mars"],
                ["", "", "", "", "Le formateur"],
            ]
        )
    )
    assert len(roster.lines) == 1
    assert roster.notes == [
        "Ligne 4 laissée de côté : « Total : 1 ».",
        "Ligne 5 laissée de côté : « Fait à Paris, le 3 mars ».",
        "Ligne 6 laissée de côté : « Le formateur ».",
    ]


def test_a_header_repeated_at_a_page_break_is_not_a_person():
    lines = lines_of(["A", "a", "", "1"], HEADER, ["B", "b", "", "2"])
    assert [line.row_number for line in lines] == [2, 4]


def test_what_is_wrong_with_a_line_is_said():
    no_name, no_key, bad_email = lines_of(
        ["", "", "a@b.fr", ""], ["DUPONT", "Jean", "", ""], ["DUPONT", "Luc", "luc chez b", ""]
    )
    assert no_name.problem == "Le nom manque."
    assert no_key.problem == "Il manque un e-mail, un numéro d’adhérent ou un numéro ORIAS."
    assert bad_email.problem == "L’adresse « luc chez b » n’est pas une adresse e-mail."


def test_a_bad_email_beside_a_number_is_no_problem():
    (line,) = lines_of(["DUPONT", "Jean", "inconnu", "12"])
    assert line.problem == ""


def test_a_person_twice_in_the_file_is_told():
    first, second = lines_of(["DUPONT", "Jean", "", "12"], [" Dupont ", "JEAN", "", "12"])
    assert (first.same_as, second.same_as) == (None, 2)


def test_two_people_without_a_key_are_not_taken_for_one():
    first, second = lines_of(["DUPONT", "Jean", "", ""], ["DUPONT", "Jean", "", ""])
    assert (first.same_as, second.same_as) == (None, None)
    assert second.problem == first.problem


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        (" mailto:Jean@Exemple.test; ", "jean@exemple.test"),
        ("Jean Dupont <jean@exemple.test>", "jean@exemple.test"),
        ("jean@exemple.test,", "jean@exemple.test"),
    ],
)
def test_what_stands_around_an_email_is_taken_off(typed, email):
    (line,) = lines_of(["DUPONT", "Jean", typed, ""])
    assert line.email == email


def test_spaces_in_an_orias_number_are_taken_off():
    (line,) = lines_of(["DUPONT", "07 492 117"], header=["Nom", "N° ORIAS"])
    assert line.orias == "07492117"


def test_a_number_that_the_spreadsheet_made_a_float_is_read():
    (line,) = lines_of(["DUPONT", "Jean", None, 1291.0])
    assert line.member_number == "1291"


@pytest.mark.parametrize(
    ("value", "present"),
    [
        ("X", True),
        ("oui", True),
        ("non", False),
        ("Absent", False),
        ("excusé(e)", False),
        (None, False),
    ],
)
def test_a_presence_column_unticks_who_was_not_there(value, present):
    lines = lines_of(["A", "1", "X"], ["B", "2", value], header=["Nom", "N° adhérent", "Présent"])
    assert [line.present for line in lines] == [True, present]


def test_an_empty_signature_column_says_nothing():
    lines = lines_of(["A", "1", ""], ["B", "2", ""], header=["Nom", "N° adhérent", "Émargement"])
    assert [line.present for line in lines] == [True, True]


def test_a_column_that_only_marks_the_absent_leaves_the_others_ticked():
    lines = lines_of(
        ["A", "1", ""], ["B", "2", "absent"], header=["Nom", "N° adhérent", "Présence"]
    )
    assert [line.present for line in lines] == [True, False]


def test_a_status_column_that_says_something_else_unticks_nobody():
    lines = lines_of(["A", "1", "Actif"], ["B", "2", ""], header=["Nom", "N° adhérent", "Statut"])
    assert [line.present for line in lines] == [True, True]


def test_who_came_for_half_of_the_day_is_ticked():
    lines = lines_of(
        ["A", "1", "oui", "non"],
        ["B", "2", "non", "non"],
        header=["Nom", "N° adhérent", "Présence matin", "Présence après-midi"],
    )
    assert [line.present for line in lines] == [True, False]


def test_a_webinar_that_gives_minutes_unticks_zero():
    lines = lines_of(
        ["A", "1", 95], ["B", "2", 0], header=["Last name", "Member number", "Attendance"]
    )
    assert [line.present for line in lines] == [True, False]


def test_a_duration_is_read_and_kept_as_typed():
    (line,) = lines_of(["A", "1", "3h30"], header=["Nom", "N° adhérent", "Durée suivie"])
    assert (line.minutes, line.raw["Durée suivie"]) == (210, "3h30")


@pytest.mark.parametrize("title", ["Duration (Minutes)", "Temps de connexion", "Heures suivies"])
def test_a_column_of_durations_is_known_by_its_many_names(title):
    header = ["Nom", "N° adhérent", title]
    assert [line.minutes for line in lines_of(["A", "1", 2], ["B", "2", None], header=header)] == [
        2 if "Minutes" in title else 120,
        None,
    ]


def test_no_time_at_all_unticks_unless_a_column_says_present():
    header = ["Nom", "N° adhérent", "Durée", "Présent"]
    lines = lines_of(["A", "1", 0, ""], ["B", "2", 0, "oui"], ["C", "3", 2, "oui"], header=header)
    assert [line.present for line in lines] == [False, True, True]


def test_an_unreadable_duration_is_a_problem_of_its_line():
    lines = lines_of(["A", "1", "beaucoup"], header=["Nom", "N° adhérent", "Durée"])
    assert lines[0].problem.startswith("La durée « beaucoup » n’est pas lisible.")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("DUPONT Jean", ("DUPONT", "Jean")),
        ("Jean DUPONT", ("DUPONT", "Jean")),
        ("LE GOFF Anne Marie", ("LE GOFF", "Anne Marie")),
        ("Dupont, Jean", ("Dupont", "Jean")),
        ("M. DUPONT Jean", ("DUPONT", "Jean")),
        ("Dupont Jean", ("Dupont", "Jean")),
    ],
)
def test_two_names_in_one_cell_are_told_apart(text, names):
    assert split_name(text) == names


def test_the_name_column_may_hold_both_names():
    (line,) = lines_of(["DUPONT Jean", "12"], header=["Nom", "N° adhérent"])
    assert (line.last_name, line.first_name, line.full_name) == ("DUPONT", "Jean", "DUPONT Jean")


@pytest.mark.skipif(not SAMPLES.exists(), reason="les exemples partagés ne sont pas là")
@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("presence-modele.xls", range(2, 26)),
        ("presence-brouillon.xls", [*range(2, 9), *range(10, 25)]),
        ("presence-deuxieme-feuille.xls", range(2, 14)),
        ("presence-deuxieme-feuille.xlsx", range(2, 14)),
        ("presence-entete-basse.xlsx", range(8, 39)),
        ("presence-entete-basse.ods", range(8, 39)),
        ("presence-export-web.xls", range(2, 11)),
        ("presence-export.csv", range(2, 11)),
    ],
)
def test_a_sample_gives_exactly_the_lines_a_person_reads_in_it(name, numbers):
    roster = parse(read_workbook(SAMPLES / name))
    assert [line.row_number for line in roster.lines] == list(numbers)
    assert [line.problem for line in roster.lines if line.problem] == []


@pytest.mark.skipif(not SAMPLES.exists(), reason="les exemples partagés ne sont pas là")
def test_the_messy_sample_is_read_as_a_person_reads_it():
    roster = parse(read_workbook(SAMPLES / "presence-brouillon.xls"))
    by_row = {line.row_number: line for line in roster.lines}
    assert (by_row[2].last_name, by_row[2].first_name) == ("Garcia", "Gabriel")
    assert by_row[3].member_number == "1291"
    assert by_row[6].email == "anne.faivre@patrimoine-bonneau.example"
    assert by_row[21].same_as == 2
    assert [number for number, line in by_row.items() if not line.present] == [24]
    assert roster.notes == ["Ligne 25 laissée de côté : « Total : 21 »."]


@pytest.mark.skipif(not SAMPLES.exists(), reason="les exemples partagés ne sont pas là")
@pytest.mark.parametrize("name", ["presence-vide.xlsx", "presence-sans-entete.xlsx"])
def test_a_sample_without_a_list_is_refused(name):
    with pytest.raises(UnreadableRoster):
        parse(read_workbook(SAMPLES / name))


def test_columns_whose_names_meet_hide_no_cell():
    header = ["Nom", "E-mail", "Note", "Note", "Note (2)", "Colonne 7"]
    (line,) = lines_of(["DUPONT", "a@b.test", "1", "2", "3", "4", "5"], header=header)
    assert line.raw == {
        "Nom": "DUPONT",
        "E-mail": "a@b.test",
        "Note": "1",
        "Note (2)": "2",
        "Note (2) (2)": "3",
        "Colonne 7": "4",
        "Colonne 7 (2)": "5",
    }


def test_two_lists_of_different_people_on_one_tab_are_both_read():
    fuller = [*HEADER, "N° ORIAS"]
    roster = parse(workbook([HEADER, ["A", "a", "", "1"], fuller, ["B", "b", "", "2", "07000001"]]))
    assert [line.last_name for line in roster.lines] == ["A", "B"]
    assert (roster.notes, roster.questions) == ([], [])


def test_a_date_that_cannot_be_read_is_a_problem_of_its_line():
    header = ["Nom", "N° adhérent", "Date de session"]
    lines = lines_of(["A", "1", "02/03/2026"], ["B", "2", "mardi"], ["C", "3", ""], header=header)
    assert [line.problem for line in lines] == [
        "",
        "La date « mardi » n’est pas lisible. Écrivez-la 31/12/2026.",
        "",
    ]


@pytest.mark.parametrize("title", ["Matricule adhérent", "N° Adh.", "N° adhérent", "Code adhérent"])
def test_a_member_number_is_known_by_its_many_names(title):
    (line,) = lines_of(["A", "12"], header=["Nom", title])
    assert line.member_number == "12"
