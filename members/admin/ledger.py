"""The ledger as staff see it."""

from django.contrib import admin
from import_export import fields

from common.admin import PortalAdmin, ReadOnlyMixin
from common.durations import format_minutes

from ..models import HoursCredit
from .exports import SafeResource, WorkbookExportMixin


class CreditResource(SafeResource):
    """The ledger as a workbook."""

    number = fields.Field(column_name="N° adhérent", attribute="member__number")
    last_name = fields.Field(column_name="Nom", attribute="member__last_name")
    approval = fields.Field(column_name="Agrément", attribute="training__approval_number")
    title = fields.Field(column_name="Formation", attribute="training__title")

    class Meta:
        model = HoursCredit
        fields = [
            "number",
            "last_name",
            "approval",
            "title",
            "kind",
            "minutes",
            "year",
            "session_on",
            "reason",
            "created_at",
        ]

    def get_queryset(self):
        return super().get_queryset().select_related("member", "training")


@admin.register(HoursCredit)
class HoursCreditAdmin(WorkbookExportMixin, ReadOnlyMixin, PortalAdmin):
    list_display = ["created_at", "member", "training", "kind", "shown_minutes", "year", "reason"]
    list_filter = ["year", "kind"]
    search_fields = ["member__search", "training__search", "training__organism__search"]
    list_select_related = ["member", "training"]
    fields = [
        "member",
        "training",
        "kind",
        "shown_minutes",
        "year",
        "session_on",
        "corrects",
        "follows",
        "reason",
        "by",
        "created_at",
    ]
    readonly_fields = fields
    resource_classes = [CreditResource]

    @admin.display(description="durée", ordering="minutes")
    def shown_minutes(self, entry):
        return format_minutes(entry.minutes)
