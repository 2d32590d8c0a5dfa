"""What a cell says, whatever the program that wrote it. Pure functions."""

import math
import re
import unicodedata
from datetime import date, datetime, time
from typing import TypeAlias

from anyascii import anyascii

# Zero-width and direction marks, soft hyphen, byte-order mark: invisible, and copied along.
INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)]
)


class Percent(float):
    """A share of one that the workbook shows as a percentage: 0.85 is « 85 % »."""


class Elapsed(str):
    """A length of time that the workbook holds as one, as it shows it: « 26:00 » is 26 hours."""

    __slots__ = ()


# What a cell holds once it is read.
Cell: TypeAlias = str | int | float | bool | date | datetime | time | None

WORD = re.compile(r"[a-z0-9]+")


def clean_text(text: str) -> str:
    """The text composed (NFC), without control or invisible characters, spaces made single."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    # Most cells have nothing to take away, and a roster has a hundred thousand of them.
    if not text.isprintable():
        text = text.translate(INVISIBLE)
        text = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in text)
    return " ".join(text.split())


def cell_text(value: Cell) -> str:
    """A cell as a person reads it: a number without `.0`, nothing for None, NaN or infinity."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        if isinstance(value, Percent):
            return f"{round(value * 100, 2):g} %".replace(".", ",")
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return clean_text(str(value))


class _Folded(dict[int, str]):
    """What each sign is in the letters a to z, looked up once: a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        # An accent belongs to the letter before it.
        plain = "".join(
            part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part)
        )
        if not plain.isascii():
            if not sign.isalnum():
                return " "
            plain = anyascii(sign)
            if not any(map(str.isalnum, plain)) and unicodedata.category(sign) != "Lm":
                # A letter that no table knows is still itself, and nothing else.
                plain = f"u{code:x}"
        self[code] = plain = plain.casefold()
        return plain


_FOLDED = _Folded()


def fold(text: str) -> str:
    """The text for comparing: no case, no accents, anything but letters and digits one space.

    Letters that are no letter with an accent (« ł », « œ », « ß ») and those of other scripts are
    written in a to z; a text of letters never folds to nothing.
    """
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_FOLDED)
    return " ".join(WORD.findall(text))


def column_letters(index: int) -> str:
    """A column as the spreadsheet names it: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
