"""Forms without cookies, and of tabs whose session changed: told why, and sent again as typed."""

from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from members.models import SignInLink
from organisms.models import Organism
from qcm.models import Attempt
from tests import factories
from tests.files import ROSTER_HEADER, make_pdf, make_xlsx
from tests.organisms.test_register import PATH, data
from tests.qcm.conftest import open_link
from trainings.models import Training

pytestmark = pytest.mark.django_db
PASSWORD = "trois-mots-au-hasard"
AGAIN = "Envoyer de nouveau"


class Form(HTMLParser):
    """The form of a page that holds one: where it goes, its fields, its files."""

    def __init__(self, response):
        super().__init__()
        self.data, self.files = {}, []
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.action = values.get("action")
        elif tag == "input" and values["type"] == "file":
            self.files.append(values["name"])
        elif tag == "input":
            self.data.setdefault(values["name"], []).append(values.get("value", ""))

    def send(self, client, **more):
        return client.post(self.action, self.data | more)


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


def page(response):
    assert response.status_code == 403
    return response.content.decode()


def token_of(browser, path):
    return Form(browser.get(path)).data["csrfmiddlewaretoken"][0]


def sign_in(browser, user):
    form = {"login": user.email, "password": PASSWORD}
    token = token_of(browser, reverse("account_login"))
    response = browser.post(reverse("account_login"), form | {"csrfmiddlewaretoken": token})
    assert response.status_code == 302


def sign_out(browser):
    """As another tab of the same browser does."""
    form = {"csrfmiddlewaretoken": token_of(browser, reverse("account_logout"))}
    assert browser.post(reverse("account_logout"), form).status_code == 302


def sign_out_and_in(browser, user):
    """As another tab of the same browser does."""
    sign_out(browser)
    sign_in(browser, user)


@pytest.fixture
def owner(organism):
    return factories.make_person(organism, password=PASSWORD).user


# --- without cookies --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (PATH, data()),
        ("/mes-heures/lien/", {"email": "dominique@exemple.test"}),
        ("/mot-de-passe/oublie/", {"email": "dominique@exemple.test"}),
        ("/connexion/", {"login": "dominique@exemple.test", "password": PASSWORD}),
        ("/admin/login/", {"username": "dominique@exemple.test", "password": PASSWORD}),
    ],
)
def test_without_cookies_the_page_says_so_and_shows_what_was_typed(path, form):
    # Each visit is a new browser's: it refuses every cookie.
    token = Client().get(path, follow=True).content.decode()
    token = token.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    answer = Client(enforce_csrf_checks=True).post(path, form | {"csrfmiddlewaretoken": token})
    html = page(answer)
    assert "Votre navigateur n’a pas envoyé de cookies" in html
    assert "autorisez-les pour ce site" in html
    assert "CSRF" not in html
    assert PASSWORD not in html
    assert "no-store" in answer["Cache-Control"]
    for name, text in form.items():
        if name != "password":
            assert [text] == Form(answer).data[name]
    assert Organism.objects.count() == 0


def test_once_cookies_are_let_in_one_click_goes_on(browser):
    form = data(description="Première ligne\nseconde « ligne » & <fin>")
    answer = browser.post(PATH, form)
    assert "Première ligne\nseconde « ligne » &amp; &lt;fin&gt;" in page(answer)
    assert Form(answer).send(browser).status_code == 302
    assert Organism.objects.get().description == form["description"]


def test_cookies_refused_for_good_never_lose_what_was_typed():
    answer = Client(enforce_csrf_checks=True).post(PATH, data())
    for _ in range(2):
        answer = Form(answer).send(Client(enforce_csrf_checks=True))
        assert data()["description"] in page(answer)


def test_a_password_is_typed_again_and_never_shown(browser, owner):
    answer = browser.post("/connexion/", {"login": owner.email, "password": PASSWORD})
    assert page(answer).count('type="password"') == 1
    assert Form(answer).send(browser, password=PASSWORD).url == reverse("dashboard")


# --- a session that changed in another tab ----------------------------------------------------


def test_a_tab_whose_session_changed_goes_on_and_does_it_once(browser, owner):
    sign_in(browser, owner)
    path = reverse("trainings:create")
    typed = {"title": "Les SCPI", "year": "2026", "csrfmiddlewaretoken": token_of(browser, path)}
    sign_out_and_in(browser, owner)
    answer = browser.post(path, typed)
    html = page(answer)
    assert "Cette page a expiré" in html
    assert "Les SCPI" in html
    assert owner.email in html
    assert not Training.objects.exists()
    assert Form(answer).send(browser).status_code == 302
    assert Training.objects.get().title == "Les SCPI"


