"""A file of sets is known by what it holds, never by its name."""

import io
import random
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.files import make_html, make_pdf, make_qcm_workbook, make_text, make_xls, make_zip
from trainings.interchange import UnreadableSets, model_workbook, read_file, reading

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
GIFT = "::a:: Qui décide à l’AMF ? {=Moi ~Toi}"
TEXT = "1. Qui décide à l’AMF ?\nA. Moi *\nB. Toi"
AIKEN = "Qui décide à l’AMF ?\nA. Moi\nB) Toi\nANSWER: A\n"
XML = (
    '<?xml version="1.0" encoding="UTF-8"?><quiz><question type="multichoice"><questiontext>'
    "<text>Qui décide à l’AMF ?</text></questiontext>"
    '<answer fraction="100"><text>Moi</text></answer><answer fraction="0"><text>Toi</text></answer>'
    "</question></quiz>"
)
TABLE = [
    ["Jeu", "Question", "Réponse A", "Réponse B", "Bonne réponse"],
    ["1", "Qui décide à l’AMF ?", "Moi", "Toi", "A"],
]


def read(content, name="fichier.bin"):
    return read_file(SimpleUploadedFile(name, content))


@pytest.mark.parametrize(
    "content",
    [
        GIFT.encode(),
        GIFT.encode("utf-8-sig"),
        GIFT.encode("utf-16"),
        GIFT.encode("cp1252"),
        TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode("cp1252"),
        TEXT.encode("utf-16"),
        AIKEN.encode(),
        AIKEN.replace("\n", "\r\n").encode("cp1252"),
        XML.encode(),
        XML.encode("utf-8-sig"),
        XML.replace("UTF-8", "UTF-16").encode("utf-16"),
        make_xls(TABLE),
        make_html(TABLE),
        make_text(TABLE),
        make_text(TABLE, "\t", "cp1252"),
        b"<html><body><p>1. Qui d&eacute;cide &agrave; l&rsquo;AMF ?</p><p><b>A. Moi</b></p>"
        b"<p>B. Toi</p></body></html>",
    ],
)
def test_a_file_is_read_whatever_its_form_encoding_and_name(content):
    found = read(content)
    assert found.errors == []
    assert [(one.text, one.choices, one.right) for one in found.questions] == [
        ("Qui décide à l’AMF ?", ["Moi", "Toi"], {0})
    ]


@pytest.mark.parametrize("name", ["qcm-1h-jeu2.gift", "Jeu 2.txt", "SET_2.txt", "jeu n°2 (1).txt"])
def test_the_name_says_the_set_where_no_question_does(name):
    found = read(GIFT.encode(), name)
    assert [one.set_number for one in found.questions] == [2]
    assert found.notes == ["Jeu 2, d’après le nom du fichier."]


@pytest.mark.parametrize("name", ["jeux-2.gift", "2026.gift", "jeu20.gift"])
def test_another_name_says_no_set(name):
    assert read(GIFT.encode(), name).questions[0].set_number == 0


def test_the_category_wins_over_the_name():
    found = read(f"$CATEGORY: jeu 3\n\n{GIFT}".encode(), "jeu2.gift")
    assert ([one.set_number for one in found.questions], found.notes) == ([3], [])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" \n\0", "est vide"),
        (make_pdf(), "n’est pas lu"),
        (b"{\\rtf1 bonjour}", "n’est pas lu"),
        (make_zip({"word/document.xml": "<w/>"}), "document Word"),
        (b"PK\x03\x04 cut off", "abîmé"),
        (b"a\0b\0c", "n’est pas lu"),
        (b"bonjour", "Aucune question n’a été trouvée"),
        (b"<quiz></quiz>", "Aucune question n’a été trouvée.$"),
        (b"<autre/>", "pas un export de questions de Moodle"),
        (b"a" * (reading.MAX_CHARACTERS + 1), "démesuré"),
        (b"a" * (reading.MAX_BYTES + 1), "dépasse 10"),
        (b"1. a\n" * 501, "plus de 500 questions"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(content, words):
    with pytest.raises(UnreadableSets, match=words):
        read(content)


def test_the_errors_of_a_workbook_name_its_cells():
    found = read(make_xls([TABLE[0], ["4", "Qui ?", "Moi", "Toi", "C"]]))
    assert found.errors == [
        "Feuille « Feuil1 », ligne 2 : la colonne « Jeu » (cellule A2) contient « 4 » ; écrivez "
        "1, 2 ou 3.",
        "Feuille « Feuil1 », ligne 2 : la bonne réponse C (cellule E2) désigne une réponse vide.",
    ]


def test_the_model_says_that_nothing_was_filled_in():
    assert read(model_workbook()).errors == [
        "Le classeur ne contient aucune question sous son en-tête."
    ]


def test_a_whole_workbook_is_read():
    assert len(read(make_qcm_workbook()).questions) == 12


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary().filter(lambda content: not content.startswith((b"PK", b"\xd0\xcf", b"\x09"))))
def test_whatever_the_bytes_there_is_an_answer(content):
    try:
        found = read(content)
    except UnreadableSets as refusal:
        found = refusal
    assert str(found)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_samples_of_gift_are_read(number):
    name = f"qcm-1h-jeu{number}.gift"
    found = read((SAMPLES / name).read_bytes(), name)
    assert found.errors == []
    assert [one.set_number for one in found.questions] == [number] * 4
    assert [one.right for one in found.questions] == [{0}] * 4


@pytest.mark.parametrize("line", ["A, B, C ou {=D}", "La question, la bonne, la réponse, bonne"])
def test_commas_and_braces_make_no_other_form_of_a_text(line):
    found = read(f"{line}, qui ?\nA. Moi\nB. Toi\nANSWER: A, B\n".encode())
    assert (found.errors, found.notes) == ([], [])
    assert [(one.text, one.right) for one in found.questions] == [(f"{line}, qui ?", {0, 1})]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(
    ("name", "numbers", "right"),
    [
        ("28-moodle-all-or-nothing/questions-tout-ou-rien.xml", [1, 2, 3], {0, 1}),
        ("30-aiken/aiken.txt", [1, 2, 3], {1}),
        ("30-aiken/aiken-sans-jeu.txt", [0], {1}),
        ("32-moodle-less-than/inferieur.xml", [1, 2, 3], {0}),
    ],
)
def test_the_samples_of_the_field_are_read(name, numbers, right):
    found = read((SAMPLES / "field" / name).read_bytes(), name)
    assert (found.errors, found.notes) == ([], [])
    assert [one.set_number for one in found.questions] == sorted(numbers * (12 // len(numbers)))
    assert {frozenset(one.right) for one in found.questions} == {frozenset(right)}


def test_a_file_is_read_from_its_start():
    file = SimpleUploadedFile("a.gift", GIFT.encode())
    file.seek(0, io.SEEK_END)
    assert len(read_file(file).questions) == 1


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_broken_archive_is_refused_whatever_is_broken(method):
    whole = make_zip({"mimetype": b"application/vnd" * 9, "é.txt": b"y" * 300}, method)
    chance = random.Random(method)
    for _ in range(400):
        content = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(4, len(content))] = chance.choice([0, 1, 255, 9, 12, 14])
        # Whatever it is taken for, the question has an answer.
        assert reading._is_word(bytes(content)) in {True, False}
