"""Of whom the rows below a title are: those absent, those who host, those of a replay. Pure."""

import re

from common.spreadsheets import Row, cell_text, fold

ABSENTS, HOSTS, LATER = "absents", "hosts", "later"
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
HOSTS_BELOW = re.compile(
    r"(?:details? (?:de |du |des |d )?(?:l )?)?"
    r"(host|hote|panelist|presenter|presentateur|animateur|animatrice|intervenant|organisateur|"
    r"organizer|formateur|formatrice|conferencier|moderat)"
)
LATER_BELOW = re.compile(
    OPENING + r"(?:(?:regarde|vu|visionne|suivi|en|le|la)\s)*"
    r"(?:replay|rediffusion|differe|rattrapage|on demand|recording)"
)


def section_of(text: str) -> str:
    """Whom a title says that the rows below are of: ABSENTS, HOSTS, LATER, or "" for anybody."""
    folded = fold(re.sub(r"\d+", "", text))
    if len(text) > LONGEST or NO_ABSENT.search(folded):
        return ""
    if ABSENT_BELOW.match(folded):
        return ABSENTS
    if LATER_BELOW.match(folded):
        return LATER
    return HOSTS if HOSTS_BELOW.match(folded) else ""


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


def texts_of(row: Row) -> list[str]:
    """What the row says, cell by cell."""
    return [text for cell in row.cells if (text := cell_text(cell))]
