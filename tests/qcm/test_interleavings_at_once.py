"""Two devices, two tabs and staff at the same instant, on PostgreSQL: the same single outcome."""

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from common.errors import WrongStatus
from qcm import links, tasks
from qcm.domain import invitations, marks
from qcm.domain.invitations import invite, withdraw
from qcm.models import Attempt, Invitation
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import answer, path_of, right_choices
from tests.qcm.outcome import assert_one_outcome
from tests.together import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("needs_postgresql"),
]

SCHEDULES = 40
CLICKS = 7


@dataclass
class Device:
    """One browser; `rank` is the question that it alone answers, so that its last word is known."""

    invitation: Invitation
    rank: int
    seed: int
    ends: bool = True
    told: dict = field(default_factory=dict)  # {attempt id: choices last told to be saved}

    def __call__(self):
        chance = random.Random(self.seed)
        client = Client()
        client.get(path_of(links.invitation_url(self.invitation.pk)))
        for _ in range(CLICKS):
            time.sleep(chance.random() / 100)
            self.click(client, chance)

    def click(self, client, chance):
        weights = [8, 2, 2, 1, 1] if self.ends else [8, 2, 0, 0, 1]
        what = chance.choices(["save", "start", "end", "end twice", "look"], weights)[0]
        running = self.invitation.attempts.order_by("number").last()
        if running is None or what == "start":
            return self.post(client, "commencer/", {})
        if what == "save":
            return self.save(client, chance, running)
        if what == "look":
            return client.get(f"/qcm/{self.invitation.pk}/", follow=True)
        for _ in range(1 + (what == "end twice")):
            self.post(client, "terminer/", {"attempt": running.pk, "confirm": "1"})
        return None

    def save(self, client, chance, attempt):
        question, own = attempt.order[self.rank]
        choices = chance.choice([right_choices(attempt)[question], own[:1], own[1:], []])
        data = {"attempt": attempt.pk, "question": question, "choice": choices}
        response = self.post(client, "reponse/", data)
        if response.status_code == 200:
            self.told[attempt.pk] = sorted(choices)

    def post(self, client, page, data):
        response = client.post(f"/qcm/{self.invitation.pk}/{page}", data)
        assert response.status_code in {200, 302, 403, 404, 409}
        return response


@dataclass
class Staff:
    """What the association does meanwhile, in some of the schedules."""

    invitation: Invitation
    user: object
    seed: int

    def __call__(self):
        chance = random.Random(self.seed)
        acts = [self.sweep, self.grant] * 2 + [self.withdraw, self.invite]
        chosen = chance.sample(acts, chance.randrange(4))
        # Whatever the machine is doing, one attempt in eight goes on, and one is interrupted.
        chosen = {3: [], 7: [self.withdraw]}.get(self.seed % 8, chosen)
        for act in chosen:
            time.sleep(chance.random() / 30)
            act()

    def sweep(self):
        tasks.finish_overdue()

    def grant(self):
        try:
            invitations.grant_attempt(
                Invitation.objects.get(pk=self.invitation.pk), by=self.user, comment="Oui"
            )
        except WrongStatus:
            return

    def withdraw(self):
        withdraw([self.invitation], reason="Feuille annulée")

    def invite(self):
        one = self.invitation
        with transaction.atomic():
            invite(
                training=one.training,
                session_on=one.session_on,
                minutes_by_member={one.member_id: one.minutes},
            )


def let_time_end_soon(invitation, seed):
    """The deadline was 24 hours ago, less an instant: the attempt's time ends while it runs.

    Before anybody clicks: nothing moves a deadline back, and a save that is under way trusts it.
    """
    steps.start(invitation)
    left = timedelta(milliseconds=20 + 10 * (seed % 10))
    deadline = timezone.now() - timedelta(hours=24) + left
    Invitation.objects.filter(pk=invitation.pk).update(deadline_at=deadline)


def test_any_schedule_of_devices_and_staff_makes_one_mark_one_credit_and_one_mail():
    training = factories.make_amf_training()
    # The tests before emptied all tables, the groups' as well.
    staff = factories.make_user(is_staff=True, is_superuser=True)
    outcomes = set()
    for seed in range(SCHEDULES):
        invitation = factories.make_invitation(training, attempts_allowed=2)
        if seed % 2:
            answer(steps.start(invitation), right=4)
        if seed % 4 == 0:
            let_time_end_soon(invitation, seed)
        ends = seed % 8 not in {3, 7}
        devices = [Device(invitation, rank, seed * 10 + rank, ends) for rank in range(3)]
        results = together(*devices, Staff(invitation, staff, seed))
        assert results == [None] * 4, f"schedule {seed}: {results}"
        check(invitation, devices, seed)
        outcomes |= set(invitation.attempts.values_list("status", "passed"))
    # The schedules are worth something: they came to every end.
    assert outcomes == {
        ("started", None),
        ("finished", True),
        ("finished", False),
        ("interrupted", None),
    }


def check(invitation, devices, seed):
    assert_one_outcome(Invitation.objects.get(pk=invitation.pk))
    for attempt in invitation.attempts.all():
        ticked = marks.ticked(attempt)
        for device in devices:
            if attempt.pk in device.told:
                question = attempt.order[device.rank][0]
                assert ticked[question] == device.told[attempt.pk], f"schedule {seed}"


@dataclass
class Click:
    """One form sent by a browser that opened the link, a moment after the others."""

    invitation: Invitation
    path: str
    data: dict
    wait: float = 0

    def __call__(self):
        client = Client()
        client.get(path_of(links.invitation_url(self.invitation.pk)))
        time.sleep(self.wait)
        return client.post(self.path, self.data)


def test_answers_that_arrive_while_it_ends_are_marked_or_refused():
    """« Terminer » on one device while the other still sends: what was told is what is marked."""
    training = factories.make_amf_training()
    for seed in range(SCHEDULES // 2):
        invitation = factories.make_invitation(training)
        attempt = answer(steps.start(invitation), right=2)
        key = right_choices(attempt)

        pages = f"/qcm/{invitation.pk}"
        sends = [
            Click(
                invitation,
                f"{pages}/reponse/",
                {"attempt": attempt.pk, "question": question, "choice": key[question]},
            )
            for question, _ in attempt.order[2:]
        ]
        form = {"attempt": attempt.pk, "confirm": "1"}
        wait = random.Random(seed).random() / 100
        ends = [Click(invitation, f"{pages}/terminer/", form, wait) for _ in range(2)]
        replies = together(*sends, *ends)
        saved = [reply.status_code for reply in replies[:2]]
        assert set(saved) <= {200, 409}
        assert [reply["Location"] for reply in replies[2:]] == [f"{pages}/resultat/"] * 2
        assert Attempt.objects.get(pk=attempt.pk).right == 2 + saved.count(200)
        assert_one_outcome(Invitation.objects.get(pk=invitation.pk))
