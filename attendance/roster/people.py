"""One line a person: who a row names, what is wrong with it, and who stands twice. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from common.addresses import kept
from common.spreadsheets import Row, cell_text, fold
from members.keys import cut, emails_of
from members.names import CIVILITY, TOO_MANY_WORDS, is_too_long, without_note_call

from .columns import KEYS, Columns

# More words than that are a sentence, not a name.
MOST_WORDS = 8
# What stands below a list: totals, dates, signatures.
FOOTER = re.compile(
    r"(sous )?tota(l|ux)\b|nombre\b|nb\b|effectif|fait (a|le)\b|signatures?\b|cachet|certifi|"
    r"je soussigne|(le |la )?(formateur|formatrice|responsable|directeur|directrice)\b|"
    r"intervenante?\b|legende|page \d|edite|imprime|genere|moyenne|date\b|lieu\b|"
    r"(observation|commentaire|remarque)s?\b|visa\b|nota\b|nb de|a reporter\b|report\b|"
    r"document (genere|edite|imprime)|(presents?|absents?|excuses?|inscrits?|participants?) \d|"
    r"(presents?|absents?|excuses?|inscrits?|participants?)$|contacts?\b|organisme\b|"
    r"[a-z]{1,3} (presen|absen|excus|retard)|"
    r"nom et signature|fin (de la |du )?(liste|document|rapport)|generated|report generated"
)
# In the cell of the name, beside an address: the organism's own lines, and nobody of the list.
NOBODY = frozenset(
    "contact contacts organisme formateur formatrice intervenant intervenante animateur total "
    "responsable secretariat".split()
)
# A star or a number in brackets before a remark.
REMARK = re.compile(r"^\s*(\*+|\(\d{1,2}\)|\d\)|nb\s*:|n\.?b\.?\s)", re.I)
TITLE_OF_PERSON = re.compile(rf"^(?:{CIVILITY})+(?=\S)", re.I)
SPACES_IN_FIGURES = re.compile(r"(?<=\d)\s+(?=\d)")


@dataclass
class RosterLine:
    """One person as typed. `problem` says in French what is wrong with the line itself."""

    row_number: int | None
    raw: dict[str, str] = field(default_factory=dict)
    last_name: str = ""
    first_name: str = ""
    full_name: str = ""  # when one cell holds both names
    email: str = ""
    member_number: str = ""
    orias: str = ""
    firm: str = ""
    minutes: int | None = None  # minutes followed; None: not told, so the whole
    share: Fraction | None = None  # or the part of the session that was followed
    half_days: int | None = None  # or so many halves of its days
    missed: int = 0  # minutes to be taken off the whole, or off that part
    present: bool = True
    rows: list[int] = field(default_factory=list)  # all that are of this person
    evidence: str = ""  # French: what the file says of presence and time, and where
    problem: str = ""
    same_as: int | None = None  # the row of the same person above
    # Of a file that the portal annotated: what it said of the line, and its row then.
    session_on: date | None = None
    result: str = ""
    origin: int | None = None

    @property
    def has_key(self) -> bool:
        return bool(self.email or self.member_number or self.orias)


def line_of(row: Row, columns: Columns, titles: Sequence[str]) -> RosterLine | None:
    """The person of a row, or None when it is a total, a signature or a remark."""
    texts = [cell_text(cell) for cell in row.cells]
    values: dict[str, str] = {}
    for index, kind in columns.items():
        if index < len(texts) and texts[index]:
            values[kind] = texts[index]
    last_name = values.get("last_name", "")
    first_name = values.get("first_name", "")
    full_name = values.get("full_name", "")
    names = [name for name in (last_name, first_name, full_name) if name]
    if not any(values.get(kind) for kind in KEYS):
        # One cell alone is a remark or a title: nobody could be recognised by it.
        if not names or sum(map(bool, texts)) == 1 or _is_footer(texts, names):
            return None
    elif names and fold(names[0]) in NOBODY:
        return None
    if names and not any(sign.isalpha() for name in names for sign in name):
        # « ------- », « 9 »: no name.
        return None
    if not full_name and last_name and not first_name:
        # « DUPONT Jean » under « Nom » alone.
        full_name = last_name
    if full_name:
        last_name, first_name = split_name(full_name)
    email, origin = values.get("email", ""), values.get("origin", "")
    return RosterLine(
        row_number=row.number,
        raw={title: text for title, text in zip(titles, texts, strict=False) if text},
        last_name=without_note_call(last_name)[:200],
        first_name=without_note_call(first_name)[:200],
        full_name=full_name[:200],
        email=kept(email),
        member_number=cut(values.get("member_number", ""), 50),
        orias=cut(SPACES_IN_FIGURES.sub("", values.get("orias", "")), 50),
        firm=values.get("firm", "")[:200],
        result=values.get("result", "")[:50],
        origin=int(origin) if re.fullmatch(r"\d{1,7}", origin) else None,
    )


def _is_footer(texts: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row without a key stands below the list rather than in it."""
    first = next((text for text in texts if text), "")
    if REMARK.match(first) or FOOTER.match(fold(first)):
        return True
    if any(FOOTER.match(fold(name)) for name in names):
        return True
    return len(" ".join(names).split()) > MOST_WORDS


def split_name(text: str) -> tuple[str, str]:
    """(family name, first name) of « DUPONT Jean », « Dupont, Jean » or « Jean DUPONT ».

    For showing only: matching looks at all the words. When capitals do not tell, the first word
    is the family name, as French lists have it.
    """
    text = TITLE_OF_PERSON.sub("", text.strip())
    if "," in text:
        last, first = text.split(",", 1)
        return last.strip(), first.strip()
    words = text.split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    others = [word for word in words if word not in capitals]
    if capitals and others:
        return " ".join(capitals), " ".join(others)
    return (words[0], " ".join(words[1:])) if words else ("", "")


def is_signed_by(text: str, line: RosterLine) -> bool:
    """Whether a text is the initials of the line's person, or the picture of a signature."""
    if fold(text) in {"image", "signature", "img"}:
        return True
    letters = "".join(fold(text).split())
    initials = [word[0] for word in fold(f"{line.last_name} {line.first_name}").split()]
    return 2 <= len(letters) <= 4 and sorted(letters) == sorted(initials)


def identity_of(line: RosterLine) -> tuple[str, ...]:
    """What two rows of one person share, as typed."""
    return (
        fold(f"{line.last_name} {line.first_name}"),
        " ".join(emails_of(line.email)),
        fold(line.member_number),
        fold(line.orias),
    )


def flag(lines: Iterable[RosterLine]) -> None:
    """Say what is wrong with each line itself, and which repeat one above."""
    seen: dict[tuple[str, ...], int | None] = {}
    for line in lines:
        line.problem = line.problem or _problem_of(line)
        same = identity_of(line)
        line.same_as = None if line.problem else seen.get(same)
        seen.setdefault(same, line.row_number)


def _problem_of(line: RosterLine) -> str:
    """What is missing for anybody to be recognised by the line; "" when nothing is."""
    if not (line.last_name or line.full_name):
        return "Le nom manque."
    if is_too_long(line.full_name or f"{line.last_name} {line.first_name}"):
        return TOO_MANY_WORDS
    if not line.has_key:
        return "Il manque un e-mail, un numéro d’adhérent ou un numéro ORIAS."
    if not (emails_of(line.email) or line.member_number or line.orias):
        return f"L’adresse « {line.email[:100]} » n’est pas une adresse e-mail."
    return ""
