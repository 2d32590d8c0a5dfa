"""A file read beside the sheets: to check who is known, to correct a list, in place of one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from common.errors import Refused, WrongStatus
from organisms.access import organism_required, writing_required

from ..domain import deposits, sheets
from ..domain import second as second_readings
from ..models import DepositedFile, SecondReading, Sheet
from .access import get_sheet, get_training
from .sessions import given_answers

Purpose, Status = SecondReading.Purpose, SecondReading.Status


@writing_required
@require_POST
def replace_roster(request, pk):
    """Another roster: at once for a sheet that is unreadable, after a look for a list."""
    sheet = get_sheet(request, pk)
    purpose = request.POST.get("mode", Purpose.REPLACE)
    if purpose not in {Purpose.REPLACE, Purpose.COMPLETE}:
        raise Http404
    file = _stored(request, sheet.training)
    if file is None:
        return redirect("attendance:sheet", pk)
    try:
        if sheet.may(Sheet.Event.READ_FILE):
            reading = second_readings.ask(
                sheet.training, purpose, file, by=request.user, sheet=sheet
            )
            return redirect("attendance:second", reading.pk)
        sheets.replace_roster(sheet, file, by=request.user)
    except WrongStatus as error:
        deposits.remove(file)
        messages.error(request, str(error))
    return redirect("attendance:sheet", pk)


@writing_required
@require_POST
def check(request, pk):
    """« Vérifier une liste d'inscrits »: who would be recognised, without depositing anything."""
    training = get_training(request, pk)
    file = _stored(request, training)
    if file is None:
        return redirect("attendance:training", pk)
    try:
        reading = second_readings.ask(training, Purpose.CHECK, file, by=request.user)
    except WrongStatus as error:
        deposits.remove(file)
        messages.error(request, str(error))
        return redirect("attendance:training", pk)
    return redirect("attendance:second", reading.pk)


def _stored(request, training):
    """The roster that came, stored; None when there is none or it is wrong, which is told."""
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, "Choisissez le fichier Excel.")
        return None
    try:
        return deposits.store(training, DepositedFile.Kind.OTHER, upload, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None


def _second(request, pk):
    return get_object_or_404(
        SecondReading.objects.visible_to(request.user).select_related(
            "training__organism", "sheet"
        ),
        pk=pk,
    )


@organism_required
@require_safe
def second(request, pk):
    """A file read beside the sheets: being read, unreadable, or what it comes to."""
    reading = _second(request, pk)
    if reading.status == Status.APPLIED:
        return redirect("attendance:sheet", reading.sheet_id)
    response = render(
        request,
        "attendance/second.html",
        {"nav": "attendance", "organism": request.organism, "reading": reading},
    )
    if reading.status == Status.READING:
        # The page looks again by itself until the file is read, scripts or not.
        response["Refresh"] = "2"
    return response


@writing_required
@require_POST
def apply_second(request, pk):
    """« Appliquer » to the list what was just shown."""
    reading = _second(request, pk)
    if reading.sheet_id is None:
        raise Http404
    try:
        second_readings.apply(reading, by=request.user)
    except WrongStatus as error:
        messages.error(request, str(error))
    except Refused as error:
        # The file waits: nothing of it is lost.
        messages.error(request, str(error))
        return redirect("attendance:second", pk)
    else:
        messages.success(request, "La liste est corrigée. Rien n’est encore compté.")
    return redirect("attendance:sheet", reading.sheet_id)


@writing_required
@require_POST
def answer_second(request, pk):
    """The answers to what the file left open; it is then read again."""
    reading = _second(request, pk)
    try:
        second_readings.answer(reading, given_answers(request), by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("attendance:second", pk)


@writing_required
@require_POST
def forget_second(request, pk):
    """« Abandonner »: the list stays as it is."""
    reading = _second(request, pk)
    second_readings.forget(reading)
    if reading.sheet_id:
        return redirect("attendance:sheet", reading.sheet_id)
    return redirect("attendance:training", reading.training_id)
