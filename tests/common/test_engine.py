"""What the engine's tricks stand on in Django: an upgrade that moves it is found here."""

import inspect

import pytest
from django.db import connection, models
from django.db.models.query import ModelIterable, ValuesListIterable
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.query import Query
from django.utils import timezone

from common.engine.guarded import Guard, upsert
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
