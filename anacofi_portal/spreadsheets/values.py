"""What a cell says, whatever the program that wrote it. Pure functions."""

import math
import re
import unicodedata

# Zero-width and direction marks, soft hyphen, byte-order mark: invisible, and copied along.
INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)]
)


def clean_text(text: str) -> str:
    """The text composed (NFC), without control or invisible characters, spaces made single."""
    text = unicodedata.normalize("NFC", text).translate(INVISIBLE)
    text = "".join(" " if unicodedata.category(one) in {"Cc", "Cs"} else one for one in text)
    return " ".join(text.split())


def cell_text(value) -> str:
    """A cell as a person reads it: a number without `.0`, nothing for None, NaN or infinity."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return clean_text(str(value))


def fold(text: str) -> str:
    """The text for comparing: no case, no accents, anything but letters and digits one space."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    text = "".join(one for one in text if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.casefold()).split())
