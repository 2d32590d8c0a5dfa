"""A family name that someone typed, beside the registry's."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.roster.people import split_name
from members import names

TRIED = settings(deadline=None, database=None, derandomize=True, max_examples=300)


@TRIED
@given(st.text(st.characters(categories=["Lu", "Ll", "Lt", "Lo"]), min_size=1, max_size=12))
def test_a_name_of_letters_agrees_with_itself_in_any_alphabet(name):
    assert names.agree(name, name) or names.is_civility(name)


@TRIED
@given(st.text(max_size=20), st.text(max_size=20))
def test_a_name_that_cannot_be_compared_agrees_with_none(typed, family):
    if not names.typed_words(typed) or not names.words_of(family):
        assert not names.agree(typed, family)


@pytest.mark.parametrize(
    ("typed", "family"),
    [
        ("de", "DE LA TOUR"),
        ("St", "SAINT-JEAN"),
        ("Mme", "LEROY"),
        ("DURAN", "DURAND"),
        ("LEROY née", "DURAND"),
        ("", "DURAND"),
        ("DURAND", ""),
    ],
)
def test_what_is_no_part_of_a_name_does_not_agree(typed, family):
    assert not names.agree(typed, family)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("PARIS *", "PARIS"),
        ("* PARIS", "PARIS"),
        ("Émile (1)", "Émile"),
        ("Émile¹", "Émile"),
        ("Émile", "Émile"),
        ("***", "***"),
        ("LEROY (DURAND)", "LEROY (DURAND)"),
    ],
)
def test_a_call_of_a_note_is_no_part_of_a_name(typed, kept):
    assert names.without_note_call(typed) == kept


@pytest.mark.parametrize(
    ("cell", "both"),
    [
        ("M. Christelle LEMOINE", ("LEMOINE", "Christelle")),
        ("Me Hélène ROBERT", ("ROBERT", "Hélène")),
        ("Dr PARIS Georges", ("PARIS", "Georges")),
        ("Mme. HAMEL, Susan", ("HAMEL", "Susan")),
        ("Maître Rousset Patricia", ("Rousset", "Patricia")),
        ("M. le Dr PARIS Georges", ("PARIS", "le Dr Georges")),
        ("M-Christine PETIT", ("PETIT", "M-Christine")),
        ("Mebarki Sofia", ("Mebarki", "Sofia")),
        ("Mme", ("Mme", "")),
    ],
)
def test_a_civility_is_no_part_of_the_name_that_is_shown(cell, both):
    assert split_name(cell) == both


def test_a_hostile_name_takes_no_time():
    began = time.monotonic()
    for name in ("(a" * 100, "a née " * 33, "a'" * 100, "a " * 100):
        names.agree(name, name)
        names.stands_in(name, name)
    assert time.monotonic() - began < 2