class Quoted(HTMLParser):
    """What a page says had been written."""

    def __init__(self, html):
        super().__init__()
        self.texts, self._inside = [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self._inside = tag == "blockquote"

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        self.texts += [data] if self._inside else []


def test_what_was_typed_is_shown_and_no_code_of_a_choice(browser, owner, organism):
    sheet = factories.make_sheet(factories.make_training(organism, status="approved"))
    sign_in(browser, owner)
    training = factories.make_training(organism)
    path = reverse("trainings:edit", args=[training.pk])
    token = token_of(browser, reverse("trainings:create"))
    sign_out(browser)
    chosen = {"teaching_method": "presence", "partial_presence": "on"}
    form = {"title": "Les SCPI", "csrfmiddlewaretoken": token}
    answer = browser.post(path, chosen | form)
    assert Quoted(page(answer)).texts == ["Les SCPI"]
    # Shown or not, it is sent again.
    assert Form(answer).data["teaching_method"] == ["presence"]
    asked = {
        "cle-0": "column:dernier depart",
        "question-0": "presence",
        "colonne-1": "last_name",
        "session": "toutes",
        "mode": "complete",
        "csrfmiddlewaretoken": token,
    }
    answer = browser.post(reverse("attendance:answer", args=[sheet.pk]), asked)
    assert Quoted(page(answer)).texts == []
    assert Form(answer).data["cle-0"] == ["column:dernier depart"]


def test_a_file_is_chosen_again(browser, owner, organism):
    training = factories.make_training(organism, status="approved")
    sign_in(browser, owner)
    path = reverse("attendance:training", args=[training.pk])
    typed = {
        "starts_on": f"{training.first_session_on:%Y-%m-%d}",
        "ends_on": f"{training.first_session_on:%Y-%m-%d}",
        "place": "Paris",
        "csrfmiddlewaretoken": token_of(browser, path),
    }

    def files():
        roster = make_xlsx([ROSTER_HEADER, factories.row_of(factories.make_member())])
        return {
            "scan": SimpleUploadedFile("émargement.pdf", make_pdf()),
            "liste": SimpleUploadedFile("présents.xlsx", roster),
        }

    sign_out_and_in(browser, owner)
    answer = browser.post(path, typed | files())
    html = page(answer)
    assert "Choisissez de nouveau le fichier « émargement.pdf »" in html
    assert 'enctype="multipart/form-data"' in html
    assert sorted(Form(answer).files) == ["liste", "scan"]
    assert not training.sheets.exists()
    assert Form(answer).send(browser, **files()).status_code == 302
    assert training.sheets.get().place == "Paris"


def test_an_attempt_begins_once_from_an_old_tab(browser):
    invitation = factories.make_invitation()
    open_link(browser, invitation)
    path = reverse("qcm:start", args=[invitation.pk])
    answer = browser.post(path, {"csrfmiddlewaretoken": "x" * 64})
    page(answer)
    for _ in range(2):
        assert Form(answer).send(browser).status_code == 302
    assert Attempt.objects.count() == 1


def test_a_form_of_who_signed_out_in_another_tab_is_kept(browser, owner):
    sign_in(browser, owner)
    path = reverse("trainings:create")
    typed = {"title": "Les SCPI", "year": "2026", "csrfmiddlewaretoken": token_of(browser, path)}
    sign_out(browser)
    answer = browser.post(path, typed)
    html = page(answer)
    assert "Vous n’êtes plus connecté" in html
    assert "Reconnectez-vous dans un autre onglet" in html
    assert "no-store" in answer["Cache-Control"]
    # Not signed in again yet: nothing is lost by trying.
    answer = Form(answer).send(browser)
    assert "Les SCPI" in page(answer)
    sign_in(browser, owner)
    # Signing in changed the token.
    answer = Form(answer).send(browser)
    assert owner.email in page(answer)
    assert not Training.objects.exists()
    assert Form(answer).send(browser).status_code == 302
    assert Training.objects.get().title == "Les SCPI"


def test_a_form_of_the_admin_is_kept_too(browser, organism):
    path = reverse("admin:organisms_organism_change", args=[organism.pk])
    typed = {"comment": "Pièce manquante", "csrfmiddlewaretoken": token_of(browser, PATH)}
    assert "Pièce manquante" in page(browser.post(path, typed))


def test_a_script_of_who_signed_out_is_sent_to_the_door(browser, owner):
    sign_in(browser, owner)
    path = reverse("trainings:create")
    token = token_of(browser, path)
    sign_out(browser)
    typed = {"title": "Les SCPI", "csrfmiddlewaretoken": token}
    answer = browser.post(path, typed, headers={"X-Requested-With": "XMLHttpRequest"})
    assert (answer.status_code, answer.url[:11]) == (302, "/connexion/")


def test_who_signed_out_is_told_to_sign_in_first(browser):
    browser.get(PATH)
    html = page(browser.post(PATH, data() | {"csrfmiddlewaretoken": "x" * 64}))
    assert "reconnectez-vous dans un autre onglet" in html


# --- other senders ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"Origin": "https://ailleurs.example"}, False),
        ({"Origin": "null"}, False),
        ({"Referer": "https://ailleurs.example/page"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Referer": "http://testserver/mes-heures/lien/"}, True),
        ({"Origin": "http://localhost:8000"}, True),
        ({}, True),
    ],
)
def test_what_another_site_sent_is_not_to_be_sent_on(browser, headers, is_ours):
    answer = browser.post("/mes-heures/lien/", {"email": "d@exemple.test"}, headers=headers)
    html = page(answer)
    assert (AGAIN in html) is is_ours
    assert ("d@exemple.test" in html) is is_ours
    assert ("Revenez à la page précédente" in html) is not is_ours
    assert not SignInLink.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Requested-With": "XMLHttpRequest"},
        {"HX-Request": "true"},
        {"Accept": "application/json"},
    ],
)
def test_a_script_gets_a_sentence(browser, headers):
    answer = browser.post("/mes-heures/lien/", {"email": "d@exemple.test"}, headers=headers)
    assert "text/plain" in answer["Content-Type"]
    assert "accepte les cookies" in page(answer)


def test_a_form_that_broke_off_is_answered_too(browser):
    class Broken:
        def read(self, *size):
            raise OSError("the visitor is gone")

        readline = read

    answer = browser.generic(
        "POST",
        "/mes-heures/lien/",
        "email=d",
        content_type="application/x-www-form-urlencoded",
        **{"wsgi.input": Broken()},
    )
    assert AGAIN in page(answer)
