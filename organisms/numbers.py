"""The numbers an organism gives: who owes which, checked and made plain. Pure functions."""

import re
from collections.abc import Callable, Mapping

from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren, siret

from common.errors import Refused

# Which numbers each type of organism owes, and which it may give as well. The constraints of the
# database, the form and its page's script read it here.
OWED: Mapping[str, frozenset[str]] = {
    "partner": frozenset({"siren"}),
    "company": frozenset({"siren", "trainer_number"}),
    "public": frozenset(),
    "member_company": frozenset({"siren", "member_number"}),
}
OPTIONAL: Mapping[str, frozenset[str]] = {
    "partner": frozenset({"trainer_number"}),
    "company": frozenset(),
    "public": frozenset(),
    "member_company": frozenset({"trainer_number"}),
}

# What people put between groups of digits.
SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u200b]")
ASCII_DIGITS = re.compile(r"[0-9]+")


class WrongNumber(Refused):
    """What was typed is no such number."""


def types_owing(number: str) -> list[str]:
    """The types that owe a number, in the order of the table."""
    return [kind for kind, owed in OWED.items() if number in owed]


def types_taking(number: str) -> list[str]:
    """The types that owe it or may give it."""
    return [kind for kind in OWED if number in OWED[kind] | OPTIONAL[kind]]


def clean_siren(text: str) -> str:
    """The nine digits of a KBIS number typed as a SIREN or a SIRET, with or without spaces.

    Raises WrongNumber.
    """
    digits = SEPARATORS.sub("", text)
    if not ASCII_DIGITS.fullmatch(digits):
        raise WrongNumber(
            "Le numéro KBIS ne comporte que des chiffres : le SIREN (9) ou le SIRET (14)."
        )
    if len(digits) not in {9, 14}:
        raise WrongNumber(
            f"Le numéro KBIS est le SIREN (9 chiffres) ou le SIRET (14 chiffres) ; vous en avez "
            f"écrit {len(digits)}."
        )
    kind, check = ("SIRET", siret.validate) if len(digits) == 14 else ("SIREN", siren.validate)
    try:
        checked: str = check(digits)
    except NumberError as error:
        raise WrongNumber(
            f"« {text} » n’est pas un numéro {kind} valide : vérifiez chaque chiffre."
        ) from error
    return checked[:9]


def clean_trainer_number(text: str) -> str:
    """The eleven digits of a numéro de déclaration d'activité. Raises WrongNumber."""
    digits = SEPARATORS.sub("", text)
    if not ASCII_DIGITS.fullmatch(digits):
        raise WrongNumber(
            "Le numéro du formateur ne comporte que des chiffres, par exemple 11 75 55555 55."
        )
    if len(digits) != 11:
        raise WrongNumber(
            "Le numéro du formateur (déclaration d’activité) comporte 11 chiffres, par exemple "
            f"11 75 55555 55 ; vous en avez écrit {len(digits)}."
        )
    return digits


def clean_member_number(text: str) -> str:
    """A member number as the association writes it: no spaces, capitals."""
    return SEPARATORS.sub("", text).upper() if text.strip() else ""


# How each number is read from what was typed.
READERS: Mapping[str, Callable[[str], str]] = {
    "siren": clean_siren,
    "trainer_number": clean_trainer_number,
    "member_number": clean_member_number,
}
