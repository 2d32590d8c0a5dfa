"""Two imports at once, on PostgreSQL: one is written after the other, and shown anew before."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.errors import Refused
from members.domain import registry, registry_undo
from members.models import Member, Membership, RegistryImport
from tests.members.test_registry import load, row, upload
from tests.together import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("needs_postgresql"),
]


def fresh(found):
    return RegistryImport.objects.get(pk=found.pk)


def test_two_files_confirmed_at_once_bring_nobody_twice():
    found = [upload([row(1), row(2)]), upload([row(1), row(3)])]
    results = together(*[lambda one=one: registry.apply(fresh(one)) for one in found])
    assert sorted(type(one).__name__ for one in results) == ["Refused", "RegistryImport"]
    assert Member.objects.count() == 2
    (waits,) = RegistryImport.objects.filter(status="ready")
    assert (waits.summary["new"], waits.summary["left"]) == (1, 1)


def test_an_import_and_the_undoing_of_the_one_before_follow_each_other():
    load([row(1)])
    last, next_one = load([row(1), row(2)]), upload([row(1), row(2), row(3)])
    undone, applied = together(
        lambda: registry_undo.undo(fresh(last)), lambda: registry.apply(fresh(next_one))
    )
    assert sorted([type(undone).__name__, type(applied).__name__]) == ["Refused", "RegistryImport"]
    numbers = {"A00001"} if isinstance(applied, Refused) else {"A00001", "A00002", "A00003"}
    assert set(Member.objects.values_list("number", flat=True)) == numbers
    assert Membership.objects.filter(kind="member").count() == len(numbers)


@pytest.mark.parametrize("same", [True, False], ids=["one file twice", "two files"])
def test_two_clicks_at_once_import_once_and_both_are_answered(settings, same):
    settings.DEMO = True
    administrator = User.objects.create_superuser("admin@exemple.test", "x")
    load([row(9)])
    found = [upload([row(9), row(1), row(2)]), upload([row(9), row(1), row(3)])]
    clicked = [found[0]] * 2 if same else found
    clients = [Client(raise_request_exception=False) for _ in clicked]
    for client in clients:
        client.force_login(administrator)

    def click(client, one):
        return client.post(reverse("admin:members_registryimport_importer", args=[one.pk]))

    answers = together(
        *[lambda pair=pair: click(*pair) for pair in zip(clients, clicked, strict=True)]
    )
    assert sorted(answer.status_code for answer in answers) == ([302, 302] if same else [200, 302])
    assert RegistryImport.objects.filter(status="applied").count() == 2
    assert Member.objects.count() == 3
