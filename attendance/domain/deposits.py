"""Files chosen for a sheet: checked by their content and stored at once."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction

from common import files

from ..models import DepositedFile

Kind = DepositedFile.Kind
SCAN_TYPES = [files.PDF, files.JPEG, files.PNG]
# What people choose by mistake in place of the list, by how it begins.
NOT_A_ROSTER = ((b"%PDF-", "un PDF"), (b"\xff\xd8\xff", "une image"), (b"\x89PNG", "une image"))


def store(training, kind, file, *, by):
    """Keep a file for the sheet being prepared, in place of the one there was.

    Raises ValidationError in French; what was there before then stays.
    """
    if kind == Kind.SCAN:
        content_type = files.content_type_of(file, SCAN_TYPES)
    else:
        content_type = ""
        files.check_size(file)
        file.seek(0)
        head = file.read(16)
        for start, words in NOT_A_ROSTER:
            if head.startswith(start):
                raise ValidationError(
                    f"« {file.name} » est {words}. Déposez ici le fichier Excel des présents ; le "
                    "scan de la feuille d’émargement se dépose à côté."
                )
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    with transaction.atomic():
        # Two files chosen at once queue here: the later one stays.
        training.lock()
        for replaced in DepositedFile.objects.select_for_update().filter(
            training=training, kind=kind, uploaded_by=by
        ):
            remove(replaced)
        kept = DepositedFile(
            training=training,
            kind=kind,
            name=file.name[:255],
            content_type=content_type,
            size=file.size,
            sha256=digest.hexdigest(),
            uploaded_by=by,
        )
        kept.file.save(file.name, file, save=False)
        kept.save()
    return kept


def waiting(training, *, by):
    """{"scan": file or None, "liste": file or None} of this person for this training."""
    found = {
        one.kind: one for one in DepositedFile.objects.visible_to(by).filter(training=training)
    }
    return {kind.value: found.get(kind.value) for kind in Kind}


def remove(kept):
    """Forget a waiting file; it goes from the storage once the transaction commits."""
    file = kept.file
    deleted, _ = DepositedFile.objects.filter(pk=kept.pk).delete()
    # A sheet that took the file meanwhile has it now.
    if deleted:
        transaction.on_commit(lambda: file.storage.delete(file.name))


def forget(*, before):
    """Remove the files that were chosen before this time and never sent."""
    for kept in DepositedFile.objects.filter(uploaded_at__lt=before):
        remove(kept)
