"""Two imports at once, on PostgreSQL: one is written after the other, and shown anew before."""

import pytest

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
