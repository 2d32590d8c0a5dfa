"""What each line of a text typed for people is: a heading, a question, a choice… Pure.

Every pattern is anchored and bounded: a line is looked at once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from common.spreadsheets import fold

# Last in a class of characters, where a hyphen makes no range.
DASH = "–—-"
NUMBER = r"(?:n\s?[°ºo]?\s?\.?\s?)?(\d{1,3})"
STAR = r"(?P<star>[*✓✔☑☒✅]\s?)?"
SET = r"(?:jeu|qcm|set|s[ée]rie|questionnaire|quiz)(?: de (?:qcm|questions))?"
HEADING = re.compile(
    rf"(?:qcm\s?[:{DASH}]?\s)?{SET}\s?{NUMBER}(?:\s?(?:/|sur)\s?3)?"
    rf"\s?(?:[:.,|/{DASH}]\s?(.*)|(\(.*\)))?",
    re.I,
)
# « QCM – Fiscalité – Jeu 2 »
TITLED = re.compile(
    rf"((?:qcm|questionnaires?|quiz)\b[^.?!]{{0,80}}?)\s?[\s:|,{DASH}]\s?"
    rf"(?:jeu|set|s[ée]rie)\s?{NUMBER}",
    re.I,
)
# What is drawn around a title.
DRAWN = "#=*_~ –—-"
ORDINAL = re.compile(
    r"(1er|premier|2e|2[eè]me|deuxi[eè]me|second|3e|3[eè]me|troisi[eè]me) "
    r"(?:jeu|qcm|set)(?: de (?:qcm|questions))?\s?(?:[:.]\s?(.*))?",
    re.I,
)
ORDINALS = {"1": 1, "p": 1, "2": 2, "d": 2, "s": 2, "3": 3, "t": 3}
QUESTION = re.compile(
    rf"(?:question|quest\.|q)\s?\.?\s?{NUMBER}(?:\s?(?:/|sur|of)\s?\d{{1,3}})?"
    rf"(?:\s?[(\[]\d{{1,2}}\s?(?:points?|pts?)[)\]])?\s?[.:)/°{DASH}]{{0,2}}\s?(.*)",
    re.I,
)
NUMBERED = re.compile(
    rf"(?:[nN]\s?[°º]\s?|[(\[])?(\d{{1,3}})\s?"
    rf"(?:[.](?!\d)|[)\]°/]|[{DASH}](?=\s|[A-ZÀ-Ý«][a-zà-ÿ'’\s])|\s:)[.){DASH}]?\s?(.*)"
)
CHOICE = re.compile(
    rf"{STAR}(?:(?i:r[ée]ponse|choix|proposition)\s)?[(\[]?([A-Ja-j])\s?"
    rf"(?:[.](?!\w\.)|[)\]:/]|[{DASH}](?=\s))\s?[.){DASH}]?\s?(.*)",
)
BULLET = re.compile(r"([•●○▪■◦‣∙·☐□✓✔☑☒✅\uf0b7\uf0a7*+–—-])\s(.*)")
# The cells of a table: a number or a letter, a tab, its text.
LETTER_CELL = re.compile(r"\s*([A-Ja-j])\t(.*)")
NUMBER_CELL = re.compile(r"\s*(\d{1,3})\t(.*)")
# What Word's symbol fonts leave in plain text, always before a tab.
SYMBOL = re.compile(r"\s*[o§üØv]\t(.*)")
CHECKED = frozenset("*✓✔☑☒✅")
THEME = re.compile(r"th[eè]mes?\s?:\s?(.*)", re.I)
EXPLANATION = re.compile(
    r"(?:commentaires?|explicatif|pourquoi|feedback"
    r"|(?:explications?|justifications?)(?: [^:?]{0,40})?)\s?:\s?(.*)",
    re.I,
)
SOURCE = re.compile(r"(?:sources?|r[ée]f[ée]rences?|r[ée]f\.)\s?:\s?.*", re.I)
PAGE = re.compile(
    rf"(?:page|p\.)\s?\d{{1,4}}(?:\s?(?:/|sur|de|of)\s?\d{{1,4}})?"
    rf"|\d{{1,3}}\s?(?:/|sur)\s?\d{{1,3}}|[{DASH}]\s?\d{{1,3}}\s?[{DASH}]",
    re.I,
)
TRUE = r"(?:correctes?|exactes?|justes?|attendues?|bonnes?|vraies?)(?:\(s\))?"
ANSWER = re.compile(
    r"(?:l[ae]s? )?(?:(?:bonnes?(?:\(s\))? )?r[ée]p(?:onse)?s?\.?(?:\(s\))?"
    rf"(?: {TRUE})?"
    r"|corrig[ée]s?|corrections?|solutions?|(?:correct )?answers?)"
    r"(?:\(s\))?(?P<colon>\s?[:=]\s?|\s?[–—-]\s|\s|$)(?P<is>(?:est|sont)\s?:?\s)?(?P<rest>.*)",
    re.I,
)
# « La réponse B est la bonne »
ANSWER_FIRST = re.compile(
    rf"(?:l[ae]s? )?(?:r[ée]ponses?|propositions?|choix) "
    rf"([A-J](?:\s?(?:,|et)\s?[A-J]){{0,9}}) (?:est|sont) (?:l[ae]s? )?{TRUE}\s?[.!]?",
    re.I,
)
# « la B », « réponse B » after « Réponse : ».
ARTICLES = re.compile(
    r"(?:(?:l[ae]s?|donc|r[ée]ponses?|lettres?|choix|propositions?|n°)\s){1,3}"
    r"(?=(?:[A-Ja-j]|\d{1,2})(?![\w'’]))",
    re.I,
)
# After « Réponse » without a colon, nothing but letters: « Réponse A - b » is a choice.
BARE_LETTERS = re.compile(r"[A-J](?:\s?(?:[,;/&]|et)\s?[A-J]){0,9}\s?\.?")
NAMED_AFTER_IS = re.compile(r"[A-J]{1,6}(?![\w'’])|(?:[a-j]|\d{1,2})\s?(?:$|[.,;:)(]|(?:et|car)\b)")
TITLE = re.compile(r"#{1,6}\s(.*)")
BOLD_LINE = re.compile(r"\*\*([^*]+)\*\*")
BOLD_MARK = re.compile(
    r"\*\*((?:[A-Ja-j]|\d{1,3}|(?i:question|q|r[ée]ponse|explication)[^*]{0,20})\s?[.):/–—-]?)\s?\*\*"
    r"(\s?:.*|\s.*|)"
)
TOKEN = re.compile(r"\d{1,4}|[A-Za-zÀ-ÿ]+|[^\w\s]|\s+|.", re.S)
SEPARATORS = frozenset(",;./+&|:()-–—=>→")
MARKED_END = re.compile(
    r"(.*\S)\s?(?:[*✓✔✅]|\((?i:(?:la )?bonne(?: r[ée]ponse)?|r[ée]ponse (?:correcte|exacte|juste)"
    r"|correcte?|exacte?|juste|x)\))",
    re.S,
)
# « - [x] Toi », as Markdown ticks; « [ ] A. Moi ».
BOX = re.compile(r"(?:[-*+]\s)?\[([ xX✓✔])\]\s(.*)")


@dataclass
class PastedLine:
    """One line: `kind` says what it is, `key` a question's number or a choice's letter."""

    number: int
    kind: str
    text: str = ""
    key: str = ""
    starred: bool = False
    pairs: list[tuple[int, str]] = field(default_factory=list)
    # Bold letters and digits, and all of them, as the clipboard's HTML has them.
    bold: tuple[int, int] = (0, 0)
    # « Question 3 » rather than « 3. »
    worded: bool = False


def flat(text: str) -> str:
    """A line with single plain spaces, for looking at what it is."""
    return " ".join(text.split())


def undrawn(text: str) -> str:
    """A line without what Markdown draws: « ### Question 1 », « **A.** Moi », « **B. Toi** »."""
    if titled := TITLE.fullmatch(text):
        text = titled[1]
    if box := BOX.fullmatch(text):
        return f"☐ {box[2]}" if box[1] == " " else f"☑ {box[2]}"
    if marked := BOLD_MARK.fullmatch(text):
        return f"{marked[1]} {marked[2]}".strip()
    # Bold all along: the right choice is often so.
    if bold := BOLD_LINE.fullmatch(text):
        return f"*{bold[1]}" if CHOICE.fullmatch(bold[1]) else bold[1]
    return text


