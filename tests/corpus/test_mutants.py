"""Rosters of our own, damaged at random but always in the same ways."""

import io
import random
import zipfile

import pytest

from attendance.roster.parsing import parse
from attendance.roster.table import UnreadableRoster
from common.spreadsheets import UnreadableWorkbook, read_workbook
from tests.corpus.samples import check, check_storable
from tests.files import ROSTER_HEADER, make_html, make_text, make_xls, make_xlsx, make_zip

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

ROWS = [
    ["Liste des présents", "", "", "", ""],
    ROSTER_HEADER,
    ["LE GOFF", "Anne", "anne@cabinet.test", "A00123", "Cabinet Élan"],
    ["Dupont-Martin", "Zoé", "zoe@cabinet.test", "A00124", "Œuvre & fils"],
    ["Total", "2", "", "", ""],
]
ROSTERS = {
    "xls": make_xls(ROWS),
    "xlsx": make_xlsx(ROWS),
    "csv": make_text(ROWS),
    "html": make_html(ROWS),
}
MUTANTS = 200
BATCHES = 8


def damaged(chance, content):
    """The bytes with a few flipped, cut out, doubled or put in."""
    content = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        place, length = chance.randrange(len(content) + 1), chance.choice([1, 1, 2, 4, 16, 300])
        way = chance.choice(["flip", "flip", "cut", "insert", "double", "zero"])
        if way == "flip" and place < len(content):
            content[place] ^= 1 << chance.randrange(8)
        elif way == "cut":
            del content[place : place + length]
        elif way == "insert":
            content[place:place] = chance.randbytes(length)
        elif way == "double":
            content[place:place] = content[place : place + length]
        else:
            content[place : place + length] = bytes(len(content[place : place + length]))
    return bytes(content)


def mutant(seed):
    """(kind, bytes) of a roster; every second .xlsx is damaged in a part inside its ZIP."""
    chance = random.Random(seed)
    kind = chance.choice(list(ROSTERS))
    content = ROSTERS[kind]
    if kind != "xlsx" or chance.random() < 0.5:
        return kind, damaged(chance, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(["xl/worksheets/sheet1.xml", "xl/workbook.xml", *sorted(parts)])
    parts[name] = damaged(chance, parts[name])
    return f"xlsx:{name}", make_zip(parts)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_damaged_roster_gives_a_list_or_a_sentence(batch):
    broken = {}
    for seed in range(batch, MUTANTS, BATCHES):
        kind, content = mutant(seed)
        try:
            found = parse(read_workbook(io.BytesIO(content)))
            check("list", len(found.lines))
            check_storable(found)
        except (UnreadableWorkbook, UnreadableRoster) as refused:
            check("unreadable", str(refused))
        except Exception as error:  # noqa: BLE001 - what is raised is what is tested
            broken[seed, kind] = repr(error)
    assert broken == {}


def test_most_mutants_differ_and_some_are_still_read():
    made = [mutant(seed) for seed in range(MUTANTS)]
    assert {kind.split(":")[0] for kind, _ in made} == set(ROSTERS)
    assert len({content for _, content in made}) > MUTANTS * 0.95
