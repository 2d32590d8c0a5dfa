"""The organism answers a request for the correction of a question of its frozen sets."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from common.errors import Refused, WrongStatus
from organisms.access import writing_required

from ..domain import corrections
from ..forms.corrections import QuestionForm
from ..models import Correction


@writing_required
def correction(request, pk):
    """What staff ask, and the question to correct; posting it proposes the correction."""
    correction = get_object_or_404(
        Correction.objects.visible_to(request.user)
        .select_related("question__question_set__training")
        .prefetch_related("question__choices"),
        pk=pk,
    )
    training = correction.training
    if not correction.is_live:
        messages.info(request, f"Cette correction est {correction.get_status_display()}.")
        return redirect("trainings:detail", training.pk)
    form = QuestionForm(
        request.POST if request.method == "POST" else None,
        before=correction.question,
        row=correction.proposed_row,
    )
    if request.method == "POST" and form.is_valid():
        try:
            corrections.propose(correction, by=request.user, row=form.row())
        except WrongStatus as error:
            messages.error(request, str(error))
            return redirect("trainings:detail", training.pk)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Votre correction est proposée à l’ANACOFI, qui la relira.")
            return redirect("trainings:detail", training.pk)
    return render(
        request,
        "trainings/correction.html",
        {"nav": "requests", "training": training, "correction": correction, "form": form},
    )
