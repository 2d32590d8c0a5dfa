"""What a cell says of presence: a mark, a word, a signature's time. Pure."""

import re
from datetime import date, time
from enum import Enum
from functools import lru_cache

from common.spreadsheets import Cell, Percent, cell_text, fold


class Mark(Enum):
    """What one cell says of somebody's presence."""

    NOTHING = "nothing"  # empty
    PRESENT = "present"
    ABSENT = "absent"
    # Of a registration: it tells neither who came nor who did not.
    REGISTERED = "registered"
    UNKNOWN = "unknown"


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split("|"))


SIGNS = {
    **dict.fromkeys("✓✔☑✅🗹●■+√", Mark.PRESENT),
    **dict.fromkeys("✗✘✖❌☐✕×□○–—-−∅/", Mark.ABSENT),
}
# Words that are of presence whatever the column is called.
PLAIN_PRESENT = _words(
    "present|presente|presents|presentes|present e|presence|emarge|emargee|signe|signee|venu|venue|"
    "a participe|a assiste|participe|assiste|checked in|scanne|scannee|attended|joined|en retard|"
    "retard|depart anticipe|parti avant la fin|present partiel|presence partielle|late|left early|"
    "matin|apres midi|matin apres midi|matin et apres midi|journee|journee entiere|"
    "journee complete|distanciel|presentiel|en presentiel|en distanciel|connecte|connectee"
)
PLAIN_ABSENT = _words(
    "absent|absente|absents|absentes|absent e|abs|absence|excuse|excusee|excuses|excuse e|"
    "no show|noshow|not attending|not attended|did not attend|pas venu|pas venue|jamais venu|"
    "jamais venue|non venu|non venue|non present|non presente|non present e|pas present|"
    "pas presente|non signe|non emarge|non scanne|non commence|pas commence|not started|"
    "desiste|desistee|desistement|annule|annulee|annulation|annule e|canceled|cancelled|"
    "cancelation|cancellation|waitlist|waitlisted|waiting list|liste d attente|sur liste d attente|"
    "rembourse|remboursee|refunded|deleted|supprime|supprimee|refuse|refusee|declined|"
    "non connecte|non connectee|jamais connecte|jamais connectee|aucune connexion|"
    "not checked in|unattended|missed|dispense|dispensee|abi|abj|abnj|absj|absnj|absi|ae|aj|anj|"
    "defaillant|defaillante|abandon|non participant|non participante|n a pas participe|"
    "n est pas venu|n est pas venue|n a pas assiste|n a pas suivi|n est pas present|"
    "n est pas presente|n a pas signe|forfait|declare forfait|declaree forfait"
)
# Of a registration, an order or a payment.
REGISTERED = _words(
    "confirme|confirmee|confirmed|paye|payee|paid|inscrit|inscrite|inscrit e|registered|enrolled|"
    "approved|approuve|approuvee|valide|validee|accepte|acceptee|accepted|attending|pending|"
    "en attente|actif|active|completed order|complete|termine|terminee|completed|regle|reglee|"
    "gratuit|free|offert|offerte|invite|invitee|en cours|in progress|started|commence|notified"
)
# Yes, no, and what stands for them: of presence only in a column about presence.
YES = _words("oui|o|yes|y|x|xx|1|ok|p|pr|vrai|v|true|t|fait|done|s|total|totale|integrale")
NO = _words("non|n|no|0|a|ab|faux|f|false|ko|e|exc|nok|aucune|nulle")
KNOWN = (
    (PLAIN_PRESENT | YES, Mark.PRESENT),
    (PLAIN_ABSENT | NO, Mark.ABSENT),
    (REGISTERED, Mark.REGISTERED),
)
# Of something else in another column (a plan, a tariff): of presence in a column about it only.
AMBIGUOUS = _words(
    "matin|apres midi|matin apres midi|matin et apres midi|journee|complete|distanciel|presentiel|"
    "en presentiel|en distanciel|abandon|ae|aj|forfait"
)
# The beginning of what is said at more length: « absent justifié », « signé le 12/11 à 9 h 02 ».
BEGINS_ABSENT = re.compile(
    r"(absen|excus|annul|cancel|non (present|venu|signe|emarg|scann|commenc|connect|inscrit)|"
    r"n (est|a|etait) pas |"
    r"pas (present|venu|signe|emarg|connect|commenc)|jamais |no show|not |desist|waitlist|"
    r"liste d attente|rembours|refund|dispens)|non\b"
)
# In a column of absences: of what kind the absence is.
JUSTIFIED = re.compile(r"(non |in|pas )?justifie[es]*( .{0,60})?")
# Signs that mark nothing: an empty box, a dash.
BLANK = frozenset("☐□○∅–—-−/.…_ ")
BEGINS_PRESENT = re.compile(
    r"(present|signe|emarg|venu|retard|depart anticip|parti(e)? (avant|plus tot)|oui\b|yes\b|"
    r"arrive|a (participe|assiste|suivi|signe|emarge)|checked in|scann|connect|attended|matin|"
    r"apres midi|journee|distanciel|presentiel|en (distanciel|presentiel|visio)|visio)"
)
# « P (2/2) », « A (0/2) »: the mark of a learning platform, with its points.
WITH_POINTS = re.compile(r"([A-Za-zÀ-ÿ]{1,3})\s*\(\s*(\d+)\s*/\s*(\d+)\s*\)")
CLOCK = re.compile(r"\d{1,2}\s*[h:]\s*\d{2}(:\d{2})?(\s*[ap]\.?m\.?)?", re.IGNORECASE)
SIGNED_AT = re.compile(
    r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}.*\d{1,2}[:h]\d{2}.*|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}",
    re.IGNORECASE,
)
# The picture of a signature; a link without one may be where to sign.
SIGNATURE = re.compile(r"https?://\S+\.(?:png|jpe?g|gif|svg|webp|bmp)(?:\?\S*)?", re.IGNORECASE)
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
# Of somebody who was there for a part: from or until some time, or on one half of the day alone.
HALF = r"(matin|matinee|apres midi|aprem|demi journee|j ?\d|jour \d|journee)"
MOVES = (
    r"(parti|depart|quitt|sorti|arriv|absen|present|connect|jusqu|a partir|depuis|apres|avant|"
    r"entre|des)"
)
PARTLY = re.compile(
    rf"\b{MOVES}[a-z]*\b.*\b\d{{1,2}} ?(h|heures?)\b|\b(seulement|uniquement|que)\b.*\b{HALF}\b|"
    rf"\b{HALF} (seulement|uniquement)\b|\bpartiel(le|lement)?\b|"
    r"\ba (quitte|du (partir|quitter))\b|"
    r"\b(en|pour|une) (grande |petite |bonne )?partie\b|\bla moitie\b|\ba moitie\b|"
    r"\b(oui|yes|present|presente|venu|venue)\b.*\b(sauf|incomplet|pas (tout|toute|entierement))\b"
)
PART_OF_HUNDRED = re.compile(r"(?<!\d)[1-9]\d?\s?%")
BOTH = re.compile(r"present|venu|signe|\boui\b")
NEITHER = re.compile(r"absen|excus|\bnon\b|pas venu|manque")


