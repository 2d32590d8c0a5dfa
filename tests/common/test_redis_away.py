"""Redis frozen, killed, restarted: pages answer, and nobody is signed out."""

import os
import shutil
import subprocess
import sys

import pytest
import redis
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse

from common import cache as common_cache
from common import jobs
from common.sessions import PREFIX, SessionStore
from tests import factories
from tests.qcm.conftest import open_link
from tests.redis_server import RedisServer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("redis-server"), reason="no redis-server here"),
]


class Clock:
    """`monotonic`, some seconds later."""

    def __init__(self, monotonic):
        self.monotonic, self.later = monotonic, 0

    def __call__(self):
        return self.monotonic() + self.later


@pytest.fixture
def clock(monkeypatch):
    clock = Clock(common_cache.monotonic)
    monkeypatch.setattr(common_cache, "monotonic", clock)
    return clock


@pytest.fixture
def server(settings, tmp_path):
    server = RedisServer(tmp_path)
    settings.CACHES = {
        "default": {
            "BACKEND": "common.cache.RedisElseTable",
            "LOCATION": server.url,
            "OPTIONS": {"TABLE": settings.CACHE_TABLE},
        }
    }
    settings.SESSION_ENGINE = "common.sessions"
    yield server
    server.kill()


@pytest.fixture
def client_of_redis(server):
    with redis.Redis.from_url(server.url) as client:
        yield client


def in_both():
    """What is kept under « a » in Redis, and in the table."""
    return caches["default"].redis.get("a"), caches["default"].table.get("a")


# --- the cache --------------------------------------------------------------------------------


def test_while_redis_answers_all_is_there(server):
    cache.set("a", 1, 60)
    assert in_both() == (1, None)
    assert cache.incr("a") == 2
    assert cache.decr("a") == 1
    assert not cache.add("a", 5)
    assert cache.get_many(["a", "b"]) == {"a": 1}
    assert "a" in cache
    assert cache.touch("a", 30)
    assert cache.get_or_set("b", "two") == "two"
    cache.delete_many(["a", "b"])
    assert cache.get("a", "none") == "none"


@pytest.mark.parametrize("how", ["frozen", "killed"])
def test_while_redis_is_away_the_table_counts(server, clock, how, caplog):
    cache.set("a", 1, 60)
    if how == "killed":
        server.kill()
        away_calls()
        server.start()
    else:
        with server.frozen():
            away_calls()
    assert len([one for one in caplog.messages if "Redis is away" in one]) == 1
    # It answers again, and is left alone for a while: what an outage left behind has time to go.
    assert cache.get("a") == 4
    clock.later = common_cache.DISTRUST
    assert cache.get("a") == (None if how == "killed" else 1)
    cache.set("a", 7, 60)
    assert in_both() == (7, 4)


def away_calls():
    assert cache.get("a") is None
    assert cache.add("a", 3)
    assert not cache.add("a", 9)
    assert cache.incr("a") == 4
    assert cache.get_many(["a"]) == {"a": 4}


# --- sessions ---------------------------------------------------------------------------------


@pytest.fixture
def signed_in(server, organism):
    client = Client()
    client.force_login(factories.make_person(organism).user)
    assert client.get(reverse("dashboard")).status_code == 200
    return client


def key_of(client):
    return PREFIX + client.session.session_key


def test_a_session_is_a_row_with_a_short_lived_copy(signed_in, client_of_redis):
    assert cache.get(key_of(signed_in))["_auth_user_id"]
    assert 0 < client_of_redis.ttl(f":1:{key_of(signed_in)}") <= common_cache.DISTRUST


def test_a_copy_lives_no_longer_than_its_session(server, client_of_redis):
    session = SessionStore()
    session.set_expiry(20)
    session["a"] = 1
    session.save()
    assert SessionStore(session.session_key)["a"] == 1
    assert 0 < client_of_redis.ttl(f":1:{PREFIX}{session.session_key}") <= 20


