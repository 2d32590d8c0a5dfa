"""The Celery application: tasks take ids, fetch, delegate; beat picks up what is overdue."""

import os

from celery import Celery

from common import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anacofi_portal.settings")

broker.register()
app = Celery("anacofi_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
