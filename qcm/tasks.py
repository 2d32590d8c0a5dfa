"""Tasks of the qcm app: both find their rows themselves, and may run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from . import reminders
from .models import Attempt

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
