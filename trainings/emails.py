"""The e-mails about a request, one function each."""

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from common.durations import format_minutes
from mailing import outbox

from .models import Correction, Question, Training


def submitted(training: Training, *, again: bool) -> None:
    """To the organism, acknowledged; to staff. `again`: sent before, and changed since."""
    _to_organism("submitted", training, again=again)
    _to_staff("submitted_staff", training, again=again)


def withdrawn(training: Training) -> None:
    """To the organism, acknowledged; to staff."""
    _to_organism("withdrawn", training)
    _to_staff("withdrawn_staff", training)


def values_of(training: Training) -> dict[str, Any]:
    """What every mail about a request may say."""
    return {
        "title": training.title,
        "organism": training.organism.name,
        "year": training.year,
        "associative": format_minutes(training.requested_associative_minutes),
        "amf": format_minutes(training.requested_amf_minutes),
        "url": settings.SITE_URL + reverse("trainings:detail", args=[training.pk]),
        "admin_url": settings.SITE_URL
        + reverse("admin:trainings_training_change", args=[training.pk]),
    }


def _to_organism(name: str, training: Training, **values: Any) -> None:
    outbox.queue(
        f"trainings/email/{name}",
        training.organism.email,
        {**values_of(training), **values},
        about=training,
    )


def _to_staff(name: str, training: Training, **values: Any) -> None:
    outbox.queue_many(
        f"trainings/email/{name}",
        [(staff, {**values_of(training), **values}, None) for staff in settings.STAFF_EMAILS],
        about=training,
    )


def changes_requested(training: Training, comment: str) -> None:
    _to_organism("changes_requested", training, comment=comment)


def sent_to_amf(training: Training, *, on: date) -> None:
    _to_organism("sent_to_amf", training, sent_on=date_format(on, "j F Y"))


def approved(training: Training, comment: str) -> None:
    """`comment` may be empty; after the AMF's no it is the AMF's reason."""
    _to_organism(
        "approved",
        training,
        number=training.approval_number,
        granted_associative=format_minutes(training.granted_associative_minutes or 0),
        granted_amf=format_minutes(training.granted_amf_minutes or 0),
        refused_by_amf=training.was_refused_by_amf,
        comment=comment,
    )


def refused(training: Training, comment: str) -> None:
    _to_organism("refused", training, comment=comment)


def revoked(training: Training, comment: str) -> None:
    _to_organism("revoked", training, comment=comment)


def correction_asked(correction: Correction) -> None:
    """Staff ask the organism to correct a question of frozen sets."""
    _to_organism(
        "correction_asked",
        correction.training,
        place=correction.question.place,
        question=correction.question.text,
        comment=correction.comment,
        correction_url=settings.SITE_URL + reverse("trainings:correction", args=[correction.pk]),
    )


def correction_proposed(correction: Correction) -> None:
    """The organism proposes its corrected question to staff."""
    _to_staff(
        "correction_proposed",
        correction.training,
        place=correction.question.place,
        question=correction.question.text,
        # A page of a later app, known by its name alone.
        analysis_url=settings.SITE_URL
        + reverse("admin:qcm_traininganalysis_change", args=[correction.training.pk]),
    )


def correction_dismissed(correction: Correction, *, comment: str) -> None:
    """Staff no longer want the correction that they asked for."""
    _to_organism(
        "correction_dismissed",
        correction.training,
        place=correction.question.place,
        question=correction.question.text,
        comment=comment,
    )


def question_corrected(question: Question, *, comment: str) -> None:
    """Staff have corrected a question: the set has a new version."""
    _to_organism(
        "question_corrected",
        question.question_set.training,
        place=question.place,
        question=question.text,
        comment=comment,
    )
