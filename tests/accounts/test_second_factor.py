"""Staff reach the admin with a second factor only."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth

from tests import factories

PASSWORD = "un-mot-de-passe-solide"


def give_totp(user):
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": "A" * 32}
    )


@pytest.fixture
def agent(db):
    return factories.make_staff(
        "Chargé de formation", email="agent@exemple.test", password=PASSWORD
    )


def test_staff_without_a_second_factor_are_sent_to_its_set_up(client, agent):
    client.force_login(agent)
    for path in ("/admin/", "/admin/organisms/organism/", "/admin/n-importe-quoi/"):
        response = client.get(path)
        assert (response.status_code, response.url) == (
            302,
            "/double-authentification/application/activer/",
        )


def test_staff_with_a_second_factor_reach_the_admin(client, agent):
    give_totp(agent)
    client.force_login(agent)
    assert client.get("/admin/").status_code == 200


def test_a_demo_lets_staff_in_without(client, agent, settings):
    settings.DEMO = True
    client.force_login(agent)
    assert client.get("/admin/").status_code == 200


def test_staff_without_a_second_factor_can_still_sign_out(client, agent):
    client.force_login(agent)
    client.post("/admin/logout/")
    assert "_auth_user_id" not in client.session


def test_a_removed_second_factor_closes_the_admin_at_once(client, agent):
    authenticator = give_totp(agent)
    client.force_login(agent)
    assert client.get("/admin/").status_code == 200
    authenticator.delete()
    assert client.get("/admin/").status_code == 302


def test_the_password_alone_does_not_sign_in_staff_who_have_a_second_factor(client, agent):
    give_totp(agent)
    response = client.post("/connexion/", {"login": agent.email, "password": PASSWORD})
    assert response.url == "/double-authentification/verifier/"
    assert "_auth_user_id" not in client.session
    assert client.get("/double-authentification/verifier/").status_code == 200


def test_the_admin_has_no_sign_in_page_of_its_own(client, db):
    response = client.get("/admin/login/?next=/admin/")
    assert (response.status_code, response.url) == (302, "/connexion/?next=%2Fadmin%2F")


def test_an_organism_gets_no_admin(client, owner):
    client.force_login(owner)
    assert client.get("/admin/organisms/organism/", follow=True).status_code == 403


def test_staff_set_up_a_second_factor_and_get_recovery_codes(client, agent):
    client.post("/connexion/", {"login": agent.email, "password": PASSWORD})
    activate = "/double-authentification/application/activer/"
    confirmed = client.post("/connexion/confirmer/", {"password": PASSWORD, "next": activate})
    assert confirmed.url == activate
    page = client.get(activate)
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))
    done = client.post(activate, {"code": code})
    assert done.url == "/double-authentification/codes/"
    for path in (
        "/double-authentification/",
        "/double-authentification/codes/",
        "/double-authentification/codes/nouveaux/",
        "/double-authentification/codes/telecharger/",
        "/double-authentification/application/desactiver/",
    ):
        assert client.get(path).status_code == 200, path
    assert client.get("/admin/").status_code == 200


def test_an_old_sign_in_is_confirmed_before_the_second_factor_changes(client, agent):
    client.force_login(agent)
    response = client.get("/double-authentification/application/activer/")
    assert response.status_code == 302
    assert response.url.startswith("/connexion/confirmer/")
    assert client.get(response.url).status_code == 200
