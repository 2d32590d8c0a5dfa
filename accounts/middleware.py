"""Staff need a second factor before they reach the admin."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse


class StaffSecondFactorMiddleware:
    """Send staff without a second factor to its set-up page; a demo lets them through.

    Those who have one were asked for it while signing in.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (
            not settings.DEMO
            and request.path.startswith("/admin/")
            and request.user.is_authenticated
            and request.user.is_staff
            and request.path != reverse("admin:logout")
            and not Authenticator.objects.filter(
                user=request.user, type=Authenticator.Type.TOTP
            ).exists()
        ):
            messages.info(
                request, "Protégez d’abord votre compte par une application d’authentification."
            )
            return redirect("mfa_activate_totp")
        return self.get_response(request)
