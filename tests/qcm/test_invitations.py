"""Inviting and withdrawing, in bulk: who gets what, which e-mail, how many queries."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from common.errors import Refused
from mailing.models import Message
from members.domain.ledger import year_total
from members.models import HoursCredit
from qcm.domain.invitations import invite, withdraw
from qcm.models import Attempt, Invitation, Reminder
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import take
from trainings.models import AnnualRules

TODAY = timezone.localdate


def invited(training, *members, minutes=60, on=None):
    with transaction.atomic():
        return invite(
            training=training,
            session_on=on or TODAY(),
            minutes_by_member={member.pk: minutes for member in members},
        )


def mails():
    return list(Message.objects.order_by("pk").values_list("template", "to"))


@pytest.fixture
def training(db):
    return factories.make_amf_training()


@pytest.fixture
def member(db):
    return factories.make_member()


def test_a_member_is_invited_with_the_rules_of_the_year_and_mailed(training, member):
    AnnualRules.objects.create(year=training.year, max_attempts=2, qcm_grace_days=31)
    one = invited(training, member)[member.pk]
    one = Invitation.objects.get(pk=one.pk)
    assert (one.status, one.minutes, one.session_on, one.attempts_allowed) == (
        "open",
        60,
        TODAY(),
        2,
    )
    last_day = max(date(training.year + 1, 1, 31), TODAY() + timedelta(days=21))
    assert timezone.localtime(one.deadline_at).date() == last_day
    message = Message.objects.get()
    assert (message.template, message.to) == ("qcm/email/invited", member.email)
    assert message.link == {"name": "qcm.take", "args": [one.pk]}
    row = one.journal.get()
    assert (row.event, row.from_status, row.to_status) == ("invite", "", "open")


def test_inviting_twice_keeps_the_one_and_mails_once(training, member):
    first = invited(training, member)[member.pk]
    second = invited(training, member)[member.pk]
    assert second.pk == first.pk
    assert mails() == [("qcm/email/invited", member.email)]


def test_an_open_invitation_keeps_the_larger_minutes(training, member):
    invited(training, member, minutes=60)
    invited(training, member, minutes=90)
    invited(training, member, minutes=30)
    one = Invitation.objects.get()
    assert one.minutes == 90
    assert [row.comment for row in one.journal.all()] == [
        "Invitation",
        "Davantage d’heures à compter",
    ]


def test_an_expired_invitation_gets_a_new_deadline_its_mail_and_its_reminders_again(
    training, member
):
    one = invited(training, member)[member.pk]
    Reminder.objects.create(invitation=one, kind="day_7", sent_on=TODAY())
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(days=1))
    invited(training, member)
    one.refresh_from_db()
    assert one.deadline_at > timezone.now()
    assert mails() == [("qcm/email/invited", member.email)] * 2
    assert not Reminder.objects.exists()


def test_a_withdrawn_invitation_is_opened_again_with_its_mail(training, member):
    one = invited(training, member, minutes=90)[member.pk]
    withdraw([one], reason="Feuille annulée")
    again = invited(training, member, minutes=60)[member.pk]
    assert (again.pk, again.status, again.minutes) == (one.pk, "open", 60)
    assert mails() == [
        ("qcm/email/invited", member.email),
        ("qcm/email/withdrawn", member.email),
        ("qcm/email/invited", member.email),
    ]


def test_a_withdrawn_invitation_whose_attempts_are_used_up_is_failed_again(training, member):
    AnnualRules.objects.create(year=training.year, max_attempts=1)
    one = invited(training, member)[member.pk]
    take(one, right=0)
    withdraw([one], reason="Feuille annulée")
    Message.objects.all().delete()
    assert invited(training, member)[member.pk].status == "failed"
    assert mails() == []


def test_a_failed_invitation_stays_failed(training, member):
    AnnualRules.objects.create(year=training.year, max_attempts=1)
    one = invited(training, member)[member.pk]
    take(one, right=0)
    Message.objects.all().delete()
    assert invited(training, member)[member.pk].status == "failed"
    assert mails() == []


def test_a_passed_qcm_is_credited_anew_only_for_more_hours(training, member):
    take(invited(training, member, minutes=60)[member.pk], right=4)
    Message.objects.all().delete()
    invited(training, member, minutes=60)
    assert mails() == []
    again = invited(training, member, minutes=90)[member.pk]
    assert again.status == "passed"
    assert again.credit.minutes == 90
    assert [entry.minutes for entry in HoursCredit.objects.order_by("pk")] == [60, -60, 90]
    assert mails() == [("qcm/email/recounted", member.email)]


def test_a_passed_qcm_withdrawn_and_invited_again_is_credited_without_a_new_one(training, member):
    one = invited(training, member)[member.pk]
    take(one, right=4)
    Message.objects.all().delete()
    withdraw([one], reason="Feuille annulée")
    one.refresh_from_db()
    assert (one.status, one.credit, one.passed_at is None) == ("withdrawn", None, False)
    assert year_total(member, training.year)["total"] == 0
    again = invited(training, member)[member.pk]
    assert (again.status, again.credit.minutes) == ("passed", 60)
    assert year_total(member, training.year)["total"] == 60
    assert Attempt.objects.count() == 1
    assert mails() == [
        ("qcm/email/uncounted", member.email),
        ("qcm/email/recounted", member.email),
    ]


def test_withdrawing_ends_a_started_attempt_unmarked(training, member):
    one = invited(training, member)[member.pk]
    attempt = steps.start(one)
    withdraw([one], reason="Feuille annulée")
    attempt.refresh_from_db()
    assert (attempt.status, attempt.right, attempt.passed) == ("interrupted", None, None)
    # It does not count among the attempts, and another can start once invited again.
    again = invited(training, member)[member.pk]
    assert steps.start(again).number == 2


def test_withdrawing_twice_does_it_once(training, member):
    one = invited(training, member)[member.pk]
    withdraw([one], reason="Feuille annulée")
    withdraw([one], reason="Feuille annulée")
    assert one.journal.filter(to_status="withdrawn").count() == 1
    assert mails().count(("qcm/email/withdrawn", member.email)) == 1


def test_withdrawing_needs_a_reason(training, member):
    one = invited(training, member)[member.pk]
    with pytest.raises(Refused, match="Écrivez le motif du retrait."):
        withdraw([one], reason=" ")


def test_a_member_without_email_is_invited_and_no_mail_is_written(training):
    member = factories.make_member(email="")
    assert invited(training, member)[member.pk].status == "open"
    assert mails() == []


def test_nobody_to_invite_asks_nothing(training, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert invite(training=training, session_on=TODAY(), minutes_by_member={}) == {}


@pytest.mark.parametrize("count", [1, 12])
def test_inviting_many_takes_no_more_queries_than_one(training, count, django_assert_num_queries):
    AnnualRules.for_year(training.year)
    members = [factories.make_member() for _ in range(count)]
    # savepoint 2, members and training locked, rules, found, insert, members, journal, mails
    with django_assert_num_queries(10):
        invited(training, *members)


@pytest.mark.parametrize("count", [1, 12])
def test_withdrawing_many_takes_no_more_queries_than_one(
    training, count, django_assert_num_queries
):
    open_ones = [factories.make_invitation(training) for _ in range(count)]
    passed = [factories.make_invitation(training) for _ in range(count)]
    for one in passed:
        take(one, right=4)
    # savepoint 2, members locked, lock, members, trainings, credits, attempts, counter-entries,
    # status, journal, mail, totals, mail
    with django_assert_num_queries(14):
        withdraw(open_ones + passed, reason="Feuille annulée")
