"""A request that lacks nothing, and the files that its storage holds."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.files import make_pdf
from trainings.domain import documents
from trainings.models import Document, Speaker


def file(content=None, name="fichier.pdf"):
    return SimpleUploadedFile(name, make_pdf() if content is None else content)


def make_complete_draft(organism, owner):
    """A draft that lacks nothing: two associative hours, a speaker, a presentation."""
    training = factories.make_training(organism, title="Le devoir de conseil")
    Speaker.objects.create(training=training, name="Anne Lebrun", references="Docteur en droit")
    documents.store(training, Document.Kind.PRESENTATION, file(), by=owner)
    return training


def stored_files(training):
    """The names of all files in the storage, sorted."""
    folder = Path(training.documents.first().file.storage.location)
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
