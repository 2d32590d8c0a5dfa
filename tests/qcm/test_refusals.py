"""What comes from outside and does not belong: refused in French, and not one row changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailing.models import Message
from members.models import HoursCredit
from qcm.domain import marks
from qcm.models import Answer, Attempt, Invitation, InvitationJournal, Reminder
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import open_link, right_choices, take

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


# --- One answer -------------------------------------------------------------------------------


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("number", ODD_NUMBERS, ids=IDS)
@pytest.mark.parametrize("name", ["attempt", "question", "choice"])
def test_an_odd_number_in_an_answer_is_refused(member_client, invitation, attempt, name, number):
    question, choices = attempt.order[0]
    data = {"attempt": attempt.pk, "question": question, "choice": choices[1]} | {name: number}
    response = save(member_client, invitation, **data)
    assert (response.status_code, response.json()["message"]) in {
        (400, INCOMPLETE),
        (400, FOREIGN_QUESTION),
        (400, FOREIGN_CHOICE),
        (404, NOT_YOURS),
    }


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("missing", ["attempt", "question"])
def test_an_answer_without_its_attempt_or_question_is_refused(
    member_client, invitation, attempt, missing
):
    question, choices = attempt.order[0]
    data = {"attempt": attempt.pk, "question": question, "choice": choices[1]}
    del data[missing]
    response = save(member_client, invitation, **data)
    assert (response.status_code, response.json()) == (400, {"message": INCOMPLETE})


def test_digits_of_another_script_are_the_same_numbers(member_client, invitation, attempt):
    question, choices = attempt.order[2]
    data = {"attempt": attempt.pk, "question": question, "choice": choices[0]}
    response = save(
        member_client,
        invitation,
        **{name: str(number).translate(ARABIC) for name, number in data.items()},
    )
    assert response.status_code == 200
    assert marks.ticked(attempt)[question] == choices[:1]


def test_a_choice_sent_twice_counts_once(member_client, invitation, attempt):
    question, choices = attempt.order[0]
    response = save(
        member_client,
        invitation,
        attempt=attempt.pk,
        question=question,
        choice=[choices[1]] * 3 + [choices[0]],
    )
    assert response.status_code == 200
    assert marks.ticked(attempt)[question] == sorted(choices[:2])


@pytest.mark.usefixtures("unchanged")
def test_thousands_of_choices_are_refused(member_client, invitation, attempt):
    question, choices = attempt.order[0]
    for many in (range(1, 900), choices[:1] * 5000):
        response = save(
            member_client, invitation, attempt=attempt.pk, question=question, choice=list(many)
        )
        assert response.status_code == 400
        assert "ne fait pas partie" in body(response) or "Demande incomplète" in body(response)


@pytest.mark.usefixtures("unchanged")
def test_a_right_choice_beside_a_foreign_one_is_refused_with_it(member_client, invitation, attempt):
    (question, own), (_, others), *_ = attempt.order
    response = save(
        member_client,
        invitation,
        attempt=attempt.pk,
        question=question,
        choice=[own[1], others[0]],
    )
    assert (response.status_code, response.json()) == (400, {"message": FOREIGN_CHOICE})


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b'{"attempt": 1, "question": 1}', "application/json"),
        (b"\xff\xfe\x00attempt", "application/x-www-form-urlencoded"),
        (b"attempt=%FF&question=%00&choice=%C3", "application/x-www-form-urlencoded"),
        (b"&&&=&=", "application/x-www-form-urlencoded"),
        (b"nothing of the kind", "multipart/form-data; boundary=x"),
        (b"nothing of the kind", "multipart/form-data"),
        (b"\x00" * 4096, "application/octet-stream"),
        (b"attempt=1", "application/x-www-form-urlencoded; charset=iso-8859-1"),
    ],
)
@pytest.mark.parametrize("page", ["reponse/", "terminer/"])
def test_a_body_that_is_no_form_is_refused(
    member_client, invitation, attempt, page, content, content_type
):
    response = member_client.post(
        url(invitation, page), content, content_type=content_type, follow=True
    )
    assert response.status_code == (200 if response.redirect_chain else 400)
    said = response.json()["message"] if "json" in response["Content-Type"] else body(response)
    assert [one for one in (INCOMPLETE, NOT_YOURS, "Demande incomplète") if one in said]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused_everywhere(member_client, invitation, attempt, method):
    for page in ["", "commencer/", "questions/", "reponse/", "terminer/", "resultat/", "ouvrir/"]:
        assert getattr(member_client, method)(url(invitation, page)).status_code == 405


@pytest.mark.usefixtures("unchanged")
def test_reading_pages_take_no_post(member_client, invitation, attempt):
    for page in ["", "questions/", "resultat/", "ouvrir/"]:
        assert member_client.post(url(invitation, page), {"confirm": "1"}).status_code == 405
    for page in ["commencer/", "reponse/"]:
        assert member_client.get(url(invitation, page)).status_code == 405


# --- Of someone else, or too late -------------------------------------------------------------


def test_no_door_leads_to_someone_elses_attempt(member_client, invitation, attempt):
    """Their invitation's address, or their attempt's and their question's numbers below mine."""
    theirs = factories.make_invitation(invitation.training)
    other = steps.start(theirs)
    question, choices = other.order[0]
    data = {"attempt": other.pk, "question": question, "choice": choices[0]}
    before = rows()
    response = save(member_client, theirs, **data)
    assert response.status_code == 403
    assert "Rouvrez le lien reçu par e-mail" in response.json()["message"]
    response = save(member_client, invitation, **data)
    assert (response.status_code, response.json()) == (404, {"message": NOT_YOURS})
    if question not in dict(attempt.order):
        response = save(member_client, invitation, **data | {"attempt": attempt.pk})
        assert (response.status_code, response.json()) == (400, {"message": FOREIGN_QUESTION})
    for page in ["", "questions/", "terminer/", "resultat/", "ouvrir/"]:
        response = member_client.get(url(theirs, page))
        assert response.status_code == 404
        assert "Ouvrez le lien reçu par e-mail" in body(response)
    for page in ["commencer/", "terminer/"]:
        form = {"attempt": other.pk, "answers": "1", "confirm": "1", f"q{question}": choices[0]}
        assert member_client.post(url(theirs, page), form).status_code == 404
    assert NOT_YOURS in body(end(member_client, invitation, attempt=other.pk, confirm="1"))
    assert NOT_YOURS in body(
        end(member_client, invitation, attempt=other.pk, answers="1", **{f"q{question}": "1"})
    )
    assert rows() == before


