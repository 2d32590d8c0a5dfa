"""Delivery: once, for a bounded time, tried again after growing pauses, logged when it fails."""

import logging
import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings as portal_settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from common import jobs
from mailing import claims, courier, delivery, outbox, tasks
from mailing.models import Message
from tests.mailing.backends import SlowBackend
from tests.mailing.smtp import smtp_server
from tests.together import together

pytestmark = pytest.mark.django_db
TEMPLATE = "organisms/email/refused"
VALUES = {"name": "Académie", "reason": "Dossier incomplet"}


@pytest.fixture
def _locmem(settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def asked(monkeypatch):
    """How often a delivery was asked for."""
    found = []
    monkeypatch.setattr(jobs, "ask_once", found.append)
    return found


@pytest.fixture
def slow(settings, monkeypatch):
    """A server that takes two seconds for each mail."""
    settings.DELIVERY_BACKEND = "tests.mailing.backends.SlowBackend"
    monkeypatch.setattr(SlowBackend, "now", 0.0)
    return SlowBackend


def queue(count):
    rows = [(f"a{number}@exemple.test", VALUES, None) for number in range(count)]
    return outbox.queue_many(TEMPLATE, rows)


def test_a_long_delivery_stops_in_time_doubles_none_and_leaves_none_claimed(slow, asked):
    queue(25)
    asked.clear()
    each = delivery.BUDGET / slow.seconds
    for number in (1, 2):
        assert delivery.deliver_due(clock=slow.clock) == each
        assert slow.now == number * delivery.BUDGET
        assert asked == ["mailing.tasks.deliver_due"] * number
        assert not Message.objects.exclude(claimed_until=None, claimed_by="").exists()
        assert Message.objects.filter(state="waiting").count() == 25 - number * each
    assert delivery.deliver_due(clock=slow.clock) == 25 - 2 * each
    assert len(asked) == 2  # nothing is left to hand on
    assert [sent.to for sent in mail.outbox] == [
        [f"a{number}@exemple.test"] for number in range(25)
    ]
    assert not Message.objects.exclude(state="sent", claimed_until=None).exists()


def test_a_mail_slower_than_the_time_of_a_task_is_sent_and_the_others_are_left_free(slow, asked):
    queue(2)
    asked.clear()
    slow.seconds = delivery.BUDGET * 3.0
    try:
        assert delivery.deliver_due(clock=slow.clock) == 1
    finally:
        slow.seconds = 2.0
    assert asked == ["mailing.tasks.deliver_due"]
    assert claims.claim("another")


def test_a_task_ends_before_its_limit_and_a_lease_outlives_the_pauses_of_a_sending():
    # A dozen answers of a server that is as slow as is borne, after the last mail began.
    longest = delivery.BUDGET + 11 * 10 + courier.ANSWER
    assert longest < portal_settings.CELERY_TASK_TIME_LIMIT / 1.5
    # It is renewed each third of it; between two renewals a connection is asked three times.
    assert claims.LEASE.total_seconds() * 2 / 3 > 3 * 10


def test_the_outbox_has_a_queue_of_its_own_that_any_worker_serves_unless_told():
    queues, router = current_app.amqp.queues, current_app.amqp.router
    assert set(queues.consume_from) == {"celery", "mail"}
    own = router.route({}, tasks.deliver_due.name)["queue"]
    others = queues[current_app.conf.task_default_queue]
    # Each bound by a key of its own: a message goes to one of them.
    for found, name in [(own, "mail"), (others, "celery")]:
        assert (found.name, found.exchange.name, found.routing_key) == (name,) * 3


@pytest.mark.usefixtures("_locmem")
def test_a_claimed_row_is_left_to_its_worker_until_the_lease_ends():
    (row,) = queue(1)
    assert claims.claim("first") == [row]
    assert claims.claim("second") == []
    assert delivery.deliver_due() == 0
    Message.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert claims.claim("second") == [row]


def test_a_worker_that_lost_its_claim_changes_nothing():
    queue(1)
    (late,) = claims.claim("first")
    Message.objects.update(claimed_by="second", claimed_until=timezone.now() + claims.LEASE)
    assert not claims.mark(late, claims.Kept("", "", ""), None)
    delivery.fail(late, OSError("trop tard"))
    assert Message.objects.filter(claimed_by="second", attempts=0, last_error="").exists()


@pytest.mark.usefixtures("_locmem", "needs_postgresql")
@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_instant_share_the_mails_and_double_none():
    queue(60)
    counts = together(*[delivery.deliver_due] * 3)
    assert sum(counts) == 60
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted(
        f"a{number}@exemple.test" for number in range(60)
    )


@pytest.mark.usefixtures("_locmem", "needs_postgresql")
@pytest.mark.django_db(transaction=True)
def test_one_slow_mail_holds_up_no_other(monkeypatch):
    queue(10)
    slow_began, others_sent = threading.Event(), threading.Event()
    send = EmailBackend.send_messages

    def send_messages(self, messages):
        if messages[0].to == ["a0@exemple.test"]:
            slow_began.set()
            assert others_sent.wait(20)
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)

    def others():
        assert slow_began.wait(20)
        try:
            return delivery.deliver_due()
        finally:
            others_sent.set()

    assert together(delivery.deliver_due, others) == [1, 9]


