"""What staff decide on a request: the association's verbs of `Training`."""

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.durations import format_minutes

from .. import emails
from . import numbers

STEP_MINUTES = 15


class Decisions:
    """Mixed into `Training`. Each verb raises WrongStatus when another decision came first.

    ValueError, in French, says what is wrong with what was typed.
    """

    # Values of `Training.Status`: the association, or the AMF, has the next word.
    UNDER_REVIEW = ("submitted", "sent_to_amf")

    def request_changes(self, *, by, comment):
        """Send the request back to the organism, with what is to be changed."""
        comment = required(comment, "Dites à l’organisme ce qui est à modifier.")
        with transaction.atomic():
            training = self.lock()
            training.require_status(*self.UNDER_REVIEW)
            # What the AMF was sent is no longer what is asked; the journal keeps the sending.
            training.amf_sent_on, training.amf_reference = None, ""
            training.move_to(
                self.Status.CHANGES_REQUESTED,
                by=by,
                comment=comment,
                update_fields=["amf_sent_on", "amf_reference"],
            )
            emails.changes_requested(training, comment)

    def send_to_amf(self, *, by, on, reference=""):
        """Record that the request was submitted to the AMF: when, under which reference."""
        if on > timezone.localdate():
            raise ValueError("La date de transmission à l’AMF est dans le futur.")
        reference = reference.strip()
        with transaction.atomic():
            training = self.lock()
            training.require_status(self.Status.SUBMITTED)
            if not training.requested_amf_minutes:
                raise ValueError("Cette demande ne porte sur aucune heure AMF.")
            if on < timezone.localdate(training.submitted_at):
                raise ValueError(
                    f"La demande a été envoyée par l’organisme le "
                    f"{timezone.localtime(training.submitted_at):%d/%m/%Y} : elle n’a pas pu être "
                    f"transmise à l’AMF avant."
                )
            training.amf_sent_on, training.amf_reference = on, reference
            said = f"Transmise le {on:%d/%m/%Y}"
            training.move_to(
                self.Status.SENT_TO_AMF,
                by=by,
                comment=f"{said}, référence {reference}" if reference else said,
                update_fields=["amf_sent_on", "amf_reference"],
            )
            emails.sent_to_amf(training)

    def approve(self, *, by, associative_minutes, amf_minutes, number="", comment=""):
        """Accept the request with these minutes of each kind; give it its approval number.

        AMF minutes above zero only from « soumise à l'AMF ». `comment` is what the organism
        reads besides, such as the AMF's reason for granting nothing.
        """
        comment = comment.strip()
        with transaction.atomic():
            training = self.lock()
            training.require_status(*self.UNDER_REVIEW)
            wrong = training.wrong_grants(associative_minutes, amf_minutes, comment)
            if wrong:
                raise ValueError(" ".join(wrong.values()))
            training.granted_associative_minutes = associative_minutes
            training.granted_amf_minutes = amf_minutes
            training.decided_at = timezone.now()
            training._take_number(number)
            granted = (
                f"Agrément {training.approval_number} : {format_minutes(associative_minutes)} "
                f"associatives, {format_minutes(amf_minutes)} AMF."
            )
            training.refresh_search()
            try:
                # Its own savepoint: two officers may type the same number for two requests.
                with transaction.atomic():
                    training.move_to(
                        self.Status.APPROVED,
                        by=by,
                        comment=f"{granted}\n{comment}" if comment else granted,
                        update_fields=[
                            "approval_number",
                            "granted_associative_minutes",
                            "granted_amf_minutes",
                            "decided_at",
                            "search",
                        ],
                    )
            except IntegrityError as error:
                if type(self).objects.filter(approval_number=training.approval_number).exists():
                    raise ValueError(numbers.taken(training.approval_number)) from error
                raise
            emails.approved(training, comment)

    def refuse(self, *, by, comment):
        """Refuse the request as a whole, with a reason that the organism reads."""
        comment = required(comment, "Donnez le motif du refus : l’organisme le lira.")
        with transaction.atomic():
            training = self.lock()
            training.require_status(*self.UNDER_REVIEW)
            training.decided_at = timezone.now()
            training.move_to(
                self.Status.REFUSED, by=by, comment=comment, update_fields=["decided_at"]
            )
            emails.refused(training, comment)

    def revoke(self, *, by, comment):
        """End an approval: no new attendance sheet is accepted; counted hours stay."""
        comment = required(comment, "Donnez le motif de la révocation : l’organisme le lira.")
        with transaction.atomic():
            training = self.lock()
            training.require_status(self.Status.APPROVED)
            training.move_to(self.Status.REVOKED, by=by, comment=comment)
            emails.revoked(training, comment)

    # --- questions ------------------------------------------------------------------------------

    @property
    def is_under_review(self):
        """Whether it waits for a decision of the association or of the AMF."""
        return self.status in self.UNDER_REVIEW

    @property
    def may_be_sent_to_amf(self):
        return self.status == self.Status.SUBMITTED and self.requested_amf_minutes > 0

    @property
    def was_refused_by_amf(self):
        """Whether AMF hours were asked of the AMF, and the approval came without any."""
        return bool(
            self.granted_amf_minutes == 0 and self.requested_amf_minutes and self.amf_sent_on
        )

    def wrong_grants(self, associative_minutes, amf_minutes, comment):
        """{argument: French sentence} of what cannot be granted; empty when all of it can."""
        wrong = {}
        for name, words, granted, asked in (
            (
                "associative_minutes",
                "associatives",
                associative_minutes,
                self.requested_associative_minutes,
            ),
            ("amf_minutes", "AMF", amf_minutes, self.requested_amf_minutes),
        ):
            if granted < 0 or granted % STEP_MINUTES:
                wrong[name] = f"Les heures {words} vont de 15 en 15 minutes, à partir de zéro."
            elif granted > asked:
                wrong[name] = (
                    f"Heures {words} : {format_minutes(granted)} dépassent ce qui est demandé, "
                    f"{format_minutes(asked)}. Pour accorder plus, demandez une modification."
                )
        if amf_minutes > 0 and self.status != self.Status.SENT_TO_AMF:
            wrong["amf_minutes"] = (
                "Des heures AMF ne s’accordent qu’après transmission de la demande à l’AMF."
            )
        if not associative_minutes and not amf_minutes:
            wrong["associative_minutes"] = (
                "Aucune heure n’est accordée : refusez plutôt la demande, avec un motif."
            )
        elif self.requested_amf_minutes and not amf_minutes and not comment:
            wrong["comment"] = (
                "Aucune heure AMF n’est accordée : donnez-en la raison, l’organisme la lira."
            )
        return wrong

    def _take_number(self, typed):
        typed = numbers.clean_typed(typed)
        if not typed:
            counters = apps.get_model("trainings", "ApprovalCounter").objects
            self.approval_number = numbers.next_number(self.year, counters)
        elif type(self).objects.filter(approval_number__iexact=typed).exists():
            raise ValueError(numbers.taken(typed))
        else:
            self.approval_number = typed


def required(comment, sentence):
    """The comment without the spaces around it; ValueError with `sentence` when there is none."""
    comment = comment.strip()
    if not comment:
        raise ValueError(sentence)
    return comment
