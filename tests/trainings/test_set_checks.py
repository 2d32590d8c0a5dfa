"""What keeps sets from being sent: each rule, where it is broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainings.sets import make_row as row
from trainings.questions.set_checks import problems, tidy, tidy_line


def told(*rows, owed=0):
    return [str(one) for one in problems(rows, owed=owed)]


def test_a_complete_question_has_no_problem():
    assert told(row()) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (row(text=" "), "la question est vide."),
        (row(choices=[("Moi", True)]), "il faut au moins deux réponses."),
        (
            row(choices=[(str(n), n == 1) for n in range(7)]),
            "il y a 7 réponses ; une question en ",
        ),
        (
            row(choices=[("Moi", True), (" MOI", False)]),
            "les réponses A et B sont identiques.",
        ),
        (row(choices=[("Moi", True), (" ", False)]), "la réponse B est vide."),
        (
            row(choices=[("Moi", False), ("Toi", False)]),
            "aucune bonne réponse n’est indiquée.",
        ),
        (row(text="a" * 1001), "le texte de la question dépasse 1000 caractères."),
        (
            row(choices=[("a" * 501, True), ("b", False)]),
            "la réponse A dépasse 500 caractères.",
        ),
        (row(theme="a" * 201), "le thème dépasse 200 caractères."),
        (row(explanation="a" * 2001), "l’explication dépasse 2000 caractères."),
    ],
)
def test_a_fault_is_told_with_its_set_and_rank(wrong, sentence):
    found = told(row(text="Une autre ?"), wrong)
    assert len(found) == 1
    assert found[0].startswith(f"Jeu 1, question 2 : {sentence}")


def test_accents_and_signs_make_two_choices():
    assert told(row(choices=[("dû", True), ("du", False), ("du.", False)])) == []


def test_all_the_faults_of_a_question_come_at_once():
    assert told(row(text="", choices=[])) == [
        "Jeu 1, question 1 : la question est vide.",
        "Jeu 1, question 1 : il faut au moins deux réponses.",
        "Jeu 1, question 1 : aucune bonne réponse n’est indiquée.",
    ]


@pytest.mark.parametrize("again", ["QUI", "qui !", " Qui\u00a0?"])
def test_the_same_question_twice_over_all_sets_is_told_where_it_comes_again(again):
    assert told(row(), row(3, again)) == [
        "Jeu 3, question 1 : cette question figure déjà au jeu 1, question 1. Chaque question ne "
        "sert qu’une fois, tous jeux confondus."
    ]


def test_only_complete_questions_count_for_what_is_owed():
    rows = [row(number, f"{number} {rank} ?") for number in (1, 2, 3) for rank in (1, 2)]
    assert told(*rows, owed=2) == []
    rows[3] = row(2, "2 2 ?", [("Moi", False), ("Toi", False)])
    assert told(*rows[:-1], owed=2) == [
        "Jeu 2 : 1 question complète, il en faut au moins 2 ; il en manque 1.",
        "Jeu 2, question 2 : aucune bonne réponse n’est indiquée.",
        "Jeu 3 : 1 question complète, il en faut au moins 2 ; il en manque 1.",
    ]


def test_no_question_at_all_lacks_them_in_every_set():
    assert told(owed=4) == [
        f"Jeu {number} : 0 question complète, il en faut au moins 4 ; il en manque 4."
        for number in (1, 2, 3)
    ]


@given(st.text())
def test_a_tidy_text_stays_as_it_is(text):
    assert tidy(tidy(text)) == tidy(text)
    assert tidy_line(tidy_line(text)) == tidy_line(text)


def test_a_text_keeps_its_lines_and_loses_what_nobody_sees():
    assert tidy(" a\r\nb\u2028c\td\u200b\0e\u00a0! \ufffe") == "a\nb\nc d e\u00a0!"
