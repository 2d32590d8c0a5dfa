"""Questions out of a file or a pasted text: read, shown, and only then written in the sets.

A file is read by a task: the page waits for it, then shows what was read.
"""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import files
from common.errors import WrongStatus
from organisms.access import organism_required, writing_required

from ..domain import importing
from ..domain.importing import AlreadyImported, NotReady
from ..domain.sets import as_rows, question_counts
from ..domain.writing import SetFull
from ..interchange import UnreadableSets, read_pasted, to_gift, to_workbook
from ..models import QuestionImport
from ..questions.remarks import remarks
from ..questions.set_checks import LETTERS
from ..questions.sizing import SETS
from .editing import get_training

# A pasted text of three large sets takes a tenth of it.
MAX_PASTED = 500_000
# With Word's styles.
MAX_HTML = 4 * MAX_PASTED


@writing_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_questions(request, pk):
    """A file or a text to read; below it what was read last, to import or to drop."""
    training = get_training(request, pk)
    try:
        training.require_editable()
    except WrongStatus as error:
        messages.error(request, str(error))
        return redirect("trainings:workshop", pk)
    if not request.organism.may_write:
        return redirect("trainings:workshop", pk)
    if request.method == "POST":
        sentences = _read(request, training)
        if not sentences:
            return redirect("trainings:import_questions", pk)
        return _page(request, training, sentences=sentences, status=422)
    return _page(request, training)


@writing_required
@require_safe
def import_progress(request, pk):
    """Asked again and again by the waiting page; sends it to what was read when it is there."""
    training = get_training(request, pk)
    waiting = _waiting(training)
    if waiting and waiting.is_reading:
        context = {"training": training, "waiting": waiting}
        return render(request, "trainings/_import_reading.html", context)
    response = HttpResponse()
    response["HX-Redirect"] = reverse("trainings:import_questions", args=[pk])
    return response


def _waiting(training):
    return QuestionImport.objects.filter(training=training).first()


def _page(request, training, *, sentences=(), status=200):
    waiting = _waiting(training)
    rows = waiting.as_rows() if waiting else []
    counts = question_counts(training)
    context = {
        "nav": "requests",
        "training": training,
        "waiting": waiting,
        "shown": importing.fingerprint(waiting) if waiting else "",
        "sentences": sentences,
        "pasted": request.POST.get("pasted", waiting.pasted_text if waiting else ""),
        "pasted_html": request.POST.get("pasted_html", waiting.pasted_html if waiting else ""),
        "rows": [(row, list(zip(LETTERS, row.choices, strict=False))) for row in rows],
        "remarks": [
            str(remark)
            for remark in remarks(
                [row for row in rows if row.set_number], similarity=settings.QCM_SIMILARITY_PERCENT
            )
        ],
        "unplaced": sum(row.set_number == 0 for row in rows),
        "numbers": range(1, SETS + 1),
        "counts": counts,
        "has_questions": any(counts.values()),
        "place": request.POST.get("place", ""),
        "mode": request.POST.get("mode", ""),
    }
    response = render(request, "trainings/import.html", context, status=status)
    if waiting and waiting.is_reading:
        # Without scripts too, the page looks again by itself.
        response["Refresh"] = "8"
    return response


def _read(request, training):
    """Have what came read, and kept for the preview; sentences when there is nothing to read."""
    file = request.FILES.get("file")
    # No database of ours stores a null character.
    pasted = request.POST.get("pasted", "").replace("\0", "")
    html = request.POST.get("pasted_html", "").replace("\0", "")[:MAX_HTML]
    typed = {"pasted_text": pasted, "pasted_html": html, "by": request.user}
    if len(pasted) > MAX_PASTED:
        return ["Ce texte est trop long. Collez-le en plusieurs fois."]
    try:
        if file:
            importing.choose(training, file, **typed)
        elif pasted.strip():
            importing.keep(training, read_pasted(pasted, html), **typed)
        else:
            return ["Choisissez un fichier, ou collez vos questions."]
    except ValidationError as error:
        return error.messages
    except (UnreadableSets, WrongStatus) as error:
        return [str(error)]
    return []


@writing_required
@require_POST
def apply_import(request, pk):
    """« Importer » what was read: into the sets, all of it or nothing."""
    training = get_training(request, pk)
    waiting = QuestionImport.objects.filter(training=training).select_related("training").first()
    try:
        if waiting is None:
            raise AlreadyImported
        count = importing.apply(
            waiting,
            shown=request.POST.get("shown", ""),
            place=request.POST.get("place", ""),
            mode=request.POST.get("mode", ""),
        )
    except AlreadyImported as error:
        messages.info(request, str(error))
    except WrongStatus as error:
        messages.error(request, str(error))
    except NotReady as error:
        return _page(request, training, sentences=error.sentences, status=422)
    except SetFull as error:
        return _page(request, training, sentences=[str(error)], status=422)
    else:
        plural = "s" if count > 1 else ""
        messages.success(request, f"{count} question{plural} importée{plural}.")
    return redirect("trainings:workshop", pk)


@writing_required
@require_POST
def drop_import(request, pk):
    """« Abandonner » what was read."""
    importing.drop(get_training(request, pk))
    messages.info(request, "L’import est abandonné : les jeux n’ont pas changé.")
    return redirect("trainings:workshop", pk)


@organism_required
@require_safe
def export(request, pk, form):
    """The sets as a workbook or as GIFT; importing it gives the same sets."""
    training = get_training(request, pk)
    writers = {"xlsx": (to_workbook, files.XLSX), "gift": (to_gift, "text/plain; charset=utf-8")}
    if form not in writers:
        raise Http404
    write, content_type = writers[form]
    response = HttpResponse(write(as_rows(training)), content_type=content_type)
    name = f"qcm-{slugify(training.title)[:60] or training.pk}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
