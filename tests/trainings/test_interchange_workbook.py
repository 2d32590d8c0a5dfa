"""The QCM workbook: what is read, and each error with its row and what to do."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from tests.files import make_xlsx
from trainings.interchange import ParsedSets, UnreadableSets, model_workbook, read_file
from trainings.interchange.workbook import HEADER
from trainings.questions.set_checks import problems

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


def row(number=1, text="Question ?", choices=("Oui", "Non"), right="A", theme="", explanation=""):
    choices = [*choices, *[""] * (6 - len(choices))]
    return [number, text, *choices, right, theme, explanation]


def whole(per_set=2):
    """Complete sets, each question different."""
    return [
        row(number, f"Jeu {number}, question {rank} ?")
        for number in (1, 2, 3)
        for rank in range(1, per_set + 1)
    ]


def upload(rows, header=HEADER, title="QCM"):
    return SimpleUploadedFile("qcm.xlsx", make_xlsx([header, *rows], title=title))


def read(file):
    """What a file gives; that it gives nothing is an error as the others are."""
    try:
        return read_file(file)
    except UnreadableSets as error:
        return ParsedSets(errors=[str(error)])


def questions(rows, **options):
    found = read(upload(rows, **options))
    assert found.errors == []
    return found.questions


def errors(rows, **options):
    return read(upload(rows, **options)).errors


def test_a_question_is_read_with_its_choices_theme_and_explanation():
    found = questions(
        [row(2, " Qui ? ", ["Moi", "Toi", "Lui"], "A,C", "MIF 2", "Voir l’article 4.")]
    )
    one = found[0]
    assert (one.set_number, one.text, one.choices, one.right, one.theme, one.explanation) == (
        2,
        "Qui ?",
        ["Moi", "Toi", "Lui"],
        {0, 2},
        "MIF 2",
        "Voir l’article 4.",
    )


@pytest.mark.parametrize("right", ["A,C", "A, C", "a;c", "A/C", "AC", "A et C", "C, A"])
def test_right_answers_are_read_however_they_are_listed(right):
    assert questions([row(choices=["Un", "Deux", "Trois"], right=right)])[0].right == {0, 2}


@pytest.mark.parametrize("typed", [1, 1.0, "1", "Jeu 1", "jeu n°1", "Set 1", "01"])
def test_the_set_is_read_however_it_is_written(typed):
    assert questions([row(typed)])[0].set_number == 1


def test_the_two_last_columns_may_be_missing_and_titles_may_stand_above():
    content = make_xlsx([["QCM de la formation"], [], HEADER[:9], row()[:9]])
    found = read(SimpleUploadedFile("qcm.xlsx", content))
    assert [one.text for one in found.questions] == ["Question ?"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (row(right=""), "aucune bonne réponse (cellule I2)"),
        (row(right="D"), "la bonne réponse D (cellule I2) désigne une réponse vide"),
        (row(right="G"), "la bonne réponse G (cellule I2) n’existe pas"),
        (row(right="oui"), "« oui » (cellule I2) n’est pas une lettre"),
        (row(choices=["Seule"]), "il faut au moins deux réponses"),
        (row(choices=["Oui", "oui"]), "les réponses A et B sont identiques (cellule D2)"),
        (row(number=4), "contient « 4 » ; écrivez 1, 2 ou 3"),
        (row(number=""), "(cellule A2) est vide ; écrivez 1, 2 ou 3"),
        (row(text=""), "la question est vide (cellule B2)"),
        (row(text="a" * 1001), "le texte de la question dépasse 1000 caractères (cellule B2)"),
    ],
)
def test_an_error_says_its_sheet_row_and_cell(wrong, sentence):
    found = errors([wrong])
    assert found[0].startswith("Feuille « QCM », ligne 2 : ")
    assert sentence in found[0]


def test_a_seventh_choice_is_refused_by_name():
    header = [*HEADER[:8], "Réponse G", *HEADER[8:]]
    line = [1, "Question ?", *"abcdef", "g", "A", "", ""]
    assert errors([line], header=header) == [
        "Feuille « QCM », ligne 2 : une réponse G (cellule I2) ; une question a six réponses au "
        "plus, de A à F."
    ]


@pytest.mark.parametrize(
    "again", ["Question 1, du jeu 1 ?", "QUESTION 1 du jeu 1", "question  1  du  jeu 1 !"]
)
def test_a_question_standing_twice_is_told_with_both_rows(again):
    rows = [row(1, "Question 1 du jeu 1 ?"), row(2, again)]
    assert errors(rows) == [
        "Feuille « QCM », ligne 3 : cette question (jeu 2) figure déjà dans la feuille « QCM », "
        "ligne 2 (jeu 1). Chaque question ne sert qu’une fois, tous jeux confondus."
    ]


def test_signs_make_two_questions():
    assert len(questions([row(1, "x > 5 ?"), row(1, "x < 5 ?")])) == 2


def test_all_errors_come_at_once():
    found = errors([row(text=f"Q{rank} ?", right="") for rank in range(20)] + [row(number=9)])
    assert len(found) == 21


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.4 not a workbook", "classeur"),
        (b"PK\x03\x04 cut off", "abîmé"),
        (make_xlsx([["bonjour"]]), "L’en-tête du modèle est introuvable"),
        (make_xlsx([HEADER]), "aucune question sous son en-tête"),
        (make_xlsx([HEADER[:8]]), "il manque la colonne « Bonne réponse »"),
    ],
)
def test_a_file_that_is_no_qcm_workbook_is_refused(content, sentence):
    assert sentence in " ".join(read(SimpleUploadedFile("qcm.xlsx", content)).errors)


def test_the_model_is_read_once_filled_and_counts_as_nothing_before():
    blank = read(SimpleUploadedFile("modele.xlsx", model_workbook()))
    assert blank.errors == ["Le classeur ne contient aucune question sous son en-tête."]
    workbook = load_workbook(io.BytesIO(model_workbook()))
    for line in workbook["QCM"].iter_rows(min_row=2, max_row=13):
        line[1].value, line[8].value = f"Question de la ligne {line[0].row} ?", "B"
        line[2].value, line[3].value = "Non", "Oui"
    target = io.BytesIO()
    workbook.save(target)
    found = read(SimpleUploadedFile("modele.xlsx", target.getvalue()))
    assert [one.set_number for one in found.questions] == [1] * 4 + [2] * 4 + [3] * 4


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("qcm-2h.xlsx", ""),
        ("qcm-2h-jeu-incomplet.xlsx", "il en manque 1"),
        ("qcm-2h-question-repetee.xlsx", "figure déjà"),
    ],
)
def test_the_samples_are_read_as_a_person_reads_them(name, sentence):
    found = read(SimpleUploadedFile(name, (SAMPLES / name).read_bytes()))
    wrong = [str(one) for one in problems([one.as_row() for one in found.questions], owed=6)]
    assert sentence in " ".join(found.errors + wrong)
    assert bool(found.errors or wrong) is bool(sentence)


def test_a_percentage_that_excel_made_a_number_is_told():
    found = read(upload([row(choices=[0.128, 0.5, 12.5])]))
    assert found.questions[0].choices == ["0,128", "0,5", "12,5"]
    assert found.notes == [
        "Feuille « QCM », cellule C2 : « 0,128 » est un nombre. Si vous aviez tapé un pourcentage, "
        "écrivez-le en texte : « ’12,8 % ».",
        "Feuille « QCM », cellule D2 : « 0,5 » est un nombre. Si vous aviez tapé un pourcentage, "
        "écrivez-le en texte : « ’50 % ».",
    ]


def test_a_percentage_is_read_as_it_is_shown():
    book = load_workbook(upload([row(choices=[0.128, 1, "Non"])]))
    for cell in ("C2", "D2"):
        book["QCM"][cell].number_format = "0.0%"
    found = read(saved(book))
    assert (found.questions[0].choices, found.notes) == (["12,8 %", "100 %", "Non"], [])


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("qcm.xlsx", content.getvalue())


def test_what_the_workbook_holds_beside_the_questions_is_told():
    book = load_workbook(upload([[*row(text="Qui ?"), "2 points", "vu"], row(text="Quand ?")]))
    book["QCM"]["L1"] = "Barème"
    book["QCM"].append([1, *[""] * 9, "Suite de l’explication"])
    book["QCM"].append([1])
    book["QCM"].row_dimensions[3].hidden = True
    book.create_sheet("Brouillon").append(["Une note"])
    book.create_sheet("Vide")
    hidden = book.create_sheet("Ancienne")
    for line in ([*HEADER], row(text="Où ?")):
        hidden.append(line)
    hidden.sheet_state = "hidden"
    found = read(saved(book))
    assert (found.errors, [one.text for one in found.questions]) == ([], ["Qui ?", "Quand ?"])
    assert found.notes == [
        "Feuille « QCM », ligne 4 : ni question ni réponse ; « Suite de l’explication » a été "
        "laissé de côté.",
        "Feuille « QCM » : la colonne « Barème » (colonne L) n’est pas du modèle et n’a pas été "
        "lue.",
        "Feuille « QCM » : la colonne M, sans titre, n’est pas du modèle et n’a pas été lue.",
        "Feuille « QCM » : des lignes masquées ont été lues aussi (3).",
        "Feuille « Brouillon » : sans l’en-tête du modèle, elle n’a pas été lue.",
        "Feuille « Ancienne » : elle est masquée et n’a pas été lue.",
    ]


def test_what_is_typed_into_the_model_stays_as_typed():
    sheet = load_workbook(io.BytesIO(model_workbook()))["QCM"]
    assert sheet["C2"].number_format == sheet.column_dimensions["C"].number_format == "@"
