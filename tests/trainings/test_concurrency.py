"""Two officers at once, on PostgreSQL: one decision, one number, one e-mail; the second is told."""

import pytest

from common.errors import WrongStatus
from mailing.models import Message
from tests import factories
from tests.together import together
from trainings.domain import decisions, requests
from trainings.models import Training

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("needs_postgresql"),
]


def fresh(training):
    return Training.objects.get(pk=training.pk)


def approve(training, **values):
    values = {"associative_minutes": 120, "amf_minutes": 0} | values
    return decisions.approve(fresh(training), by=None, **values)


def test_two_approvals_make_one_number_and_one_mail():
    training = factories.make_training(status="submitted")
    results = together(*[lambda: approve(training)] * 4)
    assert sum(isinstance(one, Training) for one in results) == 1
    assert sum(isinstance(one, WrongStatus) for one in results) == 3
    assert fresh(training).approval_number == f"{training.year}-0001"
    assert Message.objects.count() == 1
    assert training.journal.count() == 1


def test_an_approval_and_a_refusal_make_one_decision():
    training = factories.make_training(status="submitted")
    results = together(
        lambda: approve(training), lambda: decisions.refuse(fresh(training), by=None, comment="Non")
    )
    assert sorted(type(one).__name__ for one in results) == ["Training", "WrongStatus"]
    assert fresh(training).status == ("approved" if isinstance(results[0], Training) else "refused")
    assert Message.objects.count() == 1


def test_many_requests_approved_at_once_get_numbers_without_gap_or_double():
    trainings = [factories.make_training(status="submitted") for _ in range(6)]
    together(*[lambda one=one: approve(one) for one in trainings])
    found = Training.objects.order_by("approval_number").values_list("approval_number", flat=True)
    year = trainings[0].year
    assert list(found) == [f"{year}-{number:04d}" for number in range(1, 7)]


def test_one_typed_number_for_two_requests_goes_to_one():
    trainings = [factories.make_training(status="submitted") for _ in range(2)]
    results = together(*[lambda one=one: approve(one, number="AMF 118") for one in trainings])
    assert sorted(type(one).__name__ for one in results) == ["Refused", "Training"]
    assert Training.objects.filter(approval_number="AMF 118").count() == 1


def test_two_renewals_at_once_make_one_draft():
    training = factories.make_training(status="approved")
    results = together(*[lambda: requests.renew(fresh(training), by=None)[0].pk] * 4)
    assert len(set(results)) == 1
    assert Training.objects.filter(renewed_from=training).count() == 1
