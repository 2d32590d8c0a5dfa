"""HTML as other programs write it, reduced to lines of text with what is bold. Pure.

The standard parser takes quadratic time on hostile input; this one looks at each character once.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from ..questions.set_checks import tidy

BLOCKS = frozenset(
    "address article blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5"
    " h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
SILENT = frozenset("head script style title xml template".split())
BOLD = frozenset({"b", "strong"})
IMAGES = frozenset("img svg object embed audio video iframe".split())
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
NAME = re.compile(r"/?\s*([A-Za-z][A-Za-z0-9:]{0,30})")
WEIGHT = re.compile(r"(?<![\w-])font-weight\s{0,9}:\s{0,9}(\w{1,20})", re.I)
LIST_TYPE = re.compile(r"(?<![\w-])type\s{0,9}=\s{0,9}[\"']?([aA1iI])\b")
# A tag longer than this has its attributes left unread.
MAX_TAG, MAX_DEPTH = 4000, 200
# Python refuses to read a number of thousands of digits.
LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}")
LOOKS_LIKE_HTML = re.compile(r"</?(?:p|br|b|i|u|em|strong|span|div|li|ul|ol|sub|sup|img|table)\b")


@dataclass
class MarkupLine:
    """One line of a page. `marker` is its list's: « 1. », « A. », « - » or nothing."""

    marker: str = ""
    parts: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(text for text, _ in self.parts).split(" ")).strip()

    def bold_after(self, skipped: int) -> tuple[int, int]:
        """(bold letters and digits, all of them), the first `skipped` characters left out."""
        in_bold = whole = 0
        for text, bold in self.parts:
            number = sum(sign.isalnum() for sign in text[skipped:])
            skipped = max(0, skipped - len(text))
            in_bold += number if bold else 0
            whole += number
        return in_bold, whole


class OpenTag(NamedTuple):
    """A tag that was not closed yet; `bold` is None where it changes nothing."""

    name: str
    bold: bool | None
    list_type: str  # « 1 », « A » or « - »; "" for what is no list


def to_text(html: str) -> tuple[str, bool]:
    """(text, whether something that is no text was left out)."""
    page = _Page()
    page.read(html)
    lines = [f"{line.marker} {line.text}".strip() for line in page.lines]
    return tidy("\n".join(line for line in lines if line)), page.has_images


def lines_of(html: str) -> list[MarkupLine]:
    """The lines that hold text."""
    page = _Page()
    page.read(html)
    return [line for line in page.lines if line.text]


class _Page:
    def __init__(self) -> None:
        self.lines = [MarkupLine()]
        self.open: list[OpenTag] = []
        self.items: list[int] = []  # numbers reached by the lists that are open
        self.silent = 0
        self.has_images = False

    def read(self, html: str) -> None:
        at = 0
        while (start := html.find("<", at)) >= 0:
            self.say(html[at:start])
            after = html[start + 1 : start + 2]
            if not (after.isalpha() or after in {"/", "!", "?"}) or not after:
                self.say("<")
                at = start + 1
                continue
            comment = html.startswith("<!--", start)
            end = html.find("-->" if comment else ">", start)
            if end < 0:
                # Cut off: a tag that never ends is no text either.
                return
            if not comment:
                self.tag(html[start + 1 : end])
            at = end + (3 if comment else 1)
        self.say(html[at:])

    def say(self, text: str) -> None:
        if not text or self.silent:
            return
        text = unescape(LONG_NUMBER.sub("\ufffd", text))
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        parts = self.lines[-1].parts
        if text.startswith(" ") and (not parts or parts[-1][0].endswith(" ")):
            text = text[1:]
        if text:
            bold = next((tag.bold for tag in reversed(self.open) if tag.bold is not None), False)
            parts.append((text, bold))

    def tag(self, inner: str) -> None:
        named = NAME.match(inner)
        if not named:
            return
        name, closing = named[1].lower(), inner.startswith("/")
        if name in IMAGES and not closing:
            self.has_images = True
        if name == "br":
            self.new_line()
        elif name in BLOCKS:
            if self.lines[-1].parts:
                self.new_line()
        elif name in {"td", "th"} and not closing:
            self.say(" ")
        if name in VOID:
            return
        if closing:
            self.close(name)
        elif not inner.endswith("/") and len(self.open) < MAX_DEPTH:
            self.begin(name, inner[:MAX_TAG])

    def new_line(self) -> None:
        self.lines.append(MarkupLine())

    def begin(self, name: str, inner: str) -> None:
        bold = True if name in BOLD else None
        if weight := WEIGHT.search(inner):
            bold = weight[1].lower() in {"bold", "bolder", "600", "700", "800", "900"}
        list_type = ""
        if name in {"ol", "ul"}:
            typed = LIST_TYPE.search(inner)
            nested = any(tag.name == "li" for tag in self.open)
            lettered = typed[1] in "aA" if typed else nested
            list_type = "-" if name == "ul" else "A" if lettered else "1"
            self.items.append(0)
        elif name == "li":
            self.mark()
        self.silent += name in SILENT
        self.open.append(OpenTag(name, bold, list_type))

    def mark(self) -> None:
        """Give the line the marker of its list's next item."""
        list_type = next((tag.list_type for tag in reversed(self.open) if tag.list_type), "-")
        if not self.items:
            self.lines[-1].marker = "-"
            return
        self.items[-1] += 1
        number = self.items[-1]
        if list_type == "A":
            self.lines[-1].marker = f"{chr(64 + number)}." if number <= 26 else "-"
        else:
            self.lines[-1].marker = "-" if list_type == "-" else f"{number}."

    def close(self, name: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index].name == name:
                for tag in self.open[index:]:
                    self.silent -= tag.name in SILENT
                    if tag.list_type and self.items:
                        self.items.pop()
                del self.open[index:]
                return
