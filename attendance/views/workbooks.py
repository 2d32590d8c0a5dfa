"""The workbooks that the portal gives: the model to fill, the list with what it says of it."""

from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from common import files
from common.spreadsheets import write_workbook
from organisms.access import organism_required

from ..models import Participant
from .access import get_sheet, get_training

MODEL_HEADER = ["Nom", "Prénom", "E-mail", "N° adhérent", "N° ORIAS", "Cabinet"]
# Known again when the file comes back (`columns.SYNONYMS`).
ORIGIN, RESULT, REASON = "Ligne du portail", "Résultat du portail", "Motif du portail"
EVIDENCE = "Preuve du portail"
OWN = {ORIGIN, RESULT, REASON, EVIDENCE}
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


@organism_required
@require_safe
def roster_model(request, pk):
    """The workbook to fill, with the training's name in it."""
    training = get_training(request, pk)
    content = write_workbook(
        [
            ("Présents", [MODEL_HEADER]),
            (
                "Mode d’emploi",
                [
                    ["Formation", training.title],
                    ["Agrément", training.approval_number or ""],
                    ["Organisme", training.organism.name],
                    ["Une ligne par personne présente, dans la feuille « Présents »."],
                    ["Le nom, et au moins l’e-mail, le n° adhérent ou le n° ORIAS."],
                ],
            ),
        ],
        widths=[24, 20, 34, 16, 14, 30],
    )
    response = HttpResponse(content, content_type=files.XLSX)
    name = f"presents-{slugify(training.approval_number or training.pk)}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@organism_required
@require_safe
def annotated_list(request, pk):
    """The list as a workbook, with what the portal says of each line."""
    sheet = get_sheet(request, pk)
    if not sheet.has_list:
        raise Http404
    response = HttpResponse(_annotate(sheet), content_type=files.XLSX)
    name = f"presents-{sheet.starts_on:%Y-%m-%d}-annote.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _annotate(sheet):
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
    header = [ORIGIN, *titles, *further, RESULT, REASON, EVIDENCE]
    rows = [
        [
            line.row_number or "",
            *(getattr(line, name) for name in TYPED),
            *(line.raw.get(title, "") for title in further),
            _result_of(line),
            _reason_of(line),
            _evidence_of(line),
        ]
        for line in lines
    ]
    return write_workbook([("Présents", [header, *rows])], widths=[16, 24, 20, 34, 16, 14, 30])


def _result_of(line):
    """What the portal says of a line, in a word."""
    return line.get_state_display() if line.included else "décoché"


def _evidence_of(line):
    """What the file says of presence and time, and on which of its rows."""
    rows = f"lignes {', '.join(map(str, line.rows))}" if line.other_rows else ""
    return " ; ".join(filter(None, [line.evidence, rows]))


def _reason_of(line):
    """Why, and what to do; "" for a line that needs nothing."""
    if line.problem or line.state != Participant.State.UNRECOGNISED:
        return line.problem
    return UNKNOWN
