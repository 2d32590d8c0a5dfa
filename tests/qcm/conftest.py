"""A member, an invitation, and small steps of an attempt."""

import pytest

from qcm import links
from qcm.models import Invitation
from tests import factories
from tests.qcm import steps
from trainings.models import Choice


@pytest.fixture
def invitation(db):
    """An open invitation to a QCM of four questions; the member is ANACOFI-CIF."""
    return factories.make_invitation()


@pytest.fixture
def member_client(client, invitation):
    """A browser that opened the invitation's link."""
    open_link(client, invitation)
    return client


def open_link(client, invitation):
    return client.get(path_of(links.invitation_url(invitation.pk)))


def path_of(url):
    """The path of an absolute URL."""
    return "/" + url.split("/", 3)[3]


def right_choices(attempt):
    """What must be ticked: {question id: [choice id, …]}."""
    key = {question: [] for question, _ in attempt.order}
    for question, pk in Choice.objects.filter(question__in=key, is_right=True).values_list(
        "question_id", "pk"
    ):
        key[question].append(pk)
    return key


def answer(attempt, *, right):
    """Answer the first `right` questions rightly and the others wrongly."""
    answers = right_choices(attempt)
    for rank, (question, choices) in enumerate(attempt.order):
        if rank >= right:
            wrong = [pk for pk in choices if pk not in answers[question]]
            answers[question] = wrong[:1]
    steps.save(attempt, answers)
    return attempt


def take(invitation, *, right):
    """A whole attempt with that many right answers; the attempt as marked."""
    return steps.finish(answer(steps.start(Invitation.objects.get(pk=invitation.pk)), right=right))
