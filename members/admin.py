"""The registry and the ledger as staff see them."""

import logging
from datetime import timedelta

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import redirect
from django.utils import timezone
from import_export import fields, resources
from import_export.admin import ExportMixin
from import_export.formats.base_formats import XLSX
from unfold.admin import TabularInline
from unfold.contrib.import_export.forms import ExportForm
from unfold.widgets import UnfoldAdminTextInputWidget

from common.admin import PortalAdmin, ReadOnlyMixin, Verb, VerbAdmin, admin_url, lines
from common.admin_forms import ConfirmForm
from common.durations import format_minutes
from common.files import check_size
from common.spreadsheets import fold
from common.spreadsheets.writing import safe_cell

from .domain import former, registry
from .models import FormerKey, HoursCredit, Member, Membership, RegistryImport
from .tasks import read_import

logger = logging.getLogger(__name__)


class NowFilter(admin.SimpleListFilter):
    """Members by what they are today."""

    title = "adhésion"
    parameter_name = "adhesion"

    def lookups(self, request, model_admin):
        return [("cif", "ANACOFI-CIF"), ("member", "adhérents"), ("left", "partis")]

    def queryset(self, request, queryset):
        if self.value() == "cif":
            return queryset.filter(is_cif=True)
        if self.value() == "member":
            return queryset.filter(is_member=True)
        if self.value() == "left":
            return queryset.filter(is_member=False)
        return queryset


class NoEmailFilter(admin.SimpleListFilter):
    """Those whom no e-mail reaches."""

    title = "e-mail"
    parameter_name = "courriel"

    def lookups(self, request, model_admin):
        return [("none", "sans e-mail")]

    def queryset(self, request, queryset):
        return queryset.filter(email="") if self.value() == "none" else queryset


class MembershipInline(TabularInline):
    model = Membership
    extra = 0

    def has_delete_permission(self, request, obj=None):
        return False


class FormerKeyInline(TabularInline):
    model = FormerKey
    extra = 0
    fields = ["kind", "value"]

    def has_change_permission(self, request, obj=None):
        return False


class CreditInline(ReadOnlyMixin, TabularInline):
    model = HoursCredit
    fields = ["created_at", "training", "kind", "shown_minutes", "year", "session_on", "reason"]
    readonly_fields = fields
    extra = 0
    verbose_name_plural = "Heures"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("training")

    @admin.display(description="durée")
    def shown_minutes(self, entry):
        return format_minutes(entry.minutes)


class MemberResource(resources.ModelResource):
    """The registry as a workbook; cells that look like formulas are written as text."""

    class Meta:
        model = Member
        fields = ["number", "title", "last_name", "first_name", "email", "firm", "orias"]

    def export_field(self, field, instance, **kwargs):
        return safe_cell(super().export_field(field, instance, **kwargs))


@admin.register(Member)
class MemberAdmin(ExportMixin, PortalAdmin):
    list_display = ["number", "last_name", "first_name", "email", "member", "cif", "hours"]
    list_display_links = ["number", "last_name"]
    list_filter = [NowFilter, NoEmailFilter]
    search_fields = ["search"]
    search_help_text = "Nom, numéro, e-mail, cabinet, ORIAS"
    ordering = ["last_name", "first_name", "number"]
    fields = ["number", "title", "last_name", "first_name", "email", "firm", "orias"]
    inlines = [MembershipInline, FormerKeyInline, CreditInline]
    resource_classes = [MemberResource]
    export_form_class = ExportForm

    def get_export_formats(self):
        return [XLSX]

    def get_queryset(self, request):
        today = timezone.localdate()
        spans = Membership.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            member=OuterRef("pk"),
            starts_on__lte=today,
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                is_member=Exists(spans.filter(kind=Membership.Kind.MEMBER)),
                is_cif=Exists(spans.filter(kind=Membership.Kind.CIF)),
                year_minutes=Coalesce(
                    Sum("credits__minutes", filter=Q(credits__year=today.year)), 0
                ),
            )
        )

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, fold(search_term))

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["number"] if obj else []

    def save_model(self, request, obj, form, change):
        before = former.keys_of(Member.objects.get(pk=obj.pk)) if change else {}
        obj.refresh_keys()
        super().save_model(request, obj, form, change)
        former.keep([(obj, before)])

    @admin.display(description="adhérent", boolean=True, ordering="is_member")
    def member(self, member):
        return member.is_member

    @admin.display(description="CIF", boolean=True, ordering="is_cif")
    def cif(self, member):
        return member.is_cif

    @admin.display(description="heures de l’année", ordering="year_minutes")
    def hours(self, member):
        return format_minutes(member.year_minutes)


class CreditResource(resources.ModelResource):
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

    def export_field(self, field, instance, **kwargs):
        return safe_cell(super().export_field(field, instance, **kwargs))


@admin.register(HoursCredit)
class HoursCreditAdmin(ExportMixin, ReadOnlyMixin, PortalAdmin):
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
    export_form_class = ExportForm

    def get_export_formats(self):
        return [XLSX]

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, fold(search_term))

    @admin.display(description="durée", ordering="minutes")
    def shown_minutes(self, entry):
        return format_minutes(entry.minutes)


