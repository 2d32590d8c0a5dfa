"""Tasks of the outbox."""

from celery import shared_task

from . import delivery


@shared_task
def deliver_due():
    """Deliver all that is due; run after each commit that wrote mail, and by beat."""
    delivery.deliver_due()