def classify(number: int, raw: str) -> PastedLine:
    """What one line is by itself; what stands around it may still change that."""
    text = undrawn(flat(raw))
    if not text:
        return PastedLine(number, "blank")
    for read in READERS:
        if line := read(number, text, raw):
            return line
    return PastedLine(number, "plain", text)


def _heading(number: int, text: str, raw: str) -> PastedLine | None:
    text = text.strip(DRAWN)
    if parts := HEADING.fullmatch(text):
        return PastedLine(number, "heading", parts[2] or parts[3] or "", key=parts[1])
    if parts := TITLED.fullmatch(text):
        return PastedLine(number, "heading", parts[1], key=parts[2])
    if parts := ORDINAL.fullmatch(text):
        key = str(ORDINALS[parts[1][0].lower()])
        return PastedLine(number, "heading", parts[2] or "", key=key)
    return None


def _page(number: int, text: str, raw: str) -> PastedLine | None:
    return PastedLine(number, "page", text) if PAGE.fullmatch(text) else None


def _answer(number: int, text: str, raw: str) -> PastedLine | None:
    if first := ANSWER_FIRST.fullmatch(text):
        return PastedLine(number, "answer", first[1].upper())
    parts = ANSWER.fullmatch(text)
    if not parts:
        return None
    rest, colon = parts["rest"], parts["colon"].strip()
    if articles := ARTICLES.match(rest):
        rest = rest[articles.end() :]
    if parts["is"]:
        # « La bonne réponse est donnée plus bas » names none.
        if not NAMED_AFTER_IS.match(rest):
            return None
    # « Réponse A : Avant » is a choice; « Réponse B », alone, names the right one.
    elif not colon and rest and not BARE_LETTERS.fullmatch(rest) and not pairs_of(rest):
        return None
    return PastedLine(number, "answer", rest, pairs=pairs_of(rest))