def test_a_copy_spares_the_database(signed_in, django_assert_num_queries):
    store = SessionStore(signed_in.session.session_key)
    with django_assert_num_queries(0):
        assert store["_auth_user_id"]


def test_a_change_is_seen_at_once(signed_in):
    one, other = (SessionStore(signed_in.session.session_key) for _ in range(2))
    one["a"] = 1
    one.save()
    assert other["a"] == 1


@pytest.mark.parametrize("how", ["frozen", "killed", "emptied"])
def test_nobody_is_signed_out_by_an_outage(signed_in, server, client_of_redis, how):
    if how == "emptied":
        client_of_redis.flushall()
    elif how == "killed":
        server.kill()
    else:
        with server.frozen():
            assert signed_in.get(reverse("dashboard")).status_code == 200
    response = signed_in.get(reverse("dashboard"))
    assert response.status_code == 200
    assert "sessionid" not in response.cookies


def test_who_signs_out_during_an_outage_stays_signed_out(signed_in, server, clock):
    with server.frozen():
        assert signed_in.post(reverse("account_logout")).status_code == 302
    assert signed_in.get(reverse("dashboard")).status_code == 302


def test_the_copy_of_an_ended_session_is_not_found_again(signed_in, server, clock):
    """The cookie may be kept by somebody, and the copy by a Redis that was away."""
    session_key = signed_in.session.session_key
    with server.frozen():
        signed_in.post(reverse("account_logout"))
    assert "_auth_user_id" not in SessionStore(session_key)


def test_a_link_opened_during_an_outage_stays_open(server, clock):
    client, invitation = Client(), factories.make_invitation()
    with server.frozen():
        open_link(client, invitation)
    clock.later = common_cache.DISTRUST
    assert client.get(reverse("qcm:entry", args=[invitation.pk])).status_code == 200


def test_one_signs_in_during_an_outage_and_attempts_are_still_counted(server, organism, client):
    password = "trois-mots-au-hasard"
    user = factories.make_person(organism, password=password).user
    path = reverse("account_login")
    with server.frozen():
        for _ in range(5):
            client.post(path, {"login": user.email, "password": "faux"})
        refused = client.post(path, {"login": user.email, "password": password})
        assert refused.status_code == 200
        cache.clear()
        assert client.post(path, {"login": user.email, "password": password}).status_code == 302


@pytest.mark.parametrize("key", ["", "é" * 32, "a" * 300, "a b", "x" * 31])
def test_a_made_up_session_is_nobody(server, key, django_assert_num_queries):
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get(reverse("dashboard")).status_code == 302
    with django_assert_num_queries(0):
        assert SessionStore(key).load() == {}


def test_no_more_than_the_first_page_waits_for_a_broker_that_is_away(monkeypatch, caplog):
    asked = []

    def delay(*args):
        asked.append(args)
        raise OSError("the broker is away")

    monkeypatch.setattr("common.tasks.sweep_stored_files.delay", delay)
    clock = Clock(jobs.monotonic)
    monkeypatch.setattr(jobs, "monotonic", clock)
    request = jobs._Request(jobs.import_string("common.tasks.sweep_stored_files"), "sweep", (1,))
    request(), request()
    assert asked == [(1,)]
    clock.later = jobs.BROKER_DISTRUST
    request()
    assert asked == [(1,), (1,)]


ASK = """
import django; django.setup()
from common import jobs
jobs.ask("common.tasks.sweep_stored_files")
print("gone on")
"""


def test_asking_a_frozen_broker_for_a_task_ends(server, tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "anacofi_portal.settings",
        "PORTAL_VAR": str(tmp_path),
        "REDIS_URL": server.url,
    }
    environment.pop("DATABASE_URL", None)
    with server.frozen():
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert "gone on" in done.stdout, done.stderr
    assert "The broker did not take" in done.stderr
