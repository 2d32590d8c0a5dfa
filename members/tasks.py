"""Tasks of the members app: ids only."""

from celery import shared_task

from .domain.registry import READING
from .domain.sign_in import SENDING


@shared_task
def read_import(pk):
    """Read a registry file in the bounded child and count what it would change."""
    READING.run(pk)


@shared_task
def sweep_imports():
    """Have the files read whose task was lost, and give up those that were tried enough."""
    READING.sweep()


@shared_task
def send_links(pk):
    """Mail the links that were asked for by an address to the members who have it."""
    SENDING.run(pk)


@shared_task
def sweep_links():
    """Have the links mailed whose task was lost."""
    SENDING.sweep()
