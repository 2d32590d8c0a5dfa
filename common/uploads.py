"""The limit on what arrives: an upload above it is stopped while it is still arriving."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

TOO_BIG = (
    "Ce fichier dépasse 20 Mo. Réduisez-le ou scannez-le en moins bonne qualité, "
    "puis déposez-le à nouveau."
)


class SizeLimitUploadHandler(FileUploadHandler):
    """Refuse a file above `MAX_UPLOAD_BYTES`, whatever its headers announce, or too many at once.

    Raises RequestDataTooBig, which `UploadLimitMiddleware` answers.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all_received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        self.all_received += len(raw_data)
        if self.received > settings.MAX_UPLOAD_BYTES:
            raise RequestDataTooBig("A file is above MAX_UPLOAD_BYTES.")
        if self.all_received > settings.MAX_REQUEST_FILES_BYTES:
            raise RequestDataTooBig("The files of a request are above MAX_REQUEST_FILES_BYTES.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class UploadLimitMiddleware:
    """Answer 413 with a French page, or a sentence to a script, when an upload was stopped.

    The upload is read here, before the CSRF check would read it and call the stop an error of
    its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            if request.content_type == "multipart/form-data":
                request.POST  # noqa: B018
        except RequestDataTooBig:
            if request.headers.get("X-Requested-With") == "XMLHttpRequest":
                return HttpResponse(TOO_BIG, status=413, content_type="text/plain; charset=utf-8")
            return render(request, "413.html", status=413)
        return self.get_response(request)
