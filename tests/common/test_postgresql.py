"""Connections that are kept between requests: found out when the server hung up."""

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
    """The server's id of our connection, which is kept for the next request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    assert connection.health_check_enabled
    close_old_connections()
    assert not connection.health_check_done
    return pid


def test_a_connection_that_the_server_ended_is_opened_anew(server, kept, client):
    assert server.execute("SELECT pg_terminate_backend(%s, 5000)", [kept]).fetchone()[0]
    assert client.get(reverse("health")).content == b"ok"
    assert connection.connection.info.backend_pid != kept


def test_a_connection_that_we_ended_ourselves_is_opened_anew(kept, client):
    connection.connection.close()
    assert client.get(reverse("health")).content == b"ok"