def test_a_failure_is_kept_and_tried_again_after_growing_pauses(settings):
    settings.DELIVERY_BACKEND = "tests.mailing.backends.BusyBackend"
    (row,) = queue(1)
    for number, pause in enumerate(delivery.PAUSES, start=1):
        before = timezone.now()
        assert delivery.deliver_due() == 0
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("waiting", number)
        assert "essayez plus tard" in row.last_error
        assert before + pause <= row.due_at <= timezone.now() + pause
        assert delivery.deliver_due() == 0  # not due yet: not tried
        row.refresh_from_db()
        assert row.attempts == number
        Message.objects.update(due_at=timezone.now())
    delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == "failed"


def test_a_failure_is_logged_with_the_number_of_the_mail_and_nobody_s_name(settings, caplog):
    settings.DELIVERY_BACKEND = "tests.mailing.backends.BusyBackend"
    (row,) = queue(1)
    delivery.deliver_due()
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == (
        f"The e-mail {row.message_id} (row {row.pk}) was not sent, try 1: SMTPDataError 451"
    )
    assert "exemple.test" not in caplog.text.replace(row.message_id, "")
    row.refresh_from_db()
    assert "essayez plus tard" in row.last_error


def test_a_mail_that_is_given_up_is_an_error_of_the_log(settings, caplog):
    settings.DELIVERY_BACKEND = "tests.mailing.backends.BusyBackend"
    (row,) = queue(1)
    Message.objects.update(attempts=len(delivery.PAUSES))
    delivery.deliver_due()
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert f"{row.message_id} (row {row.pk}) was not sent, try 7, given up" in record.getMessage()


@pytest.mark.usefixtures("_locmem")
def test_a_mail_that_cannot_be_rendered_fails_alone_and_is_logged_as_the_bug_it_is(caplog):
    bad = outbox.queue("organisms/email/absent", "a@exemple.test")
    outbox.queue(TEMPLATE, "b@exemple.test", VALUES)
    assert delivery.deliver_due() == 1
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == ("waiting", 1)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info
    assert "TemplateDoesNotExist" in record.getMessage()


def test_the_mails_of_a_task_go_over_one_connection(settings):
    queue(5)
    with smtp_server(settings) as server:
        assert delivery.deliver_due() == 5
    assert (server.mails, server.connections) == (5, 1)


def test_a_server_that_hangs_up_costs_its_mail_a_new_try_and_the_others_nothing(settings):
    queue(5)
    with smtp_server(settings, hangs_up_after={2}) as server:
        assert delivery.deliver_due() == 4
    assert (server.mails, server.connections) == (5, 2)
    row = Message.objects.get(state="uncertain")
    assert (row.attempts, row.unanswered, row.handed_over_at) == (1, 1, None)
    assert delivery.deliver_due() == 0
