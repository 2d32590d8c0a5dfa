"""A sheet: its list as it stands, its files, its validation."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Q, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import files
from common.derived import found
from common.errors import WrongStatus
from organisms.access import organism_required, writing_required

from ..domain import cautions, counting, rereading, sheets
from ..models import Participant, Sheet
from ..roster.columns import IGNORED, KINDS
from .access import get_sheet

Event, State = Sheet.Event, Participant.State
LINES_A_PAGE = 100
FILTERS = {
    "recognised": ("Reconnus", Q(state=State.RECOGNISED, included=True)),
    "already": ("Déjà comptés", Q(state=State.ALREADY_COUNTED, included=True)),
    "unrecognised": (
        "Non reconnus ou à corriger",
        Q(state__in=[State.UNRECOGNISED, State.PROBLEM], included=True),
    ),
    "unticked": ("Décochés", Q(included=False)),
}
# What the organism has to look at, on top.
PROBLEMS_FIRST = Case(
    When(included=True, state__in=[State.UNRECOGNISED, State.PROBLEM], then=0), default=1
)


# Come back to it, the page shows the ticks as they are, not as an older page had them.
@never_cache
@organism_required
@require_safe
def sheet(request, pk):
    """A sheet: being read, unreadable, to validate, validated or cancelled."""
    sheet = get_sheet(request, pk)
    lines = sheet.participants.select_related("changed_by")
    state = request.GET.get("etat", "")
    if state in FILTERS:
        lines = lines.filter(FILTERS[state][1])
    query = request.GET.get("q", "").strip()
    if query:
        lines = found(lines, query)
    to_validate = sheet.may(Event.VALIDATE)
    if to_validate:
        lines = lines.order_by(PROBLEMS_FIRST, *Participant._meta.ordering)
    return render(
        request,
        "attendance/sheet.html",
        {
            "nav": "attendance",
            "organism": request.organism,
            "sheet": sheet,
            "may_change": sheet.may(Event.TICK) and request.organism.may_write,
            "may_add": sheet.is_completable and request.organism.may_write,
            "may_ask": sheet.may(Event.ASK_REMOVAL) and request.organism.may_write,
            "page": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
            "summary": sheet.participants.summary(),
            "states": [(key, label) for key, (label, _) in FILTERS.items()],
            "state": state,
            "query": query,
            "cautions": cautions.of(sheet) if to_validate else [],
            "given": rereading.given(sheet) if sheet.has_list else None,
            "column_kinds": [*KINDS.items(), (IGNORED, "à ne pas lire")],
            "journal": sheet.journal.select_related("by"),
        },
    )


@organism_required
@require_safe
def progress(request, pk):
    """Asked again and again by the waiting page; sends it to the list when it is ready."""
    sheet = get_sheet(request, pk)
    if sheet.may(Event.RECORD):
        return render(request, "attendance/_reading.html", {"sheet": sheet})
    response = HttpResponse()
    response["HX-Redirect"] = reverse("attendance:sheet", args=[pk])
    return response


@writing_required
def validate(request, pk):
    """« Valider la liste »: a page that says what will happen, then it happens, once."""
    sheet = get_sheet(request, pk)
    if request.method == "POST":
        try:
            counting.validate(sheet, by=request.user)
        except WrongStatus as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                "La liste est validée. Les adhérents dont les heures comptent reçoivent un e-mail.",
            )
        return redirect("attendance:sheet", pk)
    if not sheet.may(Event.VALIDATE):
        return redirect("attendance:sheet", pk)
    if sheet.waits_for:
        messages.error(request, sheet.waits_for)
        return redirect("attendance:sheet", pk)
    summary = sheet.participants.summary()
    if summary["unticked"] == summary["total"]:
        messages.error(request, counting.NOBODY_TICKED)
        return redirect("attendance:sheet", pk)
    counted = counting.in_words(summary)
    follows = (
        "Les heures seront comptées et les e-mails envoyés."
        if summary["recognised"]
        else "Personne de plus ne sera compté : aucune ligne cochée n’est nouvelle et reconnue."
    )
    return render(
        request,
        "_confirm.html",
        {
            "nav": "attendance",
            "title": "Valider la liste",
            "text": f"{counted}. {follows} La liste ne pourra plus être modifiée.",
            "button": "Valider la liste",
            "back": reverse("attendance:sheet", args=[pk]),
        },
    )


@writing_required
def discard(request, pk):
    """Throw away a sheet of which nothing was counted."""
    sheet = get_sheet(request, pk)
    if request.method == "POST":
        try:
            sheets.discard(sheet)
        except WrongStatus as error:
            messages.error(request, str(error))
            return redirect("attendance:sheet", pk)
        messages.success(request, "La feuille est supprimée.")
        return redirect("attendance:training", sheet.training_id)
    return render(
        request,
        "_confirm.html",
        {
            "nav": "attendance",
            "title": "Supprimer la feuille",
            "text": "La liste et ses deux fichiers sont effacés. Rien n’en a été compté.",
            "button": "Supprimer la feuille",
            "back": reverse("attendance:sheet", args=[pk]),
            "danger": True,
        },
    )


@organism_required
@require_safe
def scan(request, pk):
    """The signed sheet, as deposited."""
    sheet = get_sheet(request, pk)
    return files.serve(sheet.scan, name=sheet.scan_name, content_type=sheet.scan_type)


@organism_required
@require_safe
def roster(request, pk):
    """The roster, as deposited."""
    sheet = get_sheet(request, pk)
    return files.serve(sheet.roster, name=sheet.roster_name, content_type="")
