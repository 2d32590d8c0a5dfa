"""What one cell says of presence."""

from datetime import datetime, time

import pytest

from attendance.roster.marks import Mark, is_plain, mark_of
from common.spreadsheets import Percent

PRESENT = [
    *("oui", "Oui ✔", "X", "x", "1", 1, True, "P", "PR", "V", "Présent(e)", "présent (retard)"),
    *("Retard (12 min)", "Départ anticipé", "✓", "✔", "☑", "✅", "+", "08:58", "9h02", "Signé"),
    *("Signé électroniquement le 12/11/2026 à 09:01", "19/05/2026 08:51", "Checked In", "Venu"),
    *("11/12/2026 8:51 a.m.", "P (2/2)", "L (1/2)", "Matin", time(9, 2), Percent(0.5)),
    datetime(2026, 5, 19, 9),
]
ABSENT = [
    *("non", "Non ✘", "Non, excusée", "0", 0, False, "A", "AB", "ABS", "F", "Absent(e)"),
    *("Absent justifié", "absente non justifiée", "Excusé (maladie)", "Absente (congé maternité)"),
    *("Annulation", "Annulée", "Canceled", "Waitlist", "Liste d’attente", "Non commencé"),
    *("No show", "Not Attending", "Deleted", "Remboursé", "Jamais venu", "✗", "✘", "☐", "❌"),
    *("-", "–", "A (0/2)", "E (0/2)", "non signé", Percent(0)),
    *("ABI", "ABJ", "AE", "n’a pas participé", "N’est pas venue (malade)"),
    *("Forfait", "Déclarée forfait"),
]
UNKNOWN = [
    "?",
    "7",
    "3,5",
    "✓ ✗",
    "Oui ✘",
    "D",
    "oui jusqu’à 15 h",
    "présent le matin, absent l’après-midi",
    "à voir",
]


@pytest.mark.parametrize("cell", PRESENT)
def test_who_was_there(cell):
    assert mark_of(cell) is Mark.PRESENT


@pytest.mark.parametrize("cell", ABSENT)
def test_who_was_not(cell):
    assert mark_of(cell) is Mark.ABSENT


@pytest.mark.parametrize("cell", ["Confirmé", "Payé", "Inscrit", "approved", "Attending"])
def test_who_is_registered_is_neither(cell):
    assert mark_of(cell) is Mark.REGISTERED


@pytest.mark.parametrize("cell", UNKNOWN)
def test_what_is_not_known_is_never_taken_for_one_or_the_other(cell):
    assert mark_of(cell) is Mark.UNKNOWN


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_nothing_says_nothing(cell):
    assert mark_of(cell) is Mark.NOTHING


@pytest.mark.parametrize(
    ("cell", "plain"),
    [("Absent justifié", True), ("présente", True), ("oui", False), ("Lyon", False), ("1", False)]
    # A tariff in another column.
    + [("Forfait", False), ("déclaré forfait", True)],
)
def test_some_words_are_of_presence_wherever_they_stand(cell, plain):
    assert is_plain(cell) is plain
