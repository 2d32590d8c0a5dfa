"""Staff accounts: administrators keep them; an organism's people are only shown."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group

from common.addresses import shown
from common.admin import PortalAdmin

from .domain import change_staff_account, open_staff_account
from .models import User

# Groups are made by migrations; the other two are the sign-in's own rows.
admin.site.unregister([Group, EmailAddress, Authenticator])


@admin.register(User)
class UserAdmin(PortalAdmin):
    list_display = ["shown_email", "person", "is_staff", "organism", "is_active", "last_login"]
    ordering = ["-is_staff", "search", "pk"]
    list_filter = ["is_staff", "is_active", "groups"]
    list_select_related = ["person__organism"]
    search_fields = ["search"]
    search_help_text = "Nom, e-mail"
    # No superuser flag, no permission of one's own: nobody is given more than a group gives.
    fields = ["email", "first_name", "last_name", "is_active", "groups", "last_login"]
    readonly_fields = ["last_login"]
    filter_horizontal = ["groups"]

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

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        if obj is None:
            return allowed
        # Superusers and organisms' people are changed here by nobody, and nobody shuts
        # themselves out.
        return allowed and obj.is_staff and not obj.is_superuser and obj != request.user

    def has_delete_permission(self, request, obj=None):
        # The journal names people; an account that is not wanted any more is made inactive.
        return False

    def get_fields(self, request, obj=None):
        return [name for name in self.fields if obj is not None or name != "last_login"]

    def save_model(self, request, obj, form, change):
        (change_staff_account if change else open_staff_account)(obj)
