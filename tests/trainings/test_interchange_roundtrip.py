"""What the portal exports, it imports: the same sets, whatever their texts."""

import io
import re
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, assume, given, settings

from common.spreadsheets import Row, Tab, Workbook
from common.spreadsheets.child.cells import plain
from common.spreadsheets.reading import untagged
from tests.trainings.sets import SETS, make_row
from trainings.interchange import gift, moodle, read_file, read_pasted, to_gift, to_workbook
from trainings.interchange.workbook import parse as parse_workbook
from trainings.questions.set_checks import problems, tidy

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

slowly = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
fewer = settings(slowly, max_examples=50)

HARD = [
    make_row(
        1,
        "=SOMME(A1)\nsur deux lignes, « {50 %} » ~ 3 \\ 4 # : ?",
        [
            ("'=1+1", True),
            ("=1+1", False),
            ("-5", True),
            ("5", False),
            ("%50%", True),
            ("[html]<b>", False),
        ],
        theme="[tag:MIF 2] \\ fin]",
        explanation="// pas un commentaire\n\n#### ni un titre",
    ),
    make_row(
        2,
        "[html] Quel est ce texte ?",
        [("2026-01-02", False), ("#N/A", True), ("_x0041_", False), ("VRAI", False)],
        explanation="é" * 2000,
    ),
    make_row(3, "{}", [("Oui\u00a0!", False), ("Oui", True)], theme="1"),
]


@slowly
@given(SETS)
def test_sets_come_back_from_gift_as_they_were(rows):
    found = gift.parse(to_gift(rows))
    assert ([one.as_row() for one in found.questions], found.errors) == (rows, [])


@slowly
@given(SETS)
def test_sets_come_back_from_a_workbook_as_they_were(rows):
    # The child's own reader, without a child for each of so many examples.
    content = io.BytesIO(to_workbook(rows))
    sheet = python_calamine.CalamineWorkbook.from_filelike(content).get_sheet_by_index(0)
    lines = [
        Row(number, [untagged(plain(cell)) for cell in cells])
        for number, cells in enumerate(sheet.to_python(), start=1)
    ]
    found = parse_workbook(Workbook("xlsx", [Tab("QCM", True, lines)]))
    assert ([one.as_row() for one in found.questions], found.errors) == (rows, [])


def to_moodle(rows, style, written):
    """The sets as Moodle exports them, each text as `written` has it."""
    quiz = Element("quiz")
    for row in rows:
        category = SubElement(quiz, "question", type="category")
        SubElement(
            SubElement(category, "category"), "text"
        ).text = f"$course$/top/Jeu {row.set_number}/A"
        question = SubElement(quiz, "question", type="multichoiceset")
        add_text(question, "questiontext", row.text, style, written)
        add_text(question, "generalfeedback", row.explanation, style, written)
        for text, is_right in row.choices:
            answer = add_text(question, "answer", text, style, written)
            answer.set("fraction", "100" if is_right else "0")
        if row.theme:
            SubElement(SubElement(SubElement(question, "tags"), "tag"), "text").text = row.theme
    return tostring(quiz, encoding="utf-8")


def add_text(parent, name, text, style, written):
    element = SubElement(parent, name, format=style)
    SubElement(element, "text").text = written(text)
    return element


def flat(row):
    """The question as a page of HTML shows it: lines without more than a space between words."""

    def shown(text):
        lines = (" ".join(re.split(r"[ \t]+", line)).strip() for line in text.split("\n"))
        return tidy("\n".join(line for line in lines if line))

    choices = [(shown(text), is_right) for text, is_right in row.choices]
    return make_row(
        row.set_number,
        shown(row.text),
        choices,
        theme=row.theme,
        explanation=shown(row.explanation),
    )


@fewer
@given(SETS)
def test_sets_come_back_from_moodle_as_they_were(rows):
    found = moodle.parse(to_moodle(rows, "plain_text", str))
    assert ([one.as_row() for one in found.questions], found.errors) == (rows, [])


@fewer
@given(SETS)
def test_sets_come_back_from_moodles_pages_with_their_words(rows):
    def written(text):
        return "<p>" + escape(text).replace("\n", "<br>") + "</p>" if text else ""

    rows = [flat(row) for row in rows]
    # What was encoded twice is decoded twice.
    assume(not any("&" in text for row in rows for text in texts_of(row)) and not problems(rows))
    found = moodle.parse(to_moodle(rows, "html", written))
    assert ([one.as_row() for one in found.questions], found.errors) == (rows, [])


def texts_of(row):
    return [row.text, row.explanation, *(text for text, _ in row.choices)]


@fewer
@given(SETS)
def test_sets_come_back_from_aiken_with_their_words(rows):
    # Words around, so that no text begins or ends with a mark of its own.
    rows = [
        make_row(
            row.set_number,
            f"Le cas {' '.join(row.text.split())} fin",
            [(f"le {' '.join(text.split())} fin", is_right) for text, is_right in row.choices],
        )
        for row in rows
    ]
    assume(not problems(rows))
    lines = []
    for row in rows:
        lines += ["", f"Jeu {row.set_number}", "", row.text]
        lines += [
            f"{letter}. {text}" for letter, (text, _) in zip("ABCDEF", row.choices, strict=False)
        ]
        right = [letter for letter, (_, right) in zip("ABCDEF", row.choices, strict=False) if right]
        lines.append(f"ANSWER: {', '.join(right)}")
    found = read_pasted("\n".join(lines))
    assert ([one.as_row() for one in found.questions], found.errors) == (rows, [])


@slowly
@given(SETS)
def test_what_the_strategy_gives_has_nothing_wrong(rows):
    assert problems(rows) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("jeux.xlsx", to_workbook(HARD)), ("jeux.gift", to_gift(HARD).encode())],
    ids=["workbook", "gift"],
)
def test_an_exported_file_is_read_as_it_was_written(name, content):
    found = read_file(SimpleUploadedFile(name, content))
    assert (found.errors, found.notes) == ([], [])
    assert [one.as_row() for one in found.questions] == HARD


def test_an_exported_draft_names_what_it_lacks():
    draft = [make_row(text="", choices=[("Oui", False)])]
    assert read_file(SimpleUploadedFile("a.xlsx", to_workbook(draft))).errors == [
        "Feuille « QCM », ligne 2 : la question est vide (cellule B2).",
        "Feuille « QCM », ligne 2 : il faut au moins deux réponses.",
        "Feuille « QCM », ligne 2 : aucune bonne réponse (cellule I2). Écrivez sa lettre, par "
        "exemple « A » ou « A,C ».",
    ]
    assert to_gift([]) == ""
