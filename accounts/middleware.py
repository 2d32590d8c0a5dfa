"""What staff's sessions owe beyond an organism's: a second factor, and an end."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect

from . import working_day

# The pages that a second factor is set up by, and those that lead there or away.
WITHOUT_FACTOR = {"home", "health", "admin:logout"}
WITHOUT_FACTOR_PREFIXES = ("account_", "mfa_")


class StaffSessionMiddleware:
    """End a staff session that has lasted long enough (`working_day`)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and request.user.is_staff:
            if working_day.is_over(request.session):
                logout(request)
                messages.info(request, "Votre session de travail est terminée : reconnectez-vous.")
                return redirect_to_login(request.get_full_path())
            working_day.go_on(request.session)
        return self.get_response(request)


class StaffSecondFactorMiddleware:
    """Send staff without a second factor to its set-up page; a demo lets them through.

    By the page that the address leads to, however it is written. Those who have a factor were
    asked for it while signing in.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if (
            settings.DEMO
            or not (request.user.is_authenticated and request.user.is_staff)
            or name in WITHOUT_FACTOR
            or name.startswith(WITHOUT_FACTOR_PREFIXES)
            or Authenticator.objects.filter(
                user=request.user, type=Authenticator.Type.TOTP
            ).exists()
        ):
            return None
        messages.info(
            request, "Protégez d’abord votre compte par une application d’authentification."
        )
        return redirect("mfa_activate_totp")
