"""Tasks of the members app: ids only."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .domain import registry
from .models import RegistryImport

logger = logging.getLogger(__name__)
OVERDUE = timedelta(minutes=3)


@shared_task
def read_import(pk):
    """Read a registry file in the bounded child and count what it would change."""
    found = RegistryImport.objects.filter(pk=pk, state=RegistryImport.State.READING).first()
    if found is None:
        logger.info("Registry import %s is gone or read already", pk)
        return
    registry.read(found)


@shared_task
def sweep_imports():
    """Read the imports whose task was lost."""
    late = timezone.now() - OVERDUE
    for found in RegistryImport.objects.filter(
        state=RegistryImport.State.READING, created_at__lt=late
    ):
        registry.read(found)
