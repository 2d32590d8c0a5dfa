"""HTML as other programs write it, reduced to lines of text with what is bold. Pure.

The standard parser takes quadratic time on hostile input; this one looks at each character once.
What `tags.py` does not take for a tag is text: « R < S et S > 0 » stays whole.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from ..questions.set_checks import tidy
from .tags import VOID, Tag, Tags

BLOCKS = frozenset(
    "address article blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5"
    " h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
# Their text is no text of the page: a drawing's labels, a formula written a second time.
SILENT = frozenset("head script style title xml template svg annotation annotation-xml".split())
BOLD = frozenset({"b", "strong"})
IMAGES = frozenset("img svg object embed audio video iframe".split())
WEIGHT = re.compile(r"(?<![\w-])font-weight\s{0,9}:\s{0,9}(\w{1,20})", re.I)
LIST_TYPE = re.compile(r"(?<![\w-])type\s{0,9}=\s{0,9}[\"']?([aA1iI])\b")
MAX_DEPTH = 200
# Python refuses to read a number of thousands of digits.
LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}")
ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
LOOKS_LIKE_HTML = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|li|ul|ol|sub|sup|img|table|math)(?=[\s/>])"
    rf"|{ENTITY.pattern}",
    re.I,
)
ENCODED_PAGE = re.compile(r"<(?:p|div|span|ul|ol|table|h[1-6]|br)[\s/>]", re.I)
# Where Moodle's own format breaks a line: not between two tags.
LINE_END = re.compile(r"(?<!>)\n(?!\s{0,99}<)")
AUTOMATIC = frozenset({"", "moodle", "moodle_auto_format"})
ATTACHED = "@@PLUGINFILE@@"
# « x<sup>2</sup> » is not « x2 ».
RAISED = {
    "sup": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "sub": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}


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


class Reduced(NamedTuple):
    """What is left of a text: `media` whether an image or a file was left out, `formula` whether
    a formula became plain letters."""

    text: str
    media: bool = False
    formula: bool = False


def reduce(raw: str, style: str) -> Reduced:
    """A text without its markup; `style` is the format that Moodle says, "" where it says none."""
    if style in AUTOMATIC and LOOKS_LIKE_HTML.search(raw):
        raw, style = LINE_END.sub("<br>", raw), "html"
    if style != "html":
        return Reduced(tidy(raw), ATTACHED in raw)
    return to_text(raw)


def to_text(html: str) -> Reduced:
    """The text of a page, its lines and lists kept; one that was encoded twice is decoded."""
    page = _Page()
    page.read(html)
    text = page.text
    if not page.has_tags and ENCODED_PAGE.match(text):
        page = _Page()
        page.read(text)
        text = page.text
    return Reduced(text, page.has_media or ATTACHED in html, page.has_formula)


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
        self.has_tags = self.has_media = self.has_formula = False

    @property
    def text(self) -> str:
        lines = [f"{line.marker} {line.text}".strip() for line in self.lines]
        return tidy("\n".join(line for line in lines if line))

    def read(self, html: str) -> None:
        tags, at = Tags(html), 0
        while (start := html.find("<", at)) >= 0:
            self.say(html[at:start])
            tag = tags.at(start)
            if tag is None:
                self.say("<")
                at = start + 1
                continue
            self.has_tags = True
            if tag.verbatim:
                self.write(tag.verbatim)
            elif tag.name:
                self.tag(tag)
            at = tag.end
        self.say(html[at:])

    def say(self, text: str) -> None:
        """Add a piece of the source, its entities decoded: twice where they were encoded twice."""
        if not text or self.silent:
            return
        text = unescape(LONG_NUMBER.sub("\ufffd", text))
        if ENTITY.search(text):
            text = unescape(text)
        self.write(text)

    def write(self, text: str) -> None:
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        parts = self.lines[-1].parts
        if text.startswith(" ") and (not parts or parts[-1][0].endswith(" ")):
            text = text[1:]
        if text:
            raised = RAISED.get(self.open[-1].name) if self.open else None
            if raised and all(ord(sign) in raised for sign in text) and not text.isalpha():
                text = text.translate(raised)
            bold = next((tag.bold for tag in reversed(self.open) if tag.bold is not None), False)
            parts.append((text, bold))

    def tag(self, tag: Tag) -> None:
        name = tag.name
        if not tag.closing:
            self.has_media |= name in IMAGES
            self.has_formula |= name == "math"
        if name == "br":
            self.new_line()
        elif name in BLOCKS:
            if self.lines[-1].parts:
                self.new_line()
        elif name in {"td", "th"} and not tag.closing:
            self.say(" ")
        if name in VOID:
            return
        if tag.closing:
            self.close(name)
        elif not tag.empty and len(self.open) < MAX_DEPTH:
            self.begin(name, tag.attributes)

    def new_line(self) -> None:
        self.lines.append(MarkupLine())

    def begin(self, name: str, attributes: str) -> None:
        bold = True if name in BOLD else None
        if weight := WEIGHT.search(attributes):
            bold = weight[1].lower() in {"bold", "bolder", "600", "700", "800", "900"}
        list_type = ""
        if name in {"ol", "ul"}:
            typed = LIST_TYPE.search(attributes)
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
