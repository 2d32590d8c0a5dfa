"""« Attestation annuelle »: a member's counted hours of a year, as a PDF."""

from django.utils import timezone
from django.utils.formats import date_format

from common.durations import format_minutes
from common.pdf import render_pdf

from ..models import Member
from . import ledger


def make(member: Member, year: int) -> bytes:
    """The bytes of the PDF. Only standing entries are listed; the totals are the ledger's."""
    entries = (
        member.credits.filter(year=year, corrects__isnull=True, corrected_by__isnull=True)
        .select_related("training")
        .order_by("session_on", "pk")
    )
    totals = ledger.year_total(member, year)
    due = ledger.due(member, year)
    lines = [
        ("Heures associatives", totals["associative"]),
        ("Heures AMF", totals["amf"]),
        (f"Total {year}", totals["total"]),
    ]
    if due:
        lines.append(("Heures dues par un adhérent ANACOFI-CIF", due.minutes))
        if due.amf_minutes:
            lines.append(("dont heures AMF", due.amf_minutes))
    pdf: bytes = render_pdf(
        "members/pdf/attestation.typ",
        {
            "title": f"Attestation annuelle {year}",
            "sentence": (
                f"L’ANACOFI atteste que {member}, numéro d’adhérent {member.number}, a suivi en "
                f"{year} les formations ci-dessous, comptées sur son portail de formation."
            ),
            "rows": [
                {
                    "title": entry.training.title,
                    "kind": entry.get_kind_display(),
                    "number": entry.training.approval_number or "–",
                    "session": date_format(entry.session_on, "d/m/Y"),
                    "hours": format_minutes(entry.minutes),
                }
                for entry in entries
            ],
            "totals": [
                {"label": label, "hours": format_minutes(minutes)} for label, minutes in lines
            ],
            "made": f"Fait le {date_format(timezone.localdate(), 'j F Y')}.",
            "footer": f"{member.number} – {year} – portail de formation de l’ANACOFI",
        },
    )
    return pdf
