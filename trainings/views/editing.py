"""The organism writes its request: the form, what is kept as it is typed, and the files."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.durations import format_minutes
from common.errors import Refused, WrongStatus
from common.forms import DurationField
from organisms.access import SUSPENDED, organism_required, writing_required

from ..domain import documents, requests
from ..domain.completeness import missing_by_section
from ..domain.sets import question_counts
from ..forms.requests import SpeakerFormSet, StartForm, TrainingForm
from ..models import Document, Training
from ..questions.sizing import SETS, questions_per_set


def get_training(request, pk):
    """The organism's own request, or 404."""
    return get_object_or_404(
        Training.objects.visible_to(request.user).select_related("organism"), pk=pk
    )


def files_context(training):
    """The request, and by the name of each kind its documents as `_file_field.html` shows them."""
    by_kind = {kind: [] for kind in Document.Kind.values}
    for document in training.documents.all():
        by_kind[document.kind].append(
            {
                "name": document.name,
                "size": document.size,
                "url": reverse("trainings:document", args=[document.pk]),
                "remove_url": reverse("trainings:remove_document", args=[document.pk]),
            }
        )
    return {"training": training, **by_kind, "has_documents": any(by_kind.values())}


@writing_required
def create(request):
    """« Ajouter une formation »: a draft, on which the rest is typed and the files are put."""
    if not request.organism.may_write:
        messages.warning(request, SUSPENDED)
        return redirect("trainings:list")
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        training = requests.create(request.organism, by=request.user, **form.cleaned_data)
        return redirect("trainings:edit", training.pk)
    return render(request, "trainings/create.html", {"nav": "requests", "form": form})


# Come back to it, the form shows what is kept, not what an older page had.
@never_cache
@writing_required
def edit(request, pk):
    """The whole form. « Enregistrer » sends when nothing is missing, else says what is."""
    training = get_training(request, pk)
    refusal = "" if request.organism.may_write else SUSPENDED
    try:
        training.require_editable()
    except WrongStatus as wrong:
        refusal = str(wrong)
    if refusal:
        messages.warning(request, refusal)
        return redirect("trainings:detail", pk)
    asked_to_send = request.method == "POST" and "draft" not in request.POST
    if request.method == "POST":
        form, speakers = _bound_forms(request, training)
        try:
            clean = _keep(training, form, speakers)
            file_errors = _store_files(request, training)
            for error in file_errors:
                messages.error(request, error)
            if clean and not file_errors:
                if not asked_to_send:
                    messages.success(request, "Le brouillon est enregistré.")
                    return redirect("trainings:edit", pk)
                if _sent(training, by=request.user):
                    messages.success(
                        request, "Votre demande est envoyée. Un e-mail en accuse réception."
                    )
                    return redirect("trainings:detail", pk)
        except WrongStatus as error:
            messages.error(request, str(error))
            return redirect("trainings:detail", pk)
    else:
        form = TrainingForm(instance=training, sizing_url=reverse("trainings:sizing"))
        speakers = SpeakerFormSet(
            prefix="speakers",
            initial=[
                {"name": speaker.name, "references": speaker.references}
                for speaker in training.speakers.all()
            ],
        )
    # Read afresh: the bound form has written what was typed, right or wrong, on its instance.
    shown = Training.objects.get(pk=pk)
    return render(
        request,
        "trainings/edit.html",
        {
            "nav": "requests",
            "form": form,
            "speakers": speakers,
            "asked_to_send": asked_to_send,
            "remark": shown.last_remark(),
            **files_context(shown),
            **_summary_context(shown, form, speakers),
            **_sizing_context(form["requested_amf_minutes"].value()),
        },
    )


def _bound_forms(request, training):
    form = TrainingForm(request.POST, instance=training, sizing_url=reverse("trainings:sizing"))
    return form, SpeakerFormSet(request.POST, prefix="speakers")


def _keep(training, form, speakers):
    """Write what was typed rightly on the draft; whether all of it was. Raises WrongStatus."""
    form_valid, speakers_valid = form.is_valid(), speakers.is_valid()
    requests.keep(
        training, form.rightly_typed(), speakers=speakers.rows() if speakers_valid else None
    )
    return form_valid and speakers_valid


