"""Every line of every sheet as staff see it, and who the unrecognised ones are."""

from django import forms
from django.contrib import admin, messages
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget

from common.admin import Verb, VerbAdmin, admin_url, lines, link
from common.admin_forms import CommentForm, ConfirmForm
from common.durations import format_minutes
from common.forms import LineField
from members.keys import number_key
from members.models import Member

from ..domain import cancelling, participants
from ..domain.suggestions import suggest
from ..models import Participant, Sheet

Event = Sheet.Event


class WaitingFilter(admin.SimpleListFilter):
    """Lines that nobody stands for, and those whom the registry has by now."""

    title = "à confirmer"
    parameter_name = "attente"

    def lookups(self, request, model_admin):
        return [("proposes", "proposés depuis"), ("tous", "sans adhérent reconnu")]

    def queryset(self, request, queryset):
        if self.value() == "proposes":
            return queryset.waiting().filter(offered_member__isnull=False)
        if self.value() == "tous":
            return queryset.waiting()
        return queryset


class WhoForm(ConfirmForm):
    """Who a line is: one of those suggested, or a member number."""

    suggested = forms.ChoiceField(
        label="Adhérents proposés", required=False, widget=UnfoldAdminRadioSelectWidget
    )
    number = LineField(
        label="Ou son numéro d’adhérent",
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, data=None, *, obj=None):
        super().__init__(data, obj=obj)
        self.fields["suggested"].choices = [
            (
                suggestion.member.pk,
                f"{suggestion.member} ({suggestion.member.number}), "
                f"{suggestion.member.firm or '–'} : {suggestion.why}",
            )
            for suggestion in suggest(obj)
        ]
        if obj.offered_member_id:
            self.fields["suggested"].initial = obj.offered_member_id
        if not self.fields["suggested"].choices:
            del self.fields["suggested"]
            self.fields["number"].label = "Son numéro d’adhérent"
            self.fields["number"].help_text = "Personne, au registre, n’a un nom voisin."

    def clean(self):
        data = super().clean()
        if typed := data.get("number"):
            members = list(Member.objects.filter(number_key=number_key(typed))[:2])
            if len(members) != 1:
                self.add_error("number", f"Aucun adhérent ne porte le numéro « {typed} ».")
            else:
                data["member"] = members[0]
        elif chosen := data.get("suggested"):
            data["member"] = Member.objects.get(pk=chosen)
        elif not self.errors:
            raise forms.ValidationError("Choisissez un adhérent, ou tapez son numéro.")
        return data


@admin.register(Participant)
class ParticipantAdmin(VerbAdmin):
    """Every line of every sheet, as typed and as matched. Read-only, but for who it is."""

    verbs = [
        Verb(
            "confirmer",
            "Dire qui c’est",
            permission="attendance.confirm_participant",
            event=Event.CONFIRM_PARTICIPANT,
            run=lambda line, user, data: participants.confirm(line, data["member"], by=user),
            form=WhoForm,
            text="Sur une liste validée, ses heures comptent aussitôt et l’adhérent est prévenu. "
            "L’organisme voit seulement que la ligne est reconnue.",
            done="La ligne est reconnue.",
        ),
        Verb(
            "retirer",
            "Retirer de la liste",
            permission="attendance.cancel_sheet",
            event=Event.TAKE_OFF_PARTICIPANT,
            run=lambda line, user, data: cancelling.take_off(line, by=user, **data),
            form=CommentForm,
            text=lambda line: cancelling.to_take_back(
                line.sheet, line.sheet.participants.filter(pk=line.pk, member__isnull=False)
            ),
            done="La personne est retirée de la liste ; elle et l’organisme sont prévenus.",
            danger=True,
        ),
    ]
    actions = ["confirm_offered"]

    list_display = [
        "row_number",
        "family_name",
        "given_name",
        "state",
        "included",
        "member",
        "matched_by",
        "offered_member",
        "session",
    ]
    list_display_links = ["family_name", "given_name"]
    list_filter = [WaitingFilter, "state", "included", "added_by_hand"]
    linked_lookups = ["sheet__id__exact"]
    list_select_related = ["member", "offered_member", "sheet__training"]
    search_fields = ["search"]
    search_help_text = "Nom, e-mail, numéro, ORIAS, cabinet"
    fields = [
        "shown_sheet",
        "row_number",
        "last_name",
        "first_name",
        "email",
        "member_number",
        "orias",
        "firm",
        "shown_minutes",
        "evidence",
        "shown_rows",
        "shown_raw",
        "state",
        "problem",
        "included",
        "shown_member",
        "matched_by",
        "staff_note",
        "offered_member",
        "added_by_hand",
        "changed_by",
        "changed_at",
        "shown_credit",
        "shown_invitation",
    ]
    readonly_fields = [
        "shown_sheet",
        "shown_minutes",
        "evidence",
        "shown_rows",
        "shown_raw",
        "shown_member",
        "shown_credit",
        "shown_invitation",
    ]

    def waiting(self):
        return Participant.objects.waiting().filter(offered_member__isnull=False)

    @admin.action(description="Confirmer les personnes proposées", permissions=["confirm"])
    def confirm_offered(self, request, queryset):
        confirmed = participants.confirm_offered(queryset, by=request.user)
        plural = "s" if confirmed.done > 1 else ""
        self.message_user(request, f"{confirmed.done} ligne{plural} reconnue{plural}.")
        for line, refusal in confirmed.refused:
            self.message_user(request, f"{line} : {refusal}", messages.WARNING)
        if confirmed.left:
            rest = f"Trop de lignes à la fois : {confirmed.left} restent à confirmer."
            self.message_user(request, rest, messages.WARNING)

    def has_confirm_permission(self, request):
        return request.user.has_perm("attendance.confirm_participant")

    @admin.display(description="nom", ordering="search")
    def family_name(self, participant):
        return participant.last_name

    @admin.display(description="prénom")
    def given_name(self, participant):
        return participant.first_name

    @admin.display(description="session", ordering="sheet__starts_on")
    def session(self, participant):
        return str(participant.sheet)

    @admin.display(description="feuille")
    def shown_sheet(self, participant):
        return link(admin_url(participant.sheet), str(participant.sheet))

    @admin.display(description="temps suivi")
    def shown_minutes(self, participant):
        minutes = participant.minutes
        return "toute la session" if minutes is None else format_minutes(minutes)

    @admin.display(description="lignes du fichier")
    def shown_rows(self, participant):
        return ", ".join(map(str, participant.rows)) or None

    @admin.display(description="ligne telle que reçue")
    def shown_raw(self, participant):
        return lines(f"{title} : {value}" for title, value in participant.raw.items())

    @admin.display(description="adhérent")
    def shown_member(self, participant):
        member = participant.member
        return link(admin_url(member), f"{member} ({member.number})") if member else None

    @admin.display(description="heures associatives")
    def shown_credit(self, participant):
        entry = participant.associative_credit
        return link(admin_url(entry), str(entry)) if entry else None

    @admin.display(description="QCM")
    def shown_invitation(self, participant):
        invitation = participant.invitation
        return link(admin_url(invitation), str(invitation)) if invitation else None
