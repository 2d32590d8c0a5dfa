"""Reminders: at their days, once each, one mail a member, never too late."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from mailing import delivery
from mailing.links import minted
from mailing.models import Message
from qcm.domain.reminders import occasions
from qcm.models import Invitation, Reminder
from qcm.tasks import send_reminders
from tests import factories
from tests.qcm.conftest import take


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 8), []),
        (date(2026, 3, 9), ["day_7"]),
        (date(2026, 3, 22), ["day_7"]),
        (date(2026, 3, 23), ["day_7", "day_21"]),
        (date(2027, 1, 20), ["day_7", "day_21"]),
        (date(2027, 1, 21), ["day_7", "day_21", "before_10"]),
        (date(2027, 1, 31), ["day_7", "day_21", "before_10"]),
    ],
)
def test_the_days_on_which_a_reminder_comes(today, expected):
    assert occasions(date(2026, 3, 2), date(2027, 1, 31), today) == expected


def invited(days_ago, *, left=60, **fields):
    now = timezone.now()
    return factories.make_invitation(
        invited_at=now - timedelta(days=days_ago),
        deadline_at=now + timedelta(days=left),
        **fields,
    )


def sent():
    return list(Message.objects.order_by("pk").values_list("to", flat=True))


@pytest.mark.parametrize(
    ("days_ago", "left", "kinds"),
    [
        (6, 60, set()),
        (7, 60, {"day_7"}),
        (15, 60, {"day_7"}),
        (21, 60, {"day_7", "day_21"}),
        (1, 11, set()),
        (1, 10, {"before_10"}),
    ],
)
@pytest.mark.django_db
def test_a_reminder_is_sent_when_its_day_has_come_and_once(days_ago, left, kinds):
    one = invited(days_ago, left=left)
    for _ in range(3):
        send_reminders()
    assert {row.kind for row in Reminder.objects.all()} == kinds
    assert sent() == ([one.member.email] if kinds else [])


@pytest.mark.django_db
def test_occasions_that_a_stopped_beat_missed_make_one_mail():
    invited(30, left=5)
    send_reminders()
    assert Reminder.objects.count() == 3
    assert len(sent()) == 1


@pytest.mark.parametrize("state", ["passed", "failed", "withdrawn", "expired"])
@pytest.mark.django_db
def test_nothing_is_sent_when_there_is_nothing_to_take(state):
    one = invited(8)
    if state == "passed":
        take(one, right=4)
    elif state == "expired":
        Invitation.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    else:
        Invitation.objects.update(status=state)
    Message.objects.all().delete()
    send_reminders()
    assert sent() == []


@pytest.mark.django_db
def test_several_qcms_make_one_mail_that_lists_them_nearest_first(client):
    member = factories.make_member(first_name="Zoé", last_name="Noël")
    late = invited(
        8, member=member, training=factories.make_amf_training(title="Plus tard"), left=60
    )
    soon = invited(1, member=member, training=factories.make_amf_training(title="Bientôt"), left=20)
    other = invited(8)
    Invitation.objects.filter(pk=soon.pk).update(
        deadline_at=datetime.combine(
            timezone.localdate() + timedelta(days=20), datetime.min.time(), tzinfo=UTC
        )
    )
    send_reminders()
    assert sorted(sent()) == sorted([member.email, other.member.email])
    message = Message.objects.get(to=member.email)
    assert message.link == {"name": "qcm.reminder", "args": [[soon.pk, late.pk]]}
    subject, text, html = delivery.render(message, minted(message.link))
    assert subject.strip() == "Rappel pour Zoé Noël : 2 QCM vous attendent"
    assert text.index("« Bientôt »") < text.index("« Plus tard »")
    assert html.index("Bientôt") < html.index("Plus tard")
    assert set(Reminder.objects.values_list("invitation", "kind")) == {
        (late.pk, "day_7"),
        (other.pk, "day_7"),
    }


@pytest.mark.django_db
def test_one_qcm_comes_with_its_own_link():
    one = invited(8, member=factories.make_member(first_name="Zoé", last_name="Noël"))
    send_reminders()
    message = Message.objects.get()
    assert message.link == {"name": "qcm.take", "args": [one.pk]}
    subject, _, _ = delivery.render(message, "https://portail.test/x")
    assert subject.strip() == "Rappel pour Zoé Noël : un QCM vous attend"


@pytest.mark.django_db
def test_two_members_of_one_mailbox_get_a_mail_each():
    for _ in range(2):
        invited(8, member=factories.make_member(email="cabinet@exemple.test"))
    send_reminders()
    assert sent() == ["cabinet@exemple.test"] * 2


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.django_db
def test_reminding_many_takes_no_more_queries_than_one(count, django_assert_num_queries):
    training = factories.make_amf_training()
    for _ in range(count):
        invited(8, training=training)
    # open ones, their reminders, savepoint 2, lock, rows, their reminders, insert, mails
    with django_assert_num_queries(9):
        send_reminders()
