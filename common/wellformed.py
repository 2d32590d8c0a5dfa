"""What no browser sends is refused at the door: no page has to expect it.

A body said to be in another alphabet than UTF-8, and the character NUL, which PostgreSQL keeps in
no text, led pages astray wherever they were read first.
"""

import codecs
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

NUL = "\x00"
ODD_TYPE = "Demande incomplète : le type de son contenu n’est pas lisible."
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WellFormedMiddleware:
    """Answer 400 to a request in another alphabet, or with a NUL in its address or cookies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if not _is_utf8(charset):
            return refused(request)
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query or any(NUL in text for text in (query, request.path)):
            return refused(request)
        if any(NUL in value for value in request.COOKIES.values()):
            return refused(request)
        return self.get_response(request)


def refused(request: HttpRequest) -> HttpResponse:
    """The page of what the portal cannot read; raised, it would fill the log with tracebacks."""
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False


def well_formed(application: Application) -> Application:
    """A WSGI application that is never asked for a type of content whose parameters say their own
    alphabet (« charset*=… »): Django reads them before any middleware, and fails at some.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        parameters = environ.get("CONTENT_TYPE", "").partition(";")[2]
        if "*" in parameters or NUL in parameters:
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [ODD_TYPE.encode()]
        return application(environ, start_response)

    return answer
