"""What a person is recognised by, whatever the spreadsheet made of it."""

import pytest

from members import keys


@pytest.mark.parametrize(
    "text", ["A00123", "a00123", "A-00123", " A 00123 ", "123", "00123", 123, 123.0, "123.0"]
)
def test_a_member_number_is_the_same_without_prefix_or_zeros(text):
    assert keys.number_key(text) == "123"


@pytest.mark.parametrize("text", ["", None, float("nan")])
def test_nothing_is_no_number(text):
    assert keys.number_key(text) == ""


@pytest.mark.parametrize(
    "text",
    ["A.B@Exemple.fr", " a.b@exemple.fr; ", "mailto:a.b@exemple.fr", "Anne B <a.b@exemple.fr>"],
)
def test_an_email_loses_what_mail_programs_leave_around_it(text):
    assert keys.email_key(text) == "a.b@exemple.fr"


def test_what_is_no_email_gives_nothing():
    assert keys.email_key("pas d’adresse") == ""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("07 001 234", "07001234"),
        (7001234, "07001234"),
        (7001234.0, "07001234"),
        ("ORIAS : 10519501", "10519501"),
        ("12", ""),
        ("123456789", ""),
    ],
)
def test_an_orias_number_gets_its_zeros_back(text, key):
    assert keys.orias_key(text) == key


@pytest.mark.parametrize("text", ["LE GOFF", "Le-Goff", "le  goff", "LE\u00a0GOFF"])
def test_a_family_name_is_folded(text):
    assert keys.last_name_key(text) == "le goff"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("ANACOFI A01410", ["1410"]),
        ("N° A00819", ["819"]),
        ("adh. 724", ["724"]),
        ("A 014 29", ["1429"]),
        ("A01214 (CIF)", ["1214"]),
        ("ANACOFI n° 01398", ["1398"]),
        ("Adhérent n°A00081", ["81"]),
        ("ANACOFI01410", ["1410"]),
        ("A01410 depuis le 12/03/2024", ["1410"]),
        (1171.0, ["1171"]),
        ("01608", ["1608"]),
        ("A00724 / 1316", ["724", "1316"]),
        ("A00724 ou A00724", ["724"]),
        ("2024-00123", ["202400123"]),
        ("CABINET", ["CABINET"]),
        ("12B", ["12B"]),
        ("–", []),
        (None, []),
    ],
)
def test_every_number_of_a_cell_is_read_whatever_words_stand_around(cell, numbers):
    assert keys.numbers_of(cell) == numbers
    if len(numbers) < 2:
        assert keys.number_key(cell) == "".join(numbers)


def test_two_numbers_are_no_number_of_a_member():
    assert keys.number_key("A00724 / 1316") == "A007241316"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("ORIAS 25 709 158", ["25709158"]),
        ("n° ORIAS : 25709158", ["25709158"]),
        ("n° 7 001 234 (2024)", ["07001234"]),
        ("25709158 / 07001234", ["25709158", "07001234"]),
        ("25709158 07001234", ["25709158", "07001234"]),
        ("RCS 123 456 789", []),
        ("12/03/2024", []),
    ],
)
def test_every_orias_number_of_a_cell_is_read(cell, numbers):
    assert keys.orias_of(cell) == numbers
    assert keys.orias_key(cell) == (numbers[0] if len(numbers) == 1 else "")


def test_a_cell_of_two_addresses_has_no_key_and_gives_both():
    assert keys.email_key("a@x.fr / b@y.fr") == ""
    assert keys.emails_of("a@x.fr / b@y.fr") == ["a@x.fr", "b@y.fr"]
    assert keys.email_key("o'brien@x.fr") == "o'brien@x.fr"


def test_a_cell_too_long_loses_its_last_number_rather_than_a_part_of_it():
    assert keys.cut("A00724 / A01316", 50) == "A00724 / A01316"
    assert keys.cut("A00724 / A01316", 12) == "A00724 / "
    assert keys.cut("A00724 / A01316", 6) == "A00724"
    assert keys.cut("A00724", 3) == "A00"
