"""Sheets as staff see them; the administrator alone cancels a validated one."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404
from django.urls import path, reverse

from common import files
from common.admin import JournalInline, Verb, VerbAdmin, lines, link
from common.admin_forms import CommentForm, ConfirmForm

from ..domain import cancelling, counting, limits
from ..models import Participant, Sheet, SheetJournal, UnrecognisedCount

Event, Status = Sheet.Event, Sheet.Status


class SheetJournalInline(JournalInline):
    model = SheetJournal


class YearFilter(admin.SimpleListFilter):
    """Sheets by the year of their approval."""

    title = "année"
    parameter_name = "annee"

    def lookups(self, request, model_admin):
        years = (
            Sheet.objects.order_by("-training__year")
            .values_list("training__year", flat=True)
            .distinct()
        )
        return [(str(year), str(year)) for year in years]

    def queryset(self, request, queryset):
        # Counting its facets, Django gives each value of `lookups`; else it is what was typed.
        year = str(self.value() or "")
        return queryset.filter(training__year=int(year)) if year.isdecimal() else queryset


class ToConfirmFilter(admin.SimpleListFilter):
    """Validated sheets with lines that nobody in the registry stands for."""

    title = "lignes à confirmer"
    parameter_name = "a_confirmer"

    def lookups(self, request, model_admin):
        return [("oui", "oui")]

    def queryset(self, request, queryset):
        if self.value() == "oui":
            return queryset.filter(status=Status.VALIDATED, to_confirm__gt=0)
        return queryset


@admin.register(Sheet)
class SheetAdmin(VerbAdmin):
    list_display = [
        "shown_training",
        "organism",
        "starts_on",
        "status",
        "shown_lines",
        "shown_to_confirm",
        "deposited_at",
    ]
    list_filter = ["status", YearFilter, ToConfirmFilter]
    list_select_related = ["training__organism"]
    search_fields = ["training__search", "training__organism__search"]
    search_help_text = "Formation, agrément, organisme"
    date_hierarchy = "starts_on"
    fields = [
        "status",
        "shown_training",
        "organism",
        "starts_on",
        "ends_on",
        "place",
        "documents",
        "shown_summary",
        "participants_link",
        "shown_notes",
        "error",
        "deposited_by",
        "deposited_at",
        "read_at",
        "validated_at",
    ]
    readonly_fields = [
        "shown_training",
        "organism",
        "documents",
        "shown_summary",
        "participants_link",
        "shown_notes",
    ]
    inlines = [SheetJournalInline]
    verbs = [
        Verb(
            "recompter",
            "Recompter",
            permission="attendance.recount_sheet",
            event=Event.RECOUNT,
            run=lambda sheet, user, data: (
                f"{cancelling.people(counting.recount(sheet, by=user))} de plus."
            ),
            form=ConfirmForm,
            text="Les personnes reconnues qui n’avaient pas d’heures en reçoivent si elles étaient "
            "adhérentes le jour de la session : après la correction d’une adhésion, par exemple. "
            "Rien n’est compté deux fois.",
            done="La feuille est recomptée.",
        ),
        Verb(
            "annuler",
            "Annuler la feuille",
            permission="attendance.cancel_sheet",
            event=Event.CANCEL,
            run=lambda sheet, user, data: cancelling.cancel(sheet, by=user, **data),
            form=CommentForm,
            text=lambda sheet: cancelling.to_take_back(sheet, cancelling.counted_lines(sheet)),
            done="La feuille est annulée ; l’organisme et les adhérents sont prévenus.",
            danger=True,
        ),
    ]

    def get_urls(self):
        own = [
            path(
                "<int:pk>/fichiers/<slug:kind>/",
                self.admin_site.admin_view(self.file_view),
                name="attendance_sheet_file",
            )
        ]
        return own + super().get_urls()

    def file_view(self, request, pk, kind):
        """The scan or the roster, for staff who may look at sheets."""
        sheet = self.get_object(request, str(pk))
        if sheet is None or kind not in {"scan", "liste"}:
            raise Http404
        if not self.has_view_permission(request, sheet):
            raise PermissionDenied
        if kind == "scan":
            return files.serve(sheet.scan, name=sheet.scan_name, content_type=sheet.scan_type)
        return files.serve(sheet.roster, name=sheet.roster_name, content_type="")

    def get_queryset(self, request):
        ticked = Q(participants__included=True)
        unknown = [Participant.State.UNRECOGNISED, Participant.State.PROBLEM]
        return (
            super()
            .get_queryset(request)
            .annotate(
                line_count=Count("participants", filter=ticked),
                to_confirm=Count(
                    "participants", filter=ticked & Q(participants__state__in=unknown)
                ),
            )
        )

    @admin.display(description="formation", ordering="training__search")
    def shown_training(self, sheet):
        return sheet.training.title

    @admin.display(description="organisme", ordering="training__organism__search")
    def organism(self, sheet):
        return sheet.training.organism.name

    @admin.display(description="présents", ordering="line_count")
    def shown_lines(self, sheet):
        return sheet.line_count

    @admin.display(description="à confirmer", ordering="to_confirm")
    def shown_to_confirm(self, sheet):
        return sheet.to_confirm or None

    @admin.display(description="documents")
    def documents(self, sheet):
        def url(kind):
            return reverse("admin:attendance_sheet_file", args=[sheet.pk, kind])

        return lines(
            [
                link(url("scan"), f"Émargement : {sheet.scan_name}"),
                link(url("liste"), f"Liste : {sheet.roster_name}"),
            ]
        )

    @admin.display(description="bilan")
    def shown_summary(self, sheet):
        return counting.in_words(sheet.participants.summary())

    @admin.display(description="participants")
    def participants_link(self, sheet):
        url = reverse("admin:attendance_participant_changelist")
        return link(f"{url}?sheet__id__exact={sheet.pk}", "Voir les participants")

    @admin.display(description="remarques de lecture")
    def shown_notes(self, sheet):
        return lines(sheet.notes)


@admin.register(UnrecognisedCount)
class UnrecognisedCountAdmin(VerbAdmin):
    """What an organism or an account looked up in a day and did not find; above, it waits."""

    list_display = ["whose", "day", "lines", "is_above", "lifted_by"]
    list_filter = ["day"]
    list_select_related = ["organism", "account", "lifted_by"]
    search_fields = ["organism__search", "account__search"]
    fields = ["organism", "account", "day", "lines", "lifted_by", "lifted_at"]
    verbs = [
        Verb(
            "lever",
            "Lever la limite du jour",
            permission="attendance.lift_limit",
            run=lambda count, user, data: limits.lift(count, by=user),
            offered=lambda count: count.is_above,
            form=ConfirmForm,
            text="Les lignes non reconnues de cet organisme (et de ses comptes), ou de ce compte, "
            "sont comptées de nouveau à partir de zéro aujourd’hui. Les fichiers refusés "
            "entre-temps sont à déposer à nouveau.",
            done="La limite est levée : l’organisme peut déposer à nouveau.",
        )
    ]

    @admin.display(description="organisme ou compte")
    def whose(self, count):
        return count.organism or count.account

    @admin.display(description="bloqué", boolean=True)
    def is_above(self, count):
        return count.is_above
