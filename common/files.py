"""Private files: where they are kept, what they must be, and the one way they are served.

Knows no app: each app's own view first fetches its row through `visible_to(user)`, then calls
`serve()`.
"""

import io
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
from PIL import Image
from pypdf import PdfReader

from .spreadsheets import refusals
from .spreadsheets.refusals import kind_of

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Only these may be opened inside the browser; all else is downloaded.
INLINE_TYPES = {PDF, JPEG, PNG}
# Phones make 200 million; nothing here decodes them, but whoever looks at one does.
MAX_IMAGE_PIXELS = 250_000_000
# Ours is the limit that holds: Pillow's own gives no sentence.
Image.MAX_IMAGE_PIXELS = None
IMAGES = ["JPEG", "PNG"]
TYPES = {"pdf": PDF, "jpeg": JPEG, "png": PNG}
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
A_WORKBOOK = (
    "est un classeur. Ici se dépose un document à lire à l’écran : dans Excel, choisissez "
    "Fichier > Exporter > Créer un document PDF, puis déposez le PDF obtenu."
)
A_LOCKED_PDF = (
    "un PDF protégé par un mot de passe. Ouvrez-le avec ce mot de passe, imprimez-le vers un "
    "nouveau PDF (Fichier > Imprimer > « Enregistrer au format PDF »), puis déposez celui-ci."
)
A_BROKEN_PDF = (
    "un PDF incomplet ou abîmé. Scannez ou enregistrez le document à nouveau, puis déposez-le."
)
A_CUT_IMAGE = (
    "une photo coupée : la fin du fichier manque. Copiez-la à nouveau depuis l’appareil, puis "
    "déposez-la."
)
A_BROKEN_IMAGE = "une image abîmée. Copiez-la à nouveau depuis l’appareil, puis déposez-la."
TOO_MANY_PIXELS = (
    "une image de plus de 250 millions de pixels. Réduisez-la, ou reprenez la photo avec le "
    "réglage habituel de l’appareil, puis déposez-la."
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
    if problem := (_problem_of_pdf if kind == "pdf" else _problem_of_image)(content):
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


def _problem_of_pdf(content: bytes) -> str:
    """What keeps a PDF from being opened by everybody, as « … est … », or nothing."""
    try:
        reader = PdfReader(io.BytesIO(content))
        # A copier that only forbids changes encrypts as well, with no password to open.
        if reader.is_encrypted and not reader.decrypt(""):
            return A_LOCKED_PDF
        return "" if len(reader.pages) > 0 else A_BROKEN_PDF
    except Exception:  # noqa: BLE001 - pypdf raises whatever broken bytes led it to
        return A_BROKEN_PDF


def _problem_of_image(content: bytes) -> str:
    """What keeps an image from being seen whole, as « … est … », or nothing."""
    try:
        with Image.open(io.BytesIO(content), formats=IMAGES) as image:
            pixels = image.width * image.height
            image.verify()
    except Exception:  # noqa: BLE001 - Pillow raises whatever broken bytes led it to
        return A_BROKEN_IMAGE
    if pixels > MAX_IMAGE_PIXELS:
        return TOO_MANY_PIXELS
    if content.startswith(b"\xff\xd8") and not _has_its_end(content):
        return A_CUT_IMAGE
    return ""


def _has_its_end(content: bytes) -> bool:
    """Whether a JPEG's first picture ends; the miniature in its head does not count.

    Without decoding: a phone's hundred megapixels would hold a request for seconds.
    """
    place = 2
    while place + 4 <= len(content):
        marker = content[place + 1]
        if marker == 0xDA:
            return b"\xff\xd9" in content[place:]
        # Fill bytes may stand before a marker.
        filled = marker == 0xFF
        place += 1 if filled else 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return False


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
