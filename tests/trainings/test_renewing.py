"""How a request ends in the organism's hands: deleted, withdrawn, renewed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from common.errors import WrongStatus
from tests import factories
from tests.trainings.complete import file, make_complete_draft, stored_files
from trainings.domain import decisions, documents, requests, sets
from trainings.models import Document, Training

Kind = Document.Kind


@pytest.fixture
def draft(organism, owner):
    return make_complete_draft(organism, owner)


def test_a_draft_is_deleted_with_its_files(signed_in, draft, django_capture_on_commit_callbacks):
    stored = draft.documents.get().file
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post(reverse("trainings:delete", args=[draft.pk]))
    assert not Training.objects.exists()
    assert not stored.storage.exists(stored.name)


@pytest.mark.parametrize("status", sorted(set(Training.Status.values) - {"draft"}))
def test_only_a_draft_is_deleted(organism, status):
    training = factories.make_training(organism, status=status)
    with pytest.raises(WrongStatus):
        requests.delete_draft(training)
    assert Training.objects.exists()


def test_looking_at_a_confirmation_does_nothing(signed_in, draft):
    requests.submit(draft, by=None)
    signed_in.get(reverse("trainings:withdraw", args=[draft.pk]))
    signed_in.get(reverse("trainings:delete", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.status == "submitted"
    signed_in.post(reverse("trainings:withdraw", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.status == "withdrawn"


@pytest.fixture
def approved(draft, owner):
    factories.make_question_sets(draft)
    documents.store(draft, Kind.FURTHER, file(name="annexe.pdf"), by=owner)
    Training.objects.filter(pk=draft.pk).update(requested_amf_minutes=60)
    draft.refresh_from_db()
    requests.submit(draft, by=owner)
    decisions.send_to_amf(draft, by=owner, on=timezone.localdate())
    decisions.approve(draft, by=owner, associative_minutes=120, amf_minutes=60)
    draft.refresh_from_db()
    return draft


def test_renewing_copies_everything_asked_and_nothing_decided(signed_in, approved):
    signed_in.post(reverse("trainings:renew", args=[approved.pk]))
    renewed = Training.objects.get(renewed_from=approved)
    assert (renewed.status, renewed.year) == ("draft", approved.year + 1)
    for name in ("title", "programme", "requested_amf_minutes", "requested_associative_minutes"):
        assert getattr(renewed, name) == getattr(approved, name)
    for name in ("approval_number", "granted_amf_minutes", "decided_at", "first_session_on"):
        assert getattr(renewed, name) is None
    assert sets.as_rows(renewed) == sets.as_rows(approved)
    assert [one.name for one in renewed.speakers.all()] == ["Anne Lebrun"]
    copies = {one.name: one.file.name for one in renewed.documents.all()}
    originals = {one.name: one.file.name for one in approved.documents.all()}
    assert copies.keys() == originals.keys()
    assert not set(copies.values()) & set(originals.values())


def test_a_renewal_has_a_number_of_its_own(approved, owner):
    renewed, _ = requests.renew(approved, by=owner)
    Training.objects.filter(pk=renewed.pk).update(
        first_session_on=f"{renewed.year}-03-01", requested_amf_minutes=0
    )
    renewed.refresh_from_db()
    requests.submit(renewed, by=owner)
    decisions.approve(renewed, by=owner, associative_minutes=120, amf_minutes=0)
    renewed.refresh_from_db()
    assert (approved.approval_number, renewed.approval_number) == (
        f"{approved.year}-0001",
        f"{renewed.year}-0001",
    )


def test_renewing_twice_opens_the_renewal_there_is(signed_in, approved):
    for _ in range(2):
        answer = signed_in.post(reverse("trainings:renew", args=[approved.pk]))
    renewed = Training.objects.get(renewed_from=approved)
    assert answer.url == reverse("trainings:edit", args=[renewed.pk])


def test_a_renewal_that_fails_leaves_no_file(approved, owner, monkeypatch):
    before = stored_files(approved)
    monkeypatch.setattr(sets, "replace_all", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        requests.renew(approved, by=owner)
    assert stored_files(approved) == before
    assert not Training.objects.filter(renewed_from=approved).exists()


def test_a_renewal_that_another_began_meanwhile_leaves_no_file(
    approved, owner, monkeypatch, django_capture_on_commit_callbacks
):
    """Both copied the documents; the second to take the lock gives up its copies."""
    first, _ = requests.renew(approved, by=owner)
    before = stored_files(approved)
    looked = iter([None])
    look = Training.live_renewal
    monkeypatch.setattr(Training, "live_renewal", lambda self: next(looked, look(self)))
    with django_capture_on_commit_callbacks(execute=True):
        assert requests.renew(approved, by=owner) == (first, False)
    assert stored_files(approved) == before


@pytest.mark.parametrize("status", sorted(set(Training.Status.values) - {"approved"}))
def test_only_an_approved_request_is_renewed(organism, status):
    training = factories.make_training(organism, status=status)
    with pytest.raises(WrongStatus):
        requests.renew(training, by=None)
    assert Training.objects.count() == 1


def test_a_renewal_that_came_to_nothing_is_begun_anew(approved, owner):
    first, _ = requests.renew(approved, by=owner)
    Training.objects.filter(pk=first.pk).update(status="withdrawn", submitted_at=timezone.now())
    second, is_new = requests.renew(approved, by=owner)
    assert (second.pk != first.pk, is_new) == (True, True)


def test_next_years_approval_is_not_renewed_yet(organism, owner):
    training = factories.make_training(
        organism, status="approved", year=timezone.localdate().year + 1
    )
    with pytest.raises(WrongStatus, match="à partir du 1er janvier"):
        requests.renew(training, by=owner)
