"""What the mail server does: takes mails, is away, is silent, refuses one person."""

import email
import socket
import threading
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mailing import claims, courier, delivery, outbox, pauses
from mailing.links import link_maker
from mailing.models import MailServer, Message
from tests.mailing.smtp import smtp_server, use
from tests.together import together

pytestmark = pytest.mark.django_db
TEMPLATE = "organisms/email/refused"
VALUES = {"name": "Académie", "reason": ".Dossier\n.. incomplet"}


def queue(count):
    rows = [(f"a{number}@exemple.test", VALUES, None) for number in range(count)]
    return outbox.queue_many(TEMPLATE, rows)


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def make_due():
    Message.objects.update(due_at=timezone.now())
    MailServer.objects.update(next_try_at=timezone.now())


@pytest.fixture
def closed(settings):
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        use(settings, taken.getsockname())
        yield


# --- Many at a time ---------------------------------------------------------------------------


def statements(count_queries, server, count):
    queue(count)
    asked = count_queries(delivery.deliver_due)
    assert server.mails == count
    server.got.clear()
    return asked


def test_a_mail_more_costs_one_statement_more(settings, count_queries):
    with smtp_server(settings) as server:
        few, many = (statements(count_queries, server, count) for count in (5, 25))
    assert many - few == 20
    assert set(states()) == {"sent"}


@pytest.mark.parametrize("offers", ["SIZE", "PIPELINING"])
def test_what_a_server_gets_is_what_was_written_and_what_is_kept(settings, offers, monkeypatch):
    (row,) = queue(1)
    kept = []
    parcel = courier.SmtpCourier.parcel
    monkeypatch.setattr(
        courier.SmtpCourier, "parcel", lambda *args: kept.append(parcel(*args)) or kept[-1]
    )
    with smtp_server(settings) as server:
        server.offers = offers
        assert delivery.deliver_due() == 1
        assert server.got == ["a0@exemple.test"]
    row.refresh_from_db()
    assert (row.state, row.attempts, row.claimed_by, row.handed_over_at) == ("sent", 1, "", None)
    raw = kept[0].content.removesuffix(b"\r\n.\r\n").replace(b"\r\n..", b"\r\n.")
    text, html = email.message_from_bytes(raw).get_payload()
    assert text.get_payload(decode=True).decode().replace("\r\n", "\n").strip() == row.text.strip()
    assert html.get_payload(decode=True).decode().replace("\r\n", "\n").strip() == row.html.strip()


@pytest.mark.usefixtures("needs_postgresql")
@pytest.mark.django_db(transaction=True)
def test_workers_over_smtp_share_the_mails_and_double_none(settings):
    queue(120)
    with smtp_server(settings) as server:
        assert sum(together(*[delivery.deliver_due] * 3)) == 120
        assert sorted(server.got) == sorted(f"a{number}@exemple.test" for number in range(120))
    assert set(states()) == {"sent"}


@pytest.mark.usefixtures("needs_postgresql")
@pytest.mark.django_db(transaction=True)
def test_while_a_mail_waits_for_its_answer_others_take_the_rest(settings, monkeypatch):
    monkeypatch.setattr(delivery, "SHARE", 0)
    monkeypatch.setattr(courier, "SLICE", 0.01)
    queue(10)
    began, done = threading.Event(), threading.Event()

    with smtp_server(settings) as server:

        def meanwhile():
            if server.got[-1] == "a0@exemple.test":
                began.set()
                assert done.wait(20)

        server.meanwhile = meanwhile

        def others():
            assert began.wait(20)
            try:
                sent = 0
                while sent < 9:
                    sent += delivery.deliver_due()
                return sent
            finally:
                done.set()

        assert together(delivery.deliver_due, others) == [1, 9]
        assert len(server.got) == len(set(server.got)) == 10


def test_a_lease_is_a_minute_and_renewed_while_an_answer_is_waited_for(settings, monkeypatch):
    assert timedelta(minutes=1) >= claims.LEASE
    monkeypatch.setattr(courier, "SLICE", 0.01)
    (row,) = queue(1)
    renewed = threading.Event()
    renew = claims.renew

    def tell(worker, rows):
        assert [row] == list(rows)
        renew(worker, rows)
        renewed.set()

    monkeypatch.setattr(claims, "renew", tell)
    # At each look the clock is a lease further.
    now = iter(range(0, 10**9, int(delivery.BUDGET / 4)))
    monkeypatch.setattr(delivery, "BUDGET", 10**8)
    with smtp_server(settings) as server:
        server.meanwhile = lambda: renewed.wait(20)
        assert delivery.deliver_due(clock=lambda: float(next(now))) == 1
    assert renewed.is_set()


# --- A hand-over without an answer ------------------------------------------------------------


