"""« Gérer les formations »: depositing a sheet, looking at its list, validating it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from common import files
from common.errors import WrongStatus
from common.spreadsheets import fold, write_workbook
from organisms.access import organism_required, writing_required
from trainings.models import Training

from ..domain import cautions, deposits
from ..domain.counting import NOBODY_TICKED, in_words
from ..forms import SessionForm
from ..models import DepositedFile, Participant, Sheet
from ..models.sheet import last_day_for, require_open
from ..roster.headers import IGNORED, KINDS
from .access import MANAGED, get_sheet, get_training

Kind = DepositedFile.Kind
# What « Envoyer » takes.
ZONES = (Kind.SCAN, Kind.ROSTER)
LINES_A_PAGE = 100
MODEL_HEADER = ["Nom", "Prénom", "E-mail", "N° adhérent", "N° ORIAS", "Cabinet"]
State = Participant.State
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


@organism_required
@require_GET
def training_list(request):
    """« Gérer les formations »: the approved trainings, searchable, the latest year first."""
    waiting = Q(sheets__status__in=[Sheet.Status.DRAFT, Sheet.Status.UNREADABLE])
    trainings = (
        Training.objects.visible_to(request.user)
        .filter(status__in=MANAGED)
        .annotate(
            sheet_count=Count("sheets", filter=~Q(sheets__status=Sheet.Status.CANCELLED)),
            waiting_count=Count("sheets", filter=waiting),
        )
        .order_by("-year", "title", "pk")
    )
    query = request.GET.get("q", "").strip()
    if query:
        trainings = trainings.filter(search__contains=fold(query))
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
    found = get_training(request, pk)
    form = SessionForm(request.POST or None, training=found)
    closed = _why_closed(found)
    file_errors = {}
    if request.method == "POST":
        file_errors = _store_files(request, found)
        waiting = deposits.waiting(found, by=request.user)
        _say_missing(waiting, file_errors)
        if form.is_valid() and not file_errors:
            sheet = _deposit(request, found, form, waiting)
            if sheet:
                return redirect("attendance:sheet", sheet.pk)
    sheets = found.sheets.annotate(
        line_count=Count("participants", filter=Q(participants__included=True))
    )
    return render(
        request,
        "attendance/training.html",
        {
            "nav": "attendance",
            "training": found,
            "organism": request.organism,
            "form": form,
            "closed": closed,
            "may_deposit": request.organism.may_write and not closed,
            "sheets": sheets,
            "last_day": last_day_for(found.year),
            **_zones(found, request.user, file_errors),
        },
    )


def _why_closed(training):
    try:
        require_open(training)
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
        sheet = Sheet.deposit(
            training,
            scan=waiting[Kind.SCAN.value],
            roster=waiting[Kind.ROSTER.value],
            by=request.user,
            **form.cleaned_data,
        )
    except (WrongStatus, ValueError) as error:
        messages.error(request, str(error))
        return None
    return sheet


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
    found = get_training(request, pk)
    if kind not in ZONES:
        raise Http404
    file = request.FILES.get("file") or request.FILES.get(kind)
    if file is None:
        return _sentence("Aucun fichier n’est arrivé. Choisissez-le à nouveau.")
    if closed := _why_closed(found):
        return _sentence(closed)
    try:
        kept = deposits.store(found, Kind(kind), file, by=request.user)
    except ValidationError as error:
        return _sentence(" ".join(error.messages))
    return render(request, "attendance/_zone.html", {"zone": _zone(found, Kind(kind), kept)})


@writing_required
@require_POST
def remove_file(request, pk, kind):
    """Take back a file that was chosen and not sent yet."""
    found = get_training(request, pk)
    if kind not in ZONES:
        raise Http404
    kept = deposits.waiting(found, by=request.user)[kind]
    if kept:
        deposits.remove(kept)
    if request.headers.get("X-Requested-With") != "XMLHttpRequest":
        return redirect("attendance:training", pk)
    return render(request, "attendance/_zone.html", {"zone": _zone(found, Kind(kind), None)})


def _sentence(text):
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")


@organism_required
@require_GET
def roster_model(request, pk):
    """The workbook to fill, with the training's name in it."""
    found = get_training(request, pk)
    content = write_workbook(
        [
            ("Présents", [MODEL_HEADER]),
            (
                "Mode d’emploi",
                [
                    ["Formation", found.title],
                    ["Agrément", found.approval_number or ""],
                    ["Organisme", found.organism.name],
                    ["Une ligne par personne présente, dans la feuille « Présents »."],
                    ["Le nom, et au moins l’e-mail, le n° adhérent ou le n° ORIAS."],
                ],
            ),
        ],
        widths=[24, 20, 34, 16, 14, 30],
    )
    response = HttpResponse(content, content_type=files.XLSX)
    name = f"presents-{slugify(found.approval_number or found.pk)}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@organism_required
