"""Fixtures shared by all tests: three fixed people and an outsider, as most screens need."""

from contextlib import contextmanager

import coverage
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from common import jobs
from tests import factories
from tests.common.models import ALL as OWN_MODELS

DATABASE_FIXTURES = {"db", "transactional_db"}


def pytest_collection_modifyitems(items):
    """Mark what is the same on every database: `make test` runs it once.

    What is quick as well is all that `make check` runs.
    """
    for item in items:
        needs_more = DATABASE_FIXTURES & set(item.fixturenames) or any(
            item.get_closest_marker(name) for name in ("django_db", "browser", "corpus")
        )
        if not needs_more:
            item.add_marker("anywhere")
            if not item.get_closest_marker("slow"):
                item.add_marker("quick")


@contextmanager
def unmeasured():
    """Within it nobody measures what is reached, which slows Python down: migrations are left out
    of the measure, and take long.
    """
    measuring = coverage.Coverage.current()
    if measuring:
        measuring.stop()
    try:
        yield
    finally:
        if measuring:
            measuring.start()


def portal_settings(folder):
    """Settings that keep files and mails below this folder, and share nothing."""
    storages = dict(django_settings.STORAGES)
    storages["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder / "media", "base_url": None},
    }
    # The manifest exists only after collectstatic, which tests do not run.
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return {
        "VAR_DIR": folder,
        "MEDIA_ROOT": folder / "media",
        "MAIL_DIR": folder / "mail",
        # WhiteNoise warns about a folder that is not there, and warnings are errors.
        "STATIC_ROOT": folder,
        "STORAGES": storages,
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }


@pytest.fixture(autouse=True)
def _portal_folders(settings, tmp_path, monkeypatch):
    """Each test keeps its files and mails below its own folder, and trusts its broker."""
    monkeypatch.setattr(jobs.broker, "away_until", 0.0)
    for name, value in portal_settings(tmp_path).items():
        setattr(settings, name, value)
    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, with the tables of the tests' own models, emptied after a test of
    transactions although nobody may delete rows of some of its tables.
    """
    monkeypatch = pytest.MonkeyPatch()
    if connection.vendor == "sqlite":
        # PostgreSQL empties its tables by TRUNCATE, which their triggers let pass.
        monkeypatch.setattr(connection.ops, "sql_flush", without_triggers(connection.ops.sql_flush))
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in OWN_MODELS:
            editor.create_model(model)
    yield
    monkeypatch.undo()


def without_triggers(flush):
    """`sql_flush` that takes the triggers away before it deletes, and makes them again."""

    def sql_flush(*args, **options):
        statements = flush(*args, **options)
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall() if statements else []
        return [
            *(f'DROP TRIGGER "{name}"' for name, _ in triggers),
            *statements,
            *(made for _, made in triggers),
        ]

    return sql_flush


@pytest.fixture
def organism(db):
    """An active organism."""
    return factories.make_organism()


@pytest.fixture
def owner(organism):
    """The organism's account administrator."""
    return factories.make_person(organism, role="administrator").user


@pytest.fixture
def signed_in(client, owner):
    """The owner's browser."""
    client.force_login(owner)
    return client


@pytest.fixture
def contributor(organism):
    """A colleague of the owner."""
    return factories.make_person(organism, role="contributor").user


@pytest.fixture
def outsider(db):
    """The administrator of another active organism."""
    other = factories.make_organism(name="Autre organisme")
    return factories.make_person(other, role="administrator").user


@pytest.fixture
def officer(db):
    """A training officer of ANACOFI."""
    return factories.make_staff("Chargé de formation")


@pytest.fixture
def administrator(db):
    """The administrator of ANACOFI's staff."""
    return factories.make_staff("Administrateur")


@pytest.fixture
def session_queries(settings):
    """Queries that a page needs to read its session: none when sessions live in the cache."""
    return int(settings.SESSION_ENGINE.endswith(".db"))


@pytest.fixture
def count_queries(db):
    """A function: how many queries a call makes."""

    def count(call):
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return count


@pytest.fixture
def needs_postgresql():
    """SQLite locks its tables as a whole: nothing ever happens at once there."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


@pytest.fixture
def migrate(transactional_db):
    """A function: bring the database to this migration of an app; its models as they were then.

    Afterwards the database is what the code says again.
    """

    def to(app, name):
        executor = MigrationExecutor(connection)
        with unmeasured():
            executor.migrate([(app, name)])
        return executor.loader.project_state([(app, name)]).apps

    yield to
    executor = MigrationExecutor(connection)
    with unmeasured():
        executor.migrate(executor.loader.graph.leaf_nodes())
