"""Texts made comparable: letters of every alphabet, and nothing else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.spreadsheets import fold

TRIED = settings(deadline=None, database=None, derandomize=True)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź", "lodz"),
        ("SØRENSEN", "sorensen"),
        ("Đorđe", "dorde"),
        ("WEIß", "weiss"),
        ("Lœuillet Ætna", "loeuillet aetna"),
        ("Şıklar İnce", "siklar ince"),
        ("Þór Guðmundsdóttir", "thor gudmundsdottir"),
        ("Иванов", "ivanov"),
        ("Παπαδόπουλος", "papadopoylos"),
        ("e\u0301te\u0301", "ete"),
        ("★ ✓", ""),
        ("O’Brien n° 2", "o brien n 2"),
    ],
)
def test_letters_of_every_alphabet_are_folded(text, folded):
    assert fold(text) == folded


@TRIED
@given(st.text())
def test_what_is_folded_is_plain_and_folds_to_itself(text):
    folded = fold(text)
    assert re.fullmatch(r"[a-z0-9 ]*", folded)
    assert fold(folded) == folded


@TRIED
@given(st.text(st.characters(categories=["Lu", "Ll", "Lt", "Lo", "Nd"]), min_size=1, max_size=3))
def test_letters_never_fold_to_nothing(text):
    assert fold(text)
