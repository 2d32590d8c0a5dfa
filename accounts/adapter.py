"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import admin
from django.urls import reverse

from . import emails


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by an activation or an invitation, never by signing up."""

    def is_open_for_signup(self, request):
        return False

    def get_login_redirect_url(self, request):
        if request.user.is_staff:
            return reverse(f"{admin.site.name}:index")
        return super().get_login_redirect_url(request)

    def send_password_reset_mail(self, user, email, context):
        # By the outbox's own way: the link in `context` would be kept readable in the row.
        emails.password_forgotten(user)
