"""The organism follows its requests: list, page, documents, and what it may still do."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from common import files
from common.errors import WrongStatus
from organisms.access import SUSPENDED, organism_required, writing_required

from ..domain import requests
from ..domain.completeness import missing_by_section
from ..domain.overview import overview
from ..interchange import model_workbook
from ..models import Correction, Document, Training
from .editing import files_context, get_training

PER_PAGE = 20


@organism_required
def training_list(request):
    """« Mes demandes »: all the organism's requests, by status, searchable."""
    own = Training.objects.visible_to(request.user)
    trainings = own
    status = request.GET.get("statut", "")
    if status in Training.Status.values:
        trainings = trainings.filter(status=status)
    query = request.GET.get("q", "").strip()
    if query:
        trainings = trainings.matching(query)
    page = Paginator(trainings, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "trainings/list.html",
        {
            "nav": "requests",
            "page": page,
            "statuses": Training.Status.choices,
            "status": status,
            "query": query,
            "filtered": bool(query or status),
            "organism": request.organism,
        },
    )


@organism_required
def detail(request, pk):
    """The request as it stands, with its journal."""
    training = get_training(request, pk)
    views = overview(training)
    return render(
        request,
        "trainings/detail.html",
        {
            "nav": "requests",
            "organism": request.organism,
            "journal": training.journal.select_related("by"),
            "remark": training.last_remark(),
            "speakers": training.speakers.all(),
            "missing": missing_by_section(training) if training.is_editable else [],
            "renewal": training.live_renewal(),
            "corrections": Correction.objects.live().of_training(training),
            "views": views,
            "has_questions": any(view.cards for view in views),
            **files_context(training),
        },
    )


@writing_required
def withdraw(request, pk):
    """« Retirer », with its confirmation."""
    training = get_training(request, pk)
    return _confirmed(
        request,
        training,
        training.is_withdrawable,
        lambda: requests.withdraw(training, by=request.user),
        title="Retirer la demande",
        text=f"L’ANACOFI n’étudiera plus « {training.title} ». C’est définitif.",
        button="Retirer la demande",
        done="La demande est retirée.",
        then=reverse("trainings:detail", args=[pk]),
    )


@writing_required
def delete(request, pk):
    """« Supprimer » a draft, with its confirmation."""
    training = get_training(request, pk)
    return _confirmed(
        request,
        training,
        training.is_deletable,
        lambda: requests.delete_draft(training),
        title="Supprimer le brouillon",
        text=f"« {training.title} » et ses documents sont effacés. C’est définitif.",
        button="Supprimer le brouillon",
        done="Le brouillon est supprimé.",
        then=reverse("trainings:list"),
    )


def _confirmed(request, training, possible, verb, *, done, then, **page):
    """A confirmation page whose POST calls a verb of the domain."""
    back = reverse("trainings:detail", args=[training.pk])
    if request.method == "POST":
        try:
            verb()
        except WrongStatus as error:
            messages.error(request, str(error))
            return redirect(back)
        messages.success(request, done)
        return redirect(then)
    if not request.organism.may_write:
        messages.warning(request, SUSPENDED)
        return redirect(back)
    if not possible:
        messages.warning(
            request,
            "Cette action n’est pas possible : la demande est "
            f"« {training.get_status_display()} ».",
        )
        return redirect(back)
    return render(
        request, "_confirm.html", {"back": back, "nav": "requests", "danger": True, **page}
    )


@writing_required
@require_POST
def renew(request, pk):
    """« Renouveler »: a draft for the next year, everything copied; the one there is."""
    training = get_training(request, pk)
    try:
        draft, is_new = requests.renew(training, by=request.user)
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("trainings:detail", pk)
    if is_new:
        messages.success(
            request,
            f"Voici votre demande pour {draft.year}, documents et jeux de QCM compris. Donnez la "
            "date de la première session, vérifiez le reste et envoyez-la.",
        )
    else:
        messages.info(request, f"Cette formation est déjà renouvelée pour {draft.year} : la voici.")
    return redirect("trainings:edit" if draft.is_editable else "trainings:detail", draft.pk)


@organism_required
@require_safe
def document(request, pk):
    """A document of one of the organism's requests."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    return files.serve(document.file, name=document.name, content_type=document.content_type)


@organism_required
@require_safe
def qcm_model(request):
    """The workbook to fill with the three sets."""
    response = HttpResponse(model_workbook(), content_type=files.XLSX)
    response["Content-Disposition"] = 'attachment; filename="modele-qcm.xlsx"'
    return response