def mark_of(cell: Cell) -> Mark:
    """What a cell of a column about presence says."""
    if cell is None:
        return Mark.NOTHING
    if isinstance(cell, bool):
        return Mark.PRESENT if cell else Mark.ABSENT
    if isinstance(cell, date | time):
        # The moment of a signature.
        return Mark.PRESENT
    if isinstance(cell, Percent):
        return Mark.PRESENT if cell > 0 else Mark.ABSENT
    if isinstance(cell, int | float) and cell in (0, 1):
        return Mark.PRESENT if cell else Mark.ABSENT
    return mark_of_text(cell_text(cell))


@lru_cache(maxsize=4096)
def mark_of_text(text: str) -> Mark:
    """As `mark_of`, of a text."""
    if not text:
        return Mark.NOTHING
    signs = {SIGNS[sign] for sign in text if sign in SIGNS and not sign.isascii()}
    if set(text) <= SIGNS.keys() | {" "}:
        said = {SIGNS[sign] for sign in text if sign in SIGNS}
    else:
        # « Oui ✔ » says it twice; « Oui ✘ » says nothing sure; a dash between words is no sign.
        said = {_mark_of_words(text)} | {sign for sign in signs if not set(text) & set("–—−")}
    return said.pop() if len(said) == 1 else Mark.UNKNOWN


