"""E-mail addresses as people write them: each read whole, or not at all. Pure functions.

An address that is cut is somebody else's: « jean dupont@… » is not « dupont@… ». So whatever
cannot be told apart for certain is no address, and `NotOneAddress` says so in French.
"""

import re
from functools import lru_cache

import idna

from .spreadsheets.values import clean_text

# What a column of an address holds.
LONGEST = 254
# A cell that holds more is a list of people, not one person's addresses.
MOST = 8
# No cell of addresses is that long.
READ = 2000
# What word processors make of an apostrophe, which an address may hold.
APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ＇"), "'")
# What mail programs and sentences leave at the edges.
EDGES = " \"'“”«»<>;,."
LOCAL = re.compile(r"(?=.{1,64}\Z)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)(?:{LABEL}\.)+(?=[^.]*[a-z])[a-z0-9-]*[a-z0-9]")
# Dots of other scripts, which a domain may be typed with.
DOTS = dict.fromkeys(map(ord, "。．｡"), ".")

AROUND_AT = re.compile(r"\s*[@＠]\s*")
# « Dupont, Jean <a@x> »: what stands before the bracket is a name, back to another address.
NAMED = re.compile(r"<\s*(?:mailto:)?([^<>]*@[^<>]*)>", re.I)
COMMENT = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
# « pro : a@x », and without a space only after a word that names an address.
KINDS = (
    r"mailto|(?:adresse )?(?:e-?mail|mail|courriel)s?(?: (?:pro|perso|professionnel|personnel))?"
    r"|adresse|(?:adresse )?(?:pro|perso|professionnel(?:le)?|personnel(?:le)?|priv[ée]e?)"
)
TITLE = re.compile(rf"(?<![^\s;])(?:(?:{KINDS})\s*:|[^\W\d_][^@;:,<>]{{0,30}}?\s*:(?=\s))", re.I)
# A word alone that says which address it stands by, or parts two of them.
WORD_APART = re.compile(rf"(?<![^\s;])(?:{KINDS}|ou|et|or|and|[^\w@\s;]+)(?![^\s;])", re.I)
AFTER_DOMAIN = re.compile(r"(@[^\s@;/|\\]+)[/|\\]+")
STRONG = re.compile(r";+|:{2,}")
WEAK = re.compile(r"[\s,]+")


class NotOneAddress(Exception):
    """The text is not one whole address; the message is a French sentence without its stop."""


def one_address(text: str) -> str:
    """The only address of a text as it is stored, compared and sent to; "" for an empty text.

    In lower case, its domain as the network has it (« société.fr » is xn--…), at most 254 signs.
    Raises NotOneAddress for anything but one whole address.
    """
    typed = clean_text(text)
    if not typed:
        return ""
    found, wrong = _read(typed)
    if len(found) == 1 and not wrong:
        return found[0]
    raise _refusal(typed)


def _refusal(typed: str) -> NotOneAddress:
    """What is said of a clean text that is not one whole address."""
    found, wrong = _read(typed)
    told = f"« {typed[:97]}… »" if len(typed) > 100 else f"« {typed} »"
    if len(found) > 1 and not wrong:
        return NotOneAddress(f"{told} contient {len(found)} adresses e-mail : n’en gardez qu’une")
    if any(_has_accent(piece) for piece in wrong):
        return NotOneAddress(
            f"{told} a devant le @ une lettre accentuée ou d’un autre alphabet : le portail ne "
            "sait pas y écrire"
        )
    whole = " entière" if "@" in typed else ""
    return NotOneAddress(f"{told} n’est pas une adresse e-mail{whole}")


def canonical(text: str) -> str:
    """The same, "" for anything but one whole address."""
    try:
        return one_address(text)
    except NotOneAddress:
        return ""


def stored(text: str) -> str:
    """The canonical form of what a row holds; what is no whole address stays, to be seen."""
    return canonical(text) or text


def addresses_of(text: str) -> list[str]:
    """Every whole address of a cell, each as `one_address` gives it, none twice.

    « a@x / b@y » holds two. What is no whole address is left out, never cut; of a cell with more
    than eight, nothing is taken.
    """
    found, _ = _read(clean_text(text))
    return list(found) if len(found) <= MOST else []