def test_ones_own_other_qcm_does_not_take_this_ones_answers(client, invitation, attempt):
    """Both links were opened in this browser: the numbers must belong together all the same."""
    second = factories.make_invitation(member=invitation.member)
    running = steps.start(second)
    open_link(client, invitation)
    open_link(client, second)
    question, choices = running.order[0]
    before = rows()
    response = save(client, invitation, attempt=running.pk, question=question, choice=choices[0])
    assert (response.status_code, response.json()) == (404, {"message": NOT_YOURS})
    assert NOT_YOURS in body(end(client, invitation, attempt=running.pk, confirm="1"))
    response = save(client, invitation, attempt=attempt.pk, question=question, choice=choices[0])
    assert (response.status_code, response.json()) == (400, {"message": FOREIGN_QUESTION})
    assert rows() == before


def test_a_question_of_the_attempt_before_is_refused(member_client, invitation):
    first = take(invitation, right=0)
    second = steps.start(invitation)
    question, choices = first.order[0]
    before = rows()
    response = save(
        member_client, invitation, attempt=second.pk, question=question, choice=choices[0]
    )
    assert (response.status_code, response.json()) == (400, {"message": FOREIGN_QUESTION})
    response = save(
        member_client, invitation, attempt=first.pk, question=question, choice=choices[0]
    )
    assert response.status_code == 409
    assert response.json() == {
        "message": "Cette tentative est terminée : les réponses ne peuvent plus changer.",
        "ended": True,
    }
    assert rows() == before


