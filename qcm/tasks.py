"""Tasks of the qcm app: each finds its rows itself, and may run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from .domain import regrading, reminders
from .models import Attempt, Regrade

logger = logging.getLogger(__name__)


@shared_task
def send_reminders():
    """Remind members of the QCMs still to take; once a day, by beat."""
    logger.info("%s QCM reminders queued", reminders.send_due())


@shared_task
def finish_overdue():
    """Finish, as they are, the attempts whose time ran out and that nobody came back to."""
    for attempt in Attempt.objects.overdue_at(timezone.now()).select_related("invitation"):
        attempt.finish()


@shared_task
def regrade(pk):
    """Mark again what one regrade concerns."""
    logger.info("Regrade %s: %s marks changed", pk, regrading.run(pk))


@shared_task
def sweep_regrades():
    """Go on with the regrades whose task was lost."""
    for pk in Regrade.objects.filter(status=Regrade.Status.WAITING).values_list("pk", flat=True):
        regrading.run(pk)
