"""Links that were forged, and pages left open too long: refused, and not one row changed."""

import pytest
from django.test import Client

from mailing.models import Message
from members import links as member_links
from members.models import HoursCredit
from qcm import links
from qcm.domain import marks
from qcm.models import Answer, Attempt, Invitation, InvitationJournal, Reminder
from tests.qcm import steps
from tests.qcm.conftest import answer, open_link, path_of

NOT_YOURS = "Cette tentative n’est pas celle de votre QCM."
INCOMPLETE = "Cette réponse est incomplète."
FOREIGN_QUESTION = "Cette question ne fait pas partie de votre QCM."
FOREIGN_CHOICE = "Cette réponse ne fait pas partie de la question."

# What `int` or the database takes for a number, or nearly: each must end in a sentence.
ODD_NUMBERS = [
    "",
    " ",
    "x",
    "²",
    "½",
    "-1",
    "1.0",
    "1e3",
    "0x1",
    "1\x00",
    "\x00",
    str(2**31),
    str(2**63),
    str(10**30),
    str(-(10**30)),
    "9" * 5000,
    "١" * 5000,
    "NaN",
    "1; DROP TABLE qcm_answer",
    "🙂",
]
IDS = [f"{number!a:.20}" for number in ODD_NUMBERS]
# In these digits a number is the same number.
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def rows():
    """Every row that a QCM writes or moves."""
    models = (Invitation, Attempt, Answer, HoursCredit, Message, InvitationJournal, Reminder)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def body(response):
    return response.content.decode()


def url(invitation, page=""):
    return f"/qcm/{invitation.pk}/{page}"


def save(client, invitation, **data):
    return client.post(url(invitation, "reponse/"), data)


def end(client, invitation, **data):
    return client.post(url(invitation, "terminer/"), data, follow=True)


@pytest.fixture
def attempt(invitation):
    """A running attempt whose first two questions are answered."""
    attempt = steps.start(invitation)
    steps.save(attempt, {question: choices[:1] for question, choices in attempt.order[:2]})
    return attempt


@pytest.fixture
def unchanged(attempt):
    """Fail unless every row is at the end what it was when the test began to ask."""
    before = rows()
    yield
    assert rows() == before


# --- Links ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "²",
        "%00",
        "a:b:c",
        "%F0%9F%99%82",
        "A" * 5000,
        "..",
        "%ff%fe",
    ],
)
@pytest.mark.parametrize("kind", ["lien", "rappel"])
def test_a_forged_link_opens_nothing(client, invitation, kind, token):
    before = rows()
    response = client.get(f"/qcm/{kind}/{token}/")
    if token == "%00":
        assert response.status_code == 400
    else:
        assert response.status_code == 404
        assert "Ce lien n’est pas valable" in body(response) or "introuvable" in body(response)
    assert client.get(url(invitation)).status_code == 404
    assert rows() == before


def test_a_token_with_one_letter_changed_opens_nothing(client, invitation):
    token = member_links.token(links.INVITATION, invitation.pk)
    for place in range(len(token)):
        if token[place] == ":":
            continue
        forged = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert client.get(f"/qcm/lien/{forged}/").status_code == 404
    assert client.get(url(invitation)).status_code == 404


def test_addresses_with_numbers_too_large_are_unknown(member_client, invitation):
    for number in (2**31, 2**63, 10**30):
        for page in ["", "questions/", "terminer/", "resultat/", "ouvrir/"]:
            assert member_client.get(f"/qcm/{number}/{page}").status_code == 404
        assert member_client.post(f"/qcm/{number}/commencer/").status_code == 404
        assert member_client.post(f"/qcm/{number}/reponse/").status_code == 403


# --- A page left open too long ----------------------------------------------------------------


@pytest.fixture
def strict(invitation):
    """A browser whose forms need their token, as on the real portal."""
    client = Client(enforce_csrf_checks=True)
    client.get(path_of(links.invitation_url(invitation.pk)))
    return client


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("page", ["commencer/", "terminer/", "reponse/"])
def test_a_form_without_its_token_is_refused_in_french(strict, invitation, attempt, page):
    question, choices = attempt.order[2]
    form = {
        "attempt": attempt.pk,
        "question": question,
        "choice": choices[0],
        "answers": "1",
        "confirm": "1",
    }
    for token in ({}, {"csrfmiddlewaretoken": "x"}, {"csrfmiddlewaretoken": "é" * 64}):
        response = strict.post(url(invitation, page), form | token)
        assert response.status_code == 403
        assert "Cette page a expiré" in body(response)
        assert "CSRF" not in body(response)


def test_the_pages_own_token_is_taken(strict, invitation, attempt):
    page = body(strict.get(url(invitation, "questions/")))
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    question, choices = attempt.order[2]
    response = strict.post(
        url(invitation, "reponse/"),
        {
            "attempt": attempt.pk,
            "question": question,
            "choice": choices[0],
            "csrfmiddlewaretoken": token,
        },
    )
    assert response.status_code == 200
    assert marks.ticked(attempt)[question] == choices[:1]


def test_a_session_that_ended_leaves_what_was_saved(member_client, invitation):
    attempt = answer(steps.start(invitation), right=4)
    member_client.cookies.clear()
    before = rows()
    for page in ["", "questions/", "terminer/", "resultat/"]:
        response = member_client.get(url(invitation, page))
        assert response.status_code == 404
        assert "Vos réponses déjà enregistrées sont gardées." in body(response)
    response = member_client.post(
        url(invitation, "terminer/"), {"attempt": attempt.pk, "confirm": "1"}
    )
    assert response.status_code == 404
    assert rows() == before
    open_link(member_client, invitation)
    assert body(member_client.get(url(invitation, "questions/"))).count("checked") == 5
