"""Signing in and out, the forgotten password, and the links that let one be chosen."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import tasks
from accounts.links import choose_password_url, forgotten_password_url
from accounts.models import PasswordAsked, User
from mailing.delivery import render
from mailing.models import Message
from tests import factories
from tests.asked import mail_links, post_asking, statements

PASSWORD = "un-mot-de-passe-solide"
NEW = "un-autre-mot-de-passe"


@pytest.fixture
def known(organism):
    return factories.make_person(
        organism, role="contributor", email="camille@exemple.test", password=PASSWORD
    ).user


def sign_in(client, email, password, **extra):
    return client.post("/connexion/", {"login": email, "password": password} | extra)


def path_of(url):
    return re.sub(r"^https?://[^/]+", "", url)


@pytest.mark.django_db
def test_the_sign_in_page_opens(client):
    assert client.get("/connexion/").status_code == 200


def test_signing_in_leads_an_organism_to_its_dashboard(client, known):
    response = sign_in(client, "camille@exemple.test", PASSWORD)
    assert (response.status_code, response.url) == (302, "/tableau-de-bord/")


def test_the_case_of_the_address_does_not_matter(client, known):
    assert sign_in(client, "Camille@Exemple.test", PASSWORD).url == "/tableau-de-bord/"


def test_signing_in_leads_staff_to_the_admin(client, db):
    factories.make_staff("Chargé de formation", email="agent@exemple.test", password=PASSWORD)
    assert sign_in(client, "agent@exemple.test", PASSWORD).url == "/admin/"


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/organismes/notre-organisme/", "/organismes/notre-organisme/"),
        ("https://ailleurs.test/", "/tableau-de-bord/"),
        ("//ailleurs.test/", "/tableau-de-bord/"),
    ],
)
def test_next_is_honoured_inside_the_portal_only(client, known, asked, reached):
    assert sign_in(client, known.email, PASSWORD, next=asked).url == reached


def test_an_inactive_account_does_not_sign_in(client, known):
    User.objects.filter(pk=known.pk).update(is_active=False)
    assert sign_in(client, known.email, PASSWORD).url == "/connexion/compte-ferme/"
    assert client.get("/connexion/compte-ferme/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_told_so_with_its_right_password_only(client, known):
    User.objects.filter(pk=known.pk).update(is_active=False)
    assert sign_in(client, known.email, "mauvais").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, known):
    wrong = sign_in(client, known.email, "mauvais")
    unknown = sign_in(client, "personne@exemple.test", "mauvais")
    errors = [response.context["form"].non_field_errors() for response in (wrong, unknown)]
    assert errors[0] == errors[1]
    assert len(errors[0]) == 1


def test_too_many_wrong_passwords_stop_even_the_right_one(client, known):
    for _ in range(5):
        sign_in(client, known.email, "mauvais")
    response = sign_in(client, known.email, PASSWORD)
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_signing_out_takes_a_post(client, known):
    client.force_login(known)
    assert client.get("/deconnexion/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/deconnexion/").url == "/"
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client, db):
    for path in ("/inscription/", "/accounts/signup/", "/connexion/inscription/"):
        assert client.get(path).status_code == 404


# --- forgotten password -----------------------------------------------------------------------


def test_a_forgotten_password_gets_the_same_answer_whether_known_or_not(client, known):
    answers = [
        post_asking(client, "/mot-de-passe/oublie/", email)
        for email in (known.email, "personne@exemple.test")
    ]
    assert [(one.status_code, one.url) for one in answers] == [
        (302, "/mot-de-passe/oublie/envoye/")
    ] * 2
    assert list(Message.objects.values_list("to", "template")) == [
        (known.email, "accounts/email/password_forgotten")
    ]


def test_a_forgotten_password_takes_the_same_work_whether_known_or_not(client, known):
    found = []
    for email in (known.email, "personne@exemple.test"):
        found.append([])
        with statements(found[-1]):
            client.post("/mot-de-passe/oublie/", {"email": email})
    assert found[0] == found[1] != []
    assert not Message.objects.exists()
    mail_links()
    assert Message.objects.get().to == known.email
    assert not PasswordAsked.objects.exists()


def test_a_password_link_whose_task_was_lost_is_mailed_by_the_next(client, known, monkeypatch):
    client.post("/mot-de-passe/oublie/", {"email": known.email})
    PasswordAsked.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    asked = []
    monkeypatch.setattr("common.jobs.ask", lambda task, pk: asked.append((task, pk)))
    tasks.sweep_password_links()
    ((task, pk),) = asked
    assert task == "accounts.tasks.send_password_links"
    tasks.send_password_links(pk)
    assert Message.objects.count() == 1
    client.post("/mot-de-passe/oublie/", {"email": known.email})
    PasswordAsked.objects.update(tries=3, leased_until=timezone.now() - timedelta(seconds=1))
    tasks.sweep_password_links()
    assert not PasswordAsked.objects.exists()
    assert Message.objects.count() == 1


def test_the_row_of_a_forgotten_password_holds_no_link(client, known):
    post_asking(client, "/mot-de-passe/oublie/", known.email)
    message = Message.objects.get()
    assert (message.text, message.html, message.values) == ("", "", {})
    assert message.link == {
        "name": "accounts.forgotten_password",
        "args": [known.pk],
    }


@pytest.mark.parametrize("email", ["camille@exemple.test", "personne@exemple.test"])
def test_an_address_gets_three_links_an_hour_known_or_not(client, known, email):
    answers = [
        post_asking(
            client, "/mot-de-passe/oublie/", email, REMOTE_ADDR=f"192.0.2.{number}"
        ).status_code
        for number in range(4)
    ]
    assert answers == [302, 302, 302, 429]
    assert Message.objects.count() == (3 if email == known.email else 0)


def test_the_mail_of_a_forgotten_password_says_how_long_its_link_lives(client, known):
    post_asking(client, "/mot-de-passe/oublie/", known.email)
    subject, text, html = render(Message.objects.get(), "https://lien.test/")
    assert subject == "Choisir un nouveau mot de passe"
    assert text.splitlines()[4:7] == [
        "Choisissez-le par ce lien ; il vaut 24 heures et sert une fois.",
        "",
        "Choisir mon mot de passe : https://lien.test/",
    ]
    assert 'href="https://lien.test/"' in html


def test_an_inactive_account_gets_no_link(client, known):
    User.objects.filter(pk=known.pk).update(is_active=False)
    assert post_asking(client, "/mot-de-passe/oublie/", known.email).status_code == 302
    assert not Message.objects.exists()


def test_an_account_without_a_password_can_ask_for_a_new_link(client, organism):
    user = factories.make_person(organism).user
    post_asking(client, "/mot-de-passe/oublie/", user.email)
    assert Message.objects.get().to == user.email


@pytest.mark.parametrize("mint", [choose_password_url, forgotten_password_url])
def test_a_link_lets_a_password_be_chosen_once(client, organism, mint):
    user = factories.make_person(organism).user
    path = path_of(mint(user.pk))
    form = client.get(path, follow=True)
    assert form.status_code == 200
    page = form.request["PATH_INFO"]
    assert page != path, "the key must not stand in the address of the form"

    done = client.post(page, {"password1": NEW, "password2": NEW})
    assert done.url == "/mot-de-passe/choisi/"
    user.refresh_from_db()
    assert user.check_password(NEW)

    again = client.get(path)
    assert again.status_code == 200
    assert again.context["token_fail"] is True
    assert 'href="/mot-de-passe/oublie/"' in again.content.decode()


def test_a_weak_password_is_refused_with_its_reason(client, organism):
    user = factories.make_person(organism).user
    page = client.get(path_of(choose_password_url(user.pk)), follow=True).request["PATH_INFO"]
    response = client.post(page, {"password1": "court", "password2": "court"})
    assert response.status_code == 200
    assert response.context["form"].errors
    user.refresh_from_db()
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("mint", "age", "valid"),
    [
        (choose_password_url, timedelta(days=6, hours=23), True),
        (choose_password_url, timedelta(days=7, hours=1), False),
        (forgotten_password_url, timedelta(hours=23), True),
        (forgotten_password_url, timedelta(hours=25), False),
    ],
)
def test_a_link_lives_as_long_as_it_says(client, organism, monkeypatch, mint, age, valid):
    user = factories.make_person(organism).user
    path = path_of(mint(user.pk))
    later = timezone.localtime().replace(tzinfo=None) + age
    monkeypatch.setattr(
        "django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: later
    )
    assert (client.get(path).status_code == 302) is valid


def test_a_link_of_one_account_does_not_open_another(client, organism):
    first, second = (factories.make_person(organism).user for _ in range(2))
    key = path_of(choose_password_url(first.pk)).strip("/").split("-")[-2:]
    other = path_of(choose_password_url(second.pk)).rsplit("/", 2)[1].split("-")[0]
    response = client.get(f"/mot-de-passe/choisir/{other}-{'-'.join(key)}/")
    assert response.context["token_fail"] is True
