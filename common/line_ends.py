"""Line ends: a browser counts one character for each, and sends two. NULs, which none sends."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

OTHER_ENDS = re.compile(r"\r\n?")
# PostgreSQL keeps no NUL in a text. Shown as what it is, a sign that could not be read.
NUL, UNREADABLE = "\x00", "\ufffd"


class LineEndsMiddleware:
    """Make every line end of what a form brings « \\n », as the page it was typed in has it.

    A text at its field's `maxlength` is then no longer than the server's own limit. Here and not
    in the fields, so that what a view reads without a form is counted the same way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> None:
        # After the check of the form's token, which answers for a request that broke off.
        if not any(
            sign in value
            for _, values in request.POST.lists()
            for value in values
            for sign in ("\r", NUL)
        ):
            return
        data = request.POST.copy()
        for name, values in request.POST.lists():
            data.setlist(name, [cleaned(str(value)) for value in values])
        data._mutable = False
        request.POST = data  # type: ignore[assignment]


def cleaned(text: str) -> str:
    """The text with one kind of line end, and no NUL."""
    return OTHER_ENDS.sub("\n", text).replace(NUL, UNREADABLE)
