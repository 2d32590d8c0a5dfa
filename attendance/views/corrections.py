"""The organism's pages that correct a list: a line, a second file, the list given back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import files
from common.errors import WrongStatus
from organisms.access import organism_required, writing_required

from ..domain import annotated, deposits
from ..forms import ParticipantForm, RemovalForm, SessionForm
from ..models import DepositedFile, SecondReading, Sheet
from ..roster.headers import IGNORED, KINDS
from .access import get_sheet, get_training

Purpose = SecondReading.Purpose


@writing_required
def add_participant(request, pk):
    """« Ajouter un participant »."""
    found = get_sheet(request, pk)
    try:
        found.require_completable()
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    form = ParticipantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            participant = found.add_participant(form.line(), by=request.user)
        except WrongStatus as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, f"{participant} est sur la liste : {participant.get_state_display()}."
            )
            return redirect("attendance:sheet", pk)
    return render(
        request, "attendance/add.html", {"nav": "attendance", "sheet": found, "form": form}
    )


@writing_required
def edit_participant(request, pk, line):
    """Correct a line of a list to validate: it is looked up anew."""
    found = get_sheet(request, pk)
    participant = get_object_or_404(found.participants, pk=line)
    names = ParticipantForm.base_fields
    form = ParticipantForm(
        request.POST or None, initial={name: getattr(participant, name) for name in names}
    )
    try:
        found.require_status(Sheet.Status.DRAFT)
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    if request.method == "POST" and form.is_valid():
        try:
            edited = found.edit_participant(participant, form.line(), by=request.user)
        except WrongStatus as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{edited} : {edited.get_state_display()}.")
            return redirect("attendance:sheet", pk)
    return render(
        request,
        "attendance/add.html",
        {"nav": "attendance", "sheet": found, "form": form, "participant": participant},
    )


@writing_required
def ask_removal(request, pk, line):
    """Ask staff to take someone off a validated list."""
    found = get_sheet(request, pk)
    participant = get_object_or_404(found.participants.filter(included=True), pk=line)
    form = RemovalForm(request.POST or None)
    try:
        found.require_status(Sheet.Status.VALIDATED)
        if request.method == "POST" and form.is_valid():
            found.ask_removal(participant, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, "Votre demande est envoyée à l’ANACOFI.")
            return redirect("attendance:sheet", pk)
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    return render(
        request,
        "attendance/removal.html",
        {"nav": "attendance", "sheet": found, "participant": participant, "form": form},
    )


@writing_required
@require_POST
def replace_roster(request, pk):
    """Another roster: at once for a sheet that is unreadable, after a look for a list."""
    found = get_sheet(request, pk)
    purpose = request.POST.get("mode", Purpose.REPLACE)
    if purpose not in {Purpose.REPLACE, Purpose.COMPLETE}:
        raise Http404
    kept = _stored(request, found.training)
    if kept is None:
        return redirect("attendance:sheet", pk)
    try:
        if found.status == Sheet.Status.DRAFT:
            one = SecondReading.ask(found.training, purpose, kept, by=request.user, sheet=found)
            return redirect("attendance:second", one.pk)
        found.replace_roster(kept, by=request.user)
    except WrongStatus as error:
        deposits.remove(kept)
        messages.error(request, str(error))
    return redirect("attendance:sheet", pk)


def _stored(request, training):
    """The roster that came, stored; None when there is none or it is wrong, which is told."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, "Choisissez le fichier Excel.")
        return None
    try:
        return deposits.store(training, DepositedFile.Kind.OTHER, file, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None


@writing_required
@require_POST
def check(request, pk):
    """« Vérifier une liste d'inscrits »: who would be recognised, without depositing anything."""
    found = get_training(request, pk)
    kept = _stored(request, found)
    if kept is None:
        return redirect("attendance:training", pk)
    try:
        one = SecondReading.ask(found, Purpose.CHECK, kept, by=request.user)
    except WrongStatus as error:
        deposits.remove(kept)
        messages.error(request, str(error))
        return redirect("attendance:training", pk)
    return redirect("attendance:second", one.pk)


def _second(request, pk):
    return get_object_or_404(
        SecondReading.objects.visible_to(request.user).select_related(
            "training__organism", "sheet"
        ),
        pk=pk,
    )


@organism_required
@require_GET
def second(request, pk):
    """A file read beside the sheets: being read, unreadable, or what it comes to."""
    found = _second(request, pk)
    if found.status == SecondReading.Status.APPLIED:
        return redirect("attendance:sheet", found.sheet_id)
    response = render(
        request,
        "attendance/second.html",
        {"nav": "attendance", "organism": request.organism, "found": found},
    )
    if found.status == SecondReading.Status.READING:
        # The page looks again by itself until the file is read, scripts or not.
        response["Refresh"] = "2"
    return response


@writing_required
@require_POST
def apply_second(request, pk):
    """« Appliquer » to the list what was just shown."""
    found = _second(request, pk)
    if found.sheet_id is None:
        raise Http404
    try:
        found.apply(by=request.user)
    except WrongStatus as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "La liste est corrigée. Rien n’est encore compté.")
    return redirect("attendance:sheet", found.sheet_id)


