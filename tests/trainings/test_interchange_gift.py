"""Moodle's GIFT: what is read, and each error with its line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainings.sets import make_row
from trainings.interchange.gift import parse

PIECES = st.lists(
    st.sampled_from(
        ["{", "}", "=", "~", "#", "####", "::", "\n", "\n\n", "// [tag:a]", "$CATEGORY: Jeu 2\n"]
        + ["a", "\\", "%50%", "[html]", "<b>", "<!--", "T", "->", " ", "&#999999999999;"]
    )
).map("".join)


def one(text):
    found = parse(text)
    assert found.errors == []
    return found.questions[0]


def test_a_question_is_read_with_its_set_theme_and_explanation():
    question = one(
        "// commentaire\n$CATEGORY: $course$/Jeu 2\n\n// [tag:Devoir de conseil]\n"
        "::Q1:: Qui \\: moi ou toi ? {\n\n=Moi#bravo\n\n~Toi \\= non\n####Voir l'article 4.\n}\n"
    )
    assert question.as_row() == make_row(
        2,
        "Qui : moi ou toi ?",
        [("Moi", True), ("Toi = non", False)],
        theme="Devoir de conseil",
        explanation="Voir l'article 4.",
    )
    assert question.where == "ligne 5"


@pytest.mark.parametrize(
    "name",
    ["jeu 3", "set 3", "$course$/top/JEU N°3", "Série 3", "qcm_jeu-3", "Jeu 3/Fiscalité", "QCM 3"]
    + ["top/QCM 1/Jeu 3", "Jeu 3/Série 12", "QCM 2026/Jeu 3/Fiscalité 2"],
)
def test_a_category_says_the_set(name):
    assert one(f"$CATEGORY: {name}\n\nQui ? {{=a ~b}}").set_number == 3


def test_each_choice_with_a_positive_weight_is_right():
    question = one("Qui ? {~%50%Moi ~%-100%Toi ~%50%Lui ~%0%Eux}")
    assert (question.choices, question.right) == (["Moi", "Toi", "Lui", "Eux"], {0, 2})


@pytest.mark.parametrize(
    ("answer", "right"),
    [("T", 0), ("TRUE", 0), ("true#non#oui", 0), ("F", 1), ("{FALSE}"[1:-1], 1), ("Faux", 1)],
)
def test_true_or_false_becomes_two_choices(answer, right):
    question = one(f"::q:: Est-ce vrai ? {{{answer}}}")
    assert (question.choices, question.right) == (["Vrai", "Faux"], {right})


def test_markup_is_reduced_to_text_where_the_format_says_html():
    question = one(
        "[html]<p>Qui\\: <b>toi</b> &amp; moi ?</p><p>Ou lui</p> {=<p>Moi</p> ~[plain]<b>Toi</b>}"
    )
    assert question.text == "Qui: toi & moi ?\nOu lui"
    assert question.choices == ["Moi", "<b>Toi</b>"]
    assert one("Si x < 5 et y > 3 ? {=a ~b}").text == "Si x < 5 et y > 3 ?"


def test_a_missing_word_leaves_a_gap():
    assert one("Le {=client ~voisin} signe.").text == "Le _____ signe."


def test_the_feedback_of_the_right_answer_explains_when_nothing_else_does():
    found = parse("Qui ? {=Moi#Parce que. ~Toi#Non.}")
    assert found.questions[0].explanation == "Parce que."
    assert found.notes == [
        "Ligne 1 : question « Qui ? » : le commentaire propre à une réponse a été laissé de côté ; "
        "seule l’explication de la question est gardée."
    ]


def test_a_year_in_a_category_is_no_set():
    assert one("$CATEGORY: Jeu 2025\n\nQui ? {=Moi ~Toi}").set_number == 0


def test_half_points_beside_a_right_answer_are_not_right_and_told():
    found = parse("Qui ? {=Moi ~%50%Toi ~%-50%Lui ~Elle}")
    assert found.questions[0].right == {0}
    assert found.notes == [
        "Ligne 1 : question « Qui ? » : une réponse qui vaut une partie des points compte comme "
        "fausse ; seule la réponse « = » est juste."
    ]
    assert one("Qui ? {~%50%Moi ~%50%Toi ~%-100%Lui}").right == {0, 1}
    assert one("Qui ? {=%100%Moi ~Toi}").choices == ["Moi", "Toi"]


@pytest.mark.parametrize("between", ["", "// une remarque\n"])
@pytest.mark.parametrize("title", ["::Deux:: ", ""])
def test_questions_without_a_blank_line_between_are_refused(between, title):
    found = parse(f"::Un:: Un ? {{=a ~b}}\n{between}{title}Deux ? {{=c ~d}}")
    assert found.questions == []
    assert [error.split(" : ", 2)[0] for error in found.errors] == ["Ligne 1"]
    assert "une autre question suit sans ligne vide" in found.errors[0]


def test_an_image_left_out_is_told():
    found = parse('[html]<p>Qui ?<img src\\="a.png"></p> {=Moi ~Toi}')
    assert found.notes == [
        "Ligne 1 : question « Qui ? » : une image, un média ou un fichier joint a été laissé de "
        "côté ; récrivez en texte ce qu’il montrait."
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{=Paris -> France =Rome -> Italie}", "question d’appariement"),
        ("{#3:1}", "question numérique"),
        ("{=moi =Moi}", "réponse courte"),
        ("{}", "question ouverte"),
        ("", "il n’y a pas de réponses entre accolades"),
        ("{=a ~b", "il manque l’accolade fermante"),
        ("{a =b ~c}", "chaque réponse doit commencer"),
    ],
)
def test_what_is_no_choice_is_refused_with_its_line_and_name(text, sentence):
    found = parse(f"\n\n::Nom:: Combien ? {text}\n\n::Suivante:: Qui ? {{=a ~b}}")
    assert len(found.errors) == 1
    assert found.errors[0].startswith(f"Ligne 3 : question « Nom » : {sentence}")
    assert [question.text for question in found.questions] == ["Qui ?"]


def test_all_errors_come_at_once_in_the_order_of_the_lines():
    found = parse("Un ? {=a ~a}\n\nDeux ? {~a ~b}\n\n$CATEGORY: jeu 4\n\nUn ? {=a ~c}")
    assert found.errors == [
        "Ligne 1 : les réponses A et B sont identiques.",
        "Ligne 3 : aucune bonne réponse n’est indiquée.",
        "Ligne 5 : il n’y a pas de jeu 4 ; écrivez 1, 2 ou 3.",
        "Ligne 7 : cette question figure déjà à la ligne 1. Chaque question ne sert qu’une fois, "
        "tous jeux confondus.",
    ]


@settings(deadline=None)
@given(PIECES | st.text())
def test_no_text_is_more_than_it_can_take(text):
    parse(text)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece", ["{", "::", "// [tag:", "=", "\\", "a\n\n", "[html]<", "::a::{=", "####", "<!--"]
)
def test_a_megabyte_of_one_piece_comes_to_an_end(piece):
    parse("::a::" + piece * (1_000_000 // len(piece)))
