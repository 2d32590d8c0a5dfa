"""Thousands of rows at once, the same on every database."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from attendance.models import Participant
from common import bulk
from mailing.models import Message
from members.models import HoursCredit
from tests.factories import make_member, make_sheet, make_training

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[1, 100], autouse=True)
def _few_or_many(request, monkeypatch):
    """Two rows, as if they were many, and by Django's way."""
    monkeypatch.setattr(bulk, "MANY", request.param)


def message(number, **values):
    return Message(
        to=f"a{number}@exemple.test",
        message_id=f"<{number}@exemple.test>",
        due_at=timezone.now(),
        **values,
    )


def test_inserted_rows_are_read_back_as_they_were():
    odd = "tabulation\t, retour\nligne, \\N, « é », 'apostrophe'"
    made = bulk.insert(Message, [message(1, text=odd, values={"a": [1, odd, None]}), message(2)])
    first, second = Message.objects.order_by("pk")
    assert [first, second] == made
    assert (first.text, first.values) == (odd, {"a": [1, odd, None]})
    assert (second.text, second.values, second.sent_at) == ("", {}, None)
    assert (first.due_at, first.created_at) == (made[0].due_at, made[0].created_at)
    assert (first.state, second.resent_from) == (Message.State.WAITING, None)


def test_an_inserted_row_is_saved_again_as_one_that_exists():
    (one,) = bulk.insert(Message, [message(1)])
    one.text = "autre"
    one.save()
    assert Message.objects.get().text == "autre"


def test_a_row_made_after_many_has_a_key_of_its_own():
    bulk.insert(Message, [message(1), message(2)])
    message(3).save()
    assert Message.objects.count() == 3


def test_a_double_is_refused_and_nothing_is_written():
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Message, [message(1), message(1)])
    assert Message.objects.count() == 0


def test_nothing_is_written_for_no_rows():
    assert bulk.insert(Message, []) == []
    assert bulk.update(Message, [], ["text"]) == 0


def test_updated_fields_are_saved_and_the_others_are_not():
    rows = [["DUPONT", "Jean", "jean@exemple.test", "1", ""]] * 2
    sheet = make_sheet(make_training(status="approved"), rows=rows)
    first, second = sheet.participants.all()
    credit = HoursCredit.objects.create(
        member=make_member(),
        training=sheet.training,
        kind="associative",
        minutes=60,
        year=2026,
        session_on=sheet.starts_on,
    )
    first.associative_credit, first.raw, first.last_name = credit, {"Nom": "É"}, "PERDU"
    assert bulk.update(Participant, [first, second], ["associative_credit", "raw"]) == 2
    first, second = sheet.participants.all()
    assert (first.associative_credit, first.raw, first.last_name) == (
        credit,
        {"Nom": "É"},
        "DUPONT",
    )
    assert (second.associative_credit, second.raw["Nom"]) == (None, "DUPONT")
