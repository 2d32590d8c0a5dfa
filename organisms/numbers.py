"""The numbers an organism gives, checked and made plain. Pure functions."""

import re

from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren, siret

# What people put between groups of digits.
SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u200b]")
ASCII_DIGITS = re.compile(r"[0-9]+")


def clean_siren(text):
    """The nine digits of a KBIS number typed as a SIREN or a SIRET, with or without spaces.

    Raises ValueError with a French sentence.
    """
    digits = SEPARATORS.sub("", text)
    if not ASCII_DIGITS.fullmatch(digits):
        raise ValueError(
            "Le numéro KBIS ne comporte que des chiffres : le SIREN (9) ou le SIRET (14)."
        )
    if len(digits) not in {9, 14}:
        raise ValueError(
            f"Le numéro KBIS est le SIREN (9 chiffres) ou le SIRET (14 chiffres) ; vous en avez "
            f"écrit {len(digits)}."
        )
    kind, check = ("SIRET", siret.validate) if len(digits) == 14 else ("SIREN", siren.validate)
    try:
        return check(digits)[:9]
    except NumberError as error:
        raise ValueError(
            f"« {text} » n’est pas un numéro {kind} valide : vérifiez chaque chiffre."
        ) from error


def clean_trainer_number(text):
    """The eleven digits of a numéro de déclaration d'activité. Raises ValueError in French."""
    digits = SEPARATORS.sub("", text)
    if not ASCII_DIGITS.fullmatch(digits):
        raise ValueError(
            "Le numéro du formateur ne comporte que des chiffres, par exemple 11 75 55555 55."
        )
    if len(digits) != 11:
        raise ValueError(
            "Le numéro du formateur (déclaration d’activité) comporte 11 chiffres, par exemple "
            f"11 75 55555 55 ; vous en avez écrit {len(digits)}."
        )
    return digits


def clean_member_number(text):
    """A member number as the association writes it: no spaces, capitals."""
    return SEPARATORS.sub("", text).upper() if text.strip() else ""