def _sent(training, *, by):
    """Send the request; False when something is missing, which the page then says."""
    try:
        requests.submit(training, by=by)
    except WrongStatus:
        raise
    except Refused:
        return False
    return True


def _store_files(request, training):
    """Files that came with the form itself (no JavaScript); the sentences of those refused."""
    errors = []
    for kind in Document.Kind.values:
        for file in request.FILES.getlist(f"file-{kind}"):
            try:
                documents.store(Training.objects.get(pk=training.pk), kind, file, by=request.user)
            except ValidationError as error:
                errors += error.messages
            except WrongStatus:
                raise
            except Refused as error:
                errors.append(str(error))
    return errors


@writing_required
@require_POST
def autosave(request, pk):
    """Keep what is typed, as it is typed. Answers the summary of what is still missing."""
    training = get_training(request, pk)
    form, speakers = _bound_forms(request, training)
    try:
        _keep(training, form, speakers)
    except WrongStatus as error:
        return render(request, "trainings/_summary.html", {"training": training, "gone": error})
    shown = Training.objects.get(pk=pk)
    return render(
        request,
        "trainings/_summary.html",
        {"training": shown, "saved_at": timezone.now(), **_summary_context(shown, form, speakers)},
    )


def _summary_context(training, form, speakers):
    """What is missing, what was typed wrongly, and how the sets stand."""
    wrong = []
    if form.is_bound:
        wrong = [
            {
                "id": form[name].id_for_label,
                "label": strip_tags(form.fields[name].label).rstrip("*"),
                "errors": errors,
            }
            for name, errors in form.errors.items()
            if name in form.fields
        ]
        if speakers.is_bound and not speakers.is_valid():
            wrong.append({"id": "intervenants", "label": "Intervenants", "errors": []})
    return {
        "missing": missing_by_section(training),
        "wrong": wrong,
        "owed": training.questions_owed,
        "counts": question_counts(training),
    }


@writing_required
@require_POST
def upload(request, pk, kind):
    """One file, chosen or dropped: stored at once. Answers the zone's new HTML."""
    training = get_training(request, pk)
    if kind not in Document.Kind.values:
        raise Http404
    file = request.FILES.get("file")
    if file is None:
        return _sentences(["Aucun fichier n’est arrivé. Choisissez-le à nouveau."])
    try:
        documents.store(training, kind, file, by=request.user)
    except ValidationError as error:
        return _sentences(error.messages)
    except Refused as error:
        return _sentences([str(error)])
    return _zone(request, training, kind)


@writing_required
@require_POST
def remove_document(request, pk):
    """Take a document off an editable request."""
    document = get_object_or_404(
        Document.objects.visible_to(request.user).select_related("training"), pk=pk
    )
    training, kind = document.training, document.kind
    by_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    try:
        documents.take_off(document)
    except WrongStatus as error:
        if by_script:
            return _sentences([str(error)])
        messages.error(request, str(error))
        return redirect("trainings:detail", training.pk)
    if by_script:
        return _zone(request, training, kind)
    messages.success(request, f"« {document.name} » est retiré.")
    return redirect("trainings:edit", training.pk)


def _zone(request, training, kind):
    return render(request, f"trainings/_zone_{kind}.html", files_context(training))


def _sentences(sentences):
    return HttpResponse("\n".join(sentences), status=422, content_type="text/plain; charset=utf-8")


@organism_required
@require_safe
def sizing(request):
    """How many questions the AMF hours being typed owe; a fragment for the form."""
    typed = request.GET.get("requested_amf_minutes", "")
    return render(request, "trainings/_sizing.html", _sizing_context(typed))


def _sizing_context(typed):
    """For AMF hours as typed, or minutes as stored."""
    try:
        minutes = typed if isinstance(typed, int) else DurationField(required=False).clean(typed)
    except forms.ValidationError as error:
        return {"sizing_error": error.messages[0]}
    owed = questions_per_set(minutes or 0)
    return {
        "sizing_asked": format_minutes(minutes or 0),
        "sizing_owed": owed,
        "sizing_sets": SETS,
        "sizing_all": owed * SETS,
    }
