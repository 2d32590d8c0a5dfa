"""A verb as a button: what it refuses is told, what is a bug is none of the person's business."""

import pytest
from django.urls import reverse
from django.utils import timezone

from common.errors import Refused, WrongStatus
from mailing import outbox
from mailing.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(client, administrator, monkeypatch, settings):
    """A function: press « Renvoyer » while the verb raises this."""
    settings.DEMO = True  # no second factor
    message = Message.objects.create(
        subject="Objet",
        to="a@exemple.test",
        message_id="<1>",
        due_at=timezone.now(),
        state=Message.State.FAILED,
    )
    client.force_login(administrator)

    def post(error):
        def refuse(row):
            raise error

        monkeypatch.setattr(outbox, "resend", refuse)
        return client.post(reverse("admin:mailing_message_renvoyer", args=[message.pk]))

    return post


def test_what_was_asked_wrongly_is_told_on_the_page(press):
    response = press(Refused("L’adresse n’existe plus."))
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == ["L’adresse n’existe plus."]


def test_who_came_too_late_is_told_and_sent_back_to_the_row(press):
    response = press(WrongStatus("Quelqu’un l’a déjà renvoyé."))
    assert response.status_code == 302
    assert response["Location"].endswith("/change/")


def test_a_bug_is_no_message_of_a_page(press):
    with pytest.raises(ValueError, match="not enough values"):
        press(ValueError("not enough values to unpack"))
