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
