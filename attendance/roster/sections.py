"""Of whom the rows below a title are: absent, hosts, of a replay, only registered. Pure."""

import re
from collections.abc import Sequence

from common.spreadsheets import Row, cell_text, fold

ABSENTS, HOSTS, LATER = "absents", "hosts", "later"
# Registered, called or invited: it says nothing of who came.
REGISTERED = "registered"
# A longer text is a sentence.
LONGEST = 80
# « Liste des personnes », « Inscrits n’ayant pas »: before the word that tells.
OPENING = (
    r"(?:(?:liste|listes|les|des|de|d|la|le|personnes?|participants?|participantes?|stagiaires?|"
    r"adherents?|membres?|inscrits?|inscrites?|apprenants?|invites?|qui|ont|ayant|sont|se|etaient|"
    r"etait|nombre|ceux|celles)\s)*"
)
ABSENT_BELOW = re.compile(
    OPENING + r"(?:absent|absence|excus|"
    r"(?:non|pas|jamais) (?:present|venu|particip|connect|assist|signe|emarg)|"
    r"n (?:ont|ayant|etaient|a|sont) pas |annul|desist|liste d attente|en attente|no shows?\b|"
    r"not attend|did not attend|didn t attend|wait ?list|waiting list|cancel|declin|unattended|"
    r"registered but not|registrants? who did not)"
)
NO_ABSENT = re.compile(r"absences? et presen|absents? et presen|absences? presen|absents? presen")
PRESENT_BELOW = re.compile(
    OPENING + r"(?:presen|participants?\b|stagiaires?\b|attend|ayant (?:particip|assist|suivi)|"
    r"particip|venus?\b|other attend|autres? participants?\b)"
)
IN_PRESENCE = re.compile(r"\bpresen|\bemarg|\battend")
HOSTS_BELOW = re.compile(
    r"(?:details? (?:de |du |des |d )?(?:l )?)?"
    r"(host|hote|panelist|presenter|presentateur|animateur|animatrice|intervenant|organisateur|"
    r"organizer|formateur|formatrice|conferencier|moderat)"
)
LATER_BELOW = re.compile(
    OPENING + r"(?:(?:regarde|vu|visionne|suivi|en|le|la)\s)*"
    r"(?:replay|rediffusion|differe|rattrapage|on demand|recording)"
)
REGISTERED_BELOW = re.compile(
    r"\b(?:pre ?)?inscrite?s\b|\b(?:pre ?)?inscriptions\b|\bconvoque?e?s\b|\bconvocations\b|"
    r"\binvitee?s\b|\binvitations\b|\bparticipants? (?:prevus|attendus)\b|\bregistrants\b|"
    r"\bregistrations\b|\bregistered\b|\binvitees\b"
)
# « Inscrits présents », « Inscrits sur place »; « Fin des inscriptions », « Nombre d’inscrits ».
NOT_OF_REGISTERED = re.compile(
    r"presen|emarg|\bvenus?\b|\bvenues\b|assist|attend(?:ance|ees?)\b|a participe|ont participe|"
    r"ayant participe|sur place|jour meme|walk|\b(?:nombre|nb|total|date|dates|fin|cloture|limite|"
    r"lien|frais|tarif|avant|ouverture|ouvertes?|closes?|conditions|modalites)\b"
)
# Titles above a list stand no further from it.
FARTHEST = 12


def section_of(text: str) -> str:
    """Whom a title says that the rows below are of: ABSENTS, HOSTS, LATER or REGISTERED.

    "" for anybody.
    """
    folded = fold(re.sub(r"\d+", "", text))
    if len(text) > LONGEST or NO_ABSENT.search(folded):
        return ""
    if ABSENT_BELOW.match(folded):
        return ABSENTS
    if LATER_BELOW.match(folded):
        return LATER
    if HOSTS_BELOW.match(folded):
        return HOSTS
    is_registered = REGISTERED_BELOW.search(folded) and not NOT_OF_REGISTERED.search(folded)
    return REGISTERED if is_registered else ""


def section_in(row: Row) -> str | None:
    """As `section_of`, for a row that is such a title, were it with a number; else None."""
    texts = texts_of(row)
    words = [text for text in texts if any(sign.isalpha() for sign in text)]
    if len(words) != 1 or len(texts) > 2 or len(words[0]) > LONGEST:
        return None
    if section := section_of(words[0]):
        return section
    return "" if PRESENT_BELOW.match(fold(words[0])) else None


def section_above(row: Row, start: int, stop: int) -> str:
    """Whom the one title above the columns of a list says that it is of."""
    texts = [text for cell in row.cells[start:stop] if (text := cell_text(cell))]
    return section_of(texts[0]) if len(texts) == 1 else ""


def registered_above(rows: Sequence[Row], index: int) -> str | None:
    """The nearest title above a header, when it is of those registered: its text.

    "" when it is of others, None when nothing there tells.
    """
    for row in reversed(rows[max(index - FARTHEST, 0) : index]):
        texts = texts_of(row)
        if any("@" in text for text in texts):
            return None
        if any(len(text) <= LONGEST and IN_PRESENCE.search(fold(text)) for text in texts):
            return ""
        if registered := next((text for text in texts if section_of(text) == REGISTERED), ""):
            return registered
    return None


def texts_of(row: Row) -> list[str]:
    """What the row says, cell by cell."""
    return [text for cell in row.cells if (text := cell_text(cell))]
