"""Any order of clicks, on any device, lost replies and staff between them: one mark, one credit.

A machine of Hypothesis drives the real addresses and keeps beside them what the member was told;
after every step the database must say the same. `test_interleavings_at_once.py` is its twin for
clicks at the same instant.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common.errors import WrongStatus
from members.models import HoursCredit
from qcm import links, tasks
from qcm.domain import invitations, marks
from qcm.domain.invitations import invite, withdraw
from qcm.models import Answer, Attempt, Invitation
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import path_of, right_choices
from tests.qcm.outcome import assert_one_outcome

DEVICES = ("phone", "laptop")
PAGES = ("", "questions/", "terminer/", "resultat/", "commencer/")
devices = st.sampled_from(DEVICES)
ranks = st.integers(0, 3)


class Exam(RuleBasedStateMachine):
    """One member, one QCM of four questions, two devices, and staff."""

    def __init__(self):
        super().__init__()
        # Undone in `teardown`: each run starts from nothing.
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.invitation = factories.make_invitation(attempts_allowed=2)
        self.staff = factories.make_staff("Administrateur")
        self.stranger = steps.start(factories.make_invitation(self.invitation.training))
        self.clients = {name: Client() for name in DEVICES}
        self.opened = set()
        self.sent = []
        # What the member was told is saved: {attempt: {question: choices}}; and each mark.
        self.told = {}
        self.marks = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(also=st.sampled_from(["", "laptop"]))
    def come(self, also):
        for device in filter(None, ["phone", also]):
            self.open_the_link(device)
            self.start(device)

    # --- The member ---------------------------------------------------------------------------

    @rule(device=devices)
    def open_the_link(self, device):
        path = path_of(links.invitation_url(self.invitation.pk))
        response = self.clients[device].get(path)
        assert response.status_code in {302, 410}
        if response.status_code == 302:
            self.opened.add(device)

    @rule(device=devices, page=st.sampled_from(PAGES))
    def look(self, device, page):
        response = self.clients[device].get(f"/qcm/{self.invitation.pk}/{page}", follow=True)
        assert response.status_code in {200, 404, 405, 410}

    @rule(device=devices)
    def start(self, device):
        self.post(device, "commencer/", {})

    @precondition(lambda self: self.attempts())
    @rule(device=devices, right=st.sampled_from([2, 3, 4]), ends=st.sampled_from([1, 2, 0]))
    def save_all(self, device, right, ends):
        """A whole attempt, and « Terminer » clicked that often."""
        attempt = self.attempts()[-1]
        for rank in range(4):
            self.send_answer(device, attempt, rank, "right" if rank < right else "wrong")
        for _ in range(ends):
            self.post(device, "terminer/", {"attempt": attempt.pk, "confirm": "1"})

    @precondition(lambda self: self.attempts())
    @rule(
        device=devices,
        rank=ranks,
        how=st.sampled_from(["right", "right", "right", "wrong", "empty"]),
        late=st.booleans(),
    )
    def save(self, device, rank, how, late):
        self.send_answer(device, self.attempts()[0 if late else -1], rank, how)

    @precondition(lambda self: self.attempts())
    @rule(
        device=devices,
        rank=ranks,
        what=st.sampled_from(
            ["choice", "choice", "attempt", "their question", "question of before"]
        ),
    )
    def save_what_is_foreign(self, device, rank, what):
        attempt = self.attempts()[-1]
        question, own = attempt.order[rank]
        data = {"attempt": attempt.pk, "question": question, "choice": own[:1]}
        if what == "attempt":
            question, own = self.stranger.order[rank]
            data |= {"attempt": self.stranger.pk, "question": question, "choice": own[:1]}
        elif what == "choice":
            data["choice"] = [own[0], attempt.order[rank - 1][1][0]]
        elif what == "their question" and self.stranger.question_set_id != attempt.question_set_id:
            question, own = self.stranger.order[rank]
            data |= {"question": question, "choice": own[:1]}
        elif self.attempts()[0].question_set_id != attempt.question_set_id:
            question, own = self.attempts()[0].order[rank]
            data |= {"question": question, "choice": own[:1]}
        else:
            data |= {"question": 10**30}
        response = self.post(device, "reponse/", data)
        assert response.status_code in {400, 403, 404, 409}

    @precondition(lambda self: self.attempts())
    @rule(
        device=devices,
        answers=st.lists(
            st.sampled_from(["right", "right", "right", "wrong", "empty"]), min_size=4, max_size=4
        ),
        confirm=st.booleans(),
        late=st.booleans(),
    )
    def send_the_whole_form(self, device, answers, confirm, late):
        """As without JavaScript."""
        attempt = self.attempts()[0 if late else -1]
        data = {"attempt": attempt.pk, "answers": "1"} | ({"confirm": "1"} if confirm else {})
        for (question, own), how in zip(attempt.order, answers, strict=True):
            data[f"q{question}"] = self.choices(attempt, question, own, how)
        self.post(device, "terminer/", data)

    @precondition(lambda self: self.attempts())
    @rule(device=devices, late=st.booleans())
    def end(self, device, late):
        attempt = self.attempts()[0 if late else -1]
        self.post(device, "terminer/", {"attempt": attempt.pk, "confirm": "1"})

    @precondition(lambda self: self.sent)
    @rule(device=devices, back=st.integers(0, 3))
    def send_again_what_got_no_reply(self, device, back):
        page, data = self.sent[-1 - min(back, len(self.sent) - 1)]
        self.post(device, page, data)

    # --- Staff, and time ----------------------------------------------------------------------

    @precondition(lambda self: self.attempts())
    @rule(
        what=st.sampled_from(
            ["sweep", "grant", "withdraw", "withdraw", "invite", "time", "out of time"]
        )
    )
    def staff_and_the_clock(self, what):
        """One rule, so that the member's clicks are most of a run."""
        one = self.fresh()
        if what == "withdraw":
            withdraw([one], reason="Feuille annulée")
        elif what == "invite":
            self.invite_again(one)
        elif what == "grant":
            self.grant_one_more(one)
        elif what == "time":
            self.time_passes(one, hours=23)
        elif what == "out of time":
            self.time_passes(one, hours=25)
        else:
            tasks.finish_overdue()
        # A phone that does not know of it goes on.
        attempt = self.attempts()[-1]
        self.send_answer("phone", attempt, 0, "right")

    def invite_again(self, one):
        """Another sheet of the same training is validated."""
        with transaction.atomic():
            invite(
                training=one.training,
                session_on=one.session_on,
                minutes_by_member={one.member_id: one.minutes},
            )

    def grant_one_more(self, one):
        if one.status == "failed":
            invitations.grant_attempt(one, by=self.staff, comment="Panne de réseau.")
        else:
            with pytest.raises(WrongStatus):
                invitations.grant_attempt(one, by=self.staff, comment="Panne de réseau.")

    def time_passes(self, one, hours):
        """The deadline is now so many hours ago; without the sweep, whoever looks ends it."""
        deadline = timezone.now() - timedelta(hours=hours)
        if one.deadline_at > deadline:
            Invitation.objects.filter(pk=one.pk).update(deadline_at=deadline)

    # --- What must hold -----------------------------------------------------------------------

    @invariant()
    def what_was_told_is_what_is_kept(self):
        """No answer is lost, and none changes after the end."""
        for attempt in self.attempts():
            assert marks.ticked(attempt) == self.told.get(attempt.pk, {})
        assert not Answer.objects.filter(attempt=self.stranger).exists()
        assert Attempt.objects.get(pk=self.stranger.pk).is_started

    @invariant()
    def there_is_one_mark_one_credit_and_one_mail(self):
        assert_one_outcome(self.fresh(), told=self.told)
        for one in self.attempts():
            if one.status != "started":
                mark = (one.status, one.right, one.passed, one.wrong, one.finished_at)
                assert self.marks.setdefault(one.pk, mark) == mark
        assert not HoursCredit.objects.exclude(member=self.invitation.member_id).exists()

    # --- How ----------------------------------------------------------------------------------

    def fresh(self):
        return Invitation.objects.select_related("training", "member").get(pk=self.invitation.pk)

    def attempts(self):
        return list(self.invitation.attempts.order_by("number"))

    def choices(self, attempt, question, own, how):
        right = right_choices(attempt)[question]
        return {"right": right, "wrong": [pk for pk in own if pk not in right], "empty": []}[how]

    def send_answer(self, device, attempt, rank, how):
        question, own = attempt.order[rank]
        choices = self.choices(attempt, question, own, how)
        data = {"attempt": attempt.pk, "question": question, "choice": choices}
        self.post(device, "reponse/", data)

    def post(self, device, page, data):
        """Send a form; note what the portal must have kept, if it was to be taken."""
        self.sent.append((page, data))
        target = next((one for one in self.attempts() if one.pk == data.get("attempt")), None)
        taken = bool(
            target
            and device in self.opened
            and target.is_started
            and timezone.now() <= self.fresh().attempt_end
        )
        response = self.clients[device].post(f"/qcm/{self.invitation.pk}/{page}", data)
        if page == "reponse/":
            if response.status_code == 200:
                assert taken
                self.told.setdefault(target.pk, {})[data["question"]] = sorted(data["choice"])
        else:
            assert response.status_code == (302 if device in self.opened else 404)
            if taken and "answers" in data:
                kept = self.told.setdefault(target.pk, {})
                for question, _ in target.order:
                    choices = sorted(data[f"q{question}"])
                    if choices or question in kept:
                        kept[question] = choices
        return response


# One click after another: `test_interleavings_at_once.py` is about locks.
@pytest.mark.once
@pytest.mark.no_cover
@pytest.mark.django_db
def test_any_order_of_clicks_makes_one_mark_one_credit_and_one_mail():
    run_state_machine_as_test(
        Exam,
        settings=settings(
            max_examples=45,
            stateful_step_count=18,
            deadline=None,
            # The same runs each time: a failure is the change's, never the day's.
            derandomize=True,
            # Shrinking takes minutes with a database, and the steps are printed all the same.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
