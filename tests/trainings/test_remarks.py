"""Remarks on sets: what gives them away, and what raises no false alarm."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.trainings.sets import make_row
from trainings.interchange import read_file
from trainings.questions.remarks import Remark, remarks

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


def row(number=1, text="Qui ?", choices=("Moi", "Toi"), right=(0,), explanation="Voir."):
    pairs = [(choice, index in right) for index, choice in enumerate(choices)]
    return make_row(number, text, pairs, explanation=explanation)


def kinds(rows):
    found = remarks(rows, similarity=settings.QCM_SIMILARITY_PERCENT)
    return [(one.set_number, one.rank, one.kind) for one in found]


def reworded(one, other, answers=("Ceci", "Cela")):
    rows = [row(1, one, (answers[0], "x")), row(2, other, (answers[1], "y"))]
    return kinds(rows) == [(2, 1, "reworded")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Quand le conseiller remet-il la lettre de mission ?",
            "À quel moment la lettre de mission est-elle remise par le conseiller ?",
        ),
        (
            "Qui doit déclarer un soupçon de blanchiment à TRACFIN ?",
            "À TRACFIN, qui est tenu de déclarer un soupçon de blanchiment ?",
        ),
        (
            "Quelle est la durée de l’engagement collectif du pacte Dutreil ?",
            "Combien de temps dure l’engagement collectif de conservation du pacte Dutreil ?",
        ),
        (
            "Dans quel délai le conseiller répond-il à une réclamation ?",
            "Sous quel délai un conseiller doit-il répondre à une réclamation d’un client ?",
        ),
        ("Question 3 : le capital est-il garanti ?", "Q12 - Le capital est-il bien garanti ?"),
    ],
)
def test_a_question_in_other_words_is_remarked(one, other):
    assert reworded(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quel est le plafond de versement d’un PEA ?", "Quel plafond de versement pour un PEL ?"),
        (
            "Quelle affirmation sur le PER est exacte ?",
            "Quelle affirmation sur le PER est fausse ?",
        ),
        ("Le capital investi est-il garanti ?", "Le capital investi n’est-il pas garanti ?"),
        ("Quel abattement après 8 ans de contrat ?", "Quel abattement après 4 ans de contrat ?"),
        ("Que fait-il avant la souscription ?", "Que fait-il après la souscription ?"),
        ("Quelle durée minimale de détention ?", "Quelle durée maximale de détention ?"),
        (
            "Quelle affirmation sur le démembrement est exacte ?",
            "Quelle affirmation sur la durabilité est exacte ?",
        ),
        (
            "Combien d’heures de formation un conseiller suit-il ?",
            "Combien de temps un conseiller garde-t-il ses documents ?",
        ),
    ],
)
def test_a_decisive_word_makes_two_questions(one, other):
    assert not reworded(one, other)


def test_one_other_word_is_the_same_question_when_the_answer_is_the_same():
    one, other = "Quand remet-il la lettre de mission ?", "Quand donne-t-il la lettre de mission ?"
    same = "Avant tout conseil"
    assert reworded(one, other, answers=(same, same))


def test_the_threshold_decides():
    rows = [row(1, "Le capital est-il garanti ?"), row(2, "Le capital est-il toujours garanti ?")]
    assert [one.kind for one in remarks(rows, similarity=50)] == ["reworded"]
    assert remarks(rows, similarity=101) == []


def test_a_template_filled_in_many_times_raises_no_alarm():
    subjects = "le PER;les SCPI;le démembrement;la durabilité;le mandat;la fiscalité".split(";")
    rows = [
        row(
            index // 2 + 1,
            f"Question {index + 1} : quelle affirmation sur {subject} est exacte ?",
            (f"Sur {subject}, réponse juste", f"Sur {subject}, erreur courante"),
        )
        for index, subject in enumerate(subjects)
    ]
    assert kinds(rows) == []


def whole(right, explanation="Voir."):
    """Four questions whose right answers stand at these places."""
    texts = ["Le capital ?", "La durée ?", "Un mandat ?", "Le délai ?"]
    choices = ["un", "deux", "six"]
    return [
        row(
            1,
            text,
            [f"{one}{'!' * (index == place)}" for index, one in enumerate(choices)],
            [place],
            explanation,
        )
        for text, place in zip(texts, right, strict=True)
    ]


def test_the_right_answer_always_in_one_place_is_remarked():
    assert kinds(whole([1, 1, 1, 1])) == [(1, 0, "longest"), (1, 0, "same_place")]
    assert kinds(whole([2, 1, 1, 1])) == []
    assert kinds(whole([1, 1, 1, 1])[:3]) == []


def test_questions_without_explanation_are_counted_once_a_set():
    rows = whole([2, 1, 1, 1], explanation="")
    assert remarks(rows, similarity=80) == [
        Remark(
            1,
            0,
            "no_explanation",
            "aucune question n’a d’explication ; l’adhérent la lit après son résultat.",
        )
    ]
    rows[0] = replace(rows[0], explanation="Voir.")
    assert str(remarks(rows, similarity=80)[0]) == (
        "Jeu 1 : 3 questions n’ont pas d’explication ; l’adhérent la lit après son résultat."
    )


@pytest.mark.parametrize(
    "choice",
    [
        "Toutes les réponses",
        "Toutes les réponses ci-dessus",
        "Aucune des réponses",
        "Aucune de ces propositions n’est exacte",
        "Toutes ces réponses sont exactes",
        "Les deux réponses",
        "A et B",
        "Les réponses A et C",
    ],
)
def test_a_choice_about_the_other_choices_is_remarked(choice):
    assert kinds([row(choices=["Moi", "Toi", choice])]) == [(1, 1, "all_or_none")]


@pytest.mark.parametrize(
    "choice",
    ["Toutes les réclamations", "Aucune règle ne s’applique", "L’AMF et l’ACPR", "Tous les ans"],
)
def test_a_choice_about_the_matter_is_not(choice):
    assert kinds([row(choices=["Moi", "Toi", choice])]) == []


def test_nothing_to_say_about_nothing():
    assert remarks([], similarity=80) == []
    assert remarks([row(text="", choices=[], explanation="x")], similarity=0) == []


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
def test_the_samples_are_not_taken_for_one_question():
    file = SimpleUploadedFile("qcm.xlsx", (SAMPLES / "qcm-2h.xlsx").read_bytes())
    found = kinds([one.as_row() for one in read_file(file).questions])
    assert {kind for _, _, kind in found} == {"same_place", "no_explanation"}