@require_GET
def sheet(request, pk):
    """A sheet: being read, unreadable, to validate, validated or cancelled."""
    found = get_sheet(request, pk)
    lines = found.participants.select_related("changed_by")
    state = request.GET.get("etat", "")
    if state in FILTERS:
        lines = lines.filter(FILTERS[state][1])
    query = request.GET.get("q", "").strip()
    if query:
        lines = lines.filter(search__contains=fold(query))
    if found.status == Sheet.Status.DRAFT:
        lines = lines.order_by(PROBLEMS_FIRST, *Participant._meta.ordering)
    return render(
        request,
        "attendance/sheet.html",
        {
            "nav": "attendance",
            "organism": request.organism,
            "sheet": found,
            "may_change": found.status == Sheet.Status.DRAFT and request.organism.may_write,
            "may_add": found.is_completable and request.organism.may_write,
            "may_ask": found.status == Sheet.Status.VALIDATED and request.organism.may_write,
            "page": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
            "summary": found.participants.summary(),
            "states": [(key, label) for key, (label, _) in FILTERS.items()],
            "state": state,
            "query": query,
            "cautions": cautions.of(found) if found.status == Sheet.Status.DRAFT else [],
            "column_kinds": [*KINDS.items(), (IGNORED, "à ne pas lire")],
            "journal": found.journal.select_related("by"),
        },
    )


@organism_required
@require_GET
def progress(request, pk):
    """Asked again and again by the waiting page; sends it to the list when it is ready."""
    found = get_sheet(request, pk)
    if found.status == Sheet.Status.READING:
        return render(request, "attendance/_reading.html", {"sheet": found})
    response = HttpResponse()
    response["HX-Redirect"] = reverse("attendance:sheet", args=[pk])
    return response


@writing_required
@require_POST
def tick(request, pk):
    """Tick and untick lines: one by a script as it is clicked, or a page of them by its form."""
    found = get_sheet(request, pk)
    among, ticked = _ids(request, "among"), _ids(request, "ticked")
    try:
        found.tick(ticked, among=among, by=request.user)
    except WrongStatus as error:
        if request.htmx:
            return _reload(request, str(error))
        messages.error(request, str(error))
        return redirect("attendance:sheet", pk)
    if not request.htmx:
        messages.success(request, "Les coches sont enregistrées.")
        return redirect("attendance:sheet", pk)
    line = get_object_or_404(found.participants.select_related("changed_by"), pk__in=among[:1])
    return render(
        request,
        "attendance/_ticked.html",
        {
            "sheet": found,
            "line": line,
            "may_change": True,
            "summary": found.participants.summary(),
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
def validate(request, pk):
    """« Valider la liste »: a page that says what will happen, then it happens, once."""
    found = get_sheet(request, pk)
    if request.method == "POST":
        try:
            found.validate(by=request.user)
        except WrongStatus as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                "La liste est validée. Les adhérents dont les heures comptent reçoivent un e-mail.",
            )
        return redirect("attendance:sheet", pk)
    if found.status != Sheet.Status.DRAFT:
        return redirect("attendance:sheet", pk)
    summary = found.participants.summary()
    if summary["unticked"] == summary["total"]:
        messages.error(request, NOBODY_TICKED)
        return redirect("attendance:sheet", pk)
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
            "text": f"{in_words(summary)}. {follows} La liste ne pourra plus être modifiée.",
            "button": "Valider la liste",
            "back": reverse("attendance:sheet", args=[pk]),
        },
    )


@writing_required
def discard(request, pk):
    """Throw away a sheet of which nothing was counted."""
    found = get_sheet(request, pk)
    if request.method == "POST":
        try:
            found.discard()
        except WrongStatus as error:
            messages.error(request, str(error))
            return redirect("attendance:sheet", pk)
        messages.success(request, "La feuille est supprimée.")
        return redirect("attendance:training", found.training_id)
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
@require_GET
def scan(request, pk):
    """The signed sheet, as deposited."""
    found = get_sheet(request, pk)
    return files.serve(found.scan, name=found.scan_name, content_type=found.scan_type)


@organism_required
@require_GET
def roster(request, pk):
    """The roster, as deposited."""
    found = get_sheet(request, pk)
    return files.serve(found.roster, name=found.roster_name, content_type="")
