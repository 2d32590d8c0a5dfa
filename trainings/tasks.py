"""Tasks of the trainings app: ids only."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .domain import importing

KEPT = timedelta(days=7)


@shared_task
def read_questions(pk):
    """Read a file of questions, a workbook in the bounded child."""
    importing.READING.run(pk)


@shared_task
def sweep_questions():
    """Ask again for the files whose task was lost; forget what was never imported."""
    importing.READING.sweep()
    importing.forget(before=timezone.now() - KEPT)
