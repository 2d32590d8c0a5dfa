"""The queue of requests, and the page on which an officer reads one and decides."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import FileResponse, Http404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone

from common import files
from common.admin import JournalInline, ShownInline, Verb, VerbAdmin, admin_url, lines, link
from common.admin_forms import CommentForm
from common.durations import format_minutes

from ..domain import decisions, dossier
from ..domain.overview import overview
from ..models import Document, Speaker, Training, TrainingJournal
from .forms import ApproveForm, SendToAmfForm

DECIDE = "trainings.decide_training"
Status = Training.Status
Event = Training.Event


class QueueFilter(admin.SimpleListFilter):
    """What waits for a decision, all of it or by the hours asked."""

    title = "file d’attente"
    parameter_name = "file"

    def lookups(self, request, model_admin):
        return [
            ("attente", "À décider"),
            ("associative", "À décider, associatives seules"),
            ("amf", "À décider, avec heures AMF"),
        ]

    def queryset(self, request, queryset):
        waiting = queryset.pending()
        if self.value() == "attente":
            return waiting
        if self.value() == "associative":
            return waiting.filter(requested_amf_minutes=0)
        if self.value() == "amf":
            return waiting.filter(requested_amf_minutes__gt=0)
        return queryset


class TrainingJournalInline(JournalInline):
    model = TrainingJournal


class SpeakerInline(ShownInline):
    model = Speaker
    fields = ["name", "references"]
    readonly_fields = fields
    extra = 0


@admin.register(Training)
class TrainingAdmin(VerbAdmin):
    list_display = [
        "title",
        "organism",
        "status",
        "year",
        "asked",
        "submitted_at",
        "age",
        "approval_number",
    ]
    # No filter by organism: with hundreds of them, the search is the better way.
    list_filter = [QueueFilter, "status", "year"]
    search_fields = ["search", "organism__search"]
    search_help_text = "Intitulé, agrément, organisme"
    list_select_related = ["organism"]
    change_form_template = "admin/verbs_change_form.html"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "status",
                    "title",
                    "shown_organism",
                    "year",
                    "asked",
                    "granted",
                    "approval_number",
                    "submitted_at",
                    "amf",
                    "decided_at",
                ]
            },
        ),
        (
            "La formation",
            {
                "fields": [
                    "objectives",
                    "programme",
                    "audience",
                    "teaching_method",
                    "duration",
                    "first_session_on",
                    "first_session_place",
                ]
            },
        ),
        ("Documents et QCM", {"fields": ["documents", "questions", "dossier", "others"]}),
    ]
    inlines = [SpeakerInline, TrainingJournalInline]
    verbs = [
        Verb(
            "modifications",
            "Demander des modifications",
            permission=DECIDE,
            run=lambda training, user, data: decisions.request_changes(training, by=user, **data),
            event=Event.REQUEST_CHANGES,
            form=CommentForm,
            text="La demande retourne à l’organisme, qui la modifie et l’envoie à nouveau.",
            done="L’organisme est prévenu des modifications demandées.",
        ),
        Verb(
            "amf",
            "Transmettre à l’AMF",
            permission=DECIDE,
            run=lambda training, user, data: decisions.send_to_amf(training, by=user, **data),
            event=Event.SEND_TO_AMF,
            offered=lambda training: training.requested_amf_minutes > 0,
            form=SendToAmfForm,
            text="Téléchargez le dossier AMF, envoyez-le à l’AMF, puis notez ici l’envoi.",
            done="La transmission à l’AMF est notée, l’organisme en est prévenu.",
        ),
        Verb(
            "valider",
            "Valider",
            permission=DECIDE,
            run=lambda training, user, data: decisions.approve(training, by=user, **data),
            event=Event.APPROVE,
            form=ApproveForm,
            done="La formation est validée, l’organisme reçoit son numéro d’agrément.",
        ),
        Verb(
            "refuser",
            "Refuser",
            permission=DECIDE,
            run=lambda training, user, data: decisions.refuse(training, by=user, **data),
            event=Event.REFUSE,
            form=CommentForm,
            text="Toute la demande est refusée. Si seule l’AMF refuse, validez plutôt avec zéro "
            "heure AMF et sa raison.",
            done="La demande est refusée, l’organisme en reçoit le motif.",
            danger=True,
        ),
        Verb(
            "revoquer",
            "Révoquer l’agrément",
            permission=DECIDE,
            run=lambda training, user, data: decisions.revoke(training, by=user, **data),
            event=Event.REVOKE,
            form=CommentForm,
            text="Plus aucune feuille de présence ne sera acceptée ; les heures comptées restent.",
            done="L’agrément est révoqué.",
            danger=True,
        ),
    ]

    def get_urls(self):
        own = [
            path(
                "document/<int:pk>/",
                self.admin_site.admin_view(self.document_view),
                name="trainings_training_document",
            ),
            path(
                "<int:pk>/dossier/",
                self.admin_site.admin_view(self.dossier_view),
                name="trainings_training_dossier",
            ),
        ]
        return own + super().get_urls()

    def get_queryset(self, request):
        """Drafts are the organism's alone; what waits for a decision first, oldest on top."""
        waiting_first = Case(
            When(status__in=Training.TRANSITIONS[Event.APPROVE].sources, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        # Not super(): it orders by `rank` before there is one.
        return (
            Training.objects.exclude(status=Status.DRAFT)
            .annotate(rank=waiting_first)
            .select_related("organism")
            .order_by(*self.get_ordering(request))
        )

    def waiting(self):
        """Requests that wait for a decision; the menu shows it."""
        return Training.objects.pending()

    def get_ordering(self, request):
        return ["rank", "submitted_at", "pk"]

    # --- files --------------------------------------------------------------------------------

    def document_view(self, request, pk):
        """A document of a request, for staff who may see requests."""
        document = Document.objects.filter(pk=pk, training__in=self.get_queryset(request)).first()
        if not self.has_view_permission(request):
            raise PermissionDenied
        if document is None:
            raise Http404
        return files.serve(document.file, name=document.name, content_type=document.content_type)

    def dossier_view(self, request, pk):
        """The « Dossier AMF » as a ZIP."""
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        training = self.get_queryset(request).filter(pk=pk).first()
        if training is None:
            raise Http404
        return FileResponse(
            dossier.build(training), as_attachment=True, filename=dossier.file_name(training)
        )

    # --- columns and fields -------------------------------------------------------------------

    @admin.display(description="heures demandées")
    def asked(self, training):
        return _hours(training.requested_associative_minutes, training.requested_amf_minutes)

    @admin.display(description="heures accordées")
    def granted(self, training):
        if training.granted_amf_minutes is None:
            return "–"
        return _hours(training.granted_associative_minutes, training.granted_amf_minutes)

    @admin.display(description="âge")
    def age(self, training):
        if not training.is_under_review:
            return "–"
        days = (timezone.now() - training.submitted_at).days
        return f"{days} j"

    @admin.display(description="durée totale")
    def duration(self, training):
        return format_minutes(training.duration_minutes or 0)

    @admin.display(description="AMF")
    def amf(self, training):
        if not training.amf_sent_on:
            return "–"
        return f"transmise le {training.amf_sent_on:%d/%m/%Y} {training.amf_reference}".strip()

    @admin.display(description="organisme")
    def shown_organism(self, training):
        return link(admin_url(training.organism), training.organism)

    @admin.display(description="documents")
    def documents(self, training):
        return lines(
            link(
                reverse("admin:trainings_training_document", args=[document.pk]),
                f"{document.get_kind_display()} : {document.name}",
            )
            for document in training.documents.all()
        )

    @admin.display(description="dossier AMF")
    def dossier(self, training):
        return link(
            reverse("admin:trainings_training_dossier", args=[training.pk]),
            "Télécharger le dossier AMF (ZIP)",
        )

    @admin.display(description="autres demandes de l’organisme")
    def others(self, training):
        others = (
            Training.objects.filter(organism=training.organism)
            .exclude(pk=training.pk)
            .exclude(status=Status.DRAFT)
            .order_by("-submitted_at")[:20]
        )
        return lines(
            link(admin_url(other), f"{other.year} – {other.title} ({other.get_status_display()})")
            for other in others
        )

    @admin.display(description="jeux de QCM")
    def questions(self, training):
        """The sets as a member sees them, right answers marked, and what deserves a second look."""
        return render_to_string(
            "trainings/admin/_sets.html",
            {"views": overview(training), "owed": training.questions_owed},
        )


def _hours(associative, amf):
    return f"{format_minutes(associative)} assoc., {format_minutes(amf)} AMF"
