"""Invitations and attempts as staff see them: read-only, but for one more attempt."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget

from common.admin import (
    JournalInline,
    PortalAdmin,
    ReadOnlyMixin,
    ShownInline,
    Verb,
    VerbAdmin,
    admin_url,
    lines,
    link,
)
from common.admin_forms import ConfirmForm
from common.durations import format_minutes, format_seconds
from common.files import XLSX

from ..domain import evidence, invitations
from ..models import Attempt, Invitation, InvitationJournal


class StateFilter(admin.SimpleListFilter):
    """The status, with « délai passé », which is computed."""

    title = "statut"
    parameter_name = "statut"

    def lookups(self, request, model_admin):
        return [
            ("open", "à passer"),
            ("expired", "délai passé"),
            ("passed", "réussi"),
            ("failed", "échoué"),
            ("withdrawn", "retiré"),
        ]

    def queryset(self, request, queryset):
        if self.value() == "open":
            return queryset.open_at(timezone.now())
        if self.value() == "expired":
            return queryset.expired_at(timezone.now())
        return queryset.filter(status=self.value()) if self.value() else queryset


class InsiderFilter(admin.SimpleListFilter):
    """Members who are also one of the organism's people: they can read the answers."""

    title = "personne de l’organisme"
    parameter_name = "interne"

    def lookups(self, request, model_admin):
        return [("oui", "oui")]

    def queryset(self, request, queryset):
        if self.value() != "oui":
            return queryset
        if queryset.model is Attempt:
            return queryset.filter(by_insider=True)
        return queryset.filter(is_insider=True)


class GrantForm(ConfirmForm):
    comment = forms.CharField(
        label="Motif",
        help_text="Il reste au journal ; l’adhérent ne le lit pas.",
        max_length=4000,
        widget=UnfoldAdminTextareaWidget,
    )


def _grant(invitation, user, data):
    invitations.grant_attempt(invitation, by=user, comment=data["comment"])


class InvitationJournalInline(JournalInline):
    model = InvitationJournal


class AttemptInline(ShownInline):
    model = Attempt
    fields = ["shown", "status", "set_number", "score", "started_at", "finished_at"]
    readonly_fields = fields
    extra = 0
    verbose_name_plural = "Tentatives"
    ordering = ["number"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("question_set", "invitation__member", "invitation__training")
        )

    @admin.display(description="tentative")
    def shown(self, attempt):
        return link(admin_url(attempt), f"Tentative {attempt.number}")

    @admin.display(description="jeu")
    def set_number(self, attempt):
        return evidence.set_name(attempt)

    @admin.display(description="résultat")
    def score(self, attempt):
        return evidence.result(attempt)


