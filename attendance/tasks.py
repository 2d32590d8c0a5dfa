"""Tasks of the attendance app: ids only."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .domain import deposits, offers, reading
from .models import SecondReading, Sheet

logger = logging.getLogger(__name__)
KEPT = timedelta(days=7)


@shared_task
def read_sheet(pk):
    """Read a sheet's roster in the bounded child, and match its lines."""
    sheet = Sheet.objects.filter(pk=pk, status=Sheet.Status.READING).first()
    if sheet is None:
        logger.info("Sheet %s is gone or read already", pk)
        return
    reading.read(sheet)


@shared_task
def read_second(pk):
    """Read a file that checks or corrects a list."""
    one = SecondReading.objects.filter(pk=pk, status=SecondReading.Status.READING).first()
    if one is None:
        logger.info("Second reading %s is gone or read already", pk)
        return
    reading.read(one)


@shared_task
def offer_people_again():
    """Offer staff the people not recognised whom the registry has since its last change."""
    offers.offer_again()


@shared_task
def sweep_reading():
    """Read the sheets whose task was lost; forget files chosen long ago and never sent."""
    now = timezone.now()
    for model in (Sheet, SecondReading):
        for one in model.objects.overdue(now):
            reading.read(one)
    deposits.forget(before=now - KEPT)
    for one in SecondReading.objects.filter(deposited_at__lt=now - KEPT):
        one.forget()
