"""Tasks of the qcm app: each does a bounded part, may run twice, and may be lost."""

import logging

from celery import shared_task

from common import jobs

from .domain import attempts, reminders
from .domain.regrading import WORK

logger = logging.getLogger(__name__)


@shared_task
def send_reminders():
    """Remind members of the QCMs still to take; once a day, by beat."""
    logger.info("%s QCM reminders queued", reminders.send_due())


@shared_task
def finish_overdue(after=0):
    """Finish, as they are, the attempts whose time ran out and that nobody came back to."""
    last = attempts.finish_overdue(after)
    if last:
        jobs.ask("qcm.tasks.finish_overdue", last)


@shared_task
def regrade(pk):
    """Mark again a part of what one regrade concerns."""
    WORK.run(pk)


@shared_task
def sweep_regrades():
    """Go on with the regrades whose task was lost."""
    WORK.sweep()
