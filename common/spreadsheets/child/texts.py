"""From bytes to text, whatever program wrote them."""

import re

from .cells import Unreadable
from .french import best_text, undone
from .kinds import is_archive_of_pages, kind_of

NS_2003 = "urn:schemas-microsoft-com:office:spreadsheet"


def decode(path: str) -> str:
    """The text of a file that is text."""
    with open(path, "rb") as file:
        content = file.read()
    if kind := kind_of(content):
        raise Unreadable(kind)
    text = text_of(content)
    strange = sum(sign < " " and sign not in "\r\n\t\f\v" for sign in text[:20000])
    if strange > len(text[:20000]) // 100:
        raise Unreadable("unknown")
    return text


def text_of(content: bytes) -> str:
    """The text in whatever encoding gives French. Raises Unreadable of what is no text."""
    if wide := _wide(content):
        text = content.decode(wide, errors="replace")
    elif b"\0" in content:
        raise Unreadable("unknown")
    else:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = best_text(content)
    # DOS ended its texts with a sign of its own.
    return undone(text.removeprefix("\ufeff").rstrip("\x1a"))


def _wide(content: bytes) -> str:
    """The encoding of two bytes a sign, with or without its mark; "" of any other."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:4096]
    half = len(start) // 2
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return ""


def kind_of_text(text: str) -> str:
    start = text[:4096].lstrip().lower()
    if "<office:document" in start and "opendocument.spreadsheet" in text[:20000]:
        return "ods"
    if start.startswith("<?xml") or NS_2003 in start:
        if NS_2003 in text[:20000]:
            return "xml"
        if "<table" in text[:200000].lower():
            return "html"
        raise Unreadable("unknown")
    if is_archive_of_pages(start):
        return "mhtml"
    if start.startswith("<") and re.search(r"<(table|html|body|tr)\b", text[:200000], re.I):
        return "html"
    if start.startswith("<"):
        raise Unreadable("unknown")
    return "csv"
