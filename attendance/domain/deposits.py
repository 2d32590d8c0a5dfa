"""Files chosen for a sheet: checked by their content and stored at once."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from common import files, stored_files
from common.errors import WrongStatus
from common.spreadsheets import refusals
from trainings.models import Training

from ..models import DepositedFile

Kind = DepositedFile.Kind
SCAN_TYPES = [files.PDF, files.JPEG, files.PNG]
ALREADY_SENT = "Ces fichiers viennent d’être envoyés : leur feuille est dans la liste."
# How many one task forgets.
BATCH = 500


def store(training: Training, kind: str, file: Any, *, by: User) -> DepositedFile:
    """Keep a file for the sheet being prepared, in place of the one there was.

    Raises ValidationError in French; what was there before then stays.
    """
    content_type = _type_of(kind, file)
    with (
        stored_files.writing(file, DepositedFile, name=file.name[:255]) as stored,
        transaction.atomic(),
    ):
        # Two files chosen at once queue here: the later one stays.
        training.lock()
        for replaced in DepositedFile.objects.select_for_update().filter(
            training=training, kind=kind, uploaded_by=by
        ):
            remove(replaced)
        return DepositedFile.objects.create(
            training=training,
            kind=kind,
            file=stored.name,
            name=stored.given_name,
            content_type=content_type,
            size=stored.size,
            sha256=stored.sha256,
            uploaded_by=by,
        )


def _type_of(kind: str, file: Any) -> str:
    """The type of a scan, by its content; "" of a roster, which its reading finds out."""
    if kind == Kind.SCAN:
        content_type: str = files.content_type_of(file, SCAN_TYPES)
        return content_type
    files.check_size(file)
    file.seek(0)
    kind = refusals.kind_of(file.read())
    file.seek(0)
    if kind in refusals.TO_A_WORKBOOK:
        # Its reading would say the same, a moment later.
        sentence = refusals.no_workbook(kind, f"« {file.name} »")
        if kind in {"pdf", *refusals.PICTURES}:
            sentence += " Le scan de la feuille d’émargement se dépose à côté."
        raise ValidationError(sentence)
    return ""


def waiting(training: Training, *, by: User) -> dict[str, DepositedFile | None]:
    """{"scan": file or None, "liste": file or None, …} of this person for this training."""
    chosen = {
        deposited.kind: deposited
        for deposited in DepositedFile.objects.visible_to(by).filter(training=training)
    }
    return {kind.value: chosen.get(kind.value) for kind in Kind}


def take(deposited: DepositedFile) -> None:
    """Take the file for another row: its own goes, the bytes stay. Inside a transaction.

    Raises WrongStatus when another click took it, or chose another file, meanwhile.
    """
    taken, _ = DepositedFile.objects.filter(pk=deposited.pk).delete()
    if not taken:
        raise WrongStatus(ALREADY_SENT)


def remove(deposited: DepositedFile) -> None:
    """Forget a waiting file; it goes from the storage once the transaction commits."""
    deleted, _ = DepositedFile.objects.filter(pk=deposited.pk).delete()
    # A sheet that took the file meanwhile has it now.
    if deleted:
        stored_files.delete_after_commit(deposited.file.name)


def forget(*, before: datetime) -> None:
    """Remove files that were chosen before this time and never sent, some hundreds at a time."""
    for deposited in DepositedFile.objects.filter(uploaded_at__lt=before).order_by("pk")[:BATCH]:
        remove(deposited)
