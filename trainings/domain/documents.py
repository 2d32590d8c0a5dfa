"""Putting a file on a request: checked by its content, stored at once, by its own request."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction

from common import files

from ..models import Document

MAX_FURTHER = 20
ALLOWED = {
    Document.Kind.PRESENTATION: [files.PDF],
    Document.Kind.FURTHER: [files.PDF, files.JPEG, files.PNG],
}


def store(training, kind, file, *, by):
    """Check and store one file; the document that stands for it.

    Raises ValidationError with French sentences, or WrongStatus; nothing is then changed, and
    the file that was there before stays. A further document given twice is kept once.
    """
    training.require_editable()
    content_type = files.content_type_of(file, ALLOWED[kind])
    document = Document(
        training=training,
        kind=kind,
        name=file.name[-255:],
        content_type=content_type,
        size=file.size,
        sha256=digest(file),
        uploaded_by=by,
    )
    file.seek(0)
    # Outside the transaction: the bytes may take long to reach their storage.
    document.file.save(file.name, file, save=False)
    try:
        with transaction.atomic():
            kept = _write(training, document)
    except BaseException:
        document.file.storage.delete(document.file.name)
        raise
    if kept is not document:
        document.file.storage.delete(document.file.name)
    return kept


def _write(training, document):
    locked = training.lock()
    locked.require_editable()
    same_kind = locked.documents.filter(kind=document.kind)
    if document.kind == Document.Kind.FURTHER:
        twin = same_kind.filter(sha256=document.sha256, name=document.name).first()
        if twin:
            return twin
        if same_kind.count() >= MAX_FURTHER:
            raise ValidationError(f"Une demande porte au plus {MAX_FURTHER} documents.")
    else:
        for replaced in same_kind:
            remove(replaced)
    document.save()
    return document


def digest(file):
    """The SHA-256 of a file, in hexadecimal."""
    file.seek(0)
    sha256 = hashlib.sha256()
    for chunk in file.chunks():
        sha256.update(chunk)
    return sha256.hexdigest()


def take_off(document):
    """Take a document off its request. Raises WrongStatus."""
    with transaction.atomic():
        training = document.training.lock()
        training.require_editable()
        remove(document)


def remove(document):
    """Delete a document; its file goes once the transaction commits."""
    file = document.file
    document.delete()
    transaction.on_commit(lambda: file.storage.delete(file.name))
