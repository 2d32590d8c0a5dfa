"""Tasks of accounts."""

from celery import shared_task

from . import domain


@shared_task
def encrypt_second_factors():
    """Encrypt by the key of today what another keeps; once a night, by beat."""
    domain.encrypt_second_factors()


@shared_task
def send_password_links(pk):
    """Mail the link that was asked for by an address to the account that has it."""
    domain.SENDING.run(pk)


@shared_task
def sweep_password_links():
    """Have the links mailed whose task was lost."""
    domain.SENDING.sweep()
