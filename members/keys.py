"""What a person is recognised by, made comparable. Pure functions.

A column of a member has one key; a cell that someone typed may hold several, and words around
them: each is tried.
"""

import re
from collections.abc import Callable

from common.addresses import addresses_of, canonical
from common.spreadsheets import Cell, cell_text, fold

DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})\b|\b\d{4}-\d\d-\d\d\b")
DECIMALS = re.compile(r"[.,]0+$")
# « 07 001 234 », « 1.171 » and « 2024-00123 » are one number each.
INSIDE_FIGURES = re.compile(r"(?<=[0-9])(?: ?[.\u2019'] ?|[ -])(?=[0-9])")
WORD = re.compile(r"[A-Za-z0-9]+")
FIGURES = re.compile(r"[A-Za-z]*?0*([0-9]{1,15})")
ORIAS_FIGURES = 8


def cut(text: str, most: int) -> str:
    """At most so many signs of a cell: a number at the end is left out rather than in part."""
    if len(text) <= most or not text[most].isalnum():
        return text[:most]
    return re.sub(r"[A-Za-z0-9]+\Z", "", text[:most]) or text[:most]


def number_key(value: Cell) -> str:
    """A member number without prefix, zeros, signs and words around it.

    « A00123 », « 123 », 123.0 and « adhérent n° A 001 23 » alike. A text that holds two numbers,
    or none, is compared as it is.
    """
    numbers = numbers_of(value)
    if len(numbers) == 1:
        return numbers[0]
    return "".join(WORD.findall(cell_text(value))).upper()[:20]


def numbers_of(value: Cell) -> list[str]:
    """Every member number of a cell, as `number_key` gives it; none twice."""
    text = DATE.sub(" ", DECIMALS.sub("", cell_text(value)))
    words = [word for word in WORD.findall(INSIDE_FIGURES.sub("", text)) if not word.isalpha()]
    figures = [(FIGURES.fullmatch(word), word) for word in words]
    numbers = [found[1] if found else word.upper()[:20] for found, word in figures]
    if not numbers:
        # A number that is a word, as registries of firms have: the cell is it, whole.
        numbers = ["".join(WORD.findall(text)).upper()[:20]]
    return list(dict.fromkeys(filter(None, numbers)))


def email_key(value: Cell) -> str:
    """The one whole address of a cell (`common.addresses`); "" for none, or for several."""
    return canonical(cell_text(value))


def emails_of(value: Cell) -> list[str]:
    """Every whole address of a cell."""
    return addresses_of(cell_text(value))


def orias_key(value: Cell) -> str:
    """An ORIAS number's digits, its lost zeros given back; "" for anything else."""
    numbers = orias_of(value)
    return numbers[0] if len(numbers) == 1 else ""


def orias_of(value: Cell) -> list[str]:
    """Every ORIAS number of a cell, whatever words stand around: five to eight figures."""
    text = INSIDE_FIGURES.sub("", DATE.sub(" ", DECIMALS.sub("", cell_text(value))))
    numbers: list[str] = []
    for figures in re.findall(r"[0-9]+", text):
        if len(figures) == 2 * ORIAS_FIGURES:
            # Two of them, with no more than a space between.
            numbers += [figures[:ORIAS_FIGURES], figures[ORIAS_FIGURES:]]
        elif 5 <= len(figures) <= ORIAS_FIGURES:
            numbers.append(figures.zfill(ORIAS_FIGURES))
    return list(dict.fromkeys(numbers))


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
# The keys that a cell of someone's list may hold, of those that point to a member.
KEYS_OF: dict[str, Callable[[Cell], list[str]]] = {
    "number_key": numbers_of,
    "orias_key": orias_of,
    "email_key": emails_of,
}
