"""Requests that only look: HEAD and OPTIONS leave the visitor's session as it was.

Scanners of mails ask for a link's headers before anyone opens it. A page may note in the session
what its link opens, or sign someone out who is not the link's; a look does neither.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.response import HttpResponseBase

METHODS = {"HEAD", "OPTIONS"}


class UnsavedSession(SessionBase):
    """A session that reads what another one holds, and keeps nothing of what is written."""

    def __init__(self, kept: SessionBase) -> None:
        self.kept = kept
        super().__init__(kept.session_key)

    def load(self) -> dict[str, Any]:
        return dict(self.kept.items())

    def create(self) -> None:
        """Its key stays that of the session it reads."""

    def save(self, must_create: bool = False) -> None:
        """Nothing is written."""

    def delete(self, session_key: str | None = None) -> None:
        """The other one stays."""


class LookingMiddleware:
    """Give a request that only looks a session of its own; after SessionMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return self.get_response(request)
        kept = request.session
        request.session = seen = UnsavedSession(kept)
        response = self.get_response(request)
        request.session = kept
        # The answer depends on its cookies as a GET's does.
        kept.accessed = kept.accessed or seen.accessed
        return response
