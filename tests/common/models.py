"""Rows of the tests' own, on which the ground's abstract models are tried.

Their tables are made with the test database (`tests/conftest.py`), wherever this is imported.
"""

from django.db import models

from common.derived import DerivedCharField, KeepsDerived, SearchField
from common.files import PrivateFileField
from common.jobs import Job
from common.journal import Journalled, JournalRow, event_field
from common.transitions import step


class Errand(Job, Journalled):
    """Work to do, with a journal."""

    class Status(models.TextChoices):
        WAITING = "waiting", "à faire"
        STARTED = "started", "commencée"
        DONE = "done", "faite"
        FAILED = "failed", "abandonnée"

    class Event(models.TextChoices):
        START = "start", "commencée"
        FINISH = "finish", "faite"
        FAIL = "fail", "abandonnée"
        RENAME = "rename", "renommée"
        ARRIVE = "arrive", "reçue"

    TRANSITIONS = {
        Event.START: step(Status.WAITING, to=Status.STARTED),
        Event.FINISH: step(Status.WAITING, Status.STARTED, to=Status.DONE),
        Event.FAIL: step(Status.WAITING, Status.STARTED, to=Status.FAILED),
        Event.RENAME: step(Status.WAITING, Status.STARTED),
    }
    TO_DO = (Status.WAITING, Status.STARTED)

    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    name = models.CharField(max_length=50, blank=True)
    parts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "common"
        default_permissions = ()


class ErrandJournal(JournalRow):
    subject = models.ForeignKey(Errand, models.CASCADE, related_name="journal")
    event = event_field(Errand.Event)

    class Meta(JournalRow.Meta):
        app_label = "common"
        default_permissions = ()


class Card(KeepsDerived):
    """A row with columns that keep themselves, and a file."""

    first_name = models.CharField(max_length=50, blank=True)
    last_name = models.CharField(max_length=50, blank=True)
    town = models.CharField(max_length=50, blank=True)
    search = SearchField("last_name", "first_name")
    key = DerivedCharField(str.upper, "last_name", max_length=50)
    scan = PrivateFileField(blank=True)

    class Meta:
        app_label = "common"
        default_permissions = ()


ALL = [Errand, ErrandJournal, Card]
