"""Staff reach the admin with a second factor only."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.utils import timezone

from accounts import domain, encryption, tasks
from accounts.adapter import browser_of
from mailing.delivery import render
from mailing.models import Message
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


# --- however the address is written ---------------------------------------------------------------


@pytest.mark.parametrize("script", ["", "/admin", "/x"])
def test_no_writing_of_the_address_gets_round_the_second_factor(client, agent, script):
    client.force_login(agent)
    response = client.get("/admin/organisms/organism/", SCRIPT_NAME=script)
    assert response.status_code == 302
    assert response.url.endswith("/double-authentification/application/activer/")


def test_staff_without_a_second_factor_open_no_page_of_organisms_either(client, agent, organism):
    document = factories.make_training(organism)
    client.force_login(agent)
    for path in (f"/formations/{document.pk}/", "/tableau-de-bord/"):
        assert client.get(path).url == "/double-authentification/application/activer/"
    assert client.get("/").status_code == 200


# --- the end of a session -------------------------------------------------------------------------


def later(monkeypatch, **delta):
    now = timezone.now() + timedelta(**delta)
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def working(client, agent, settings, monkeypatch):
    settings.DEMO = True
    # The clock stands still from here on: only `later` moves it.
    later(monkeypatch)
    client.force_login(agent)
    assert client.get("/admin/").status_code == 200
    return client


def test_staff_sign_in_again_after_two_hours_without_a_request(working, monkeypatch):
    later(monkeypatch, seconds=7200)
    assert working.get("/admin/").status_code == 200
    later(monkeypatch, seconds=7201)
    response = working.get("/admin/organisms/organism/?q=a")
    assert response.url == "/connexion/?next=/admin/organisms/organism/%3Fq%3Da"
    assert "_auth_user_id" not in working.session
    assert "Votre session de travail est terminée" in working.get(response.url).content.decode()


def test_staff_sign_in_again_after_a_working_day(working, monkeypatch):
    for _ in range(10):
        later(monkeypatch, hours=1)
        assert working.get("/admin/").status_code == 200
    later(monkeypatch, seconds=1)
    assert working.get("/admin/").status_code == 302


def test_what_staff_typed_when_their_session_ended_is_kept(working, monkeypatch):
    later(monkeypatch, hours=3)
    answer = working.post("/admin/members/member/add/", {"last_name": "Durand"})
    assert "Durand" in answer.content.decode()


def test_an_organisms_session_lasts(client, owner, monkeypatch):
    client.force_login(owner)
    assert client.get("/tableau-de-bord/").status_code == 200
    later(monkeypatch, hours=30)
    assert client.get("/tableau-de-bord/").status_code == 200


# --- a new device ---------------------------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(client, user):
    data = {"login": user.email, "password": PASSWORD}
    response = client.post("/connexion/", data, headers={"User-Agent": FIREFOX})
    assert response.url == "/admin/"


def test_a_new_device_is_told_once_to_the_account_s_owner(client, agent):
    for _ in range(2):
        sign_in(client, agent)
        client.post("/deconnexion/")
    message = Message.objects.get()
    assert (message.template, message.to) == ("accounts/email/signed_in_elsewhere", agent.email)
    assert "(Firefox sous Windows)" in render(message, "")[1]
    colleague = factories.make_staff("Administrateur", password=PASSWORD)
    sign_in(client, colleague)
    sign_in(Client(), agent)
    assert [one.to for one in Message.objects.order_by("pk")] == [
        agent.email,
        colleague.email,
        agent.email,
    ]


def test_what_a_browser_says_of_itself_reaches_no_mail():
    assert browser_of("<b>Gagnez</b> http://mauvais.test") == "navigateur inconnu"
    assert browser_of("Mozilla/5.0 (iPhone; …) Version/18 Safari/604.1") == "Safari sous iPhone"


def test_a_made_up_cookie_is_no_known_device(client, agent):
    client.cookies["appareil"] = f"{agent.pk}:faux"
    sign_in(client, agent)
    assert Message.objects.count() == 1


def test_an_organism_is_told_of_none(client, organism):
    user = factories.make_person(organism, password=PASSWORD).user
    client.post("/connexion/", {"login": user.email, "password": PASSWORD})
    assert not Message.objects.exists()


# --- secrets at rest ------------------------------------------------------------------------------


def kept(user):
    return Authenticator.objects.get(user=user, type="totp").data["secret"]


def test_a_secret_is_encrypted_and_its_code_fits(agent):
    auth.TOTP.activate(agent, "JBSWY3DPEHPK3PXP")
    assert "JBSWY3DP" not in kept(agent)
    code = auth.format_hotp_value(auth.hotp_value("JBSWY3DPEHPK3PXP", int(time.time()) // 30))
    assert auth.TOTP(Authenticator.objects.get(user=agent)).validate_code(code)


def test_what_was_kept_in_clear_or_by_a_former_key_is_read_and_renewed_at_night(agent, settings):
    give_totp(agent)
    assert encryption.decrypt(kept(agent)) == "A" * 32
    tasks.encrypt_second_factors()
    first = kept(agent)
    assert encryption.is_current(first)
    assert domain.encrypt_second_factors() == 0
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "une autre clé"
    assert encryption.decrypt(first) == "A" * 32
    assert not encryption.is_current(first)
    assert domain.encrypt_second_factors() == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert encryption.decrypt(kept(agent)) == "A" * 32


def test_a_secret_whose_key_is_gone_fits_nothing_and_is_left_as_it_is(agent, settings):
    auth.TOTP.activate(agent, "JBSWY3DPEHPK3PXP")
    before = kept(agent)
    settings.SECRET_KEY = "une autre clé"
    assert encryption.decrypt(before) not in {"", "JBSWY3DPEHPK3PXP"}
    assert encryption.decrypt(before) != encryption.decrypt(before)
    assert domain.encrypt_second_factors() == 0
    assert kept(agent) == before
