"""The session of a sheet, and what its file means: days and place, columns, which session."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from common.errors import Refused, WrongStatus
from organisms.access import writing_required

from ..domain import rereading, sheets
from ..forms import SessionForm
from ..models import Sheet
from ..roster.columns import IGNORED, KINDS
from .access import get_sheet


@writing_required
def edit_session(request, pk):
    """The days and the place of a session, before its list is validated."""
    sheet = get_sheet(request, pk)
    initial = {name: getattr(sheet, name) for name in ("starts_on", "ends_on", "place")}
    form = SessionForm(request.POST or None, training=sheet.training, initial=initial)
    try:
        sheet.require(Sheet.Event.CHANGE_SESSION)
        if request.method == "POST" and form.is_valid():
            sheets.change_session(sheet, by=request.user, **form.cleaned_data)
            messages.success(request, "La session est corrigée.")
            return redirect("attendance:sheet", pk)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    return render(
        request, "attendance/session.html", {"nav": "attendance", "sheet": sheet, "form": form}
    )


@writing_required
@require_POST
def tell_columns(request, pk):
    """What the file's columns mean; it is then read again."""
    sheet = get_sheet(request, pk)
    allowed = {*KINDS, IGNORED}
    told = {
        title: kind
        for position, (title, _) in enumerate(sheet.columns)
        if (kind := request.POST.get(f"colonne-{position}", "")) in allowed
    }
    if not told:
        messages.error(request, "Dites au moins d’une colonne ce qu’elle contient.")
        return redirect("attendance:sheet", pk)
    try:
        rereading.tell_columns(sheet, told, by=request.user)
    except WrongStatus as error:
        messages.error(request, str(error))
    return redirect("attendance:sheet", pk)


@writing_required
@require_POST
def answer(request, pk):
    """The answers to what the file left open; it is then read again."""
    sheet = get_sheet(request, pk)
    try:
        is_late = rereading.answer(sheet, given_answers(request), by=request.user)
    except Refused as error:
        is_late = str(error) == rereading.ANSWERED_ALREADY
        if not is_late:
            messages.error(request, str(error))
    if is_late:
        messages.warning(
            request,
            f"{rereading.ANSWERED_ALREADY} Pour en changer, cliquez sur « Répondre de nouveau », "
            "sous « Vos réponses ».",
        )
    return redirect("attendance:sheet", pk)


@writing_required
@require_POST
def answer_again(request, pk):
    """« Répondre de nouveau »: what was answered is forgotten, and asked anew."""
    try:
        rereading.answer_again(get_sheet(request, pk), by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("attendance:sheet", pk)


def given_answers(request):
    """{key: value} of what was chosen on the page, question by question.

    The page may be older than the list: each answer names its question.
    """
    return {
        key: request.POST.get(f"question-{name.removeprefix('cle-')}", "")
        for name, key in request.POST.items()
        if name.startswith("cle-")
    }


@writing_required
@require_POST
def pick_session(request, pk):
    """Which of the file's sessions this sheet is about, or a sheet for each."""
    sheet = get_sheet(request, pk)
    try:
        if "each" in request.POST:
            made = rereading.split_sessions(sheet, by=request.user)
            messages.success(request, f"{len(made) + 1} feuilles sont faites, une par session.")
            return redirect("attendance:training", sheet.training_id)
        rereading.keep_session(sheet, request.POST.get("session", ""), by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("attendance:sheet", pk)
