"""Files of the registry: deposited, looked at, then imported or abandoned."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path

from common import files
from common.admin import JournalInline, Verb, VerbAdmin, admin_url, lines
from common.admin_forms import ConfirmForm

from ..domain import registry, registry_undo
from ..models import RegistryImport, RegistryImportJournal
from ..registry_file import COLUMNS, model_workbook
from .import_forms import ApplyForm, ImportForm
from .import_lines import counted, lines_of, undo_text


class RegistryImportJournalInline(JournalInline):
    model = RegistryImportJournal


@admin.register(RegistryImport)
class RegistryImportAdmin(VerbAdmin):
    change_form_template = "members/admin/import.html"
    inlines = [RegistryImportJournalInline]
    add_form_template = "members/admin/import_add.html"
    list_display = ["name", "status", "effective_on", "created_at", "applied_at"]
    fields = [
        "status",
        "name",
        "arrivals_on",
        "effective_on",
        "error",
        "counts",
    ]
    readonly_fields = fields
    verbs = [
        Verb(
            "importer",
            "Importer ces adhérents",
            permission="members.import_registry",
            event=RegistryImport.Event.APPLY,
            run=lambda registry_import, user, data: registry.apply(registry_import, by=user),
            form=ApplyForm,
            text="Les nouveaux sont ajoutés, les données modifiées remplacées, et les absents du "
            "fichier datés comme partis ; personne n’est supprimé.",
            done="Le fichier des adhérents est importé.",
        ),
        Verb(
            "abandonner",
            "Abandonner",
            permission="members.import_registry",
            event=RegistryImport.Event.ABANDON,
            run=lambda registry_import, user, data: registry.abandon(registry_import, by=user),
            form=ConfirmForm,
            text="Rien n’est importé.",
            done="L’import est abandonné.",
            danger=True,
        ),
        Verb(
            "annuler",
            "Annuler cet import",
            permission="members.import_registry",
            event=RegistryImport.Event.UNDO,
            run=lambda registry_import, user, data: registry_undo.undo(registry_import, by=user),
            form=ConfirmForm,
            text=undo_text,
            done="L’import est annulé : chaque adhérent est redevenu ce qu’il était.",
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
        if obj is None:
            return ["file", "arrivals_on", "effective_on"]
        return [name for name in self.fields if obj.error or name != "error"]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else self.readonly_fields

    def get_queryset(self, request):
        return super().get_queryset(request).defer("rows")

    def add_view(self, request, form_url="", extra_context=None):
        # Not in the admin's own way: its transaction would be held while the bytes travel.
        if request.method == "POST" and self.has_add_permission(request):
            form = ImportForm(request.POST, request.FILES)
            if form.is_valid():
                registry_import = registry.deposit(**form.cleaned_data, by=request.user)
                self.log_addition(request, registry_import, [{"added": {}}])
                return redirect(admin_url(registry_import))
        context = {**(extra_context or {}), "columns": COLUMNS.values()}
        return super().add_view(request, form_url, context)

    def get_urls(self):
        own = [
            path(
                "modele.xlsx",
                self.admin_site.admin_view(self.model_view),
                name="members_registryimport_model",
            )
        ]
        return own + super().get_urls()

    def model_view(self, request):
        """The workbook to fill, for who may import one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        response = HttpResponse(model_workbook(), content_type=files.XLSX)
        response["Content-Disposition"] = 'attachment; filename="modele-adherents.xlsx"'
        return response

    def change_view(self, request, object_id, form_url="", extra_context=None):
        registry_import = self.get_object(request, object_id)
        told = lines_of(registry_import, request.GET) if registry_import else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **told})

    def get_inlines(self, request, obj=None):
        return self.inlines if obj else []

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        response = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if obj is not None and obj.status == RegistryImport.Status.READING:
            # The page looks again by itself until the file is read, scripts or not.
            response["Refresh"] = "2"
        return response

    @admin.display(description="bilan")
    def counts(self, registry_import):
        return lines(counted(registry_import.summary))
