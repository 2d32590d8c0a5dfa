"""Tasks of the attendance app: ids only."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .domain import deposits, late, limits, offers, reading, second

KEPT = timedelta(days=7)


@shared_task
def read_sheet(pk):
    """Read a sheet's roster in the bounded child, and match its lines."""
    reading.READING.run(pk)


@shared_task
def read_second(pk):
    """Read a file that checks or corrects a list."""
    second.READING.run(pk)


@shared_task
def count_late(pk):
    """Count who was added to a validated list."""
    late.COUNTING.run(pk)


@shared_task
def offer_people_again():
    """Offer staff the people not recognised whom the registry has since its last change."""
    offers.offer_again()


@shared_task
def sweep_reading():
    """Ask again for the files, and additions, whose task was lost; forget what is of long ago."""
    reading.READING.sweep()
    second.READING.sweep()
    late.COUNTING.sweep()
    before = timezone.now() - KEPT
    deposits.forget(before=before)
    second.forget_old(before=before)
    limits.forget_asked(before=timezone.localdate())
