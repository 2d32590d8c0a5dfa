"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import admin
from django.core.signing import BadSignature
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from . import emails, encryption

# Which of the staff have signed in with a browser: « 3.12 », signed.
DEVICE_COOKIE = "appareil"
DEVICE_SECONDS = 365 * 24 * 3600
# Told to a person in these words; what else a browser says of itself is a stranger's text.
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    *(("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Mac OS", "Mac"), ("Linux", "Linux")),
)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by an activation or an invitation, never by signing up."""

    def is_open_for_signup(self, request):
        return False

    def get_login_redirect_url(self, request):
        if request.user.is_staff:
            return reverse(f"{admin.site.name}:index")
        return super().get_login_redirect_url(request)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        if user.is_staff:
            _tell_of_a_new_device(request, response, user)
        return response


def _tell_of_a_new_device(request, response, user):
    """Know this browser from now on; one that was not known is told to the account's owner."""
    try:
        kept = request.get_signed_cookie(DEVICE_COOKIE, default="", salt=DEVICE_COOKIE)
    except BadSignature:
        kept = ""
    known = kept.split(".") if kept else []
    if str(user.pk) in known:
        return
    now = timezone.localtime()
    emails.signed_in_elsewhere(
        user,
        browser=browser_of(request.headers.get("User-Agent", "")),
        at=f"le {date_format(now, 'j F Y')} à {now:%H:%M}",
    )
    response.set_signed_cookie(
        DEVICE_COOKIE,
        ".".join([*known, str(user.pk)]),
        salt=DEVICE_COOKIE,
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def browser_of(agent):
    """« Firefox sous Windows », as far as the browser says it."""
    browser = next((name for word, name in BROWSERS if word in agent), "navigateur inconnu")
    system = next((name for word, name in SYSTEMS if word in agent), "")
    return f"{browser} sous {system}" if system else browser


class MFAAdapter(DefaultMFAAdapter):
    """The second factor's secrets are encrypted at rest."""

    def encrypt(self, text):
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text):
        return encryption.decrypt(encrypted_text)