@admin.register(Invitation)
class InvitationAdmin(VerbAdmin):
    list_display = [
        "member",
        "training",
        "shown_status",
        "hours",
        "attempts",
        "deadline_at",
        "insider",
    ]
    list_filter = [StateFilter, "training__year", InsiderFilter]
    search_fields = ["member__search", "training__search", "training__organism__search"]
    search_help_text = "Adhérent (nom, numéro, e-mail), formation (intitulé, agrément, organisme)"
    list_select_related = ["member", "training"]
    date_hierarchy = "invited_at"
    fields = [
        "shown_member",
        "shown_training",
        "shown_status",
        "hours",
        "session_on",
        "invited_at",
        "deadline_at",
        "attempts",
        "passed_at",
        "shown_credit",
        "insider",
        "reminded",
    ]
    readonly_fields = fields
    inlines = [AttemptInline, InvitationJournalInline]
    verbs = [
        Verb(
            "accorder",
            "Accorder une tentative",
            permission="qcm.grant_attempt",
            event=Invitation.Event.GRANT_ATTEMPT,
            run=_grant,
            form=GrantForm,
            text="L’adhérent a utilisé toutes ses tentatives. Il reçoit un e-mail et peut en "
            "passer une de plus, dans les 21 jours si le délai est passé.",
            done="Une tentative de plus est accordée ; l’adhérent en reçoit l’e-mail.",
        )
    ]

    def get_queryset(self, request):
        finished = Count("attempts", filter=Q(attempts__status=Attempt.Status.FINISHED))
        return (
            super()
            .get_queryset(request)
            .select_related("member", "training", "credit")
            .with_insiders()
            .annotate(used=finished)
        )

    def waiting(self):
        """Those who used all their attempts: staff may grant one more."""
        return Invitation.objects.filter(
            status__in=Invitation.TRANSITIONS[Invitation.Event.GRANT_ATTEMPT].sources
        )

    @admin.display(description="statut", ordering="status")
    def shown_status(self, invitation):
        return invitation.status_label

    @admin.display(description="heures AMF", ordering="minutes")
    def hours(self, invitation):
        return format_minutes(invitation.minutes)

    @admin.display(description="tentatives", ordering="used")
    def attempts(self, invitation):
        return f"{invitation.used} / {invitation.attempts_allowed}"

    @admin.display(description="de l’organisme")
    def insider(self, invitation):
        return "oui" if invitation.is_insider else "–"

    @admin.display(description="adhérent")
    def shown_member(self, invitation):
        return link(admin_url(invitation.member), invitation.member)

    @admin.display(description="formation")
    def shown_training(self, invitation):
        return link(admin_url(invitation.training), invitation.training)

    @admin.display(description="écriture")
    def shown_credit(self, invitation):
        if not invitation.credit:
            return "–"
        return link(admin_url(invitation.credit), format_minutes(invitation.credit.minutes))

    @admin.display(description="rappels")
    def reminded(self, invitation):
        rows = invitation.reminders.order_by("sent_on", "pk")
        return ", ".join(f"{row.sent_on:%d/%m/%Y}" for row in rows) or "–"


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyMixin, PortalAdmin):
    list_display = [
        "member",
        "training",
        "number",
        "status",
        "score",
        "started_at",
        "spent",
        "insider",
    ]
    list_filter = ["status", "passed", "invitation__training__year", InsiderFilter]
    search_fields = [
        "invitation__member__search",
        "invitation__training__search",
        "invitation__training__organism__search",
    ]
    search_help_text = InvitationAdmin.search_help_text
    date_hierarchy = "started_at"
    ordering = ["-started_at", "-pk"]
    actions = ["export"]
    fields = [
        "shown_invitation",
        "number",
        "status",
        "score",
        "pass_mark",
        "set_number",
        "started_at",
        "finished_at",
        "spent",
        "by_insider",
        "verified",
        "regrades",
        "proof",
        "seen",
    ]
    readonly_fields = fields

    def get_queryset(self, request):
        return evidence.with_all(super().get_queryset(request))

    def get_urls(self):
        pages = [
            path(
                "<int:pk>/preuve/",
                self.admin_site.admin_view(self.proof_view),
                name="qcm_attempt_proof",
            )
        ]
        return pages + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Reading an attempt leaves a trace: it may be evidence one day."""
        attempt = self.get_object(request, object_id)
        if attempt is not None and self.has_view_permission(request, attempt):
            evidence.note_reading(attempt, by=request.user)
        return super().change_view(request, object_id, form_url, extra_context)

    def proof_view(self, request, pk):
        """The PDF of evidence."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        attempt = self.get_queryset(request).filter(pk=pk).first()
        if attempt is None:
            raise Http404
        evidence.note_reading(attempt, by=request.user, exported=True)
        return HttpResponse(
            evidence.pdf(attempt),
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="{evidence.file_name(attempt)}"'
            },
        )

    @admin.action(description="Exporter en .xlsx", permissions=["view"])
    def export(self, request, queryset):
        try:
            content = evidence.workbook(queryset)
        except evidence.TooMany as error:
            messages.error(request, str(error))
            return None
        day = timezone.localdate()
        return HttpResponse(
            content,
            content_type=XLSX,
            headers={"Content-Disposition": f'attachment; filename="tentatives-{day:%Y%m%d}.xlsx"'},
        )

    @admin.display(description="de l’organisme")
    def insider(self, attempt):
        return "oui" if attempt.by_insider else "–"

    @admin.display(description="adhérent", ordering="invitation__member__last_name_key")
    def member(self, attempt):
        return attempt.invitation.member

    @admin.display(description="formation", ordering="invitation__training__search")
    def training(self, attempt):
        return attempt.invitation.training

    @admin.display(description="résultat", ordering="right")
    def score(self, attempt):
        return evidence.result(attempt)

    @admin.display(description="jeu")
    def set_number(self, attempt):
        return evidence.set_name(attempt)

    @admin.display(description="temps passé")
    def spent(self, attempt):
        return format_seconds(attempt.spent)

    @admin.display(description="invitation")
    def shown_invitation(self, attempt):
        return link(admin_url(attempt.invitation), attempt.invitation)

    @admin.display(description="vérification")
    def verified(self, attempt):
        return evidence.verification(attempt)

    @admin.display(description="recalculs")
    def regrades(self, attempt):
        return lines(evidence.changes(attempt))

    @admin.display(description="preuve")
    def proof(self, attempt):
        url = reverse("admin:qcm_attempt_proof", args=[attempt.pk])
        return link(url, "Télécharger la preuve (PDF)")

    @admin.display(description="telle que l’adhérent l’a vue")
    def seen(self, attempt):
        return render_to_string(
            "qcm/admin/_seen.html",
            {
                "questions": evidence.read_questions(attempt),
                "marked": attempt.is_finished,
            },
        )
