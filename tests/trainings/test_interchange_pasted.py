"""Text pasted out of Word: the many ways to write a question down."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainings.sets import make_row
from trainings.interchange import UnreadableSets, read_pasted

PIECES = st.lists(
    st.sampled_from(
        ["1. a\n", "Question 2 : b\n", "A. c\n", "*B) d\n", "- e\n", "\n", "Réponse : B\n", "f\n"]
        + ["Corrigé : 1-A 2B\n", "Jeu 2\n", "Thème : x\n", "Explication : y\n", "\t", "\u00a0", "*"]
        + [
            "Corrigé\n",
            "<b>",
            "</b>",
            "<li>",
            "<ol>",
            "</ol>",
            "<p>",
            "<!--",
            "&#9999999999;",
            "1A",
        ]
    )
).map("".join)
TWO = "1. Qui ?\nA. Moi\nB. Toi\n\n2. Quand ?\nA. Avant\nB. Après\nC. Jamais\n"


def rows(text, html=""):
    found = read_pasted(text, html)
    assert found.errors == []
    return [one.as_row() for one in found.questions]


def rights(text, html=""):
    found = read_pasted(text, html)
    assert found.errors == []
    return [sorted(one.right) for one in found.questions]


def errors(text):
    return read_pasted(text).errors


def test_a_whole_text_is_read_as_a_person_reads_it():
    text = (
        "QCM de la formation\n\nJEU N° 2\nThème : Conseil\n1.\tQui conseille\nle client ?\n"
        "A.\u00a0Le conseiller\n*B. Le voisin\nde palier\nExplication : Parce que.\nEt encore.\n\n"
        "Jeu 3\nQuestion 1 : Qui paie ?\na) Moi\nb) Toi *\n"
    )
    assert rows(text) == [
        make_row(
            2,
            "Qui conseille le client ?",
            [("Le conseiller", False), ("Le voisin de palier", True)],
            theme="Conseil",
            explanation="Parce que.\nEt encore.",
        ),
        make_row(3, "Qui paie ?", [("Moi", False), ("Toi", True)]),
    ]
    assert read_pasted(text).notes == [
        "Ligne 1 : « QCM de la formation » n’est ni une question ni une réponse, laissé de côté."
    ]


@pytest.mark.parametrize(
    "number",
    ["1.", "1)", "1 -", "1°", "Question 1 :", "Q1 -", "Question n° 1.", "QUESTION 1)", "(1)", "Q1."]
    + ["Question 1/10 :", "Question 1 sur 10 -", "Question 1 (2 points) :", "### Question 1 :"]
    + ["N° 1 -", "1/"],
)
def test_a_question_is_known_however_it_is_numbered(number):
    assert rows(f"{number} Qui ?\nA. Moi\n*B. Toi")[0].text == "Qui ?"


@pytest.mark.parametrize("mark", ["A.", "a)", "A -", "A –", "(A)", "A/", "A :", "Réponse A :"])
def test_a_choice_is_known_however_it_is_lettered(mark):
    lines = "\n".join(
        [f"{mark} Moi", f"{mark.replace('A', 'B').replace('a', 'b')} Toi", "Réponse : B"]
    )
    assert rows(f"1. Qui ?\n{lines}")[0].choices == (("Moi", False), ("Toi", True))


@pytest.mark.parametrize(
    "choices", ["• Moi\n* Toi", "- Moi\n- Toi *", "o\tMoi\no\tToi *", "☐ Moi\n☑ Toi"]
)
def test_choices_without_letters_are_read(choices):
    assert rows(f"1. Qui ?\n{choices}")[0].choices == (("Moi", False), ("Toi", True))


def test_a_question_is_known_however_it_is_drawn():
    text = (
        "1-Qui ?\nA. Moi\n*B. Toi\n**2. Quand ?**\nA. Un\n**B. Deux**\n**Question 3 :** Où ?\n"
        "**A.** Ici\n**B.** Là\n**Réponse :** A\n**4.** Quoi ?\n- **A)** Ça\n- **B)** Rien\n"
        "**Bonne réponse : B**\n**Explication :** Non.\n"
    )
    assert [(row.text, row.choices) for row in rows(text)] == [
        ("Qui ?", (("Moi", False), ("Toi", True))),
        ("Quand ?", (("Un", False), ("Deux", True))),
        ("Où ?", (("Ici", True), ("Là", False))),
        ("Quoi ?", (("Ça", False), ("Rien", True))),
    ]
    assert rows(text)[3].explanation == "Non."


@pytest.mark.parametrize(
    "heading",
    [
        "Jeu 2",
        "QCM jeu 2",
        "QCM - Jeu n° 2",
        "=== JEU 2 ===",
        "## Jeu 2/3",
        "**Jeu 2 :**",
        "Quiz 2",
    ],
)
def test_a_set_is_known_however_it_is_headed(heading):
    found = read_pasted(f"{heading}\n{TWO}Corrigé : 1-A, 2-B")
    assert ([one.set_number for one in found.questions], found.notes) == ([2, 2], [])


@pytest.mark.parametrize("heading", ["QCM – Fiscalité – Jeu 2", "Jeu 2 (Fiscalité)"])
def test_what_stands_beside_a_sets_number_is_told(heading):
    found = read_pasted(f"{heading}\n{TWO}Corrigé : 1-A, 2-B")
    assert [one.set_number for one in found.questions] == [2, 2]
    assert len(found.notes) == 1
    assert "Fiscalité" in found.notes[0]


@pytest.mark.parametrize(
    "choices",
    ["A. oui   B. non\nC. jamais", "A. oui B. non C. jamais", "A. oui\nB. non\tC. jamais"]
    + ["A. oui B. non\nC. jamais", "a) oui b) non\nc) jamais", "A.\toui\tB.\tnon\tC.\tjamais"],
)
@pytest.mark.parametrize("question", ["1. Qui ?\n", "1. Qui ? ", "Qui ?\n"])
def test_choices_that_share_a_line_are_read(question, choices):
    row = rows(f"{question}{choices}\nRéponse : B")[0]
    assert (row.text, row.choices) == (
        "Qui ?",
        (("oui", False), ("non", True), ("jamais", False)),
    )


def test_a_star_is_seen_on_choices_that_share_a_line():
    assert rights("1. Qui ?\nA. oui   *B. non\n2. Quand ?\nA. oui * B. non") == [[1], [0]]


@pytest.mark.parametrize(
    "choices",
    ["A. Moi\nB. Toi (bonne réponse)", "A. Moi\nB. Toi (correcte)", "- [ ] Moi\n- [x] Toi"]
    + ["[ ] A. Moi\n[X] B. Toi", "- A) Moi\n- B) Toi *"],
)
def test_the_right_choice_is_known_however_it_is_marked(choices):
    assert rows(f"1. Qui ?\n{choices}")[0].choices == (("Moi", False), ("Toi", True))


@pytest.mark.parametrize(("said", "right"), [("Vrai", 0), ("FAUX", 1)])
def test_true_or_false_needs_no_choices(said, right):
    row = rows(f"1. La lettre se signe avant.\nRéponse : {said}\nExplication de la règle : art. 4")[
        0
    ]
    assert row.choices == (("Vrai", right == 0), ("Faux", right == 1))
    assert row.explanation == "art. 4"
    row = rows(f"1. Qui signe ?\nVrai\nFaux\nRéponse : {said}")[0]
    assert (row.text, row.choices[right].is_right) == ("Qui signe ?", True)


def test_the_cells_of_a_table_are_read():
    text = "1\tQui ?\nA\tMoi\nB\tToi *\n2\tQuand ?\nA\tUn *\nB\tDeux\n"
    assert [(row.text, row.choices) for row in rows(text)] == [
        ("Qui ?", (("Moi", False), ("Toi", True))),
        ("Quand ?", (("Un", True), ("Deux", False))),
    ]


def test_a_list_below_an_answer_explains_it():
    text = (
        "1. Qui ?\n- Moi\n- Toi\nRéponse : B\n- parce que\n- c’est ainsi\n\nQuand ?\n- Un *\n- Deux"
    )
    assert [(row.text, len(row.choices), row.explanation) for row in rows(text)] == [
        ("Qui ?", 2, "- parce que\n- c’est ainsi"),
        ("Quand ?", 2, ""),
    ]


def test_a_letter_that_does_not_lack_is_a_word():
    text = "1. Qui ?\nA. Monsieur B. Dupont\n*B. Madame\nC. Loi D. Martin"
    assert [choice.text for choice in rows(text)[0].choices] == [
        "Monsieur B. Dupont",
        "Madame",
        "Loi D. Martin",
    ]


def test_sources_and_pages_are_no_choices():
    found = read_pasted(
        "1. Qui ?\nA. Moi\n*B. Toi\nSource : article 4\nPage 1 sur 3\n2. Quand ?\nA. Avant\n"
        "- 2 -\nla fin\n*B. Après\n"
    )
    assert found.errors == []
    assert [(one.choices, one.explanation) for one in found.questions] == [
        (["Moi", "Toi"], "Source : article 4"),
        (["Avant la fin", "Après"], ""),
    ]
    assert found.notes == ["Lignes 5, 8 : des numéros de page, laissés de côté."]
    assert read_pasted(f"Source : le Code\n\n{TWO}Corrigé : 1-A 2-B\nPage 2").notes == [
        "Ligne 1 : « Source : le Code » n’est ni une question ni une réponse, laissé de côté.",
        "Ligne 12 : un numéro de page, laissé de côté.",
    ]


def test_a_long_text_is_named_by_its_beginning():
    text = f"1. Quel est {'le cas ' * 12}\\(x\\) ?\n*A. Un\nB. Deux\n\n{'perdu ' * 60}\n"
    first, second = read_pasted(text).notes
    assert "« Quel est le cas le cas le cas le cas le cas le cas le cas l… »" in first
    assert second.startswith("Ligne 5 : « perdu perdu")
    assert second.endswith("perdu p… » n’est ni une question ni une réponse, laissé de côté.")


def test_aiken_is_read_with_its_sets():
    found = read_pasted(
        "Jeu 1\n\nQui {=paie} ?\nA. Moi\nB) Toi\nANSWER: B\nQuand ?\nEt où ?\nA) Ici\nB) Là\n"
        "ANSWER : A, B\n\nJeu 2\n\nPourquoi ?\nA. Pour moi\nB. Pour toi\nAnswer: A and B\n"
    )
    assert (found.errors, found.notes) == ([], [])
    assert [(one.set_number, one.text, one.right) for one in found.questions] == [
        (1, "Qui {=paie} ?", {1}),
        (1, "Quand ?\nEt où ?", {0, 1}),
        (2, "Pourquoi ?", {0, 1}),
    ]
    assert errors("Qui ?\nA. Moi\nB. Toi\nANSWER: D") == [
        "Ligne 4 : la bonne réponse D ne désigne aucune réponse."
    ]


def test_a_line_below_an_answer_explains_it_unless_choices_follow():
    text = "1. Qui ?\nA. Moi\nB. Toi\nRéponse : B\nParce que.\nEt encore.\n\n"
    text += "2. Quand ?\nA. Un\nB. Deux\nRéponse : A"
    assert [row.explanation for row in rows(text)] == ["Parce que.\nEt encore.", ""]


@pytest.mark.parametrize(
    "line", ["La réponse est donnée plus bas", "La réponse est a priori connue", "Réponse au cas 2"]
)
def test_a_sentence_about_an_answer_names_none(line):
    assert rows(f"1. Qui ?\nA. Moi *\nB. Toi\n{line}")[0].choices[1] == (f"Toi\n{line}", False)


def test_a_verb_that_begins_with_a_letter_is_no_choice():
    assert rows("1. Le client\nA-t-il signé ?\nA. Oui\n*B. Non")[0].text == (
        "Le client\nA-t-il signé ?"
    )


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("Réponse : B", [1]),
        ("Réponse B", [1]),
        ("Bonne réponse : A et C", [0, 2]),
        ("Réponses : A, C", [0, 2]),
        ("Correction : B.", [1]),
        ("Bonnes réponses : AC", [0, 2]),
        ("Réponse : Toi", [1]),
        ("Réponse : B) Toi", [1]),
        ("La bonne réponse est la B", [1]),
        ("La bonne réponse est la réponse B car c’est ainsi", [1]),
        ("La réponse correcte est : c", [2]),
        ("Les bonnes réponses sont A et C.", [0, 2]),
        ("Bonne(s) réponse(s) : A et C", [0, 2]),
        ("Réponse(s) correcte(s) : la B", [1]),
        ("Les réponses A et C sont exactes.", [0, 2]),
        ("La réponse B est la bonne", [1]),
        ("Solution : réponse B", [1]),
        ("Correct answer: B", [1]),
        ("ANSWER: A, C", [0, 2]),
        ("Rép. : B", [1]),
        ("Bonne rép : B", [1]),
        ("La bonne réponse est la 2.", [1]),
    ],
)
def test_the_right_answers_are_read_however_they_are_named(said, right):
    assert rights(f"1. Qui ?\nA. Moi\nB. Toi\nC. Lui\n{said}") == [right]


@pytest.mark.parametrize(
    "said",
    [
        "Réponses : 1-B, 2-A,C",
        "Corrigé : 1B 2AC",
        "Corrigé\n1. B\n2. A et C",
        "Corrigé :\n1 : B\n2 : A, C",
        "Réponses\n\n1-B ; 2-A-C",
    ],
)
def test_answers_grouped_at_the_end_find_their_questions(said):
    assert rights(f"{TWO}\n{said}") == [[1], [0, 2]]


def test_answers_grouped_for_each_set_find_their_sets():
    text = "Jeu 1\n1. Qui ?\nA. a\nB. b\nJeu 2\n1. Quand ?\nA. a\nB. b\n\n"
    assert rights(f"{text}Corrigé\nJeu 1\n1. B\nJeu 2\n1. A") == [[1], [0]]


WORD = (
    "<html><head><style>p {font-weight:bold}</style></head><body>"
    "<p class=MsoListParagraph><![if !supportLists]><span style='mso-list:Ignore'>1.<span>&nbsp;"
    "&nbsp; </span></span><![endif]><b>Qui ?</b></p><p class=MsoNormal>A. Moi<o:p></o:p></p>"
    "<p class=MsoNormal><b style='mso-bidi-font-weight:normal'>B. Toi<o:p></o:p></b></p></body>"
)


@pytest.mark.parametrize(
    "html",
    [
        WORD,
        "<p>1. Qui ?</p><p>A. Moi</p><p>B. <strong>Toi</strong></p>",
        "<p><span style='font-weight:400'>A. Moi</span><br><span style='font-weight: 700'>B. Toi"
        "</span></p>",
        "<b style='font-weight:normal'><p>1. Qui ?</p><p>A. Moi</p><p><b>B. Toi</b></p></b>",
        "<p><b>1. Qui ?</b></p><ol type=A><li>Moi</li><li><b>Toi</b></li></ol>",
    ],
)
def test_the_bold_choice_is_the_right_one(html):
    assert rights("1. Qui ?\nA. Moi\nB. Toi", html) == [[1]]


def test_bold_yields_to_a_star_and_means_nothing_on_every_choice():
    html = "<p><b>A. Moi</b></p><p><b>B. Toi</b></p>"
    assert rights("1. Qui ?\n*A. Moi\nB. Toi", html) == [[0]]
    assert read_pasted("1. Qui ?\nA. Moi\nB. Toi", html).errors == [
        "Ligne 1 : toutes les réponses sont en gras. Mettez une étoile devant la bonne (« *B. ») "
        "ou écrivez dessous « Réponse : B »."
    ]


def test_the_numbers_of_lists_are_taken_from_the_html_when_the_text_lacks_them():
    html = (
        "<ol><li>Qui ?<ol type=a><li>Moi</li><li><strong>Toi</strong></li></ol></li>"
        "<li>Quand ?<ul><li><b>Avant</b></li><li>Après</li></ul></li></ol>"
    )
    text = "Qui ?\nMoi\nToi\nQuand ?\nAvant\nAprès"
    assert rights(text, html) == rights("", html) == [[1], [0]]


def test_questions_without_numbers_are_read():
    assert [row.text for row in rows("Qui ?\nA. a\n*B. b\n\nQuand ?\nA. a\n*B. b")] == [
        "Qui ?",
        "Quand ?",
    ]


def test_an_error_says_its_line():
    assert errors(
        "A. seule\n\n1. Qui ?\nA. a\nA. b\nRéponse : D\n\n2. Vide ?\n\nJeu 7\n3. Qui ?\nA. c\n"
        "*B. d\nRéponse : A\n\nCorrigé : 9B"
    ) == [
        "Ligne 1 : cette réponse vient avant toute question. Commencez chaque question par son "
        "numéro, par exemple « 1. ».",
        "Ligne 5 : la lettre A sert à deux réponses.",
        "Ligne 6 : la bonne réponse D ne désigne aucune réponse.",
        "Ligne 8 : il faut au moins deux réponses.",
        "Ligne 10 : il n’y a pas de jeu 7 ; écrivez 1, 2 ou 3.",
        "Ligne 11 : l’étoile désigne B et la ligne « Réponse » A. Gardez l’une des deux.",
        "Ligne 11 : cette question figure déjà à la ligne 3. Chaque question ne sert qu’une fois, "
        "tous jeux confondus.",
        "Ligne 16 : le corrigé nomme la question 9, introuvable.",
    ]


@pytest.mark.parametrize("text", ["", " \n\u00a0", "bonjour", "<p>"])
def test_a_text_without_questions_is_refused(text):
    with pytest.raises(UnreadableSets):
        read_pasted(text)


def test_pasted_gift_is_read_as_gift():
    assert rows("::a:: Qui ? {\r\n=Moi\r\n~Toi\r\n}")[0].choices == (("Moi", True), ("Toi", False))


@settings(deadline=None)
@given(PIECES | st.text(), PIECES | st.text())
def test_no_text_is_more_than_it_can_take(text, html):
    with suppress(UnreadableSets):
        read_pasted(text, html)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece",
    [
        "1. a\n",
        "A. b\n",
        "* ",
        "<p ",
        "<p a='\"",
        "<S et S>",
        "<!--",
        "<p a=\"<p b='",
        "Réponse : ",
        "Corrigé 1A ",
        "a\n\n",
        "<b>",
        "<ol><li>",
        "-\n",
    ],
)
def test_a_megabyte_of_one_piece_comes_to_an_end(piece):
    with suppress(UnreadableSets):
        read_pasted("1. a\n" + piece * (900_000 // len(piece)), piece * (900_000 // len(piece)))


THREE = "1. Qui ?\nA. Moi\nB. Toi\nC. Lui\n"


@pytest.mark.parametrize(
    ("line", "right", "explanation"),
    [
        ("Réponse : A, B. Parce que c’est la loi", {0, 1}, "Parce que c’est la loi"),
        ("Réponses : A, C (art. 4)", {0, 2}, "(art. 4)"),
        ("Réponses : A - C : voir la loi", {0, 2}, "voir la loi"),
        ("Réponses : A et C, selon la loi", {0, 2}, "selon la loi"),
        ("Réponse : B (article 4)", {1}, "(article 4)"),
        ("Réponse : B, c’est la loi", {1}, "c’est la loi"),
        ("Réponse : B - A noter que la loi le dit", {1}, "A noter que la loi le dit"),
        ("Réponse : B. Toi", {1}, ""),
    ],
)
def test_all_the_letters_that_are_named_are_right(line, right, explanation):
    (question,) = read_pasted(THREE + line).questions
    assert (question.right, question.explanation) == (right, explanation)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Réponses : A) Moi, C) Lui", "la lettre C est-elle une bonne réponse aussi ?"),
        ("Réponses : A. Moi ; C. Lui", "la lettre C est-elle une bonne réponse aussi ?"),
        ("Réponse : B. Moi", "nomme B, et dit la réponse A."),
    ],
)
def test_an_answer_that_can_be_read_two_ways_is_asked_about(line, sentence):
    (error,) = read_pasted(THREE + line).errors
    assert error.startswith("Ligne 5 : ")
    assert sentence in error
