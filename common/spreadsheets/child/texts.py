"""From bytes to text, whatever program wrote them."""

import re

from .cells import Unreadable

NS_2003 = "urn:schemas-microsoft-com:office:spreadsheet"


def decode(path: str) -> str:
    """The text of a file that is text."""
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        raise Unreadable("unknown")
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(sign < " " and sign not in "\r\n\t\f\v" for sign in text[:20000])
        if strange > len(text[:20000]) // 100:
            break
        return text
    raise Unreadable("unknown")


def kind_of_text(text: str) -> str:
    start = text[:4096].lstrip().lower()
    if start.startswith("<?xml") or NS_2003 in start:
        if NS_2003 in text[:20000]:
            return "xml"
        if "<table" in text[:200000].lower():
            return "html"
        raise Unreadable("unknown")
    if start.startswith("<") and re.search(r"<(table|html|body|tr)\b", text[:200000], re.I):
        return "html"
    if start.startswith(("{\\rtf", "%pdf", "<", "from:", "received:")):
        raise Unreadable("unknown")
    return "csv"
