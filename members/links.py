"""Members' links: signed tokens, one salt per purpose, never a login.

A token opened puts its subject under a session key of its own purpose, for a while; whoever
holds one purpose has no other.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from mailing.links import link_maker

# The purpose of the link to « Mes heures ».
SIGN_IN = "sign-in"
SESSION_KEY = "members.{}"


def token(purpose: str, subject: Any) -> str:
    """A signed token for a subject (a JSON-able key); says nothing of when it ends."""
    return signing.dumps(subject, salt=f"members.links.{purpose}", compress=False)


def read(purpose: str, text: str, *, max_age: int | None = None) -> Any:
    """The subject of a token of this purpose, or None when it is forged, foreign or too old.

    `max_age` is in seconds; without it the caller's own rows decide how long it opens.
    """
    try:
        return signing.loads(text, salt=f"members.links.{purpose}", max_age=max_age)
    except signing.BadSignature:
        return None


def url(name: str, purpose: str, subject: Any) -> str:
    """The absolute URL of a page whose only argument is the token."""
    return f"{settings.SITE_URL}{reverse(name, args=[token(purpose, subject)])}"


@link_maker("members.sign_in")
def sign_in_url(nonce: str) -> str:
    """The absolute URL of the page that opens « Mes heures », once."""
    return url("members:enter", SIGN_IN, nonce)


@link_maker("members.links.url")
def sign_in_url_of_before(page: str, purpose: str, nonce: str) -> str:
    """The same, as rows name it that the code before this one wrote while the portal was being
    brought up to date; one page and one purpose were ever asked for.
    """
    return sign_in_url(nonce)


def open_session(request: HttpRequest, purpose: str, subject: Any, *, seconds: int) -> None:
    """Let this browser reach the subject's pages of this purpose, for this long.

    The session's key changes, so that one planted beforehand reaches nothing.
    """
    request.session.cycle_key()
    until = timezone.now() + timedelta(seconds=seconds)
    request.session[SESSION_KEY.format(purpose)] = {
        "subject": subject,
        "until": until.timestamp(),
    }


def session_subject(request: HttpRequest, purpose: str) -> Any:
    """The subject that this browser has opened for this purpose, or None."""
    held = request.session.get(SESSION_KEY.format(purpose))
    if not held or held["until"] < timezone.now().timestamp():
        return None
    return held["subject"]


def close_session(request: HttpRequest, purpose: str) -> None:
    """Forget it."""
    request.session.pop(SESSION_KEY.format(purpose), None)
