"""Querysets put together once: the same rows as Django's own way, with other parameters."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.transaction import TransactionManagementError

from common.engine.prepared import prepared
from qcm.models import Attempt, Invitation
from tests import factories
from tests.qcm import steps

built = []


@prepared
def invitation_of(pk):
    built.append(pk)
    return (
        Invitation.objects.select_related("member", "training__organism")
        .only("status", "member__last_name", "training__title", "training__organism__name")
        .filter(pk=pk)
    )


@prepared
def attempts_of(invitation, status):
    return Attempt.objects.filter(invitation=invitation, status=status).values_list("pk", "order")


@prepared
def lock(pk):
    return Invitation.objects.select_for_update().filter(pk=pk)


@pytest.fixture
def invitations(db):
    return [factories.make_invitation() for _ in range(3)]


def test_each_call_gives_the_rows_of_its_own_parameters(invitations, django_assert_num_queries):
    for invitation in invitations:
        with django_assert_num_queries(1):
            (found,) = invitation_of(invitation.pk)
            assert found == invitation
            assert found.member.last_name == invitation.member.last_name
            assert found.training.organism.name == invitation.training.organism.name
        assert found.get_deferred_fields() >= {"minutes", "deadline_at"}


def test_the_queryset_is_put_together_once(invitations):
    invitation_of(invitations[0].pk)
    built.clear()
    for invitation in invitations:
        invitation_of(invitation.pk)
    assert built == []


def test_values_are_converted_as_django_does(invitations):
    attempt = steps.start(invitations[0])
    assert attempts_of(invitations[0].pk, "started") == [(attempt.pk, attempt.order)]
    assert attempts_of(invitations[0].pk, "finished") == []
    assert attempts_of(invitations[1].pk, "started") == []


def test_rows_are_read_anew_at_each_call(invitations):
    (before,) = invitation_of(invitations[0].pk)
    Invitation.objects.filter(pk=before.pk).update(status="failed")
    (after,) = invitation_of(before.pk)
    assert (before.status, after.status) == ("open", "failed")


def test_parameters_reach_a_subquery(invitations):
    @prepared
    def with_first_attempt(status, pk):
        own = Attempt.objects.filter(invitation=OuterRef("pk"), status=status).values("pk")[:1]
        return Invitation.objects.annotate(attempt=Subquery(own)).filter(pk=pk)

    attempt = steps.start(invitations[1])
    assert with_first_attempt.first("started", invitations[1].pk).attempt == attempt.pk
    assert with_first_attempt.first("finished", invitations[1].pk).attempt is None


def test_first_is_none_where_nothing_is_found(invitations):
    assert invitation_of.first(invitations[2].pk) == invitations[2]
    assert invitation_of.first(None) is None
    assert invitation_of.first(0) is None


def test_a_call_with_too_few_arguments_is_an_error(invitations):
    with pytest.raises(ValueError, match="argument"):
        attempts_of(invitations[0].pk)


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_its_own(needs_postgresql):
    invitation, found = factories.make_invitation(), []

    def read():
        try:
            found.extend(invitation_of(invitation.pk))
        finally:
            connection.close()

    invitation_of(invitation.pk)
    built.clear()
    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [invitation, invitation]
    assert len(built) == 2


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_of_the_thread_is_used(needs_postgresql):
    invitation = factories.make_invitation()
    invitation_of(invitation.pk)
    connection.close()
    assert invitation_of(invitation.pk) == [invitation]


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused_at_every_call(needs_postgresql):
    invitation = factories.make_invitation()
    with transaction.atomic():
        assert lock(invitation.pk) == [invitation]
    with pytest.raises(TransactionManagementError):
        lock(invitation.pk)
