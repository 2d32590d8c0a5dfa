"""The member's pages: the link, the door, the questions, the end, the result."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from members import links as member_links
from qcm import links
from qcm.domain import attempts, marks
from qcm.domain.invitations import withdraw
from qcm.models import Answer, Attempt, Invitation
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import answer, open_link, path_of, right_choices, take
from trainings.models import AnnualRules


def url(invitation, page=""):
    return f"/qcm/{invitation.pk}/{page}"


def body(response):
    return response.content.decode()


def flat(response):
    """The page on one line; narrow spaces stay."""
    return re.sub(r"[ \n]+", " ", body(response))


# --- The link ---------------------------------------------------------------------------------


def test_the_link_leads_to_the_door_without_the_token_in_the_address(client, invitation):
    response = open_link(client, invitation)
    assert (response.status_code, response["Location"]) == (302, url(invitation))
    page = client.get(url(invitation))
    assert page.status_code == 200
    assert invitation.training.title in body(page)
    assert "Commencer le QCM" in body(page)


def test_opening_the_link_any_number_of_times_changes_nothing(client, invitation):
    before = Invitation.objects.values().get()
    for _ in range(3):
        open_link(client, invitation)
        client.get(url(invitation))
    assert Invitation.objects.values().get() == before
    assert not Attempt.objects.exists()


def test_a_link_opens_its_own_invitation_alone(client, invitation):
    other = factories.make_invitation(member=invitation.member)
    open_link(client, invitation)
    for page in ["", "questions/", "terminer/", "resultat/"]:
        response = client.get(url(other, page))
        assert response.status_code == 404
        assert other.training.title not in body(response)


def test_two_links_opened_in_one_browser_both_stay_open(client, invitation):
    other = factories.make_invitation(member=invitation.member)
    open_link(client, invitation)
    open_link(client, other)
    assert client.get(url(invitation)).status_code == 200
    assert client.get(url(other)).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        lambda pk: "n-importe-quoi",
        lambda pk: member_links.token(links.INVITATION, pk)[:-2],
        lambda pk: member_links.token("sign-in", pk),
        lambda pk: member_links.token(links.REMINDER, pk),
        lambda pk: signing.dumps(pk),
        lambda pk: member_links.token(links.INVITATION, pk + 1000),
    ],
    ids=["nonsense", "cut", "sign-in", "reminder", "other salt", "unknown"],
)
def test_a_forged_or_foreign_token_opens_nothing(client, invitation, token):
    response = client.get(f"/qcm/lien/{token(invitation.pk)}/")
    assert response.status_code == 404
    assert "Ce lien n’est pas valable" in body(response)
    assert client.get(url(invitation)).status_code == 404


def test_an_invitations_token_is_no_reminder_and_no_sign_in(client, invitation):
    token = member_links.token(links.INVITATION, invitation.pk)
    assert client.get(f"/qcm/rappel/{token}/").status_code == 404
    assert client.get(f"/mes-heures/entrer/{token}/").status_code in {404, 410}


def test_an_expired_link_says_since_when(client, invitation):
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    response = open_link(client, invitation)
    assert response.status_code == 410
    assert "Le délai est passé" in body(response)
    assert client.get(url(invitation)).status_code == 404


def test_an_expired_link_still_opens_for_an_attempt_started_in_time(client, invitation):
    steps.start(invitation)
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(hours=23))
    open_link(client, invitation)
    assert "terminez-la avant le" in body(client.get(url(invitation)))


def test_a_withdrawn_link_says_so(client, invitation):
    Invitation.objects.update(status="withdrawn")
    response = open_link(client, invitation)
    assert response.status_code == 410
    assert "Ce QCM n’est plus à passer" in body(response)


def test_a_passed_link_shows_the_result(client, invitation):
    take(invitation, right=4)
    open_link(client, invitation)
    response = client.get(url(invitation), follow=True)
    assert "QCM réussi" in body(response)
    assert "1\u202fh AMF sont comptées." in body(response)


def test_a_reminders_link_opens_all_that_it_lists(client, invitation):
    other = factories.make_invitation(member=invitation.member)
    third = factories.make_invitation(member=invitation.member)
    path = path_of(links.reminder_url([invitation.pk, other.pk]))
    response = client.get(path, follow=True)
    assert response.redirect_chain == [("/qcm/", 302)]
    assert invitation.training.title in body(response)
    assert other.training.title in body(response)
    assert client.get(url(third)).status_code == 404


def test_a_reminders_link_says_when_nothing_is_left(client, invitation):
    path = path_of(links.reminder_url([invitation.pk]))
    take(invitation, right=4)
    response = client.get(path)
    assert response.status_code == 410
    assert "Il n’y a plus rien à passer" in body(response)


def test_from_mes_heures_a_member_opens_an_own_qcm_only(client, invitation):
    other = factories.make_invitation()
    assert client.get(url(invitation, "ouvrir/")).status_code == 404
    session = client.session
    session["members.sign-in"] = {
        "subject": invitation.member_id,
        "until": (timezone.now() + timedelta(hours=1)).timestamp(),
    }
    session.save()
    assert client.get(url(other, "ouvrir/")).status_code == 404
    assert client.get(url(invitation, "ouvrir/"))["Location"] == url(invitation)
    assert client.get(url(invitation)).status_code == 200


def test_pages_are_not_kept_by_browsers(member_client, invitation):
    for page in ["", "questions/", "resultat/"]:
        assert "no-store" in member_client.get(url(invitation, page))["Cache-Control"]


# --- The attempt ------------------------------------------------------------------------------


def test_the_door_says_what_is_at_stake(member_client, invitation):
    text = flat(member_client.get(url(invitation)))
    assert "<dd>4, une ou plusieurs bonnes réponses à chacune</dd>" in text
    assert "<dd>au moins 70\u00a0% de questions justes</dd>" in text
    assert "<dd>3 sur 3</dd>" in text
    assert "<strong>1\u202fh</strong>" in text


def test_starting_shows_the_questions_in_the_order_drawn_and_never_what_is_right(
    member_client, invitation
):
    response = member_client.post(url(invitation, "commencer/"))
    assert response["Location"] == url(invitation, "questions/")
    page = body(member_client.get(response["Location"]))
    attempt = Attempt.objects.get()
    places = [page.index(f'data-question="{question}"') for question, _ in attempt.order]
    assert places == sorted(places)
    choices = [
        page.index(f'name="q{question}" value="{pk}"')
        for question, own in attempt.order
        for pk in own
    ]
    assert choices == sorted(choices)
    assert page.count('type="checkbox"') == 12
    assert "is_right" not in page
    assert "Explication" not in page


def test_starting_needs_a_post_and_a_second_click_goes_on(member_client, invitation):
    assert member_client.get(url(invitation, "commencer/")).status_code == 405
    for _ in range(2):
        member_client.post(url(invitation, "commencer/"))
    assert Attempt.objects.count() == 1


def test_an_answer_is_saved_and_its_time_told(member_client, invitation):
    attempt = steps.start(invitation)
    question, choices = attempt.order[0]
    response = member_client.post(
        url(invitation, "reponse/"),
        {"attempt": attempt.pk, "question": question, "choice": choices[:2]},
    )
    at = timezone.localtime(Answer.objects.get().saved_at)
    assert response.json() == {"saved": f"{at:%H:%M}"}
    page = body(member_client.get(url(invitation, "questions/")))
    assert f"Enregistré à {at:%H:%M}" in page
    assert page.count("checked") == 2


def test_another_device_goes_on_with_the_same_attempt(member_client, client, invitation):
    attempt = answer(steps.start(invitation), right=4)
    other = client.__class__()
    open_link(other, invitation)
    assert "Reprendre le QCM" in body(other.get(url(invitation)))
    page = body(other.get(url(invitation, "questions/")))
    assert f'data-attempt="{attempt.pk}"' in page
    assert page.count("checked") == 5


def save(client, invitation, **data):
    return client.post(url(invitation, "reponse/"), data)


def test_saving_without_the_link_is_refused_in_words(client, invitation):
    attempt = steps.start(invitation)
    question, choices = attempt.order[0]
    response = save(client, invitation, attempt=attempt.pk, question=question, choice=choices[0])
    assert response.status_code == 403
    assert "Rouvrez le lien reçu par e-mail" in response.json()["message"]
    assert not Answer.objects.exists()


def test_saving_to_anothers_attempt_is_refused(member_client, invitation):
    steps.start(invitation)
    other = steps.start(factories.make_invitation(invitation.training))
    question, choices = other.order[0]
    for target in (invitation, other.invitation):
        response = save(
            member_client, target, attempt=other.pk, question=question, choice=choices[0]
        )
        assert response.status_code in {403, 404}
    assert not Answer.objects.exists()


def test_saving_a_foreign_question_or_choice_is_refused(member_client, invitation):
    attempt = steps.start(invitation)
    (first, a), (second, b), *_ = attempt.order
    for question, choice in [(first, b[0]), (999999, a[0]), (first, 999999)]:
        response = save(
            member_client, invitation, attempt=attempt.pk, question=question, choice=choice
        )
        assert response.status_code == 400
        assert "ne fait pas partie" in response.json()["message"]
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"attempt": "x", "question": "1"}, {"attempt": "1"}, {"attempt": "9" * 30}]
)
def test_saving_nonsense_is_refused(member_client, invitation, data):
    response = save(member_client, invitation, **data)
    assert response.status_code == 400
    assert response.json() == {"message": "Cette réponse est incomplète."}


def test_saving_after_the_end_is_refused_and_told(member_client, invitation):
    attempt = take(invitation, right=0)
    question, choices = attempt.order[0]
    response = save(
        member_client, invitation, attempt=attempt.pk, question=question, choice=choices[0]
    )
    assert response.status_code == 409
    assert response.json()["ended"] is True
    assert "terminée" in response.json()["message"]


# --- The end ----------------------------------------------------------------------------------


def form_of(attempt, answers):
    data = {f"q{question}": choices for question, choices in answers.items()}
    return data | {"attempt": attempt.pk, "answers": "1"}


def test_without_javascript_the_form_saves_all_and_shows_what_is_unanswered(
    member_client, invitation
):
    attempt = steps.start(invitation)
    answers = right_choices(attempt)
    answers.pop(attempt.order[2][0])
    response = member_client.post(
        url(invitation, "terminer/"), form_of(attempt, answers), follow=True
    )
    page = body(response)
    assert response.redirect_chain == [(url(invitation, "terminer/"), 302)]
    assert "Question 3</a>" in page
    assert page.count("</a></li>") == 1
    assert marks.ticked(attempt) == {question: sorted(own) for question, own in answers.items()}
    assert Attempt.objects.get().is_started


def test_the_form_keeps_an_answer_taken_back(member_client, invitation):
    attempt = answer(steps.start(invitation), right=4)
    member_client.post(url(invitation, "terminer/"), form_of(attempt, {}))
    assert len(marks.unanswered(attempt)) == 4


def test_confirming_marks_once_however_often_it_is_clicked(member_client, invitation):
    attempt = answer(steps.start(invitation), right=4)
    for _ in range(3):
        response = member_client.post(
            url(invitation, "terminer/"), {"attempt": attempt.pk, "confirm": "1"}
        )
        assert response["Location"] == url(invitation, "resultat/")
    assert Attempt.objects.get().passed


def test_a_late_retry_of_the_first_end_does_not_end_the_next_attempt(member_client, invitation):
    first = take(invitation, right=0)
    steps.start(invitation)
    member_client.post(url(invitation, "terminer/"), {"attempt": first.pk, "confirm": "1"})
    assert Attempt.objects.get(number=2).is_started


def test_ending_anothers_attempt_is_refused(member_client, invitation):
    other = steps.start(factories.make_invitation(invitation.training))
    for number in (other.pk, "x", ""):
        response = member_client.post(
            url(invitation, "terminer/"), {"attempt": number, "confirm": "1"}, follow=True
        )
        assert "Cette tentative n’est pas celle de votre QCM." in body(response)
    assert Attempt.objects.get().is_started


def test_the_form_with_a_foreign_choice_is_refused_and_says_so(member_client, invitation):
    attempt = steps.start(invitation)
    (first, _), (_, choices), *_ = attempt.order
    for value in (choices[0], "x"):
        response = member_client.post(
            url(invitation, "terminer/"), form_of(attempt, {first: [value]}), follow=True
        )
        assert "Cette réponse ne fait pas partie de la question." in body(response)
    assert not Answer.objects.exists()


def test_a_failure_shows_what_to_review_and_never_the_questions(member_client, invitation):
    AnnualRules.objects.create(year=invitation.training.year, max_attempts=3)
    attempt = take(invitation, right=2)
    page = body(member_client.get(url(invitation, "resultat/")))
    assert "2 / 4" in page
    assert "50\u00a0% de questions justes\u00a0; il en fallait 70\u00a0%." in page
    assert "Il vous reste 2 tentatives" in page
    assert "Commencer une nouvelle tentative" in page
    for question in attempt.question_set.questions.all():
        missed = question.pk in attempt.wrong
        assert (question.theme in page) is missed
        assert (question.explanation in page) is missed
        assert question.text not in page
    assert "Choix" not in page


def test_the_last_failure_says_that_the_association_knows(member_client, invitation):
    for _ in range(3):
        take(invitation, right=0)
    page = body(member_client.get(url(invitation, "resultat/")))
    assert "C’était votre dernière tentative." in page
    assert "Commencer" not in page
    assert "Tentatives précédentes" in page


def test_a_pass_shows_the_hours_and_the_years_total(member_client, invitation):
    take(invitation, right=4)
    page = flat(member_client.get(url(invitation, "resultat/")))
    year = invitation.training.year
    assert "4 / 4" in page
    assert f"Votre total {year} est de 1\u202fh." in page


def test_whoever_looks_finishes_an_attempt_whose_time_ran_out(member_client, invitation):
    answer(steps.start(invitation), right=4)
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(hours=25))
    response = member_client.get(url(invitation, "questions/"), follow=True)
    assert "QCM réussi" in body(response)


@pytest.mark.parametrize("page", ["", "questions/", "terminer/", "resultat/", "commencer/"])
@pytest.mark.parametrize("state", ["open", "started", "failed once", "passed", "failed"])
def test_no_page_in_no_state_is_an_error(member_client, invitation, page, state):
    if state == "started":
        steps.start(invitation)
    elif state == "failed once":
        take(invitation, right=0)
    elif state == "passed":
        take(invitation, right=4)
    elif state == "failed":
        for _ in range(3):
            take(invitation, right=0)
    call = member_client.post if page == "commencer/" else member_client.get
    assert call(url(invitation, page), follow=True).status_code == 200


@pytest.mark.parametrize("page", ["", "questions/", "terminer/", "resultat/"])
def test_a_withdrawn_qcm_says_so_on_every_page(member_client, invitation, page):
    steps.finish(steps.start(invitation))
    Invitation.objects.update(status="withdrawn")
    response = member_client.get(url(invitation, page), follow=True)
    assert response.status_code == 410
    assert "Ce QCM n’est plus à passer" in body(response)


def test_an_expired_qcm_says_so_when_starting(member_client, invitation):
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    response = member_client.post(url(invitation, "commencer/"), follow=True)
    assert response.status_code == 410
    assert not Attempt.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("per_set", [4, 16])
def test_the_steps_queries_do_not_grow_with_the_questions(
    client, per_set, session_queries, django_assert_num_queries
):
    invitation = factories.make_invitation(factories.make_amf_training(per_set=per_set))
    AnnualRules.for_year(invitation.training.year)
    open_link(client, invitation)

    def step(queries):
        return django_assert_num_queries(session_queries + queries)

    # invitation
    with step(1):
        open_link(client, invitation)
    # invitation with member, training, organism and pass mark; attempts, set sizes
    with step(3):
        client.get(url(invitation))
    # savepoint 2, invitation locked with insider and pass mark; attempts, choices, insert
    with step(6):
        client.post(url(invitation, "commencer/"))
    attempt = Attempt.objects.get()
    answers = right_choices(attempt)
    # attempt with invitation and training, choices with questions, answers
    with step(3):
        client.get(url(invitation, "questions/"))
    for question, _ in attempt.order:
        # attempt with invitation and time of the last answer, upsert
        with step(2):
            save(
                client, invitation, attempt=attempt.pk, question=question, choice=answers[question]
            )
    # attempt with invitation and training, answers
    with step(2):
        client.get(url(invitation, "terminer/"))
    # savepoint 2, member locked, attempt and invitation locked, key, answers, attempt marked;
    # ledger: member locked, entries, insert; invitation passed, its journal, the year's total,
    # e-mail
    with step(14):
        client.post(url(invitation, "terminer/"), {"attempt": attempt.pk, "confirm": "1"})
    # invitation with member, training and organism; attempts, the year's total
    with step(3):
        assert "QCM réussi" in body(client.get(url(invitation, "resultat/")))


def test_the_door_of_an_attempt_whose_time_is_over_leads_to_its_result(member_client, invitation):
    attempt = answer(steps.start(invitation), right=4)
    day = timezone.now() - timedelta(days=3)
    Invitation.objects.update(invited_at=day - timedelta(days=30), deadline_at=day)
    page = member_client.get(f"/qcm/{invitation.pk}/")
    attempt.refresh_from_db()
    assert (attempt.status, attempt.passed) == ("finished", True)
    assert page.url == f"/qcm/{invitation.pk}/resultat/"


@pytest.mark.parametrize("page", ["", "questions/"])
def test_a_qcm_withdrawn_while_its_time_is_found_over_leads_to_its_door(
    member_client, invitation, monkeypatch, page
):
    steps.start(invitation)
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(days=3))
    finish = attempts.finish

    def withdrawn_first(*args):
        withdraw([invitation], reason="Feuille annulée")
        return finish(*args)

    monkeypatch.setattr(attempts, "finish", withdrawn_first)
    answered = member_client.get(url(invitation, page))
    assert answered.url == url(invitation)
    assert "Il a été retiré" in body(member_client.get(answered.url))