def test_a_mail_without_an_answer_is_tried_once_more_later_and_never_again(settings, monkeypatch):
    monkeypatch.setattr(courier, "ANSWER", 0)
    monkeypatch.setattr(courier, "SLICE", 0.01)
    (row,) = queue(1)
    with smtp_server(settings, silent_after={1, 2, 3}) as server:
        assert delivery.deliver_due() == 0
        row.refresh_from_db()
        assert (row.state, row.unanswered, row.attempts) == ("uncertain", 1, 1)
        assert row.due_at >= timezone.now() + claims.PAUSE_UNANSWERED - timedelta(minutes=1)
        assert not row.is_resendable
        MailServer.objects.update(next_try_at=timezone.now())
        assert delivery.deliver_due() == 0
        assert server.mails == 1
        for _ in range(3):
            make_due()
            delivery.deliver_due()
        assert server.mails == 2
    row.refresh_from_db()
    assert (row.state, row.unanswered) == ("uncertain", 2)
    assert row.is_resendable


def test_a_mail_that_was_answered_the_second_time_is_sent_and_keeps_its_doubt(settings):
    (row,) = queue(1)
    with smtp_server(settings, hangs_up_after={1}):
        delivery.deliver_due()
        make_due()
        assert delivery.deliver_due() == 1
    row.refresh_from_db()
    assert (row.state, row.unanswered, row.attempts) == ("sent", 1, 2)


def test_of_a_worker_that_died_one_mail_is_in_doubt_and_the_rest_is_sent_after_its_lease(settings):
    rows = queue(3)
    held = claims.claim("dead", 3)
    assert claims.mark(held[0], claims.Kept("", "", ""), None)
    assert claims.mark(held[1], claims.Kept("", "", ""), claims.Sent(held[0].pk, timezone.now()))
    assert states() == ["sent", "waiting", "waiting"]
    with smtp_server(settings) as server:
        assert delivery.deliver_due() == 0
        Message.objects.exclude(claimed_until=None).update(
            claimed_until=timezone.now() - timedelta(seconds=1)
        )
        assert delivery.deliver_due() == 2
        assert sorted(server.got) == ["a1@exemple.test", "a2@exemple.test"]
    assert [(row.state, row.unanswered) for row in Message.objects.order_by("pk")] == [
        ("sent", 0),
        ("sent", 1),
        ("sent", 0),
    ]
    assert len(rows) == 3


def test_a_mail_during_which_two_workers_died_is_left_to_staff(settings):
    (row,) = queue(1)
    Message.objects.update(unanswered=1, handed_over_at=timezone.now(), state="uncertain")
    with smtp_server(settings) as server:
        assert delivery.deliver_due() == 0
        assert server.mails == 0
    row.refresh_from_db()
    assert (row.state, row.unanswered, row.handed_over_at) == ("uncertain", 2, None)


# --- A server that is away --------------------------------------------------------------------


@pytest.mark.usefixtures("closed")
def test_a_server_that_is_away_costs_no_mail_a_try_and_is_asked_after_growing_pauses():
    queue(3)
    for tries in range(1, 100):
        before = timezone.now()
        assert delivery.deliver_due() == 0
        server = pauses.away()
        pause = pauses.PAUSES[min(tries, len(pauses.PAUSES)) - 1]
        assert server.tries == tries
        assert before + pause <= server.next_try_at <= timezone.now() + pause
        assert "ConnectionRefusedError" in server.last_error
        MailServer.objects.update(next_try_at=timezone.now())
    assert set(Message.objects.values_list("state", "attempts", "claimed_by")) == {
        ("waiting", 0, "")
    }


AWAY = [
    {"greeting": "554 no service"},
    {"greeting": "421 too busy"},
    {"MAIL": "421 closing"},
    {"MAIL": "451 try later"},
    {"MAIL": "530 authentication required"},
    {"RCPT": "421 closing"},
    {"DATA": "421 closing"},
]


@pytest.mark.parametrize("answers", AWAY, ids=str)
@pytest.mark.parametrize("offers", ["SIZE", "PIPELINING"])
def test_what_a_server_says_to_everybody_counts_for_no_mail_and_all_leaves_when_it_is_back(
    settings, answers, offers
):
    queue(3)
    with smtp_server(settings) as server:
        server.answers, server.offers = answers, offers
        assert delivery.deliver_due() == 0
        assert pauses.away()
        assert set(Message.objects.values_list("state", "attempts")) == {("waiting", 0)}
        # Until the pause is over nobody asks.
        connections = server.connections
        assert delivery.deliver_due() == 0
        assert server.connections == connections
        server.answers = {}
        make_due()
        assert delivery.deliver_due() == 3
    assert pauses.away() is None
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_one_worker_asks_at_a_time():
    MailServer.objects.create(pk=1, away_since=timezone.now(), next_try_at=timezone.now())
    assert [pauses.way() for _ in range(3)] == [
        pauses.Way.PROBE,
        pauses.Way.CLOSED,
        pauses.Way.CLOSED,
    ]


