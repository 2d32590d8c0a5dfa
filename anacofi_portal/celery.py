"""The Celery application: tasks take ids, fetch, delegate; beat picks up what is overdue."""

import os
from logging.config import dictConfig

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from common import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anacofi_portal.settings")

broker.register()
app = Celery("anacofi_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _log_as_the_portal_does(**_):
    """Celery's own way of writing would not mask personal links."""
    dictConfig(settings.LOGGING)
