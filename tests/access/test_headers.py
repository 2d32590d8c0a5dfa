"""What browsers are told with each page: to keep nothing of what is somebody's."""

import pytest
from django.conf import settings as portal
from django.db import transaction
from django.test import Client
from django.urls import reverse

from anacofi_portal.middleware import PUBLIC
from tests.access.test_admin import (
    SKIPPED,
    admin_names,
    admin_url_of,
    rows,  # noqa: F401 - a fixture
)
from tests.access.test_pages import TABLE, value_of
from tests.access.visitors import read_whole

ASKED_BY = ["anonymous", "owner", "member", "officer"]


def urls(world):
    for name, line in TABLE.items():
        yield name, reverse(name, args=[value_of(world, one) for one in line.args])
    for name in sorted(set(admin_names()) - SKIPPED):
        if url := admin_url_of(name, world):
            yield name, url


def test_no_browser_keeps_a_page_behind_a_sign_in(rows, settings):  # noqa: F811
    settings.DEMO = True
    kept = {}
    for name, url in urls(rows):
        for visitor in ASKED_BY[:1] + ["officer"] if name.startswith("admin:") else ASKED_BY:
            client = Client() if visitor == "anonymous" else rows["clients"][visitor]
            with transaction.atomic():
                response = client.get(url)
                read_whole(response)
                transaction.set_rollback(True)
            assert response["Permissions-Policy"] == portal.PERMISSIONS_POLICY, name
            assert response["Cross-Origin-Opener-Policy"] == "same-origin", name
            assert response["X-Content-Type-Options"] == "nosniff", name
            if response.get("Cache-Control") != "private, no-store":
                kept.setdefault(visitor, set()).add(name)
    assert kept == {"anonymous": PUBLIC}


@pytest.mark.parametrize("path", ["/rien/", "/?a=%00", "/qcm/x/y/z/", "/mes-heures/entrer/faux/"])
def test_no_browser_keeps_a_page_that_says_no(client, db, path):
    response = client.get(path)
    assert response.status_code >= 400
    assert response["Cache-Control"] == "private, no-store"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