def test_a_worker_that_meets_an_outage_that_is_known_makes_its_pause_no_longer():
    pauses.begin(OSError("absent"), probing=False)
    pauses.begin(OSError("absent"), probing=False)
    assert pauses.away().tries == 1


def test_a_server_without_mails_to_take_is_seen_to_be_back(settings):
    MailServer.objects.create(pk=1, away_since=timezone.now(), next_try_at=timezone.now())
    with smtp_server(settings):
        assert delivery.deliver_due() == 0
    assert pauses.away() is None


@pytest.mark.parametrize("offers", ["SIZE", "PIPELINING"])
def test_a_recipient_who_is_refused_fails_alone(settings, offers):
    queue(3)
    with smtp_server(settings) as server:
        server.offers = offers
        server.unknown = {"a1@exemple.test"}
        assert delivery.deliver_due() == 2
        assert "a1@exemple.test" not in server.got
    assert states() == ["sent", "waiting", "sent"]
    assert "no such user" in Message.objects.get(state="waiting").last_error
    assert pauses.away() is None


def test_a_server_that_closes_after_some_mails_of_a_connection_is_not_away(settings):
    queue(4)
    with smtp_server(settings) as server:
        server.meanwhile = lambda: server.answers.update(
            {"MAIL": "421 enough"} if server.mails == 2 else {}
        )
        server_answers = server.answers

        class Once(dict):
            def get(self, step, usual):
                return self.pop(step, usual)

        server.answers = Once(server_answers)
        assert delivery.deliver_due() == 4
    assert (server.mails, server.connections) == (4, 2)
    assert pauses.away() is None


# --- What staff see ---------------------------------------------------------------------------


@pytest.fixture
def staff(client, officer, settings):
    """An officer's browser."""
    settings.DEMO = True  # no second factor
    client.force_login(officer)
    return client


LIST = "admin:mailing_message_changelist"
RESEND_ALL = "admin:mailing_message_renvoyer_tout"


def test_staff_read_that_the_server_is_away_and_how_many_wait(staff):
    queue(2)
    for name in (LIST, "admin:index"):
        assert "ne prend plus d’e-mails" not in staff.get(reverse(name)).content.decode()
    pauses.begin(OSError("absent"), probing=False)
    page = " ".join(staff.get(reverse(LIST)).content.decode().split())
    assert "Le serveur d’e-mails ne prend plus d’e-mails depuis le" in page
    assert "2 e-mails attendent et partiront sans rien faire à son retour" in page
    assert "OSError: absent" in page
    home = staff.get(reverse("admin:index")).content.decode()
    assert "ne prend plus d’e-mails depuis le" in home


def test_one_button_sends_again_all_that_was_given_up_once(staff, settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    queue(4)
    assert reverse(RESEND_ALL) not in staff.get(reverse(LIST)).content.decode()
    failed = Message.objects.order_by("pk")[:3]
    Message.objects.filter(pk__in=[row.pk for row in failed]).update(state="failed", attempts=7)
    outbox.resend(Message.objects.filter(state="failed").earliest("pk"))
    assert reverse(RESEND_ALL) in staff.get(reverse(LIST)).content.decode()
    assert "E-mails abandonnés : 2" in staff.get(reverse(RESEND_ALL)).content.decode()
    assert states().count("failed") == 3
    for _ in range(2):
        assert staff.post(reverse(RESEND_ALL)).url == reverse(LIST)
        assert states() == ["failed", "waiting", "waiting", "waiting", "waiting"]
    assert delivery.deliver_due() == 4


def test_a_mail_that_is_perhaps_delivered_waits_for_staff_who_may_settle_it(staff):
    (row,) = queue(1)
    Message.objects.update(state="uncertain", unanswered=2)
    listed = staff.get(reverse(LIST), {"state__exact": "uncertain"}).content.decode()
    assert "a0@exemple.test" in listed
    assert "peut-être remis" in listed
    assert "1 en attente" in staff.get(reverse("admin:index")).content.decode()
    staff.post(reverse("admin:mailing_message_remis", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "sent"
    assert outbox.resend_failed() == 0


# --- The code before --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_code_before_writes_rows_on_the_schema_after(migrate):
    before = migrate("mailing", "0003_due_first").get_model("mailing", "Message")
    migrate("mailing", "0004_handed_over")
    before.objects.create(to="a@exemple.test", message_id="<1>", due_at=timezone.now())
    assert Message.objects.get().unanswered == 0


@link_maker("tests.server")
def secret_url(number):
    """A maker of the tests' own."""
    return f"https://portail.example/secret-{number}"


def test_a_mail_that_fails_after_its_mark_keeps_no_working_link(settings):
    values = {"name": "Camille"}
    outbox.queue("accounts/email/staff_invited", "a@x.test", values, link=("tests.server", 7))
    with smtp_server(settings, hangs_up_after={1}):
        delivery.deliver_due()
    row = Message.objects.get()
    assert row.state == "uncertain"
    assert delivery.MASK in row.text
    assert "secret-7" not in row.text + row.html + row.subject
