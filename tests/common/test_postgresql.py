"""Connections that are kept between requests: found out when the server hung up, for free."""

import select

import psycopg
import pytest
from django.db import close_old_connections, connection
from django.urls import reverse

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("needs_postgresql"),
]


def another(database):
    """A connection to the same server that is not Django's."""
    access = connection.get_connection_params()
    wanted = {
        name: access[name] for name in ("host", "port", "user", "password") if access.get(name)
    }
    return psycopg.connect(dbname=database, autocommit=True, **wanted)


@pytest.fixture
def server():
    with another("postgres") as other:
        yield other


@pytest.fixture
def kept():
    """The server's id of our connection, which asked « SELECT 42 » and is kept for the next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
        cursor.execute("SELECT 42")
    assert connection.health_check_enabled
    close_old_connections()
    assert not connection.health_check_done
    return pid


def last_statement(server, pid):
    return server.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()[0]


def test_a_connection_that_stands_is_asked_nothing(server, kept):
    connection.close_if_health_check_failed()
    assert connection.health_check_done
    assert last_statement(server, kept) == "SELECT 42"


def test_a_connection_that_the_server_ended_is_opened_anew(server, kept, client):
    assert server.execute("SELECT pg_terminate_backend(%s, 5000)", [kept]).fetchone()[0]
    assert client.get(reverse("health")).content == b"ok"
    assert connection.connection.info.backend_pid != kept


def test_a_connection_that_we_ended_ourselves_is_opened_anew(kept, client):
    connection.connection.close()
    assert client.get(reverse("health")).content == b"ok"


def test_what_arrived_without_an_end_is_asked_about_and_kept(server, kept):
    with connection.cursor() as cursor:
        cursor.execute("LISTEN portal_test")
    close_old_connections()
    with another(connection.settings_dict["NAME"]) as other:
        other.execute("NOTIFY portal_test")
    assert select.select([connection.connection], [], [], 10)[0]
    connection.close_if_health_check_failed()
    assert connection.connection.info.backend_pid == kept
    assert last_statement(server, kept) == "SELECT 1"
