"""The organism's dashboard: what waits for it first, then its requests by status."""

from django.db.models import Case, Count, IntegerField, Value, When
from django.shortcuts import render

from organisms.access import organism_required
from trainings.models import Correction, Training

from ..models import Sheet

# How many lines of each kind the page shows; the lists of the next pages hold all.
SHOWN = 20
# The statuses as the heading of several requests.
PLURALS = {
    Training.Status.DRAFT: "brouillons",
    Training.Status.SUBMITTED: "envoyées",
    Training.Status.CHANGES_REQUESTED: "à modifier",
    Training.Status.SENT_TO_AMF: "soumises à l’AMF",
    Training.Status.APPROVED: "validées",
    Training.Status.REFUSED: "refusées",
    Training.Status.WITHDRAWN: "retirées",
    Training.Status.REVOKED: "révoquées",
}


@organism_required
def dashboard(request):
    """Lists to validate, questions to correct, requests to change, drafts; then the counts."""
    sheets = Sheet.objects.visible_to(request.user)
    trainings = Training.objects.visible_to(request.user)
    counted = dict(trainings.order_by().values_list("status").annotate(Count("pk")))
    return render(
        request,
        "attendance/dashboard.html",
        {
            "nav": "dashboard",
            "organism": request.organism,
            "person": request.person,
            "sheets": _waiting(
                sheets.select_related("training"),
                [Sheet.Status.DRAFT, Sheet.Status.UNREADABLE, Sheet.Status.READING],
                "deposited_at",
            ),
            "corrections": Correction.objects.visible_to(request.user)
            .filter(status=Correction.Status.ASKED)
            .select_related("question__question_set__training")
            .order_by("asked_at", "pk")[:SHOWN],
            "requests": _waiting(
                trainings, [Training.Status.CHANGES_REQUESTED, Training.Status.DRAFT], "updated_at"
            ),
            "counts": [
                (
                    status.value,
                    PLURALS[status] if counted[status] > 1 else status.label,
                    counted[status],
                )
                for status in Training.Status
                if status in counted
            ],
        },
    )


def _waiting(rows, statuses, oldest_first):
    """The rows in these statuses, in their order, the oldest first."""
    urgency = Case(
        *(When(status=status, then=Value(rank)) for rank, status in enumerate(statuses)),
        output_field=IntegerField(),
    )
    return rows.filter(status__in=statuses).order_by(urgency, oldest_first, "pk")[:SHOWN]