@pytest.mark.parametrize("state", ["finished", "withdrawn", "out of time"])
def test_nothing_is_taken_after_the_end(member_client, invitation, attempt, state):
    if state == "finished":
        steps.finish(attempt)
    elif state == "withdrawn":
        Attempt.objects.update(status="interrupted", finished_at=timezone.now())
        Invitation.objects.update(status="withdrawn")
    else:
        Invitation.objects.update(deadline_at=timezone.now() - timedelta(hours=24, minutes=1))
    question, choices = attempt.order[3]
    before = rows()
    response = save(
        member_client, invitation, attempt=attempt.pk, question=question, choice=choices[0]
    )
    said = {
        "finished": "Cette tentative est terminée : les réponses ne peuvent plus changer.",
        "withdrawn": "Ce QCM a été retiré : il n’est plus à passer.",
        "out of time": (
            "Le temps de cette tentative est écoulé : les réponses ne peuvent plus changer."
        ),
    }[state]
    assert (response.status_code, response.json()) == (409, {"message": said, "ended": True})
    member_client.post(
        url(invitation, "terminer/"),
        {"attempt": attempt.pk, "answers": "1", f"q{question}": choices[0]},
    )
    assert rows() == before


def test_a_whole_form_after_the_end_changes_no_answer_and_shows_the_result(
    member_client, invitation, attempt
):
    steps.finish(attempt)
    before = rows()
    answers = {f"q{question}": own for question, own in right_choices(attempt).items()}
    for extra in ({}, {"confirm": "1"}):
        response = end(
            member_client, invitation, attempt=attempt.pk, answers="1", **answers, **extra
        )
        assert response.redirect_chain[-1] == (url(invitation, "resultat/"), 302)
        assert "QCM non réussi" in body(response)
    assert rows() == before


@pytest.mark.parametrize("state", ["passed", "failed", "withdrawn", "expired"])
def test_no_attempt_begins_where_none_is_left(member_client, invitation, state):
    if state == "passed":
        take(invitation, right=4)
    elif state == "failed":
        for _ in range(3):
            take(invitation, right=0)
    elif state == "withdrawn":
        Invitation.objects.update(status="withdrawn")
    else:
        Invitation.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    before = rows()
    response = member_client.post(url(invitation, "commencer/"), follow=True)
    said = {
        "passed": "Ce QCM est déjà réussi : il n’y a rien de plus à faire.",
        "failed": "Toutes les tentatives de ce QCM ont été utilisées.",
        "withdrawn": "Ce QCM a été retiré : il n’est plus à passer.",
        "expired": "Le délai pour passer ce QCM est terminé depuis le",
    }[state]
    assert said in body(response)
    assert rows() == before


# --- « Terminer » -----------------------------------------------------------------------------


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("number", ODD_NUMBERS, ids=IDS)
def test_ending_an_odd_number_is_refused(member_client, invitation, attempt, number):
    for step in ({"confirm": "1"}, {"answers": "1"}):
        response = end(member_client, invitation, attempt=number, **step)
        assert response.redirect_chain == [(url(invitation), 302)]
        assert NOT_YOURS in body(response)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("number", ODD_NUMBERS, ids=IDS)
def test_an_odd_choice_in_the_form_is_refused_with_the_whole_form(
    member_client, invitation, attempt, number
):
    (first, own), (second, _), *_ = attempt.order
    response = end(
        member_client,
        invitation,
        attempt=attempt.pk,
        answers="1",
        **{f"q{first}": own[1], f"q{second}": number},
    )
    assert response.redirect_chain == [(url(invitation, "questions/"), 302)]
    assert FOREIGN_CHOICE in body(response)


@pytest.mark.usefixtures("unchanged")
def test_a_form_with_thousands_of_fields_is_refused_in_french(member_client, invitation, attempt):
    fields = {f"q{number}": "1" for number in range(5000)}
    response = end(member_client, invitation, attempt=attempt.pk, answers="1", **fields)
    assert response.status_code == 400
    assert "Demande incomplète" in body(response)


def test_fields_of_other_questions_in_the_form_are_not_looked_at(
    member_client, invitation, attempt
):
    answers = {f"q{question}": own for question, own in marks.ticked(attempt).items()}
    before = rows()
    response = end(
        member_client,
        invitation,
        attempt=attempt.pk,
        answers="1",
        **answers,
        q999999="1",
        **{"q\x00": "1", "q²": "1", "q-1": "1"},
    )
    assert response.redirect_chain == [(url(invitation, "terminer/"), 302)]
    assert rows() == before
