"""The organism's verbs: it begins a request, writes it, sends it, takes it back, renews it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import stored_files
from common.errors import Refused, WrongStatus
from organisms.models import Organism

from .. import emails
from ..models import Document, Speaker, Training
from . import sets
from .completeness import missing_to_submit

Event = Training.Event
# The hours asked are at most the duration: the three are kept together or not at all.
BOUND_DURATIONS = ("duration_minutes", "requested_associative_minutes", "requested_amf_minutes")
# What was decided, and the day of a session that took place.
NOT_RENEWED = (
    "granted_associative_minutes",
    "granted_amf_minutes",
    "approval_number",
    "submitted_at",
    "amf_sent_on",
    "decided_at",
    "first_session_on",
)


def create(organism: Organism, *, by: User | None, title: str, year: int) -> Training:
    """A draft of the organism, on which the rest is typed and the files are put."""
    with transaction.atomic():
        training = Training.objects.create(organism=organism, created_by=by, title=title, year=year)
        training.write_journal(Event.CREATE, by=by)
    return training


def keep(
    training: Training,
    typed: Mapping[str, Any],
    *,
    speakers: Iterable[tuple[str, str]] | None = None,
) -> Training:
    """Write on the request what was typed rightly: fields, and all its speakers when given.

    None of the durations is kept when they would disagree with what is stored. Raises WrongStatus.
    """
    with transaction.atomic():
        training = training.lock()
        training.require_editable()
        values = dict(typed)
        duration, *asked = (values.get(name, getattr(training, name)) for name in BOUND_DURATIONS)
        if duration is not None and max(asked) > duration:
            for name in BOUND_DURATIONS:
                values.pop(name, None)
        for name, value in values.items():
            setattr(training, name, value)
        training.save(update_fields=[*values, "updated_at"])
        if speakers is not None:
            write_speakers(training, speakers)
    return training


def write_speakers(training: Training, speakers: Iterable[tuple[str, str]]) -> None:
    """Replace the speakers by these (name, references), in their order."""
    speakers = list(speakers)
    if speakers == list(training.speakers.values_list("name", "references")):
        return
    training.speakers.all().delete()
    Speaker.objects.bulk_create(
        Speaker(training=training, position=position, name=name, references=references)
        for position, (name, references) in enumerate(speakers, start=1)
    )


def submit(training: Training, *, by: User | None) -> Training:
    """Send the request, or send it again once changed.

    Raises WrongStatus, or Refused when something is missing (see `missing_to_submit`).
    """
    with transaction.atomic():
        training = training.lock()
        training.require(Event.SUBMIT)
        if missing := missing_to_submit(training):
            raise Refused(" ".join(missing))
        again = training.submitted_at is not None
        training.submitted_at = timezone.now()
        training.move(Event.SUBMIT, by=by, update_fields=["submitted_at"])
        emails.submitted(training, again=again)
    return training


def withdraw(training: Training, *, by: User | None) -> Training:
    """Take the request back before a decision. Raises WrongStatus."""
    with transaction.atomic():
        training = training.lock()
        training.move(Event.WITHDRAW, by=by)
        emails.withdrawn(training)
    return training


def delete_draft(training: Training) -> None:
    """Delete a draft and its files. Raises WrongStatus for anything else."""
    with transaction.atomic():
        training = training.lock()
        training.require(Event.DELETE)
        files = [document.file.name or "" for document in training.documents.all()]
        training.delete()
        stored_files.delete_after_commit(*files)


def renew(training: Training, *, by: User | None) -> tuple[Training, bool]:
    """A draft for the next year with everything copied, and whether it is new.

    The one there is, if there is one. The first session's date is left to be typed. Raises
    WrongStatus, also before the approval's year has begun: the next one could not be sent yet.
    """
    if existing := _live_renewal(training):
        return existing, False
    # An approved request's documents change no more: they are copied before the lock is taken.
    documents = list(training.documents.all())
    sources = [(document.file, document.name) for document in documents]
    with stored_files.copying(sources, Document) as copies, transaction.atomic():
        training = training.lock()
        if existing := _live_renewal(training):
            stored_files.delete_after_commit(*copies)
            return existing, False
        draft = _blank_copy(training, by)
        draft.save()
        draft.move(
            Event.COPY,
            by=by,
            comment=f"De l’agrément {training.approval_number} ({training.year})",
        )
        write_speakers(draft, training.speakers.values_list("name", "references"))
        Document.objects.bulk_create(
            Document(
                training=draft,
                kind=document.kind,
                file=copy,
                name=document.name,
                content_type=document.content_type,
                size=document.size,
                sha256=document.sha256,
                uploaded_by=by,
            )
            for document, copy in zip(documents, copies, strict=True)
        )
        sets.replace_all(draft, sets.as_rows(training))
    return draft, True


def _live_renewal(training: Training) -> Training | None:
    """The renewal there is; None when there may be one. Raises WrongStatus when not yet."""
    training.require(Event.RENEW)
    existing = training.live_renewal()
    if existing is None and not training.is_renewable:
        raise WrongStatus(
            f"Cette formation est validée pour {training.year} : vous pourrez la "
            f"renouveler à partir du 1er janvier {training.year}."
        )
    return existing


def _blank_copy(training: Training, by: User | None) -> Training:
    """An unsaved draft with what was asked, and nothing of what was decided."""
    draft = Training.objects.get(pk=training.pk)
    draft.pk = None
    draft._state.adding = True
    for name in NOT_RENEWED:
        setattr(draft, name, None)
    draft.amf_reference = ""
    draft.status = Training.Status.DRAFT
    draft.year = max(training.year + 1, timezone.localdate().year)
    draft.renewed_from = training
    draft.created_by = by
    return draft
