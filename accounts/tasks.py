"""Tasks of accounts."""

from celery import shared_task

from . import domain


@shared_task
def encrypt_second_factors():
    """Encrypt by the key of today what another keeps; once a night, by beat."""
    domain.encrypt_second_factors()
