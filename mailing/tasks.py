"""Tasks of the outbox; they have a queue of their own (`CELERY_TASK_ROUTES`)."""

from celery import shared_task

from . import delivery


# One that waited longer is needless: beat has asked again, and they must not pile up behind a
# mail server that is slow.
@shared_task(expires=60)
def deliver_due() -> None:
    """Deliver what is due for a while; run after each commit that wrote mail, and by beat."""
    delivery.deliver_due()
