"""Staff accounts: administrators keep them; an organism's people are only shown."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from common.addresses import shown
from common.admin import JournalInline, PortalAdmin, Verb, VerbAdmin

from . import domain
from .forms import AccountReasonForm
from .models import User, UserJournal

# Groups are made by migrations; the other two are the sign-in's own rows.
admin.site.unregister([Group, EmailAddress, Authenticator])


class UserJournalInline(JournalInline):
    model = UserJournal
    fk_name = "subject"


@admin.register(User)
class UserAdmin(VerbAdmin):
    list_display = ["shown_email", "person", "is_staff", "organism", "is_active", "last_login"]
    ordering = ["-is_staff", "search", "pk"]
    list_filter = ["is_staff", "is_active", "groups"]
    list_select_related = ["person__organism"]
    search_fields = ["search"]
    search_help_text = "Nom, e-mail"
    # No superuser flag, no permission of one's own: nobody is given more than a group gives.
    fields = ["email", "first_name", "last_name", "is_active", "groups", "last_login"]
    readonly_fields = ["is_active", "last_login"]
    inlines = [UserJournalInline]
    verbs = (
        Verb(
            "second-facteur",
            "Retirer la double authentification",
            permission="accounts.change_user",
            offered=lambda user: user.is_staff and user.authenticator_set.exists(),
            run=lambda user, by, data: domain.reset_second_factor(
                user, by=by, comment=data["comment"]
            ),
            form=AccountReasonForm,
            done="La double authentification est retirée ; la personne est prévenue par e-mail.",
            text="Pour un téléphone perdu. La prochaine connexion en installera une nouvelle.",
        ),
        Verb(
            "desactiver",
            "Désactiver le compte",
            permission="accounts.change_user",
            offered=lambda user: user.is_staff and user.is_active,
            run=lambda user, by, data: domain.deactivate(user, by=by, comment=data["comment"]),
            form=AccountReasonForm,
            done="Le compte est désactivé.",
            text="La personne est déconnectée aussitôt et ne peut plus se connecter.",
            danger=True,
        ),
        Verb(
            "reactiver",
            "Réactiver le compte",
            permission="accounts.change_user",
            offered=lambda user: user.is_staff and not user.is_active,
            run=lambda user, by, data: domain.reactivate(user, by=by, comment=data["comment"]),
            form=AccountReasonForm,
            done="Le compte est actif de nouveau.",
        ),
    )

    @admin.display(description="adresse e-mail", ordering="email")
    def shown_email(self, user):
        return shown(user.email)

    @admin.display(description="nom", ordering="search")
    def person(self, user):
        return user.get_full_name()

    @admin.display(description="organisme")
    def organism(self, user):
        person = getattr(user, "person", None)
        return person and person.organism

    # The verbs stand beside what a form changes, where other screens have verbs alone.
    def has_add_permission(self, request):
        return PortalAdmin.has_add_permission(self, request)

    def has_change_permission(self, request, obj=None):
        allowed = PortalAdmin.has_change_permission(self, request, obj)
        if obj is None:
            return allowed
        # Superusers and organisms' people are changed here by nobody, and nobody shuts
        # themselves out.
        return allowed and obj.is_staff and not obj.is_superuser and obj != request.user

    def has_delete_permission(self, request, obj=None):
        # The journal names people; an account that is not wanted any more is made inactive.
        return False

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        # Two groups: boxes to tick.
        kwargs |= {
            "widget": UnfoldAdminCheckboxSelectMultipleWidget,
            "help_text": "Ce que la personne peut faire dans l’administration.",
        }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def get_fields(self, request, obj=None):
        shown = obj is not None
        return [name for name in self.fields if shown or name not in self.readonly_fields]

    def save_model(self, request, obj, form, change):
        keep = domain.change_staff_account if change else domain.open_staff_account
        keep(obj, by=request.user)
