"""« Gérer les formations »: the approved trainings, and the form that deposits a sheet."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from common.errors import Refused, WrongStatus
from organisms.access import organism_required, writing_required
from trainings.models import Training

from ..domain import approval, deposits, sheets
from ..forms import SessionForm
from ..models import DepositedFile, Sheet
from .access import get_training

Kind = DepositedFile.Kind
# What « Envoyer » takes.
ZONES = (Kind.SCAN, Kind.ROSTER)


@organism_required
@require_safe
def training_list(request):
    """« Gérer les formations »: the approved trainings, searchable, the latest year first."""
    waiting = Q(sheets__status__in=[Sheet.Status.DRAFT, Sheet.Status.UNREADABLE])
    trainings = (
        Training.objects.visible_to(request.user)
        .ever_approved()
        .annotate(
            sheet_count=Count("sheets", filter=~Q(sheets__status=Sheet.Status.CANCELLED)),
            waiting_count=Count("sheets", filter=waiting),
        )
        .order_by("-year", "search", "pk")
    )
    query = request.GET.get("q", "").strip()
    if query:
        trainings = trainings.matching(query)
    return render(
        request,
        "attendance/trainings.html",
        {
            "nav": "attendance",
            "page": Paginator(trainings, 20).get_page(request.GET.get("page")),
            "query": query,
        },
    )


@writing_required
def training(request, pk):
    """« Gérer la formation »: its sheets, and the form to deposit one."""
    training = get_training(request, pk)
    form = SessionForm(request.POST or None, training=training)
    closed = _why_closed(training)
    file_errors = {}
    if request.method == "POST":
        file_errors = _store_files(request, training)
        waiting = deposits.waiting(training, by=request.user)
        _say_missing(waiting, file_errors)
        if form.is_valid() and not file_errors:
            sheet = _deposit(request, training, form, waiting)
            if sheet:
                return redirect("attendance:sheet", sheet.pk)
    deposited = training.sheets.annotate(
        line_count=Count("participants", filter=Q(participants__included=True))
    )
    return render(
        request,
        "attendance/training.html",
        {
            "nav": "attendance",
            "training": training,
            "organism": request.organism,
            "form": form,
            "closed": closed,
            "may_deposit": request.organism.may_write and not closed,
            "sheets": deposited,
            "last_day": approval.last_day_for(training.year),
            **_zones(training, request.user, file_errors),
        },
    )


def _why_closed(training):
    try:
        approval.require_open(training)
    except WrongStatus as error:
        return str(error)
    return ""


def _store_files(request, training):
    """Files that came with the form itself (no JavaScript); what is wrong, by kind."""
    errors = {}
    for kind in ZONES:
        file = request.FILES.get(kind.value)
        if file is None:
            continue
        try:
            deposits.store(training, kind, file, by=request.user)
        except ValidationError as error:
            errors[kind.value] = " ".join(error.messages)
    return errors


def _say_missing(waiting, errors):
    missing = {
        Kind.SCAN: "Il manque le scan de la feuille d’émargement.",
        Kind.ROSTER: "Il manque le fichier Excel des présents.",
    }
    for kind, sentence in missing.items():
        if not waiting[kind.value]:
            errors.setdefault(kind.value, sentence)


def _deposit(request, training, form, waiting):
    """The sheet deposited, or None when it was refused; the reason is told."""
    try:
        return sheets.deposit(
            training,
            scan=waiting[Kind.SCAN.value],
            roster=waiting[Kind.ROSTER.value],
            by=request.user,
            **form.cleaned_data,
        )
    except Refused as error:
        messages.error(request, str(error))
        return None


def _zones(training, user, errors=None):
    """The two file zones of the form, by kind, as `_file_field.html` takes them."""
    waiting = deposits.waiting(training, by=user)
    return {"zones": [_zone(training, kind, waiting[kind.value], errors) for kind in ZONES]}


def _zone(training, kind, kept, errors=None):
    scan = kind == Kind.SCAN
    return {
        "zone_id": f"zone-{kind.value}",
        "input_name": kind.value,
        "label": "Scan de la feuille d’émargement" if scan else "Fichier Excel des présents",
        "hint": (
            "PDF, JPEG ou PNG, 20 Mo au plus."
            if scan
            else "Classeur Excel (.xls ou .xlsx), une ligne par personne, 10 000 lignes au plus. "
            "Les fichiers .ods et .csv sont lus aussi."
        ),
        "accept": ".pdf,.jpg,.jpeg,.png" if scan else ".xls,.xlsx,.xlsm,.ods,.csv",
        "upload_url": reverse("attendance:upload", args=[training.pk, kind.value]),
        "files": [
            {
                "name": kept.name,
                "size": kept.size,
                "remove_url": reverse("attendance:remove", args=[training.pk, kind.value]),
            }
        ]
        if kept
        else [],
        "error": (errors or {}).get(kind.value, ""),
    }


@writing_required
@require_POST
def upload(request, pk, kind):
    """One file, chosen or dropped: stored at once. Answers the zone's new HTML."""
    training = get_training(request, pk)
    if kind not in ZONES:
        raise Http404
    file = request.FILES.get("file") or request.FILES.get(kind)
    if file is None:
        return _sentence("Aucun fichier n’est arrivé. Choisissez-le à nouveau.")
    if closed := _why_closed(training):
        return _sentence(closed)
    try:
        kept = deposits.store(training, Kind(kind), file, by=request.user)
    except ValidationError as error:
        return _sentence(" ".join(error.messages))
    return render(request, "attendance/_zone.html", {"zone": _zone(training, Kind(kind), kept)})


@writing_required
@require_POST
def remove_file(request, pk, kind):
    """Take back a file that was chosen and not sent yet."""
    training = get_training(request, pk)
    if kind not in ZONES:
        raise Http404
    kept = deposits.waiting(training, by=request.user)[kind]
    if kept:
        deposits.remove(kept)
    if request.headers.get("X-Requested-With") != "XMLHttpRequest":
        return redirect("attendance:training", pk)
    return render(request, "attendance/_zone.html", {"zone": _zone(training, Kind(kind), None)})


def _sentence(text):
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
