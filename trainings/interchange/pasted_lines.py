"""What each line of a text typed for people is: a heading, a question, a choice… Pure.

Every pattern is anchored and bounded: a line is looked at once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from common.spreadsheets import fold

# Last in a class of characters, where a hyphen makes no range.
DASH = "–—-"
NUMBER = r"(?:n\s?[°ºo]?\s?\.?\s?)?(\d{1,3})"
STAR = r"(?P<star>[*✓✔☑☒✅]\s?)?"
HEADING = re.compile(
    rf"(?:jeu|qcm|set|s[ée]rie)(?: de (?:qcm|questions))?\s?{NUMBER}\s?(?:[:.,|/{DASH}]\s?(.*))?",
    re.I,
)
ORDINAL = re.compile(
    r"(1er|premier|2e|2[eè]me|deuxi[eè]me|second|3e|3[eè]me|troisi[eè]me) "
    r"(?:jeu|qcm|set)(?: de (?:qcm|questions))?\s?(?:[:.]\s?(.*))?",
    re.I,
)
ORDINALS = {"1": 1, "p": 1, "2": 2, "d": 2, "s": 2, "3": 3, "t": 3}
QUESTION = re.compile(
    rf"(?:question|quest\.|q)\s?\.?\s?{NUMBER}\s?[.:)/°{DASH}]{{0,2}}\s?(.*)", re.I
)
NUMBERED = re.compile(rf"(\d{{1,3}})\s?(?:[.](?!\d)|[)°/]|[{DASH}](?=\s)|\s:)[.){DASH}]?\s?(.*)")
CHOICE = re.compile(
    rf"{STAR}(?:(?i:r[ée]ponse|choix|proposition)\s)?[(\[]?([A-Ja-j])\s?"
    rf"(?:[.](?!\w\.)|[)\]:/]|[{DASH}](?=\s))\s?[.){DASH}]?\s?(.*)",
)
BULLET = re.compile(r"([•●○▪■◦‣∙·☐□✓✔☑☒✅\uf0b7\uf0a7*+–—-])\s(.*)")
# What Word's symbol fonts leave in plain text, always before a tab.
SYMBOL = re.compile(r"\s*[o§üØv]\t(.*)")
CHECKED = frozenset("*✓✔☑☒✅")
THEME = re.compile(r"th[eè]mes?\s?:\s?(.*)", re.I)
EXPLANATION = re.compile(
    r"(?:explications?|commentaires?|justifications?|explicatif|pourquoi)\s?:\s?(.*)", re.I
)
ANSWER = re.compile(
    r"(?:l[ae]s? )?(?:(?:bonnes? )?r[ée]ponses?(?:\(s\))?"
    r"(?: (?:correctes?|exactes?|justes?|attendues?|bonnes?))?"
    r"|corrig[ée]s?|corrections?|solutions?)"
    r"(?:\(s\))?(?P<colon>\s?[:=]\s?|\s?[–—-]\s|\s|$)(?P<rest>.*)",
    re.I,
)
# After « Réponse » without a colon, nothing but letters: « Réponse A - b » is a choice.
BARE_LETTERS = re.compile(r"[A-J](?:\s?(?:[,;/&]|et)\s?[A-J]){0,9}\s?\.?")
TOKEN = re.compile(r"\d{1,4}|[A-Za-zÀ-ÿ]+|[^\w\s]|\s+|.", re.S)
SEPARATORS = frozenset(",;./+&|:()-–—=>→")
MARKED_END = re.compile(r"(.*\S)\s?[*✓✔✅]", re.S)


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


def classify(number: int, raw: str) -> PastedLine:
    """What one line is by itself; what stands around it may still change that."""
    text = flat(raw)
    if not text:
        return PastedLine(number, "blank")
    for read in READERS:
        if line := read(number, text, raw):
            return line
    return PastedLine(number, "plain", text)


def _heading(number: int, text: str, raw: str) -> PastedLine | None:
    if parts := HEADING.fullmatch(text):
        return PastedLine(number, "heading", parts[2] or "", key=parts[1])
    if parts := ORDINAL.fullmatch(text):
        key = str(ORDINALS[parts[1][0].lower()])
        return PastedLine(number, "heading", parts[2] or "", key=key)
    return None


def _answer(number: int, text: str, raw: str) -> PastedLine | None:
    parts = ANSWER.fullmatch(text)
    if not parts:
        return None
    rest, colon = parts["rest"], parts["colon"].strip()
    # « Réponse A : Avant » is a choice; « Réponse B », alone, names the right one.
    if not colon and rest and not BARE_LETTERS.fullmatch(rest) and not pairs_of(rest):
        return None
    return PastedLine(number, "answer", rest, pairs=pairs_of(rest))


def _labelled(number: int, text: str, raw: str) -> PastedLine | None:
    for kind, pattern in (("theme", THEME), ("explanation", EXPLANATION)):
        if parts := pattern.fullmatch(text):
            return PastedLine(number, kind, parts[1])
    return None


def _choice(number: int, text: str, raw: str) -> PastedLine | None:
    parts = CHOICE.fullmatch(text)
    if not parts:
        return None
    kept, starred = unstarred(parts[3])
    return PastedLine(number, "choice", kept, parts[2].upper(), starred or bool(parts["star"]))


def _question(number: int, text: str, raw: str) -> PastedLine | None:
    if parts := QUESTION.fullmatch(text):
        return PastedLine(number, "question", parts[2], parts[1], worded=True)
    star = text[:1] == "*"
    if parts := NUMBERED.fullmatch(text[1:].lstrip() if star else text):
        return PastedLine(number, "question", parts[2], parts[1], starred=star)
    return None


def _bullet(number: int, text: str, raw: str) -> PastedLine | None:
    if symbol := SYMBOL.fullmatch(raw):
        kept, starred = unstarred(flat(symbol[1]))
        return PastedLine(number, "bullet", kept, "•", starred)
    parts = BULLET.fullmatch(text)
    if not parts:
        return None
    kept, starred = unstarred(parts[2])
    return PastedLine(number, "bullet", kept, parts[1], starred)


# The first that knows a line says what it is.
READERS: tuple[Callable[[int, str, str], PastedLine | None], ...] = (
    _heading,
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
        if piece.casefold() in {"et", "ou"} or piece.isspace() or piece in SEPARATORS:
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
