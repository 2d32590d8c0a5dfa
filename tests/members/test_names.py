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


@pytest.mark.parametrize(
    ("typed", "family", "given"),
    [
        ("DUPONT Jean Marie", "DUPONT", "Jean-Marie"),
        ("DUPONT Jean Marie", "DUPONT", ""),
        ("DUPONT Jean Marie Paul", "DUPONT", "Jean"),
        ("Jean-Marie DUPONT", "DUPONT", "Jean-Marie"),
        ("Durand épouse Martin", "DURAND", "Anne"),
        ("Durand épouse Martin", "MARTIN", "Anne"),
        ("Durand-Martin", "DURAND", "Anne"),
        ("Durand-Martin", "MARTIN", "Anne"),
        ("LEROY née DURAND, Anne", "DURAND", "Anne"),
        ("Mme Anne Sophie DE LA TOUR du PIN (née DURAND)", "DE LA TOUR DU PIN", "Anne-Sophie"),
        ("O'Brien", "OBRIEN", "Luc"),
        ("OBRIEN", "O’BRIEN", "Luc"),
        ("Le Goff", "LEGOFF", "Luc"),
    ],
)
def test_a_name_agrees_beside_other_names_of_the_same_person(typed, family, given):
    assert names.agree(typed, family, given)
    assert names.stands_in(typed, family, given)


@pytest.mark.parametrize("given", ["", "Paul", "Luc"])
@pytest.mark.parametrize(
    "typed",
    [
        "Martin Bernard Thomas Petit",
        "Martin, Bernard, Thomas, Petit",
        "Martin/Bernard/Thomas/Petit",
        "Martin née Bernard ou Thomas alias Petit",
        "MARTIN-BERNARD-THOMAS-PETIT",
        "Petit (Martin) [Thomas] Bernard",
    ],
)
def test_a_name_among_others_agrees_with_none_of_them(typed, given):
    for family in ("MARTIN", "BERNARD", "THOMAS", "PETIT"):
        assert not names.agree(typed, family, given)
        assert not names.stands_in(typed, family, given)


@pytest.mark.parametrize("typed", ["Martin Bernard Thomas", "Martin ou Bernard ou Thomas"])
def test_fewer_names_agree_where_the_given_name_is_another(typed):
    assert not names.agree(typed, "THOMAS", "Paul")
    assert names.agree(typed, "THOMAS", "Bernard")


@pytest.mark.parametrize(
    ("cells", "is_too_long"),
    [
        (["Mme Anne Sophie DE LA TOUR DU PIN (née DURAND)"], False),
        (["DE LA ROCHE SAINT-ANDRÉ", "Jean-Marie Paul"], False),
        (["Martin Bernard Thomas Petit", "Robert Richard"], False),
        (["Martin Bernard Thomas Petit", "Robert Richard Durand"], True),
        (["M A R T I N B E R N A R D"], True),
        ([""], False),
    ],
)
def test_more_words_than_a_persons_are_too_many(cells, is_too_long):
    assert names.is_too_long(*cells) == is_too_long


def test_a_hostile_name_takes_no_time():
    began = time.monotonic()
    for name in ("(a" * 100, "a née " * 33, "a'" * 100, "a " * 100):
        names.agree(name, name)
        names.stands_in(name, name)
    assert time.monotonic() - began < 2
