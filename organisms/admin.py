"""Organisms as staff see and decide on them."""

from django.contrib import admin
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.utils import timezone
from django.utils.html import format_html

from common.addresses import shown
from common.admin import JournalInline, Verb, VerbAdmin, admin_url, lines, link
from common.admin_forms import CommentForm, ConfirmForm

from .domain import accounts
from .models import Invite, Organism, OrganismJournal, Person

DECIDE = "organisms.decide_organism"
Status = Organism.Status


class OrganismJournalInline(JournalInline):
    model = OrganismJournal


class PersonInline(JournalInline):
    model = Person
    fields = ["user", "role", "created_at"]
    readonly_fields = fields
    verbose_name_plural = "Personnes"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user")


class InviteInline(JournalInline):
    model = Invite
    fields = ["email", "first_name", "last_name", "role", "sent_at"]
    readonly_fields = fields
    verbose_name_plural = "Invitations en attente"


@admin.register(Organism)
class OrganismAdmin(VerbAdmin):
    list_display = [
        "shown_name",
        "shown_status",
        "remark",
        "shown_type",
        "shown_email",
        "shown_siren",
        "asked_on",
    ]
    # Those waiting for a decision first, the oldest on top; then the latest.
    ordering = [
        Case(When(status=Status.PENDING, then=Value(0)), default=Value(1)).asc(),
        Case(When(status=Status.PENDING, then=F("created_at"))).asc(),
        "-created_at",
        "-pk",
    ]
    list_filter = ["status", "type"]
    search_fields = ["search"]
    search_help_text = "Nom, e-mail, SIREN, représentant"
    fields = [
        "status",
        "name",
        "email",
        "description",
        "type",
        "siren",
        "same_siren",
        "trainer_number",
        "member_number",
        "representative",
        "created_at",
        "decided_at",
    ]
    readonly_fields = ["same_siren", "representative"]
    inlines = [PersonInline, InviteInline, OrganismJournalInline]
    verbs = [
        Verb(
            "activer",
            "Activer le compte",
            permission=DECIDE,
            event=Organism.Event.ACTIVATE,
            run=lambda organism, user, data: accounts.activate(organism, by=user),
            form=ConfirmForm,
            text="Le représentant reçoit un e-mail avec un lien pour choisir son mot de passe.",
            done="Le compte est activé, un e-mail le confirme à l’organisme.",
        ),
        Verb(
            "refuser",
            "Refuser le compte",
            permission=DECIDE,
            event=Organism.Event.REFUSE,
            run=lambda organism, user, data: accounts.refuse(organism, by=user, **data),
            form=CommentForm,
            done="Le compte est refusé, l’organisme en reçoit le motif.",
            danger=True,
        ),
        Verb(
            "suspendre",
            "Suspendre",
            permission=DECIDE,
            event=Organism.Event.SUSPEND,
            run=lambda organism, user, data: accounts.suspend(organism, by=user, **data),
            form=CommentForm,
            text="L’organisme pourra se connecter et consulter, mais rien modifier. Les QCM "
            "ouverts de ses participants continuent.",
            done="L’organisme est suspendu.",
            danger=True,
        ),
        Verb(
            "reactiver",
            "Réactiver",
            permission=DECIDE,
            event=Organism.Event.REACTIVATE,
            run=lambda organism, user, data: accounts.reactivate(organism, by=user),
            form=ConfirmForm,
            done="L’organisme est réactivé.",
        ),
    ]

    def waiting(self):
        return Organism.objects.filter(status=Status.PENDING)

    def get_queryset(self, request):
        twins = Organism.objects.filter(status=Status.ACTIVE, siren=OuterRef("siren"))
        return (
            super()
            .get_queryset(request)
            .annotate(has_twin=Exists(twins.exclude(siren="").exclude(pk=OuterRef("pk"))))
        )

    @admin.display(description="remarque")
    def remark(self, organism):
        return "Même SIREN qu’un actif" if organism.has_twin else ""

    @admin.display(description="nom", ordering="search")
    def shown_name(self, organism):
        return organism.name

    @admin.display(description="type", ordering="type")
    def shown_type(self, organism):
        return organism.get_type_display()

    @admin.display(description="e-mail", ordering="email")
    def shown_email(self, organism):
        return shown(organism.email)

    @admin.display(description="SIREN", ordering="siren")
    def shown_siren(self, organism):
        return organism.siren

    @admin.display(description="demandé le", ordering="created_at")
    def asked_on(self, organism):
        return f"{timezone.localtime(organism.created_at):%d/%m/%Y}"

    @admin.display(description="statut", ordering="status")
    def shown_status(self, organism):
        return organism.get_status_display()

    @admin.display(description="remarque")
    def same_siren(self, organism):
        others = Organism.objects.filter(status=Status.ACTIVE, siren=organism.siren).exclude(
            pk=organism.pk
        )
        if not organism.siren:
            return "–"
        if not others:
            return "Aucun organisme actif n’a le même SIREN."
        return format_html(
            "Même SIREN qu’un organisme actif : {}",
            lines(
                link(admin_url(other), f"{other.name} ({shown(other.email)})") for other in others
            ),
        )

    @admin.display(description="représentant")
    def representative(self, organism):
        return organism.representative
