"""Clicks at the same instant, on PostgreSQL: one attempt, one mark, one credit, one e-mail."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from common.errors import WrongStatus
from mailing.models import Message
from members.models import HoursCredit
from qcm.domain import marks
from qcm.domain.invitations import invite, withdraw
from qcm.domain.reminders import send_due
from qcm.models import Attempt, Invitation
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import answer, right_choices
from tests.together import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("needs_postgresql"),
]


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_two_starts_make_one_attempt():
    one = factories.make_invitation()
    results = together(*[lambda: steps.start(fresh(one)).pk] * 6)
    assert len(set(results)) == 1
    assert Attempt.objects.count() == 1


def test_many_ends_make_one_mark_one_credit_and_one_mail():
    attempt = answer(steps.start(factories.make_invitation()), right=4)
    results = together(*[lambda: steps.finish(fresh(attempt)).passed] * 8)
    assert results == [True] * 8
    assert HoursCredit.objects.count() == 1
    assert Message.objects.count() == 1
    assert Invitation.objects.get().journal.count() == 1


@pytest.mark.parametrize("_again", range(5))
def test_an_answer_that_arrives_at_the_end_is_marked_or_refused(_again):
    attempt = answer(steps.start(factories.make_invitation()), right=3)
    answers = right_choices(attempt)
    last = attempt.order[3][0]
    saved, finished = together(
        lambda: steps.save(attempt, {last: answers[last]}), lambda: steps.finish(fresh(attempt))
    )
    kept = marks.ticked(fresh(attempt))[last] == sorted(answers[last])
    assert isinstance(saved, WrongStatus) is not kept
    assert finished.right == (4 if kept else 3)


@pytest.mark.parametrize("_again", range(5))
def test_an_end_and_a_withdrawal_leave_no_credit_standing(_again):
    one = factories.make_invitation()
    attempt = answer(steps.start(one), right=4)
    ended, withdrawn = together(
        lambda: steps.finish(fresh(attempt)), lambda: withdraw([one], reason="Feuille annulée")
    )
    assert withdrawn is None
    assert isinstance(ended, Attempt | WrongStatus)
    assert fresh(one).status == "withdrawn"
    assert sum(entry.minutes for entry in HoursCredit.objects.all()) == 0


def test_two_sheets_that_invite_at_once_make_one_invitation_and_one_mail():
    training = factories.make_amf_training()
    members = [factories.make_member().pk for _ in range(5)]

    def call():
        with transaction.atomic():
            invite(
                training=training,
                session_on=training.first_session_on,
                minutes_by_member=dict.fromkeys(members, 60),
            )

    assert together(*[call] * 4) == [None] * 4
    assert Invitation.objects.count() == 5
    assert Message.objects.count() == 5


def test_beat_running_twice_reminds_once():
    for _ in range(4):
        factories.make_invitation(invited_at=timezone.now() - timedelta(days=8))
    assert sorted(together(send_due, send_due, send_due))[-1] == 4
    assert Message.objects.count() == 4
