"""What staff decided about attempts taken before a correction, and how far it came."""

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse

from common.admin import Verb, VerbAdmin, link
from common.admin_forms import ConfirmForm

from ..domain import regrading
from ..models import Regrade


def _retry(regrade, user, data):
    regrading.retry(regrade, by=user)


@admin.register(Regrade)
class RegradeAdmin(VerbAdmin):
    list_display = ["place", "training", "status", "changed", "made_at", "by"]
    list_filter = ["status", "training__year"]
    search_fields = ["training__search", "training__organism__search"]
    search_help_text = "Formation (intitulé, agrément), organisme"
    date_hierarchy = "made_at"
    fields = [
        "place",
        "shown_training",
        "mode",
        "reason",
        "made_at",
        "by",
        "status",
        "error",
        "changed",
        "done_at",
    ]
    readonly_fields = fields
    verbs = [
        Verb(
            "relancer",
            "Relancer le recalcul",
            permission="qcm.regrade",
            event=Regrade.Event.RETRY,
            run=_retry,
            form=ConfirmForm,
            text="Le recalcul reprend où il s’était arrêté : ce qui est recalculé le reste.",
            done="Le recalcul est relancé.",
        )
    ]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("question__question_set", "training", "by")
            .annotate(changed=Count("changes"))
        )

    def waiting(self):
        """Those that stopped: staff may let them go on."""
        return Regrade.objects.filter(status__in=Regrade.TRANSITIONS[Regrade.Event.RETRY].sources)

    @admin.display(description="question", ordering="question")
    def place(self, regrade):
        return regrade.question.place

    @admin.display(description="formation")
    def shown_training(self, regrade):
        url = reverse("admin:qcm_traininganalysis_change", args=[regrade.training_id])
        return link(url, regrade.training)

    @admin.display(description="notes changées", ordering="changed")
    def changed(self, regrade):
        return regrade.changed
