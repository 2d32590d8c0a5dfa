"""A form that was not taken: nothing was done; what was typed is there to be sent again.

The token changes when someone signs in, in another tab too, and is missing where cookies are
refused; who signed out in another tab, or whose session ended, is nobody. Sending again is one
click more, with a token of now.
"""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db.models import BooleanField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.http.response import HttpResponseBase
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render, resolve_url
from django.views.decorators.cache import never_cache

TO_SCRIPTS = (
    "Cette page a expiré : rien n’est enregistré. Rechargez-la, vérifiez que votre navigateur "
    "accepte les cookies, puis recommencez."
)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - a name
# Of what a form holds, this is nothing that people typed.
UNTYPED = {TOKEN, "do", "next", "token", "pasted_html", "session", "mode", "confirm"}
# The questions about a file, and what its columns are: chosen, and hidden beside.
UNTYPED_NUMBERED = ("cle-", "question-", "colonne-")


@never_cache
def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say why a form was not taken, and let it be sent again as it was (`CSRF_FAILURE_VIEW`)."""
    if not is_of_a_page(request):
        return HttpResponse(
            TO_SCRIPTS, status=HTTPStatus.FORBIDDEN, content_type="text/plain; charset=utf-8"
        )
    return _page(request, {"without_cookies": reason == REASON_NO_CSRF_COOKIE})


class SignedOutMiddleware:
    """Answers a form that somebody signed out sent by the form itself, not by the sign-in page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "POST" or not isinstance(response, HttpResponseRedirect):
            return response
        doors = {resolve_url(settings.LOGIN_URL), resolve_url("admin:login")}
        is_lost = urlsplit(response.url).path in doors and request.path not in doors
        if not is_lost or request.user.is_authenticated or not is_of_a_page(request):
            return response
        return never_cache(_page)(request, {"signed_out": True})


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    context |= typed_here(request)
    return render(request, "expired.html", context, status=HTTPStatus.FORBIDDEN)


def is_of_a_page(request: HttpRequest) -> bool:
    """Whether a page sent it, not a script, which shows a sentence."""
    is_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return not is_script and "HX-Request" not in request.headers and request.accepts("text/html")


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent it: another site's is not to be sent on by a click here."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in {"same-origin", "none"}
    sender = request.headers.get("Origin") or request.headers.get("Referer")
    if not sender or sender in settings.CSRF_TRUSTED_ORIGINS:
        return True
    return urlsplit(sender).netloc == request.get_host()


def typed_here(request: HttpRequest) -> dict[str, Any]:
    """What `_send_again.html` needs to show and to send again what came; passwords are typed anew.

    Nothing of what another site sent.
    """
    if not _is_from_here(request):
        return {}
    try:
        data = [(name, text) for name, values in request.POST.lists() for text in values]
        files = [(name, file.name) for name, values in request.FILES.lists() for file in values]
    except UnreadablePostError:
        data, files = [], []
    return {
        "action": request.get_full_path(),
        "kept": [(name, text) for name, text in data if name != TOKEN and "password" not in name],
        "passwords": [name for name, _ in data if "password" in name],
        "files": files,
        "shown": [
            text
            for name, text in data
            if _is_typed(name) and any(character.isalpha() for character in text)
        ],
    }


def _is_typed(name: str) -> bool:
    """Whether a field holds what people type and may read again, not a choice or a secret."""
    if name in UNTYPED or name.startswith(UNTYPED_NUMBERED) or "password" in name:
        return False
    return name not in _chosen()


@cache
def _chosen() -> frozenset[str]:
    """The names of fields that are chosen among codes, or ticked."""
    return frozenset(
        field.name
        for model in apps.get_models()
        for field in model._meta.fields
        if field.choices or isinstance(field, BooleanField)
    )
