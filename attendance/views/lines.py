"""The organism's pages about the lines of a list: ticks, someone forgotten, a correction."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from common.errors import Refused, WrongStatus
from organisms.access import writing_required

from ..domain import participants
from ..forms import ParticipantForm, RemovalForm
from ..models import Sheet
from .access import get_sheet

Event = Sheet.Event


@writing_required
@require_POST
def tick(request, pk):
    """Tick and untick lines: one by a script as it is clicked, or a page of them by its form."""
    sheet = get_sheet(request, pk)
    among, ticked = _ids(request, "among"), _ids(request, "ticked")
    try:
        participants.tick(sheet, ticked, among=among, by=request.user)
    except WrongStatus as error:
        if request.htmx:
            return _reload(request, str(error))
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    if not request.htmx:
        if request.POST.get("then") == "validate":
            return redirect("attendance:validate", pk)
        messages.success(request, "Les coches sont enregistrées.")
        return redirect("attendance:sheet", pk)
    line = get_object_or_404(sheet.participants.select_related("changed_by"), pk__in=among[:1])
    return render(
        request,
        "attendance/_ticked.html",
        {
            "sheet": sheet,
            "line": line,
            "may_change": True,
            "summary": sheet.participants.summary(),
        },
    )


def _ids(request, name):
    return [int(text) for text in request.POST.getlist(name) if text.isdecimal() and len(text) < 19]


def _reload(request, sentence):
    """Have the whole page loaded again, with this message."""
    messages.error(request, sentence)
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    return response


@writing_required
def add_participant(request, pk):
    """« Ajouter un participant »."""
    sheet = get_sheet(request, pk)
    try:
        participants.require_completable(sheet)
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    form = ParticipantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            participant = participants.add(sheet, form.line(), by=request.user)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{participant} est sur la liste : {participant.get_state_display()}."
            )
            return redirect("attendance:sheet", pk)
    return render(
        request, "attendance/add.html", {"nav": "attendance", "sheet": sheet, "form": form}
    )


@writing_required
def edit_participant(request, pk, line):
    """Correct a line of a list to validate: it is looked up anew."""
    sheet = get_sheet(request, pk)
    participant = sheet.participants.filter(pk=line).first()
    names = ParticipantForm.base_fields
    form = ParticipantForm(
        request.POST or None, initial={name: getattr(participant, name, "") for name in names}
    )
    try:
        sheet.require(Event.EDIT_PARTICIPANT)
        if participant is None:
            raise WrongStatus("La liste a été relue ou corrigée entre-temps.")
    except WrongStatus as error:
        messages.error(request, f"{error} {_not_saved(form)}".strip())
        return redirect("attendance:sheet", pk)
    if request.method == "POST" and form.is_valid():
        try:
            edited = participants.edit(participant, form.line(), by=request.user)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{edited} : {edited.get_state_display()}.")
            return redirect("attendance:sheet", pk)
    return render(
        request,
        "attendance/add.html",
        {"nav": "attendance", "sheet": sheet, "form": form, "participant": participant},
    )


def _not_saved(form):
    """What was typed into a form that cannot be saved, to be typed again; "" if it was not sent."""
    if not form.is_bound:
        return ""
    typed = [
        f"{field.label} : {text[:200]}"
        for name, field in form.fields.items()
        if (text := form.data.get(name, "").strip())
    ]
    return (
        "Votre correction n’est pas enregistrée : refaites-la sur la liste. "
        f"Vous aviez écrit : {' ; '.join(typed) or 'rien'}."
    )


@writing_required
def ask_removal(request, pk, line):
    """Ask staff to take someone off a validated list."""
    sheet = get_sheet(request, pk)
    participant = get_object_or_404(sheet.participants.filter(included=True), pk=line)
    form = RemovalForm(request.POST or None)
    try:
        sheet.require(Event.ASK_REMOVAL)
        if request.method == "POST" and form.is_valid():
            participants.ask_removal(participant, by=request.user, **form.cleaned_data)
            messages.success(request, "Votre demande est envoyée à l’ANACOFI.")
            return redirect("attendance:sheet", pk)
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    return render(
        request,
        "attendance/removal.html",
        {"nav": "attendance", "sheet": sheet, "participant": participant, "form": form},
    )
