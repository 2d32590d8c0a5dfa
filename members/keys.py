"""What a person is recognised by, made comparable. Pure functions."""

import re
from collections.abc import Callable

from common.spreadsheets import Cell, cell_text, fold


def number_key(value: Cell) -> str:
    """A member number without prefix, zeros and signs: « A00123 », « 123 » and 123.0 alike."""
    text = re.sub(r"[^A-Za-z0-9]", "", re.sub(r"\.0+$", "", cell_text(value).replace(",", ".")))
    figures = re.fullmatch(r"[A-Za-z]{0,3}0*(\d{1,15})", text)
    return figures[1] if figures else text.upper()[:20]


def email_key(value: Cell) -> str:
    """An e-mail in lower case, without what mail programs leave around it."""
    text = re.sub(r"^mailto:", "", cell_text(value).strip(" ;,<>\"'").lower())
    address = re.search(r"[^\s<>;,\"']+@[^\s<>;,\"']+", text)
    return address[0].rstrip(".")[:254] if address else ""


def orias_key(value: Cell) -> str:
    """An ORIAS number's digits, its lost zeros given back; "" for anything else."""
    digits = re.sub(r"\D", "", re.sub(r"\.0+$", "", cell_text(value)))
    return digits.zfill(8) if 5 <= len(digits) <= 8 else ""


def last_name_key(value: Cell) -> str:
    """A family name folded: no case, accents, hyphens or apostrophes."""
    return fold(cell_text(value))[:100]


# The key of each compared column of `Member`.
KEY_OF: dict[str, Callable[[Cell], str]] = {
    "number_key": number_key,
    "email_key": email_key,
    "orias_key": orias_key,
    "last_name_key": last_name_key,
}
