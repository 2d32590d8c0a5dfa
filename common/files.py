"""Private files: where they are kept, what they must be, and the one way they are served.

Knows no app: each app's own view first fetches its row through `visible_to(user)`, then calls
`serve()`.
"""

import secrets
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from . import scans
from .spreadsheets import refusals
from .spreadsheets.refusals import kind_of

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Only these may be opened inside the browser; all else is downloaded.
INLINE_TYPES = {PDF, JPEG, PNG}
TYPES = {"pdf": PDF, "jpeg": JPEG, "png": PNG}
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
A_WORKBOOK = (
    "est un classeur. Ici se dépose un document à lire à l’écran : dans Excel, choisissez "
    "Fichier > Exporter > Créer un document PDF, puis déposez le PDF obtenu."
)


def random_name(instance: models.Model | type[models.Model], filename: str) -> str:
    """A storage path nobody can guess, for a row or a model; the row keeps the name given."""
    suffix = PurePosixPath(filename).suffix.lower()[:10]
    token = secrets.token_urlsafe(24)
    return f"{instance._meta.model_name}/{token[:2]}/{token}{suffix}"


class PrivateFileField(models.FileField):
    """A file under a random name, without a URL of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("upload_to", random_name)
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)


def check_size(file: Any) -> None:
    """Raise ValidationError above `MAX_UPLOAD_BYTES`, or on an empty file."""
    if file.size > settings.MAX_UPLOAD_BYTES:
        raise ValidationError(
            f"« {file.name} » dépasse 20 Mo. Réduisez le fichier ou scannez-le en moins "
            "bonne qualité, puis déposez-le à nouveau."
        )
    if file.size == 0:
        raise ValidationError(f"« {file.name} » est vide. Vérifiez le fichier et déposez-le.")


def content_type_of(file: Any, allowed: Collection[str]) -> str:
    """The type found in the content, one of `allowed` (PDF, JPEG, PNG), whatever the name says.

    Raises ValidationError in French when the content is something else or cannot be opened: it
    says what the file is, and what to do with such a one.
    """
    check_size(file)
    file.seek(0)
    content = file.read()
    file.seek(0)
    kind = kind_of(content)
    content_type = TYPES.get(kind)
    if content_type not in allowed:
        raise ValidationError(_no_scan(kind, content, file.name, allowed))
    if problem := scans.problem_of(file, kind):
        raise ValidationError(f"« {file.name} » est {problem}")
    return TYPES[kind]


def _no_scan(kind: str, content: bytes, name: str, allowed: Collection[str]) -> str:
    if kind in refusals.WHAT:
        # Where a PDF alone is taken, a picture in another format would be refused next.
        picture = kind in refusals.PICTURES and JPEG not in allowed
        return refusals.no_scan(kind, f"« {name} »", way="jpeg" if picture else kind)
    if content.startswith(WORKBOOKS):
        return f"« {name} » {A_WORKBOOK}"
    names = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}
    *others, last = (names[one] for one in allowed)
    wanted = f"{', '.join(others)} ou {last}" if others else last
    return (
        f"« {name} » n’est pas un fichier {wanted} lisible. "
        "Ouvrez-le sur votre ordinateur pour le vérifier, puis déposez-le à nouveau."
    )


def serve(
    field_file: Any, *, name: str, content_type: str, download: bool = False
) -> HttpResponseBase:
    """The response that gives a private file to someone already allowed to have it.

    A local file is streamed; on S3 the browser is sent to a link that lives 60 s. Always
    `nosniff`; inline for PDF, JPEG and PNG alone.
    """
    inline = content_type in INLINE_TYPES and not download
    disposition = "inline" if inline else "attachment"
    served_type = content_type if inline else "application/octet-stream"
    if settings.S3_BUCKET:
        header = f"{disposition}; filename*=UTF-8''{quote(name)}"
        return HttpResponseRedirect(
            field_file.storage.url(
                field_file.name,
                parameters={
                    "ResponseContentDisposition": header,
                    "ResponseContentType": served_type,
                },
                expire=60,
            )
        )
    response = FileResponse(
        field_file.open("rb"), as_attachment=not inline, filename=name, content_type=served_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    # A PDF opened in the browser must not run or load anything of its own.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
