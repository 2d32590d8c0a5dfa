"""Ways in which a pasted text says which choice is right."""

import pytest

from trainings.interchange import read_pasted

TWO = "1. Qui ?\nA. Moi\nB. Toi\n"


def read(text):
    """(the right choices' places of each question, the sentences about what is wrong)."""
    parsed = read_pasted(text, "")
    return [sorted(question.right) for question in parsed.questions], parsed.errors


@pytest.mark.parametrize(
    "text",
    [
        f"{TWO}Réponse : 2",
        "1. Qui ?\nA. Moi\nB. *Toi",
        "1. Qui ?\nA. Moi\nB. **Toi**",
        "1. Qui ?\n- Moi\n- ✓ Toi",
    ],
)
def test_the_second_choice_is_right(text):
    assert read(text) == ([[1]], [])


def test_an_answer_that_names_no_choice_is_said_with_its_line():
    right, errors = read(f"{TWO}Réponse : Lui")
    assert right == [[]]
    assert any("« Lui » n’est ni une lettre ni l’une des réponses" in error for error in errors)


def test_a_key_at_the_end_names_the_one_question_of_its_number_in_any_set():
    text = "Jeu 2\n1. Qui ?\nA. Moi\nB. Toi\n2. Quoi ?\nA. Ceci\nB. Cela\n\nJeu 1\n"
    text += "3. Où ?\nA. Ici\nB. Là\n\nCorrigé : 1B 2A 3B\n"
    assert read(text) == ([[1], [0], [1]], [])
