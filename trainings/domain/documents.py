"""Putting a file on a request: checked by its content, stored at once, by its own request."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from common import files, stored_files
from common.errors import Refused

from ..models import Document, Training

MAX_FURTHER = 20
ALLOWED = {
    Document.Kind.PRESENTATION: [files.PDF],
    Document.Kind.FURTHER: [files.PDF, files.JPEG, files.PNG],
}


def store(
    training: Training, kind: Document.Kind, file: "UploadedFile[Any]", *, by: User | None
) -> Document:
    """Check and store one file; the document that stands for it.

    A presentation takes the place of the one before; a further document given twice is kept once.
    Raises ValidationError for the file's content, Refused or WrongStatus; nothing is then changed,
    and the file that was there before stays.
    """
    training.require_editable()
    content_type = files.content_type_of(file, ALLOWED[kind])
    with stored_files.writing(file, Document) as stored, transaction.atomic():
        training = training.lock()
        training.require_editable()
        name = stored.given_name[-255:]
        same_kind = training.documents.filter(kind=kind)
        if kind == Document.Kind.FURTHER:
            if twin := same_kind.filter(sha256=stored.sha256, name=name).first():
                stored.drop()
                return twin
            if same_kind.count() >= MAX_FURTHER:
                raise Refused(f"Une demande porte au plus {MAX_FURTHER} documents.")
        else:
            for replaced in same_kind:
                _remove(replaced)
        return Document.objects.create(
            training=training,
            kind=kind,
            file=stored.name,
            name=name,
            content_type=content_type,
            size=stored.size,
            sha256=stored.sha256,
            uploaded_by=by,
        )


def take_off(document: Document) -> None:
    """Take a document off its request. Raises WrongStatus."""
    with transaction.atomic():
        training = document.training.lock()
        training.require_editable()
        _remove(document)


def _remove(document: Document) -> None:
    """Delete a document; its file goes once the transaction commits."""
    name = document.file.name or ""
    document.delete()
    stored_files.delete_after_commit(name)
