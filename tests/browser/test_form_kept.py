"""The form of a request in a real browser: a session that ends loses nothing of what is typed."""

import re

import pytest

from tests.browser.test_journey import sign_in
from tests.browser.test_workshop import EMAIL, MAKE, PASSWORD


@pytest.fixture
def page(portal, new_page):
    """The form of a draft."""
    pk = portal.ask(MAKE)
    page = new_page()
    sign_in(page, EMAIL, PASSWORD)
    page.get_by_role("heading", name="Bonjour Camille").wait_for()
    page.goto(f"/formations/{pk}/modifier/")
    return page


@pytest.mark.both
def test_a_session_that_ends_loses_nothing_of_what_is_typed(page):
    aims = page.get_by_label("Objectifs")
    aims.fill("Savoir conseiller")
    page.locator("#summary").get_by_text("Enregistré à").wait_for()

    page.context.clear_cookies()
    aims.fill("Savoir conseiller, et le prouver")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.locator("#demande").get_by_text("Vous n’êtes plus connecté").wait_for()
    # The page stands as it was: no page of sign-in in its column, every word in its field.
    assert page.url.endswith("/modifier/")
    assert page.locator("input[type=password]").count() == 0
    assert aims.input_value() == "Savoir conseiller, et le prouver"

    other = page.context.new_page()
    sign_in(other, EMAIL, PASSWORD)
    other.get_by_role("heading", name="Bonjour Camille").wait_for()
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.get_by_text("Le brouillon est enregistré").first.wait_for()
    page.reload()
    assert aims.input_value() == "Savoir conseiller, et le prouver"


def test_a_portal_that_does_not_answer_keeps_one_where_the_text_is(page):
    page.context.set_offline(True)
    page.get_by_label("Objectifs").fill("Écrit sans réseau")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.locator("#demande").get_by_text("Le portail ne répond pas").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.get_by_text("Le brouillon est enregistré").first.wait_for()
    page.reload()
    assert page.get_by_label("Objectifs").input_value() == "Écrit sans réseau"


def test_a_form_of_a_tab_from_before_goes_on_after_a_click(page):
    page.goto("/formations/ajouter/")
    page.get_by_label("Intitulé").fill("Les SCPI du vieil onglet")

    other = page.context.new_page()
    other.goto("/deconnexion/")
    other.get_by_role("button", name="Se déconnecter").click()
    other.wait_for_url("**/")
    sign_in(other, EMAIL, PASSWORD)
    other.get_by_role("heading", name="Bonjour Camille").wait_for()

    page.locator("main form").get_by_role("button").click()
    page.get_by_role("heading", name="Cette page a expiré").wait_for()
    page.get_by_text("Les SCPI du vieil onglet").wait_for()
    page.get_by_role("button", name="Envoyer de nouveau").click()
    page.wait_for_url("**/modifier/")
    assert page.get_by_label("Intitulé").input_value() == "Les SCPI du vieil onglet"


LIST = f"""
from accounts.models import User
from tests import factories
organism = User.objects.get(email="{EMAIL}").person.organism
training = factories.make_training(organism, status="approved")
# No member: the long journey imports a registry into an empty one.
rows = [["ABEL", "Jean", "abel@ailleurs.test", "", ""]]
answer = factories.make_sheet(training, rows=rows).pk
"""


def test_a_tick_of_a_list_in_a_tab_from_before_is_saved(page, portal):
    sheet = portal.ask(LIST)
    page.goto(f"/presences/feuilles/{sheet}/")
    # What signing in does, in another tab.
    page.context.add_cookies([{"name": "csrftoken", "value": "a" * 32, "url": portal.url}])
    box = page.locator("[data-tick]")
    with page.expect_response(f"**/{sheet}/cocher/") as answer:
        box.click()
    assert answer.value.status == 200
    page.reload()
    assert not box.is_checked()


def test_a_tick_of_somebody_signed_out_is_taken_back_and_told(page, portal):
    sheet = portal.ask(LIST)
    page.goto(f"/presences/feuilles/{sheet}/")
    # The session ends; the token of forms stays, as signing out in another tab leaves it.
    page.context.clear_cookies(name=re.compile("session"))
    box = page.locator("[data-tick]")
    box.click()
    page.locator(".messages").get_by_text(
        "ce que vous venez de faire n’est pas enregistré"
    ).wait_for()
    # No page of sign-in in the list, and the box is as the server has it.
    assert page.locator("input[type=password]").count() == 0
    assert box.count() == 1
    assert box.is_checked()

    other = page.context.new_page()
    sign_in(other, EMAIL, PASSWORD)
    other.get_by_role("heading", name="Bonjour Camille").wait_for()
    page.reload()
    assert box.is_checked()