class ImportForm(forms.ModelForm):
    """The registry's file, and the day from which its arrivals and departures count."""

    class Meta:
        model = RegistryImport
        fields = ["file", "arrivals_on", "effective_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "effective_on" in self.fields:
            today = timezone.localdate()
            self.fields["effective_on"].initial = today
            last = RegistryImport.objects.filter(state=RegistryImport.State.APPLIED).first()
            # The first file tells who has been a member all along this year.
            since = last.effective_on + timedelta(days=1) if last else today.replace(month=1, day=1)
            self.fields["arrivals_on"].initial = min(since, today)

    def clean_file(self):
        file = self.cleaned_data["file"]
        check_size(file)
        return file


class ApplyForm(ConfirmForm):
    """Many leaving at once is more often a wrong file than a fact: it is typed, not clicked."""

    typed = forms.CharField(
        label="Pour confirmer, tapez le nombre de départs",
        widget=UnfoldAdminTextInputWidget,
    )
    typed_renamed = forms.CharField(
        label="Pour confirmer, tapez le nombre de changements de nom",
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, data=None, *, obj=None):
        super().__init__(data, obj=obj)
        self.leaving = obj.summary.get("left", 0)
        self.renamed = obj.summary.get("renamed", 0)
        if not obj.summary.get("many_left"):
            del self.fields["typed"]
        else:
            self.fields[
                "typed"
            ].help_text = (
                f"{self.leaving} adhérents quittent l’association, sur {obj.summary['present']}."
            )
        if not obj.summary.get("many_renamed"):
            del self.fields["typed_renamed"]
        else:
            self.fields["typed_renamed"].help_text = (
                f"{self.renamed} adhérents changent de nom de famille, sur "
                f"{obj.summary['present']} : le fichier est-il le bon ?"
            )

    def clean_typed(self):
        if self.cleaned_data["typed"].strip() != str(self.leaving):
            raise forms.ValidationError(f"Tapez {self.leaving} pour confirmer ces départs.")
        return self.cleaned_data["typed"]

    def clean_typed_renamed(self):
        if self.cleaned_data["typed_renamed"].strip() != str(self.renamed):
            raise forms.ValidationError(f"Tapez {self.renamed} pour confirmer ces changements.")
        return self.cleaned_data["typed_renamed"]


@admin.register(RegistryImport)
class RegistryImportAdmin(VerbAdmin):
    list_display = ["name", "state", "effective_on", "created_at", "applied_at"]
    fields = [
        "state",
        "name",
        "arrivals_on",
        "effective_on",
        "error",
        "counts",
        "arrivals",
        "departures",
        "edits",
    ]
    readonly_fields = fields
    verbs = [
        Verb(
            "importer",
            "Importer ces adhérents",
            permission="members.import_registry",
            run=lambda found, user, data: registry.apply(found, by=user),
            offered=lambda found: found.state == RegistryImport.State.READY,
            form=ApplyForm,
            text="Les nouveaux sont ajoutés, les données modifiées remplacées, et les absents du "
            "fichier datés comme partis ; personne n’est supprimé.",
            done="Le fichier des adhérents est importé.",
        ),
        Verb(
            "abandonner",
            "Abandonner",
            permission="members.import_registry",
            run=lambda found, user, data: registry.abandon(found),
            offered=lambda found: found.state == RegistryImport.State.READY,
            form=ConfirmForm,
            text="Rien n’est importé.",
            done="L’import est abandonné.",
            danger=True,
        ),
    ]

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("members.import_registry")

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            return ImportForm
        return super().get_form(request, obj, **kwargs)

    def get_fields(self, request, obj=None):
        return ["file", "arrivals_on", "effective_on"] if obj is None else self.fields

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else self.readonly_fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("rows")

    def save_model(self, request, obj, form, change):
        obj.name = obj.file.name[:255]
        obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def log_addition(self, request, obj, message):
        # The admin saves inside a transaction: the task starts once the row is there.
        transaction.on_commit(lambda: self._start(obj.pk))
        return super().log_addition(request, obj, message)

    @staticmethod
    def _start(pk):
        try:
            read_import.delay(pk)
        except Exception:
            # The row is there: beat reads it.
            logger.exception("The broker did not take the registry import %s", pk)

    def response_add(self, request, obj, post_url_continue=None):
        return redirect(admin_url(obj))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        response = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if obj is not None and obj.state == RegistryImport.State.READING:
            # The page looks again by itself until the file is read, scripts or not.
            response["Refresh"] = "2"
        return response

    @admin.display(description="bilan")
    def counts(self, found):
        names = {
            "new": "nouveaux",
            "new_inactive": "parmi eux, déjà inactifs",
            "changed": "modifiés",
            "renamed": "parmi eux, changent de nom de famille",
            "returned": "de retour",
            "left": "partis",
            "cif_joined": "entrent à l’ANACOFI-CIF",
            "cif_left": "quittent l’ANACOFI-CIF",
            "unchanged": "inchangés",
        }
        return lines(
            f"{found.summary[key]} {words}" for key, words in names.items() if key in found.summary
        )

    @admin.display(description="arrivées")
    def arrivals(self, found):
        return lines(found.summary.get("names_new", []) + found.summary.get("names_returned", []))

    @admin.display(description="départs")
    def departures(self, found):
        return lines(found.summary.get("names_left", []))

    @admin.display(description="modifications")
    def edits(self, found):
        return lines(found.summary.get("names_changed", []))
