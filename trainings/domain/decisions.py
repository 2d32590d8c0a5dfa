"""What staff decide on a request.

Each verb raises WrongStatus when another decision came first; Refused says, in French, what is
wrong with what was typed.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common.durations import STEP_MINUTES, format_minutes
from common.errors import Refused

from .. import emails
from ..models import Training
from . import numbers

Event = Training.Event


def request_changes(training: Training, *, by: User | None, comment: str) -> Training:
    """Send the request back to the organism, with what is to be changed."""
    comment = _required(comment, "Dites à l’organisme ce qui est à modifier.")
    with transaction.atomic():
        training = training.lock()
        training.require(Event.REQUEST_CHANGES)
        # What the AMF was sent is no longer what is asked; the journal keeps the sending.
        training.amf_sent_on, training.amf_reference = None, ""
        training.move(
            Event.REQUEST_CHANGES,
            by=by,
            comment=comment,
            update_fields=["amf_sent_on", "amf_reference"],
        )
        emails.changes_requested(training, comment)
    return training


def send_to_amf(training: Training, *, by: User | None, on: date, reference: str = "") -> Training:
    """Record that the request was submitted to the AMF: when, under which reference."""
    if on > timezone.localdate():
        raise Refused("La date de transmission à l’AMF est dans le futur.")
    reference = reference.strip()
    with transaction.atomic():
        training = training.lock()
        training.require(Event.SEND_TO_AMF)
        if not training.requested_amf_minutes:
            raise Refused("Cette demande ne porte sur aucune heure AMF.")
        if on < timezone.localdate(training.submitted_at):
            raise Refused(
                f"La demande a été envoyée par l’organisme le "
                f"{timezone.localtime(training.submitted_at):%d/%m/%Y} : elle n’a pas pu être "
                f"transmise à l’AMF avant."
            )
        training.amf_sent_on, training.amf_reference = on, reference
        said = f"Transmise le {on:%d/%m/%Y}"
        training.move(
            Event.SEND_TO_AMF,
            by=by,
            comment=f"{said}, référence {reference}" if reference else said,
            update_fields=["amf_sent_on", "amf_reference"],
        )
        emails.sent_to_amf(training, on=on)
    return training


def approve(
    training: Training,
    *,
    by: User | None,
    associative_minutes: int,
    amf_minutes: int,
    number: str = "",
    comment: str = "",
) -> Training:
    """Accept the request with these minutes of each kind; give it its approval number.

    AMF minutes above zero only from « soumise à l'AMF ». `comment` is what the organism reads
    besides, such as the AMF's reason for granting nothing.
    """
    comment = comment.strip()
    with transaction.atomic():
        training = training.lock()
        training.require(Event.APPROVE)
        _require_grantable(training, associative_minutes, amf_minutes, comment)
        training.granted_associative_minutes = associative_minutes
        training.granted_amf_minutes = amf_minutes
        training.decided_at = timezone.now()
        training.approval_number = numbers.take(training.year, number)
        granted = (
            f"Agrément {training.approval_number} : {format_minutes(associative_minutes)} "
            f"associatives, {format_minutes(amf_minutes)} AMF."
        )
        try:
            # Its own savepoint: two officers may type the same number for two requests.
            with transaction.atomic():
                training.move(
                    Event.APPROVE,
                    by=by,
                    comment=f"{granted}\n{comment}" if comment else granted,
                    update_fields=[
                        "approval_number",
                        "granted_associative_minutes",
                        "granted_amf_minutes",
                        "decided_at",
                    ],
                )
        except IntegrityError as error:
            if numbers.is_given(training.approval_number):
                raise Refused(numbers.taken(training.approval_number)) from error
            raise
        emails.approved(training, comment)
    return training


def refuse(training: Training, *, by: User | None, comment: str) -> Training:
    """Refuse the request as a whole, with a reason that the organism reads."""
    comment = _required(comment, "Donnez le motif du refus : l’organisme le lira.")
    with transaction.atomic():
        training = training.lock()
        training.require(Event.REFUSE)
        training.decided_at = timezone.now()
        training.move(Event.REFUSE, by=by, comment=comment, update_fields=["decided_at"])
        emails.refused(training, comment)
    return training


def revoke(training: Training, *, by: User | None, comment: str) -> Training:
    """End an approval: no new attendance sheet is accepted; counted hours stay."""
    comment = _required(comment, "Donnez le motif de la révocation : l’organisme le lira.")
    with transaction.atomic():
        training = training.lock()
        training.move(Event.REVOKE, by=by, comment=comment)
        emails.revoked(training, comment)
    return training


def _require_grantable(training: Training, associative: int, amf: int, comment: str) -> None:
    """Raise Refused, with all that is wrong, when these minutes cannot be granted."""
    wrong = {}  # one sentence for each thing typed: the last word is the one that matters
    for words, granted, asked in (
        ("associatives", associative, training.requested_associative_minutes),
        ("AMF", amf, training.requested_amf_minutes),
    ):
        if granted < 0 or granted % STEP_MINUTES:
            wrong[words] = f"Les heures {words} vont de 15 en 15 minutes, à partir de zéro."
        elif granted > asked:
            wrong[words] = (
                f"Heures {words} : {format_minutes(granted)} dépassent ce qui est demandé, "
                f"{format_minutes(asked)}. Pour accorder plus, demandez une modification."
            )
    if amf > 0 and not training.may(Event.GRANT_AMF):
        wrong["AMF"] = "Des heures AMF ne s’accordent qu’après transmission de la demande à l’AMF."
    if not associative and not amf:
        wrong["associatives"] = (
            "Aucune heure n’est accordée : refusez plutôt la demande, avec un motif."
        )
    elif training.requested_amf_minutes and not amf and not comment:
        wrong["comment"] = (
            "Aucune heure AMF n’est accordée : donnez-en la raison, l’organisme la lira."
        )
    if wrong:
        raise Refused(" ".join(wrong.values()))


def _required(comment: str, sentence: str) -> str:
    """The comment without the spaces around it; Refused with `sentence` when there is none."""
    comment = comment.strip()
    if not comment:
        raise Refused(sentence)
    return comment
