"""A table of states allows what it says and no more, and the journal tells what happened."""

import pytest

from common.errors import Refused, WrongStatus
from common.transitions import final
from tests.common.models import Errand, ErrandJournal
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db
Status, Event = Errand.Status, Errand.Event
EVERY = [(event, status) for event in Errand.TRANSITIONS for status in Status]
ALLOWED = {
    (Event.START, Status.WAITING): Status.STARTED,
    (Event.FINISH, Status.WAITING): Status.DONE,
    (Event.FINISH, Status.STARTED): Status.DONE,
    (Event.FAIL, Status.WAITING): Status.FAILED,
    (Event.FAIL, Status.STARTED): Status.FAILED,
    (Event.RENAME, Status.WAITING): Status.WAITING,
    (Event.RENAME, Status.STARTED): Status.STARTED,
}


def rows():
    return list(ErrandJournal.objects.values_list("event", "from_status", "to_status"))


@pytest.mark.parametrize(("event", "status"), EVERY)
def test_an_event_happens_from_the_statuses_of_its_table_alone(event, status):
    errand = Errand.objects.create(status=status)
    reached = ALLOWED.get((event, status))
    assert errand.may(event) == (reached is not None)
    if reached is None:
        with pytest.raises(WrongStatus) as refused:
            errand.move(event)
        assert str(refused.value) == (
            "Cette action n’est plus possible : le statut est maintenant "
            f"« {Status(status).label} »."
        )
        assert isinstance(refused.value, Refused)
        errand.refresh_from_db()
        assert (errand.status, rows()) == (status, [])
        with pytest.raises(WrongStatus):
            errand.take(event)
        return
    errand.move(event)
    errand.refresh_from_db()
    moved = ("", "") if event == Event.RENAME else (status, reached)
    assert (errand.status, rows()) == (reached, [(event, *moved)])


@pytest.mark.parametrize("event", [Event.FINISH, Event.RENAME])
def test_the_fields_that_are_named_are_saved_and_no_others(event):
    errand = Errand.objects.create(name="avant", parts=1)
    errand.name, errand.parts = "après", 2
    errand.move(event, update_fields=["name"])
    errand.refresh_from_db()
    assert (errand.name, errand.parts) == ("après", 1)


def test_an_event_that_changes_nothing_is_journalled_without_saving(django_assert_num_queries):
    errand = Errand.objects.create()
    with django_assert_num_queries(1):
        errand.move(Event.RENAME)


def test_an_event_in_memory_is_saved_with_others_later():
    errand = Errand.objects.create()
    assert errand.take(Event.START) == Status.WAITING
    assert errand.status == Status.STARTED
    assert errand.take(Event.RENAME) == Status.STARTED
    assert Errand.objects.get().status == Status.WAITING
    row = errand.journal_row(Event.START, from_status=Status.WAITING)
    assert row.pk is None
    assert (row.from_status, row.to_status) == (Status.WAITING, Status.STARTED)


def test_an_event_without_a_step_tells_the_status_that_is():
    Errand.objects.create().write_journal(Event.ARRIVE)
    assert rows() == [(Event.ARRIVE, "", Status.WAITING)]


def test_the_journal_says_who_once_the_account_is_gone():
    user = make_user(first_name="Camille", last_name="Durand")
    errand = Errand.objects.create()
    row = errand.move(Event.START, by=user, comment="Tout de suite.")
    assert (row.by, row.by_label, row.comment) == (user, str(user), "Tout de suite.")
    user.delete()
    row.refresh_from_db()
    assert (row.by, row.by_label) == (None, "Camille Durand")
    assert not row.is_by_staff


@pytest.mark.parametrize(
    ("by", "label", "told"),
    [(False, "", "Portail"), (False, "Un adhérent", "Un adhérent"), (True, "Elle", "Elle")],
)
def test_who_has_no_account_is_named_all_the_same(by, label, told):
    row = Errand.objects.create().move(Event.START, by=make_user() if by else None, by_label=label)
    assert row.by_label == told


def test_what_staff_did_is_theirs_and_what_an_organism_did_is_not():
    errand = Errand.objects.create()
    assert errand.move(Event.RENAME, by=make_staff("Administrateur")).is_by_staff
    assert not errand.move(Event.RENAME, by=make_user()).is_by_staff
    assert not errand.move(Event.RENAME).is_by_staff


def test_a_row_says_in_french_what_happened():
    row = Errand.objects.create().move(Event.START)
    assert row.label == "Commencée"
    assert str(row).endswith(" Commencée")


def test_a_lock_reads_the_row_afresh():
    errand = Errand.objects.create()
    Errand.objects.update(status=Status.DONE)
    assert errand.status == Status.WAITING
    assert errand.lock().status == Status.DONE


def test_the_final_statuses_are_those_that_no_event_leads_out_of():
    assert final(Errand.TRANSITIONS) == {Status.DONE, Status.FAILED}