def _mark_of_words(text: str) -> Mark:
    """What a text with letters or figures says."""
    word = fold(text)
    for words, mark in KNOWN:
        if word in words:
            return mark
    if points := WITH_POINTS.fullmatch(text):
        return Mark.PRESENT if int(points[2]) else Mark.ABSENT
    if CLOCK.fullmatch(text) or SIGNED_AT.fullmatch(text) or SIGNATURE.fullmatch(text):
        return Mark.PRESENT
    if NUMBER.fullmatch(text):
        return Mark.UNKNOWN if float(text.replace(",", ".")) else Mark.ABSENT
    if is_partly(text):
        return Mark.UNKNOWN
    if BEGINS_ABSENT.match(word):
        return Mark.UNKNOWN if BOTH.search(_without_denial(word)) else Mark.ABSENT
    if BEGINS_PRESENT.match(word):
        return Mark.UNKNOWN if NEITHER.search(word) else Mark.PRESENT
    return Mark.UNKNOWN


def is_partly(text: str) -> bool:
    """Whether a text says that somebody was there for a part: « parti à 15 h », « matin seul »."""
    word = fold(re.sub(r"(\d)\s*[h:]\s*(\d{2})?", r"\1h ", text.lower()))
    if word in PLAIN_PRESENT | PLAIN_ABSENT:
        return False
    return bool(PARTLY.search(word) or PART_OF_HUNDRED.search(text))


def _without_denial(word: str) -> str:
    """« non signé, absent » is no presence: what is denied is taken off."""
    return re.sub(r"\b(non|pas|not|jamais)\s+(\w+)", "", word)


def is_plain(cell: Cell) -> bool:
    """Whether the cell speaks of presence whatever its column is called: « absent justifié »."""
    text = cell_text(cell)
    word = fold(text)
    if word in PLAIN_PRESENT or word in PLAIN_ABSENT:
        return word not in AMBIGUOUS
    said = mark_of_text(text) in {Mark.PRESENT, Mark.ABSENT}
    return (
        said and word not in YES | NO and bool(BEGINS_ABSENT.match(word) or word[:7] == "present")
    )


def is_sign(cell: Cell) -> bool:
    """Whether the cell is a tick, a cross or a box."""
    text = cell_text(cell)
    return 0 < len(text) <= 2 and (text in {"x", "X"} or set(text) <= set("✓✔☑✅✗✘✖❌☐✕√🗹"))


def is_yes_or_no(cell: Cell) -> bool:
    """Whether the cell is a word for yes or no."""
    if isinstance(cell, bool):
        return True
    return fold(cell_text(cell)) in {"oui", "non", "yes", "no", "o", "n", "vrai", "faux"}


def is_nothing(cell: Cell) -> bool:
    """Whether a cell says in so many signs that there is nothing: « - », « 0 », « aucune »."""
    text = cell_text(cell)
    if word := fold(text):
        return word in {"0", "aucune", "aucun", "neant", "non", "no", "ras"}
    # « ? » and « ✓ » say something.
    return set(text) <= BLANK


def mark_of_absence(cell: Cell, title: str) -> Mark:
    """What a cell below this title of absences says: a mark there is of somebody absent."""
    mark = mark_of(cell)
    word = fold(cell_text(cell))
    if mark is Mark.NOTHING or is_nothing(cell):
        # « Absence justifiée : non » may be an absence.
        return Mark.UNKNOWN if word in {"non", "no"} and "justifi" in fold(title) else Mark.NOTHING
    if JUSTIFIED.fullmatch(word):
        return Mark.ABSENT
    if is_plain(cell):
        return mark
    if mark is Mark.PRESENT or (word and word == fold(title)):
        # « A » below « A » too.
        return Mark.ABSENT
    # A cross below « Absent » may mark the absent, or deny it.
    return Mark.NOTHING if mark is Mark.ABSENT and word else Mark.UNKNOWN
