"""Personal links reach no log: whoever reads a log could open them.

A link is known by its shape, wherever it stands: in an address, a Referer, a traceback, the
arguments of a task.
"""

import logging
import re

MASK = "…"
# What Django signs: what it says, when it was made, the signature. A proxy may write « : » as %3A.
SIGNED = r"\.?[\w-]+(?::|%3[Aa])[0-9A-Za-z]{4,9}(?::|%3[Aa])[\w-]{20,}"
# To choose a password: whose, when, the hash.
CHOOSING = r"[0-9A-Za-z]{1,13}-[0-9a-z]{5,9}-[0-9a-f]{32,}"
TOKEN = re.compile(rf"(?<![\w.-])(?:{SIGNED}|{CHOOSING})")


def masked(text: str) -> str:
    """The text without what opens anything."""
    return TOKEN.sub(MASK, text)


class MaskingFormatter(logging.Formatter):
    """Writes a record as any formatter does, its traceback included, and masks the whole."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
