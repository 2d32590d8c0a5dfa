"""The outbox: written with the fact, and never holding a working link."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from common.errors import WrongStatus
from mailing import delivery, outbox, tasks
from mailing.links import link_maker
from mailing.models import Message

pytestmark = pytest.mark.django_db
TEMPLATE = "organisms/email/refused"
VALUES = {"name": "Académie", "reason": "Dossier incomplet"}


@link_maker("tests.secret")
def link_for(number):
    """A maker of the tests' own."""
    return f"https://portail.example/lien-secret-{number}"


@pytest.fixture
def _locmem(settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.mark.usefixtures("_locmem")
def test_a_queued_mail_is_rendered_in_text_and_html_and_sent_once():
    row = outbox.queue(TEMPLATE, "a@exemple.test", VALUES)
    assert delivery.deliver_due() == 1
    assert delivery.deliver_due() == 0
    (sent,) = mail.outbox
    assert sent.to == ["a@exemple.test"]
    assert "Dossier incomplet" in sent.body
    assert "Dossier incomplet" in sent.alternatives[0].content
    row.refresh_from_db()
    assert (row.state, row.attempts, row.text) == ("sent", 1, sent.body)
    assert sent.extra_headers["Message-ID"] == row.message_id


@pytest.mark.usefixtures("_locmem")
def test_a_personal_link_is_in_the_mail_and_not_in_the_row():
    row = outbox.queue(
        "accounts/email/staff_invited",
        "a@exemple.test",
        {"name": "Camille"},
        link=("tests.secret", 7),
    )
    delivery.deliver_due()
    row.refresh_from_db()
    assert "https://portail.example/lien-secret-7" in mail.outbox[0].body
    assert "lien-secret-7" in mail.outbox[0].alternatives[0].content
    assert "lien-secret" not in row.text + row.html + str(row.values) + str(row.link["args"])


def test_a_mail_of_a_transaction_that_fails_is_never_written():
    @transaction.atomic
    def fact():
        outbox.queue(TEMPLATE, "a@exemple.test", VALUES)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fact()
    assert not Message.objects.exists()


@pytest.mark.usefixtures("_locmem")
def test_a_line_break_in_a_subject_injects_no_header():
    outbox.queue("organisms/email/asked_staff", "a@exemple.test", {"name": "A\nBcc: b@c.test"})
    delivery.deliver_due()
    assert mail.outbox[0].subject == "Compte à valider : A Bcc: b@c.test"
    assert mail.outbox[0].recipients() == ["a@exemple.test"]


@pytest.mark.usefixtures("_locmem")
def test_what_django_sends_goes_through_the_outbox(settings):
    settings.EMAIL_BACKEND = "mailing.backends.OutboxBackend"
    message = EmailMultiAlternatives("Objet", "Texte", None, ["a@exemple.test", "b@exemple.test"])
    message.attach_alternative("<p>HTML</p>", "text/html")
    message.send()
    assert set(Message.objects.values_list("to", flat=True)) == {"a@exemple.test", "b@exemple.test"}
    delivery.deliver_due()
    assert {one.to[0] for one in mail.outbox} == {"a@exemple.test", "b@exemple.test"}


@pytest.mark.usefixtures("_locmem")
def test_resending_writes_a_new_mail():
    row = outbox.queue(TEMPLATE, "a@exemple.test", VALUES)
    delivery.deliver_due()
    row.refresh_from_db()
    copy = outbox.resend(row)
    delivery.deliver_due()
    copy.refresh_from_db()
    assert (copy.state, copy.resent_from) == ("sent", row)
    assert copy.message_id != row.message_id
    assert len(mail.outbox) == 2


def test_a_mail_that_waits_to_be_sent_is_not_sent_twice():
    row = outbox.queue(TEMPLATE, "a@exemple.test", VALUES)
    with pytest.raises(WrongStatus, match="attend encore d’être envoyé"):
        outbox.resend(row)
    assert Message.objects.count() == 1


def test_members_without_an_address_are_passed_over():
    assert outbox.queue(TEMPLATE, "", VALUES) is None
    assert outbox.queue_many(TEMPLATE, [("", VALUES, None), ("a@exemple.test", VALUES, None)])
    assert Message.objects.count() == 1


@pytest.mark.parametrize("count", [1, 40])
def test_queueing_many_takes_one_query(count, django_assert_num_queries):
    rows = [(f"a{number}@exemple.test", VALUES, None) for number in range(count)]
    with django_assert_num_queries(1):
        outbox.queue_many(TEMPLATE, rows)


def test_the_eml_backend_writes_a_readable_file(settings):
    outbox.queue(TEMPLATE, "a@exemple.test", VALUES)
    assert delivery.deliver_due() == 1
    (path,) = settings.MAIL_DIR.iterdir()
    assert path.name.endswith(
        "a@exemple.test-votre-demande-douverture-de-compte-nest-pas-retenue.eml"
    )
    assert b"To: a@exemple.test" in path.read_bytes()


def test_a_broker_that_refuses_loses_nothing(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse():
        raise OSError("no broker")

    monkeypatch.setattr(tasks.deliver_due, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        outbox.queue(TEMPLATE, "a@exemple.test", VALUES)
        outbox.queue(TEMPLATE, "b@exemple.test", VALUES)
    assert len(callbacks) == 1
    assert "no broker" in caplog.text
    assert Message.objects.filter(state="waiting").count() == 2
