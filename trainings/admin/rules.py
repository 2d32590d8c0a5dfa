"""Annual rules: the administrator alone edits them, and not once their year is past."""

from django.contrib import admin
from django.utils import timezone

from common.admin import PortalAdmin
from common.durations import format_minutes

from ..models import AnnualRules
from .forms import AnnualRulesForm

# How an amount of time shows where it cannot be typed.
SHOWN = {"minutes_due": "due", "amf_minutes_due": "amf_due"}


@admin.register(AnnualRules)
class AnnualRulesAdmin(PortalAdmin):
    list_display = ["year", "due", "amf_due", "mark", "max_attempts", "grace"]
    form = AnnualRulesForm
    fields = [
        "year",
        "minutes_due",
        "amf_minutes_due",
        "pass_mark",
        "max_attempts",
        "qcm_grace_days",
        "partial_presence",
    ]

    def get_fields(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            return self.fields
        return [SHOWN.get(name, name) for name in self.fields]

    def has_change_permission(self, request, obj=None):
        past = obj is not None and obj.year < timezone.localdate().year
        return super().has_change_permission(request, obj) and not past

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["year", *SHOWN.values()] if obj else []

    def get_changeform_initial_data(self, request):
        last = AnnualRules.objects.first()
        year = last.year + 1 if last else timezone.localdate().year
        return {"year": year, **AnnualRules.copied_for(year)}

    @admin.display(description="heures dues")
    def due(self, rules):
        return format_minutes(rules.minutes_due)

    @admin.display(description="seuil du QCM")
    def mark(self, rules):
        return f"{rules.pass_mark} %"

    @admin.display(description="QCM après le 31/12")
    def grace(self, rules):
        return f"{rules.qcm_grace_days} jours"

    @admin.display(description="dont AMF")
    def amf_due(self, rules):
        return format_minutes(rules.amf_minutes_due)
