"""Line ends: a browser counts one character for each, and sends two."""

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

OTHER_ENDS = re.compile(r"\r\n?")


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
        if not any("\r" in value for _, values in request.POST.lists() for value in values):
            return
        data = request.POST.copy()
        for name, values in request.POST.lists():
            data.setlist(name, [OTHER_ENDS.sub("\n", str(value)) for value in values])
        data._mutable = False
        request.POST = data  # type: ignore[assignment]