def _labelled(number: int, text: str, raw: str) -> PastedLine | None:
    for kind, pattern in (("theme", THEME), ("explanation", EXPLANATION)):
        if parts := pattern.fullmatch(text):
            return PastedLine(number, kind, parts[1])
    return PastedLine(number, "source", text) if SOURCE.fullmatch(text) else None


def _choice(number: int, text: str, raw: str) -> PastedLine | None:
    if cell := LETTER_CELL.fullmatch(raw):
        kept, starred = unstarred(flat(cell[2]))
        return PastedLine(number, "choice", kept, cell[1].upper(), starred)
    parts = CHOICE.fullmatch(text)
    if not parts:
        return None
    kept, starred = unstarred(parts[3])
    return PastedLine(number, "choice", kept, parts[2].upper(), starred or bool(parts["star"]))


def _question(number: int, text: str, raw: str) -> PastedLine | None:
    if cell := NUMBER_CELL.fullmatch(raw):
        return PastedLine(number, "question", flat(cell[2]), cell[1])
    star = text[:1] == "*"
    bare = text[1:].lstrip() if star else text
    if parts := QUESTION.fullmatch(bare):
        return PastedLine(number, "question", parts[2], parts[1], worded=True)
    if parts := NUMBERED.fullmatch(bare):
        return PastedLine(number, "question", parts[2], parts[1], starred=star)
    return None


def _bullet(number: int, text: str, raw: str) -> PastedLine | None:
    if symbol := SYMBOL.fullmatch(raw):
        kept, starred = unstarred(flat(symbol[1]))
        return PastedLine(number, "bullet", kept, "•", starred)
    parts = BULLET.fullmatch(text)
    if not parts:
        return None
    # « - A) Moi », as Markdown lists lettered choices.
    if lettered := _choice(number, undrawn(parts[2]), raw):
        lettered.starred |= parts[1] in CHECKED
        return lettered
    kept, starred = unstarred(parts[2])
    return PastedLine(number, "bullet", kept, parts[1], starred)


