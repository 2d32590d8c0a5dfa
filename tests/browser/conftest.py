"""One running portal and one Chromium for all journeys of a run."""

import os
import re
import shutil
from contextlib import contextmanager

import psycopg
import pytest
import redis
from django.conf import settings
from playwright.sync_api import expect, sync_playwright

from tests.browser.stack import Stack

# A busy machine is no failure.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


# Before xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            # One worker runs them all: they share one running portal.
            item.add_marker(pytest.mark.xdist_group("browser"))
            # What a page's script does is the same on every database; what waits for a lock, a
            # session or the worker is not.
            if not item.get_closest_marker("both"):
                item.add_marker("once")
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="browser: Chromium is not installed"))


@pytest.fixture(scope="session")
def _database_url():
    """A database of the journeys' own on PostgreSQL; nothing where the tests run on SQLite."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("postgresql"):
        yield ""
        return
    access = {
        "host": database["HOST"],
        "port": database["PORT"] or None,
        "user": database["USER"] or None,
        "password": database["PASSWORD"] or None,
    }
    credentials = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    # Two runs at once on one server keep off each other.
    name = f"portal_browser_tests_{os.getpid()}"

    def administer(*statements):
        with psycopg.connect(dbname="postgres", autocommit=True, **access) as connection:
            for statement in statements:
                connection.execute(statement)

    administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    yield f"postgres://{credentials}@{database['HOST']}:{database['PORT'] or 5432}/{name}"
    administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _redis_url():
    """A Redis database of this portal's own, after the tests' one.

    A worker takes whatever is in its queue: other tests' deliveries, or what another portal's
    database alone knows.
    """
    server, number = settings.REDIS_URL.rsplit("/", 1)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{server}/{int(number) + 1 + int(worker)}"


@pytest.fixture(scope="session")
def portal(_database_url, tmp_path_factory):
    """The portal, running: an empty database but for one superuser of the staff."""
    if _database_url:
        # What an earlier run counted against this address would stop the first form.
        redis.Redis.from_url(_redis_url()).flushdb()
    stack = Stack(
        tmp_path_factory.mktemp("portal"),
        database_url=_database_url,
        redis_url=_redis_url() if _database_url else "",
    )
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            # Root needs --no-sandbox; the rest keeps Chromium from calling home.
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield chromium
        chromium.close()


def starting(page):
    """There while the page's scripts do not all listen yet (static/js/portal.js)."""
    return page.locator("html[data-starting]")


def wait_for_scripts(page):
    """Have every click, tick and key on this page wait for its scripts, as people rarely do."""
    page.add_locator_handler(starting(page), lambda mark: mark.wait_for(state="detached"))


@contextmanager
def before_script(page, name):
    """Within it `name`.js does not arrive on this page; it does, late, when it ends."""
    held, is_over = [], False
    page.remove_locator_handler(starting(page))
    page.route(
        re.compile(rf"/js/{name}\.[^/]*js$"),
        lambda route: route.continue_() if is_over else held.append(route),
    )
    yield
    assert starting(page).count() == 1
    is_over = True
    for route in held:
        route.continue_()
    wait_for_scripts(page)


def until(page, true):
    """Let the page go on until `true()` gives something, and give it."""
    for _ in range(PATIENCE // 50):
        if found := true():
            return found
        page.wait_for_timeout(50)
    raise AssertionError("waited in vain")


@pytest.fixture
def new_page(browser, portal):
    """A function that opens a page in a browser context of its own: another person.

    What is done on its pages waits for their scripts.
    """
    contexts = []

    def open_page(width=1280, **options):
        context = browser.new_context(
            base_url=portal.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": width, "height": 900},
            **options,
        )
        context.set_default_timeout(PATIENCE)
        if options.get("java_script_enabled", True):
            context.on("page", wait_for_scripts)
        contexts.append(context)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console",
            lambda message: page.errors.append(message.text) if message.type == "error" else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