def each_address(text: str) -> list[str]:
    """The addresses of a cell that holds nothing else. Raises NotOneAddress, as `one_address`."""
    text = clean_text(text)
    found, wrong = _read(text)
    if text and (wrong or not found or len(found) > MOST):
        raise _refusal(text)
    return list(found)


def kept(text: str, most: int = LONGEST) -> str:
    """What a list keeps of a cell: its one address as people write it, or the cell as typed.

    A cell that is too long for its column keeps its whole addresses that fit.
    """
    text = clean_text(text)
    if address := shown(canonical(text)):
        return address
    if len(text) <= most:
        return text
    fitting = ""
    for address in addresses_of(text):
        longer = f"{fitting} ; {address}" if fitting else address
        fitting = longer if len(longer) <= most else fitting
    # The mark of what was cut keeps the rest from being read as an address.
    return fitting or f"{text[: most - 1]}…"


def shown(address: str) -> str:
    """An address as people write it: its domain in letters. Anything else as it is."""
    local, at, domain = address.rpartition("@")
    if not at or "xn--" not in domain:
        return address
    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return address


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(addresses, pieces that are none) of a clean text."""
    whole = _whole(text)
    if whole or not text:
        return ((whole,), ()) if whole else ((), ())
    if len(text) > READ:
        return (), (text,)
    text = AROUND_AT.sub("@", text)
    text = _without_names(STRONG.sub(";", text))
    text = COMMENT.sub(lambda found: f";{found[1]};" if "@" in found[1] else ";", text)
    text = AFTER_DOMAIN.sub(r"\1;", text)
    text = WORD_APART.sub(";", TITLE.sub(";", text))
    found: dict[str, None] = {}
    wrong: list[str] = []
    before = "@"
    for group in filter(lambda piece: piece.strip(EDGES), text.split(";")):
        pieces = [piece for piece in WEAK.split(group) if piece.strip(EDGES)]
        read = [_whole(group)] if _whole(group) else [_whole(piece) for piece in pieces]
        # What is none may be a part of what it stands by: « jean dupont@… », « jean ; dupont@… ».
        if all(read) and "@" in before:
            found.update(dict.fromkeys(read))
        else:
            wrong.append(" ".join(pieces))
        before = group
    return tuple(found), tuple(wrong)


def _without_names(text: str) -> str:
    """The text, each « Dupont, Jean <a@x> » made « a@x »."""
    parts, start = [], 0
    for match in NAMED.finditer(text):
        before = text[start : match.start()]
        # The name goes back to the address before it, or to what ends it.
        kept, mark, name = before.rpartition(";")
        if "@" in name:
            head, at, tail = name.rpartition("@")
            domain = re.match(r"[^\s,<>]*", tail)
            kept, mark = kept + mark + head + at + (domain[0] if domain else ""), ";"
        parts += [kept, mark, ";", match[1], ";"]
        start = match.end()
    return "".join([*parts, text[start:]])


def _whole(text: str) -> str:
    """The text as an address when it is one and nothing else, but for its edges; or ""."""
    address = _address(text)
    stripped = text.strip(EDGES)
    # A sign of the edges that belongs to the address, as a leading apostrophe may, is lost: no
    # mailbox begins so, and a spreadsheet's mark of a text does.
    return (_address(stripped) if stripped != text else "") or address


def _address(text: str) -> str:
    local, at, domain = text.translate(APOSTROPHES).lower().partition("@")
    if not at or not LOCAL.fullmatch(local):
        return ""
    domain = _domain(domain)
    address = f"{local}@{domain}"
    return address if domain and len(address) <= LONGEST else ""


def _domain(text: str) -> str:
    """A domain as the network has it; "" for what is none."""
    if not text.isascii() or "xn--" in text:
        try:
            # The letters that an alphabet writes in several ways are one, as browsers have it.
            text = idna.encode(
                text.translate(DOTS), uts46=True, std3_rules=True, transitional=False
            ).decode()
        except (idna.IDNAError, UnicodeError):
            return ""
    return text if DOMAIN.fullmatch(text) else ""


def _has_accent(piece: str) -> bool:
    """Whether only the letters before the @ keep it from being an address."""
    local, at, domain = piece.strip(EDGES).partition("@")
    plain = re.sub(r"[^\W_]", "a", local.translate(APOSTROPHES))
    return (
        bool(at)
        and not local.translate(APOSTROPHES).isascii()
        and bool(_address(f"{plain}@{domain}"))
    )
