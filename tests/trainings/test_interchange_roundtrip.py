"""What the portal exports, it imports: the same sets, whatever their texts."""

import io

import pytest
import python_calamine
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings

from common.spreadsheets import Row, Tab, Workbook
from common.spreadsheets.child import plain
from common.spreadsheets.reading import untagged
from tests.trainings.sets import SETS, make_row
from trainings.interchange import gift, read_file, to_gift, to_workbook
from trainings.interchange.workbook import parse as parse_workbook
from trainings.questions.set_checks import problems

pytestmark = pytest.mark.slow

slowly = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

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
