"""The demo's data: every status is there, loading twice doubles nothing, production refuses."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import User
from attendance.models import Participant, Sheet
from mailing.models import Message
from members.models import HoursCredit, Member
from organisms.models import Organism
from qcm.models import Attempt, Invitation
from trainings.models import Training

APPS = {"accounts", "organisms", "trainings", "members", "qcm", "attendance", "mailing"}
COUNTED = [Organism, Training, Member, Sheet, Participant, Invitation, Attempt, HoursCredit]


def counts():
    return [model.objects.count() for model in [*COUNTED, User, Message]]


def statuses(model):
    return set(model.objects.values_list("status", flat=True))


@pytest.fixture
def _demo(settings, capsys):
    settings.DEMO = True
    call_command("load_demo")


@pytest.mark.django_db
@pytest.mark.usefixtures("_demo")
def test_every_status_is_shown_and_loading_twice_doubles_nothing(capsys):
    assert statuses(Organism) == set(Organism.Status.values)
    assert statuses(Training) == set(Training.Status.values)
    # A sheet being read is never shown for long: the worker ends it.
    assert statuses(Sheet) == set(Sheet.Status.values) - {"reading"}
    assert statuses(Invitation) == set(Invitation.Status.values)
    assert set(Participant.objects.values_list("state", flat=True)) == set(Participant.State.values)
    # Each scan is of its own session, or the lists would warn of one deposited twice.
    assert Sheet.objects.values("scan_sha256").distinct().count() == Sheet.objects.count()
    assert Training.objects.count() >= 12
    assert Member.objects.count() == 400
    before = counts()
    printed = capsys.readouterr().out
    assert "Chargement" in printed
    call_command("load_demo")
    assert counts() == before
    printed = capsys.readouterr().out
    assert "Chargement" not in printed
    assert "/qcm/lien/" in printed


@pytest.mark.django_db
@pytest.mark.usefixtures("_demo")
def test_every_row_has_a_name_that_a_person_can_read():
    own = [model for model in apps.get_models() if model.__module__.split(".")[0] in APPS]
    named = {model: str(row) for model in own if (row := model.objects.first())}
    assert len(named) > len(own) // 2
    nameless = [model for model, name in named.items() if not name.strip() or " object (" in name]
    assert nameless == []


def test_production_refuses_the_demo(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("load_demo")
