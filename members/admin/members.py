"""The registry as staff see it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from import_export.fields import Field

from common.addresses import shown
from common.admin import PortalAdmin, PortalInline, ShownInline
from common.durations import format_minutes
from common.spreadsheets import cell_text

from ..domain import former
from ..keys import KEY_OF, orias_key
from ..models import FormerKey, HoursCredit, Member, Membership
from ..registry_file import COLUMNS, FIELDS, cif_word, status_word
from .exports import SafeResource, WorkbookExportMixin


def _column(name, attribute=None):
    """A column of the export, called as in the registry's file."""
    return Field(attribute=attribute or name, column_name=COLUMNS[name].title)


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


class MembershipInline(PortalInline):
    model = Membership
    extra = 0

    def has_delete_permission(self, request, obj=None):
        return False


class FormerKeyForm(forms.ModelForm):
    """What someone was known by, typed as people write it and kept as it is compared."""

    class Meta:
        model = FormerKey
        fields = ["kind", "value"]

    def clean(self):
        data = super().clean()
        if data.get("kind") and data.get("value"):
            data["value"] = KEY_OF[data["kind"]](data["value"])
            if not data["value"]:
                self.add_error("value", "Rien ne se compare à cette valeur : vérifiez-la.")
        return data

    def validate_unique(self):
        super().validate_unique()
        # Django leaves out of an inline what its own row, here the member, is a part of.
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self._update_errors(error)


class FormerKeyInline(PortalInline):
    model = FormerKey
    form = FormerKeyForm
    extra = 0
    fields = ["kind", "value"]

    def has_change_permission(self, request, obj=None):
        return False


class CreditInline(ShownInline):
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


class MemberResource(SafeResource):
    """The registry as a workbook: the very file that « Importer » reads, which changes nothing."""

    number = _column("number")
    title = _column("title")
    last_name = _column("last_name")
    first_name = _column("first_name")
    email = _column("email")
    firm = _column("firm")
    orias = _column("orias")
    cif = _column("cif", attribute="lasts_cif")
    status = _column("status", attribute="lasts")

    class Meta:
        model = Member
        fields = list(COLUMNS)
        export_order = fields

    def filter_export(self, queryset, **kwargs):
        """With what an import of today compares a line with."""
        spans = Membership.objects.lasting(timezone.localdate()).filter(member=OuterRef("pk"))
        return queryset.annotate(
            lasts=Exists(spans.filter(kind=Membership.Kind.MEMBER)),
            lasts_cif=Exists(spans.filter(kind=Membership.Kind.CIF)),
        )

    def dehydrate_cif(self, member):
        return cif_word(member.lasts_cif)

    def dehydrate_status(self, member):
        return status_word(member.lasts)


class MemberForm(forms.ModelForm):
    """A member as staff type them, kept as the registry's file would have given them."""

    class Meta:
        model = Member
        fields = ["number", *FIELDS]

    def clean(self):
        data = super().clean()
        for name in {"number", "title", "last_name", "first_name", "firm"} & data.keys():
            data[name] = cell_text(data[name])
        if orias := data.get("orias"):
            data["orias"] = orias_key(orias)
            if not data["orias"]:
                self.add_error("orias", "Un numéro ORIAS a 8 chiffres.")
        return data


@admin.register(Member)
class MemberAdmin(WorkbookExportMixin, PortalAdmin):
    form = MemberForm
    list_display = ["number", "family_name", "given_name", "shown_email", "member", "cif", "hours"]
    list_display_links = ["number", "family_name"]
    list_filter = [NowFilter, NoEmailFilter]
    search_fields = ["search"]
    search_help_text = "Nom, numéro, e-mail, cabinet, ORIAS"
    ordering = Member._meta.ordering
    fields = ["number", *FIELDS]
    inlines = [MembershipInline, FormerKeyInline, CreditInline]
    resource_classes = [MemberResource]

    def get_queryset(self, request):
        today = timezone.localdate()
        spans = Membership.objects.on(today).filter(member=OuterRef("pk"))
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

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["number"] if obj else []

    def save_model(self, request, obj, form, change):
        former.save_member(obj)

    def save_formset(self, request, form, formset, change):
        if formset.model is not FormerKey:
            super().save_formset(request, form, formset, change)
            return
        formset.save(commit=False)
        # What the member was called until this very page is noted with them.
        former.note(formset.new_objects)
        for key in formset.deleted_objects:
            key.delete()

    @admin.display(description="nom", ordering="last_name_key")
    def family_name(self, member):
        return member.last_name

    @admin.display(description="e-mail", ordering="email")
    def shown_email(self, member):
        return shown(member.email)

    # Not a column to sort by: no database does it well in both cases, with accents.
    @admin.display(description="prénom")
    def given_name(self, member):
        return member.first_name

    @admin.display(description="adhérent", boolean=True, ordering="is_member")
    def member(self, member):
        return member.is_member

    @admin.display(description="CIF", boolean=True, ordering="is_cif")
    def cif(self, member):
        return member.is_cif

    @admin.display(description="heures de l’année", ordering="year_minutes")
    def hours(self, member):
        return format_minutes(member.year_minutes)
