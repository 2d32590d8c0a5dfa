"""What the engine's tricks stand on in Django: an upgrade that moves it is found here."""

import inspect

import pytest
from django.core.cache.backends import redis
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query
from django.utils import timezone

from common.engine.cache import OneClient, RedisCache
from common.engine.guarded import Guard, upsert
from common.engine.postgresql.base import DatabaseWrapper
from common.engine.prepared import prepared
from qcm.models import Answer, Attempt, Invitation
from tests import factories
from tests.qcm import steps


def parameters_of(function):
    return list(inspect.signature(function).parameters)


# --- prepared ---------------------------------------------------------------------------------


def test_django_still_has_what_prepared_statements_stand_on():
    assert parameters_of(SQLCompiler.as_sql) == ["self", "with_limits", "with_col_aliases"]
    assert parameters_of(Query.get_compiler) == ["self", "using", "connection", "elide_empty"]
    assert models.QuerySet(Invitation)._iterable_class is ModelIterable
    assert models.QuerySet(Invitation).values_list("pk")._iterable_class is ValuesListIterable
    assert models.QuerySet(Invitation)._prefetch_related_lookups == ()


def test_a_prepared_statement_is_not_put_together_again(db, monkeypatch):
    built = []
    django_way = SQLCompiler.as_sql

    def counted(self, *args, **kwargs):
        built.append(self.query.model)
        return django_way(self, *args, **kwargs)

    @prepared
    def invitation_of(pk):
        return Invitation.objects.select_related("member").filter(pk=pk)

    invitations = [factories.make_invitation() for _ in range(3)]
    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    assert [invitation_of.first(one.pk) for one in invitations] == invitations
    assert built == [Invitation]


def test_a_prepared_queryset_that_prefetches_is_refused(db):
    @prepared
    def with_attempts(pk):
        return Invitation.objects.prefetch_related("attempts").filter(pk=pk)

    with pytest.raises(TypeError, match="prefetch_related"):
        with_attempts(1)


# --- the kept connection ----------------------------------------------------------------------


def test_django_still_asks_kept_connections_by_the_method_that_is_overridden():
    assert DatabaseWrapper.__mro__[1].__module__ == "django.db.backends.postgresql.base"
    assert "close_if_health_check_failed" in vars(BaseDatabaseWrapper)
    asked = inspect.getsource(BaseDatabaseWrapper.close_if_health_check_failed)
    assert "or self.health_check_done" in asked
    assert "close_if_health_check_failed()" in inspect.getsource(BaseDatabaseWrapper._cursor)


# --- the cache --------------------------------------------------------------------------------


def test_django_still_asks_for_redis_clients_by_the_method_that_is_overridden(monkeypatch):
    assert parameters_of(redis.RedisCacheClient.get_client) == ["self", "key", "write"]
    assert parameters_of(redis.RedisCacheClient._get_connection_pool_index) == ["self", "write"]
    made = []
    django_way = redis.RedisCacheClient.get_client

    def counted(self, key=None, *, write=False):
        made.append(write)
        return django_way(self, key, write=write)

    monkeypatch.setattr(redis.RedisCacheClient, "get_client", counted)
    cache = RedisCache("redis://127.0.0.1:9/0", {})
    assert isinstance(cache._cache, OneClient)
    clients = {cache._cache.get_client(key, write=write) for key in "ab" for write in (True, False)}
    assert (len(clients), len(made)) == (1, 1)


# --- the guarded write ------------------------------------------------------------------------


@pytest.fixture
def attempt(db):
    return steps.start(factories.make_invitation())


def write(attempt, status="started", **values):
    question, choices = attempt.order[0]
    row = {"choices": choices[:1], "saved_at": timezone.now(), "seconds": 5} | values
    return upsert(
        [Answer(attempt=attempt, question_id=question, **row)],
        guard=Guard(Attempt, attempt.pk, "status", status),
        key=["attempt", "question"],
        replacing=["choices", "saved_at"],
        adding=["seconds"],
    )


def test_a_guarded_write_replaces_some_columns_and_adds_up_others(attempt):
    choices = attempt.order[0][1]
    at = timezone.now()
    assert (write(attempt), write(attempt, choices=choices[1:], saved_at=at)) == (1, 1)
    answer = Answer.objects.get()
    assert (answer.choices, answer.saved_at, answer.seconds) == (choices[1:], at, 10)


def test_a_guarded_write_writes_nothing_where_the_guard_does_not_stand(attempt):
    assert write(attempt, status="finished") == 0
    assert not Answer.objects.exists()


def test_a_guarded_write_is_one_statement(attempt, django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        write(attempt)
    assert ("FOR UPDATE" in captured[0]["sql"]) == connection.features.has_select_for_update