@writing_required
@require_POST
def forget_second(request, pk):
    """« Abandonner »: the list stays as it is."""
    found = _second(request, pk)
    found.forget()
    if found.sheet_id:
        return redirect("attendance:sheet", found.sheet_id)
    return redirect("attendance:training", found.training_id)


@organism_required
@require_GET
def annotated_list(request, pk):
    """The list as a workbook, with what the portal says of each line."""
    found = get_sheet(request, pk)
    if found.status in {Sheet.Status.READING, Sheet.Status.UNREADABLE}:
        raise Http404
    response = HttpResponse(annotated.build(found), content_type=files.XLSX)
    name = f"presents-{found.starts_on:%Y-%m-%d}-annote.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@writing_required
@require_POST
def tell_columns(request, pk):
    """What the file's columns mean; it is then read again."""
    found = get_sheet(request, pk)
    allowed = {*KINDS, IGNORED}
    told = {
        title: kind
        for position, (title, _) in enumerate(found.columns)
        if (kind := request.POST.get(f"colonne-{position}", "")) in allowed
    }
    if not told:
        messages.error(request, "Dites au moins d’une colonne ce qu’elle contient.")
        return redirect("attendance:sheet", pk)
    try:
        found.tell_columns(told, by=request.user)
    except WrongStatus as error:
        messages.error(request, str(error))
    return redirect("attendance:sheet", pk)


@writing_required
@require_POST
def pick_session(request, pk):
    """Which of the file's sessions this sheet is about, or a sheet for each."""
    found = get_sheet(request, pk)
    try:
        if "each" in request.POST:
            made = found.split_sessions(by=request.user)
            messages.success(request, f"{len(made) + 1} feuilles sont faites, une par session.")
            return redirect("attendance:training", found.training_id)
        found.pick_session(request.POST.get("session", ""), by=request.user)
    except (WrongStatus, ValueError) as error:
        messages.error(request, str(error))
    return redirect("attendance:sheet", pk)


@writing_required
def edit_session(request, pk):
    """The days and the place of a session, before its list is validated."""
    found = get_sheet(request, pk)
    initial = {name: getattr(found, name) for name in ("starts_on", "ends_on", "place")}
    form = SessionForm(request.POST or None, training=found.training, initial=initial)
    try:
        found.require_status(Sheet.Status.UNREADABLE, Sheet.Status.DRAFT)
        if request.method == "POST" and form.is_valid():
            found.change_session(by=request.user, **form.cleaned_data)
            messages.success(request, "La session est corrigée.")
            return redirect("attendance:sheet", pk)
    except (WrongStatus, ValueError) as error:
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    return render(
        request, "attendance/session.html", {"nav": "attendance", "sheet": found, "form": form}
    )