# The first that knows a line says what it is.
READERS: tuple[Callable[[int, str, str], PastedLine | None], ...] = (
    _heading,
    _page,
    _answer,
    _labelled,
    _choice,
    _question,
    _bullet,
)


def unstarred(text: str) -> tuple[str, bool]:
    """(the text, whether a star stood at one of its ends)."""
    if text[:1] in CHECKED and text[1:].strip():
        inner = text[1:].strip()
        # « *B. …* » and « **…** », bold as e-mails have it.
        return inner.strip("*").strip() or inner, True
    if marked := MARKED_END.fullmatch(text):
        return marked[1].rstrip("*").rstrip(), True
    return text, False


def letters_of(text: str) -> str:
    """« AC » out of « A, C », « A et C » or « AC. »; "" for anything else."""
    letters = ""
    for piece in TOKEN.findall(text[:60]):
        if piece.casefold() in {"et", "ou", "and"} or piece.isspace() or piece in SEPARATORS:
            continue
        # Small letters count alone: « de » is a word.
        known = re.fullmatch("[A-J]{1,6}|[a-j]", piece)
        if not known:
            return ""
        letters += piece.upper()
    return "".join(dict.fromkeys(letters)) if len(text) <= 60 else ""


def pairs_of(text: str) -> list[tuple[int, str]]:
    """[(1, "B"), (3, "AC")] out of « 1-B, 3-A,C »; nothing for anything else."""
    pairs: list[tuple[int, str]] = []
    for piece in TOKEN.findall(text):
        if piece.isspace() or piece in SEPARATORS or piece == "°":
            continue
        if piece.isdecimal():
            pairs.append((int(piece), ""))
        elif fold(piece) in {"et", "q", "question", "n", "reponse", "reponses"}:
            continue
        elif pairs and re.fullmatch("[A-J]{1,6}|[a-j]", piece):
            number, letters = pairs[-1]
            pairs[-1] = number, letters + piece.upper()
        else:
            return []
    if not pairs or not all(letters for _, letters in pairs):
        return []
    return [(number, "".join(dict.fromkeys(letters))) for number, letters in pairs]


# « A. oui   B. non », and « *b) » as well.
MARK = re.compile(r"(?<!\S)(?P<star>[*✓✔☑☒✅])?[(\[]?(?P<letter>[A-Ja-j])\s?[.)\]](?![\w.)])\s?")
WIDE_GAP = re.compile(r"(?:\t|[ \u00a0\u2003]{2,})(?=[*✓✔☑☒✅]?[ ]?[(\[]?[A-Ja-j]\s?[.)\]]\s)")


class Cut(NamedTuple):
    """A choice found inside a line."""

    letter: str
    text: str
    starred: bool


def cut_choices(text: str, wanted: str) -> tuple[str, list[Cut]]:
    """(what stands before, the choices inside a line whose letters follow one another).

    `wanted` is the first letter to look for; « B. » after « A. » in « A. oui B. non ».
    """
    marks = []
    for mark in MARK.finditer(text):
        if mark["letter"].upper() == wanted and mark.end() < len(text):
            marks.append(mark)
            wanted = chr(ord(wanted) + 1)
    if not marks:
        return text, []
    cuts = []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        kept, starred = unstarred(text[mark.end() : end].strip())
        cuts.append(Cut(mark["letter"].upper(), kept, starred or bool(mark["star"])))
    return text[: marks[0].start()].strip(), cuts


def wide_parts(raw: str) -> list[str]:
    """The pieces of a line that holds several choices set apart by wide gaps; mostly one."""
    pieces = WIDE_GAP.split(raw) if len(raw) < 2000 else [raw]
    if len(pieces) == 1:
        return [raw]
    keys = []
    for piece in pieces:
        choice = CHOICE.fullmatch(flat(piece))
        keys.append(choice[2].upper() if choice else "")
    first = keys[0] or chr(ord(keys[1] or "?") - 1)
    follow = [chr(ord(first) + place) for place in range(len(keys))]
    if keys[1:] != follow[1:] or (not keys[0] and keys[1] != "A"):
        return [raw]
    return pieces
