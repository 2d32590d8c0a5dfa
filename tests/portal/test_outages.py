"""The database restarts, the storage is down, the disk is full: 503, and nothing is lost."""

import errno
import sqlite3

import botocore.exceptions
import psycopg
import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendance.domain.reading import READING
from common.jobs import LOST_AFTER, MAX_TRIES
from common.outage import Part, away
from organisms.domain import accounts
from organisms.models import Organism
from tests import factories
from tests.files import ROSTER_HEADER, make_pdf, make_xlsx
from tests.organisms.test_register import PATH, data
from tests.portal.test_expired import Form

S3_DOWN = botocore.exceptions.EndpointConnectionError(endpoint_url="https://s3.example")
DISK_FULL = OSError(errno.ENOSPC, "No space left on device")


def of_driver(kind, cause):
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def of_sqlite(code):
    cause = sqlite3.OperationalError("a sentence")
    cause.sqlite_errorname = code
    return of_driver(OperationalError, cause)


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (of_driver(OperationalError, psycopg.OperationalError("closed")), Part.DATABASE),
        (of_driver(InterfaceError, psycopg.InterfaceError("closed")), Part.DATABASE),
        (of_driver(OperationalError, psycopg.errors.AdminShutdown("x")), Part.DATABASE),
        (of_driver(OperationalError, psycopg.errors.TooManyConnections("x")), Part.DATABASE),
        (of_driver(OperationalError, psycopg.errors.DeadlockDetected("x")), Part.DATABASE),
        (of_sqlite("SQLITE_BUSY"), Part.DATABASE),
        (of_sqlite("SQLITE_ERROR"), None),
        (of_driver(ProgrammingError, psycopg.errors.UndefinedColumn("x")), None),
        (OperationalError("ours"), None),
        (S3_DOWN, Part.FILES),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="https://s3.example"), Part.FILES),
        (DISK_FULL, Part.FILES),
        (FileNotFoundError(errno.ENOENT, "gone"), None),
        (ValueError("a bug"), None),
        (None, None),
    ],
)
def test_what_is_away_is_told_from_a_bug(error, part):
    assert away(error) is part


def test_what_an_outage_led_to_is_no_bug():
    error = ValueError("while cleaning up")
    error.__context__ = DISK_FULL
    assert away(error) is Part.FILES


@pytest.fixture
def visitor(db):
    client = Client(enforce_csrf_checks=True)
    client.raise_request_exception = False
    return client


def fail(monkeypatch, place, name, error):
    def failing(*args, **kwargs):
        raise error

    monkeypatch.setattr(place, name, failing)


DATABASE_GONE = of_driver(OperationalError, psycopg.OperationalError("closed"))


def sent(visitor, form=None):
    token = Form(visitor.get(PATH)).data["csrfmiddlewaretoken"][0]
    return visitor.post(PATH, (form or data()) | {"csrfmiddlewaretoken": token})


def test_a_form_that_met_a_restart_is_sent_again_by_a_click(visitor, monkeypatch):
    with monkeypatch.context() as restart:
        fail(restart, accounts, "register", DATABASE_GONE)
        answer = sent(visitor)
    html = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "no-store" in answer["Cache-Control"]
    assert "Réessayez dans un instant" in html
    assert data()["description"] in html
    assert Form(answer).send(visitor).status_code == 302
    assert Organism.objects.get().description == data()["description"]


def test_a_bug_is_no_restart(visitor, monkeypatch):
    fail(monkeypatch, accounts, "register", of_sqlite("SQLITE_ERROR"))
    assert sent(visitor).status_code == 500


def test_a_script_gets_a_sentence_and_when_to_come_back(visitor, monkeypatch):
    fail(monkeypatch, accounts, "register", DATABASE_GONE)
    token = Form(visitor.get(PATH)).data["csrfmiddlewaretoken"][0]
    answer = visitor.post(
        PATH, data() | {"csrfmiddlewaretoken": token}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.content.decode() == "Le portail redémarre. Réessayez dans un instant."


def test_a_connection_that_the_server_ends(needs_postgresql, transactional_db, monkeypatch):
    """As a restart does to every connection: what PostgreSQL and the driver really say."""
    client = Client(raise_request_exception=False)

    def ended(**values):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as restart:
        restart.setattr(accounts, "register", ended)
        assert client.post(PATH, data()).status_code == 503
    connection.close()
    assert client.post(PATH, data()).status_code == 302


# --- files ------------------------------------------------------------------------------------


@pytest.fixture
def training(organism):
    return factories.make_training(organism, status="approved")


def roster():
    return make_xlsx([ROSTER_HEADER, factories.row_of(factories.make_member())])


@pytest.mark.parametrize("error", [S3_DOWN, DISK_FULL], ids=["S3", "disk"])
def test_an_upload_while_the_storage_is_away(client, owner, training, monkeypatch, error):
    client.force_login(owner)
    client.raise_request_exception = False
    day = f"{training.first_session_on:%Y-%m-%d}"
    typed = {"starts_on": day, "ends_on": day, "place": "Paris"}

    def files():
        return {
            "scan": SimpleUploadedFile("émargement.pdf", make_pdf()),
            "liste": SimpleUploadedFile("présents.xlsx", roster()),
        }

    path = reverse("attendance:training", args=[training.pk])
    with monkeypatch.context() as outage:
        fail(outage, FileSystemStorage, "_save", error)
        answer = client.post(path, typed | files())
    html = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "il n’est pas en cause" in html
    assert "Choisissez de nouveau le fichier « émargement.pdf »" in html
    assert not training.sheets.exists()
    assert Form(answer).send(client, **files()).status_code == 302
    assert training.sheets.get().place == "Paris"


def test_a_reading_waits_for_the_storage_and_blames_no_file(training, monkeypatch):
    sheet = factories.make_sheet(training, content=roster(), read=False)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    with monkeypatch.context() as outage:
        fail(outage, FileSystemStorage, "_open", S3_DOWN)
        for _ in range(MAX_TRIES + 2):
            READING.run(sheet.pk)
            sheet.refresh_from_db()
            assert (sheet.status, sheet.tries) == ("reading", 0)
            now += 2 * LOST_AFTER
            READING.sweep()
    READING.run(sheet.pk)
    sheet.refresh_from_db()
    assert sheet.status == "draft"
    assert sheet.participants.count() == 1
