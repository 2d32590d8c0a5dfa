"""The list given back as a workbook: each row as it came, and what the portal says of it."""

from common.spreadsheets import write_workbook

from ..models import Participant

# Known again when the file comes back (`headers.SYNONYMS`).
ORIGIN, RESULT, REASON = "Ligne du portail", "Résultat du portail", "Motif du portail"
OWN = {ORIGIN, RESULT, REASON}
UNKNOWN = (
    "Aucun adhérent n’a ce nom avec ce numéro, cet e-mail ou ce numéro ORIAS. Corrigez la ligne, "
    "ou décochez-la."
)
TYPED = {
    "last_name": "Nom",
    "first_name": "Prénom",
    "email": "E-mail",
    "member_number": "N° adhérent",
    "orias": "N° ORIAS",
    "firm": "Cabinet",
}


def build(sheet):
    """The bytes of the workbook of a sheet's list; corrected, it can complete the same list.

    It tells the organism no more than the page does. One query.
    """
    lines = list(sheet.participants.all())
    titles = list(TYPED.values())
    # What the file held besides, in its own words.
    known = {*OWN, *titles}
    further = list(
        dict.fromkeys(title for line in lines for title in line.raw if title not in known)
    )
    header = [ORIGIN, *titles, *further, RESULT, REASON]
    rows = [
        [
            line.row_number or "",
            *(getattr(line, name) for name in TYPED),
            *(line.raw.get(title, "") for title in further),
            result_of(line),
            reason_of(line),
        ]
        for line in lines
    ]
    return write_workbook([("Présents", [header, *rows])], widths=[16, 24, 20, 34, 16, 14, 30])


def result_of(line):
    """What the portal says of a line, in a word."""
    return line.get_state_display() if line.included else "décoché"


def reason_of(line):
    """Why, and what to do; "" for a line that needs nothing."""
    if line.problem or line.state != Participant.State.UNRECOGNISED:
        return line.problem
    return UNKNOWN
