"""KBIS and trainer numbers as people type them."""

import pytest

from organisms.numbers import (
    WrongNumber,
    clean_member_number,
    clean_siren,
    clean_trainer_number,
)


@pytest.mark.parametrize(
    "typed",
    [
        "732829320",
        "732 829 320",
        " 732\u202f829\u00a0320 ",
        "732.829.320",
        "732-829-320",
        "73282932000074",
        "732 829 320 00074",
    ],
)
def test_a_siren_or_a_siret_gives_the_siren(typed):
    assert clean_siren(typed) == "732829320"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("732829321", "« 732829321 » n’est pas un numéro SIREN valide : vérifiez chaque chiffre."),
        (
            "73282932000075",
            "« 73282932000075 » n’est pas un numéro SIRET valide : vérifiez chaque chiffre.",
        ),
        (
            "73282932",
            "Le numéro KBIS est le SIREN (9 chiffres) ou le SIRET (14 chiffres) ; vous en avez "
            "écrit 8.",
        ),
        (
            "RCS Paris 732829320",
            "Le numéro KBIS ne comporte que des chiffres : le SIREN (9) ou le SIRET (14).",
        ),
        (
            "٧٣٢٨٢٩٣٢٠",
            "Le numéro KBIS ne comporte que des chiffres : le SIREN (9) ou le SIRET (14).",
        ),
    ],
)
def test_a_wrong_kbis_number_says_what_is_wrong(typed, said):
    with pytest.raises(WrongNumber) as error:
        clean_siren(typed)
    assert str(error.value) == said


def test_the_siren_of_la_poste_is_known_by_its_own_rule():
    # Its SIRETs do not all follow Luhn's rule.
    assert clean_siren("356 000 000 00048") == "356000000"


@pytest.mark.parametrize("typed", ["11755555555", "11 75 55555 55", "11.75.55555.55"])
def test_a_trainer_number_is_eleven_digits(typed):
    assert clean_trainer_number(typed) == "11755555555"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "1175555555",
            "Le numéro du formateur (déclaration d’activité) comporte 11 chiffres, par exemple "
            "11 75 55555 55 ; vous en avez écrit 10.",
        ),
        (
            "W1755555555",
            "Le numéro du formateur ne comporte que des chiffres, par exemple 11 75 55555 55.",
        ),
    ],
)
def test_a_wrong_trainer_number_says_what_is_wrong(typed, said):
    with pytest.raises(WrongNumber) as error:
        clean_trainer_number(typed)
    assert str(error.value) == said


def test_a_member_number_loses_its_spaces():
    assert clean_member_number(" a 001 23 ") == "A00123"
