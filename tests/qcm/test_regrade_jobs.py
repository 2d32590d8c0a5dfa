"""A regrade as a job: a batch a task, given up after a few tries, tried again by staff."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from common.errors import WrongStatus
from common.jobs import MAX_TRIES
from qcm import tasks
from qcm.domain import regrading
from qcm.models import MarkChange, Regrade
from tests import factories
from tests.qcm import steps
from tests.qcm.test_regrading import correct, start_at, take
from trainings.models import Question


@pytest.fixture
def training(db):
    return factories.make_amf_training()


@pytest.fixture
def regrade(training, administrator):
    """Decided after three attempts whose mark it changes; no task ran yet."""
    for _ in range(3):
        take(start_at(training, 1), wrong=[1])
    question = correct(training, administrator)
    return regrading.decide(question, mode="corrected", reason="Faute", by=administrator)


@pytest.fixture
def broken(monkeypatch):
    """A batch that fails each time."""

    def fail(*args):
        raise RuntimeError("no such key")

    monkeypatch.setattr(regrading, "_mark_again", fail)


def ripen(regrade):
    """As if the lease of its last task had ended."""
    Regrade.objects.filter(pk=regrade.pk).update(
        leased_until=timezone.now() - timedelta(seconds=1),
        asked_at=timezone.now() - timedelta(minutes=5),
    )


def try_to_the_end(regrade):
    for _ in range(MAX_TRIES):
        ripen(regrade)
        tasks.regrade(regrade.pk)
    regrade.refresh_from_db()
    return regrade


def test_a_task_marks_one_batch_and_hands_on(
    regrade, monkeypatch, settings, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(regrading, "BATCH", 2)
    with django_capture_on_commit_callbacks() as asked:
        tasks.regrade(regrade.pk)
    assert (MarkChange.objects.count(), len(asked)) == (2, 1)
    settings.CELERY_TASK_ALWAYS_EAGER = True
    with django_capture_on_commit_callbacks(execute=True):
        asked[0]()
    regrade.refresh_from_db()
    assert (regrade.status, MarkChange.objects.count()) == ("done", 3)


def test_a_regrade_that_fails_is_given_up_with_a_sentence(regrade, broken):
    tasks.regrade(regrade.pk)
    regrade.refresh_from_db()
    assert (regrade.status, regrade.tries, regrade.error) == ("waiting", 1, "")
    Regrade.objects.update(tries=0)
    assert try_to_the_end(regrade).status == "failed"
    assert regrade.error.startswith(f"Le recalcul s’est arrêté après {MAX_TRIES} essais.")
    assert not MarkChange.objects.exists()


def test_staff_read_why_it_stopped_and_let_it_go_on(
    regrade, broken, client, administrator, settings, monkeypatch
):
    settings.DEMO = True
    client.force_login(administrator)
    try_to_the_end(regrade)
    analysis = reverse("admin:qcm_traininganalysis_change", args=[regrade.training_id])
    page = reverse("admin:qcm_regrade_change", args=[regrade.pk])
    retry = reverse("admin:qcm_regrade_relancer", args=[regrade.pk])
    assert page in client.get(analysis).content.decode()
    shown = client.get(page).content.decode()
    assert "Le recalcul s’est arrêté après" in shown
    assert retry in shown
    monkeypatch.undo()
    response = client.post(retry, follow=True)
    assert "Le recalcul est relancé." in response.content.decode()
    regrade.refresh_from_db()
    assert (regrade.status, regrade.error, regrade.tries) == ("waiting", "", 0)
    assert retry not in client.get(page).content.decode()
    steps.mark_again(regrade)
    assert MarkChange.objects.count() == 3


def test_only_what_stopped_is_tried_again_and_by_whom_it_may(regrade, administrator, officer):
    with pytest.raises(WrongStatus):
        regrading.retry(regrade, by=administrator)
    with pytest.raises(PermissionDenied):
        regrading.retry(regrade, by=officer)


def test_a_broken_constraint_is_a_bug_that_surfaces(training, administrator, monkeypatch):
    """Any IntegrityError was taken for a correction that was regraded already."""
    question = correct(training, administrator)
    monkeypatch.setattr(regrading, "key_of", lambda *args: None)
    with pytest.raises(IntegrityError, match="key"):
        regrading.decide(question, mode="neutral", reason="x", by=administrator)
    assert not Regrade.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_regrades_of_before_are_jobs_that_go_on(migrate):
    training, now = factories.make_amf_training(), timezone.now()
    first, second = Question.objects.filter(question_set__training=training)[:2]
    given = {"training_id": training.pk, "mode": "neutral", "reason": "x", "made_at": now}
    Before = migrate("qcm", "0005_one_index_each").get_model("qcm", "Regrade")
    Before.objects.create(question_id=first.pk, status="waiting", **given)
    Before.objects.create(question_id=second.pk, status="done", done_at=now, **given)
    migrate("qcm", "0007_regrade_is_a_job")
    assert list(
        Regrade.objects.order_by("pk").values_list("status", "tries", "leased_until", "error")
    ) == [("waiting", 0, None, ""), ("done", 0, None, "")]
