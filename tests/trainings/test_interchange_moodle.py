"""Moodle's XML: what is read, what is left out and said, what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.trainings.sets import make_row
from trainings.interchange import UnreadableSets
from trainings.interchange.moodle import parse

QUESTION = """
<question type="category"><category><text>$course$/top/Jeu 3</text></category></question>
<question type="multichoice"><name><text>Nom</text></name>
<questiontext format="html"><text><![CDATA[<p>Qui <em>conseille</em>&nbsp;?</p><p>Et qui
paie&#160;?</p>]]></text></questiontext>
<generalfeedback format="html"><text>&lt;p&gt;Voir l’article 4.&lt;/p&gt;</text></generalfeedback>
<single>false</single>
<answer fraction="50" format="html"><text>Moi</text><feedback><text></text></feedback></answer>
<answer fraction="-100" format="html"><text>Toi &amp;amp; lui</text></answer>
<answer fraction="33.33333" format="plain_text"><text>x &lt; y</text></answer>
<tags><tag><text>MIF 2</text></tag><tag><text>autre</text></tag></tags></question>
"""
TAGS = st.lists(
    st.sampled_from(
        ["<question type='multichoice'>", "</question>", "<answer fraction='1e9'>", "</answer>"]
        + ["<text>", "</text>", "<![CDATA[<p>a</p><img>]]>", "<single>false</single>", "a", "&x;"]
    )
).map(lambda parts: f"<quiz>{''.join(parts)}</quiz>".encode())


def quiz(inner):
    return parse(f'<?xml version="1.0" encoding="UTF-8"?><quiz>{inner}</quiz>'.encode())


def answers(*pairs):
    return "".join(
        f'<answer fraction="{fraction}"><text>{text}</text></answer>' for fraction, text in pairs
    )


def test_a_question_is_read_with_its_set_theme_and_explanation():
    found = quiz(QUESTION)
    assert (found.errors, found.notes) == ([], [])
    assert [one.as_row() for one in found.questions] == [
        make_row(
            3,
            "Qui conseille\u00a0?\nEt qui paie\u00a0?",
            [("Moi", True), ("Toi & lui", False), ("x < y", True)],
            theme="MIF 2",
            explanation="Voir l’article 4.",
        )
    ]


def test_true_or_false_becomes_two_choices():
    found = quiz(
        '<question type="truefalse"><questiontext><text>Vrai ?</text></questiontext>'
        + answers((0, "true"), (100, "false"))
        + "</question>"
    )
    assert found.questions[0].as_row().choices == (("Vrai", False), ("Faux", True))


def test_half_points_of_a_single_choice_are_no_right_answer():
    found = quiz(
        '<question type="multichoice"><questiontext><text>Qui ?</text></questiontext>'
        + answers((100, "a"), (50, "b"), (0, "c"))
        + "</question>"
    )
    assert found.questions[0].right == {0}
    assert len(found.notes) == 1


def test_an_image_left_out_is_told():
    told = [
        "Question 1 (« Nom ») : une image, un média ou un fichier joint a été laissé de côté ; "
        "récrivez en texte ce qu’il montrait."
    ]
    for inner in ('<img src="a.png"/>', '<a href="@@PLUGINFILE@@/a.pdf">ici</a>', "<IMG>"):
        assert quiz(QUESTION.replace("<p>Qui", f"<p>{inner}Qui")).notes == told
    markdown = QUESTION.replace(
        'format="plain_text"><text>', 'format="markdown"><text>@@PLUGINFILE@@/a '
    )
    assert quiz(markdown).notes == told


@pytest.mark.parametrize("style", ["html", "moodle_auto_format", "plain_text", "markdown"])
@pytest.mark.parametrize(
    "words",
    ["R1<S et S>0", "d’âge <18 ans", "le support <PEA ou CTO> convient", "3 < 4 & 5 > 2", "x<y"],
)
def test_a_sign_that_begins_no_tag_is_text(style, words):
    found = quiz(
        f'<question type="multichoice"><questiontext format="{style}"><text><![CDATA[{words}]]>'
        "</text></questiontext>" + answers((100, "a"), (0, "b")) + "</question>"
    )
    assert (found.questions[0].text, found.errors, found.notes) == (words, [], [])


def test_a_formula_is_told_with_its_question():
    found = quiz(
        QUESTION.replace("<p>Qui", "<p>Si \\( x^2 \\), qui").replace(
            "Toi", "&lt;math>&lt;mi>x&lt;/mi>&lt;/math>"
        )
    )
    assert found.questions[0].choices[1] == "x & lui"
    assert found.notes == [
        "Question 1 (« Nom ») : une formule (MathML) a été réduite à ses lettres et à ses "
        "chiffres ; relisez-la.",
        "Question 1 (« Nom ») : dans « Si \\( x^2 \\), qui conseille\u00a0? Et qui paie\u00a0? », "
        "la formule « \\( x^2 \\) » reste telle qu’elle est écrite ; l’adhérent la lira ainsi.",
    ]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("matching", "appariement"), ("essay", "composition"), ("inconnu", "type « inconnu »")],
)
def test_another_kind_is_refused_by_the_name_of_its_question(kind, words):
    found = quiz(f'<question type="{kind}"><name><text>Le nom</text></name></question>{QUESTION}')
    assert found.errors == [
        f"Question 1 (« Le nom ») : {words} : seuls le choix multiple et le vrai ou faux sont lus. "
        "Récrivez-la en choix multiple dans Moodle, ou retirez-la de l’export."
    ]
    assert len(found.questions) == 1


@pytest.mark.parametrize("kind", ["multichoiceset", "oumultiresponse"])
def test_all_or_nothing_is_read_as_multiple_choice(kind):
    found = quiz(
        f'<question type="{kind}"><questiontext><text>Quoi ?</text></questiontext>'
        + answers((100, "a"), (100, "b"), (0, "c"))
        + "</question>"
    )
    assert (found.questions[0].right, found.errors, found.notes) == ({0, 1}, [], [])


def test_tags_that_were_not_escaped_lose_no_word():
    found = quiz(
        '<question type="multichoice"><questiontext><text>Si R &lt; <b>S</b> et <i>S</i> &gt; 0'
        "</text></questiontext>" + answers((100, "a <sup>2</sup>"), (0, "b")) + "</question>"
    )
    assert (found.questions[0].text, found.questions[0].choices) == (
        "Si R < S et S > 0",
        ["a ²", "b"],
    )


def test_hints_left_out_are_told():
    found = quiz(QUESTION.replace("</tags>", "</tags><hint><text>Cherchez</text></hint>"))
    assert found.notes == ["Question 1 (« Nom ») : les indices ont été laissés de côté."]


def test_what_a_question_lacks_is_said():
    found = quiz('<question type="multichoice">' + answers((0, "a"), (0, "A")) + "</question>")
    assert found.errors == [
        "Question 1 : la question est vide.",
        "Question 1 : les réponses A et B sont identiques.",
        "Question 1 : aucune bonne réponse n’est indiquée.",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b'<!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz><text>&b;</text></quiz>',
            "par sécurité",
        ),
        (b'<!DOCTYPE q SYSTEM "file:///etc/passwd"><quiz/>', "par sécurité"),
        (b"<quiz><question>", "abîmé"),
        (b'<?xml version="1.0" encoding="rot13"?><quiz/>', "abîmé"),
        (b"<html/>", "n’est pas un export"),
    ],
)
def test_a_file_that_attacks_or_is_damaged_is_refused(content, words):
    with pytest.raises(UnreadableSets, match=words):
        parse(content)


@settings(deadline=None)
@given(TAGS | st.binary())
def test_whatever_the_bytes_there_is_an_answer(content):
    with suppress(UnreadableSets):
        parse(content)
