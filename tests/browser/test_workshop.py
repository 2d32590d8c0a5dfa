"""The workshop in a real browser: typed, reloaded, moved by keyboard, offline; nothing is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_journey import PASSWORD, sign_in

EMAIL = "ateliers@organisme.test"
MAKE = f"""
from accounts.models import User
from tests import factories
user = User.objects.filter(email="{EMAIL}").select_related("person__organism").first()
organism = user.person.organism if user else factories.make_organism(name="Organisme des ateliers")
user or factories.make_person(organism, email="{EMAIL}", password="{PASSWORD}")
training = factories.make_training(organism, requested_amf_minutes=60)
factories.make_question_sets(training, per_set=3)
answer = training.pk
"""


@pytest.fixture
def page(portal, new_page):
    """The workshop of a draft with three sets of three questions, of the four owed."""
    pk = portal.ask(MAKE)
    page = new_page()
    sign_in(page, EMAIL, PASSWORD)
    page.get_by_role("heading", name="Bonjour Camille").wait_for()
    page.goto(f"/formations/{pk}/qcm/")
    return page


def titles(page, number):
    return [text.strip() for text in page.locator(f"#jeu-{number} .q-text").all_inner_texts()]


@pytest.mark.both
def test_the_workshop_loses_nothing_that_is_typed(page):
    first = [f"Jeu 1, question {rank} ?" for rank in (1, 2, 3)]
    assert titles(page, 1) == first

    # A new question, typed and ticked, is saved as it goes; a reload in mid-typing keeps it.
    page.locator("[data-key=add-1]").click()
    form = page.locator("#jeu-1 form[data-question]")
    form.get_by_label("Question", exact=True).fill("Qui signe ?")
    form.get_by_label("Réponse A", exact=True).fill("Le client")
    form.get_by_label("La réponse A est bonne").check()
    form.get_by_label("Réponse A", exact=True).press("Enter")
    form.get_by_label("Réponse B", exact=True).fill("Personne")
    form.get_by_text("Enregistré à").wait_for()
    page.locator("#sets-nav").get_by_text("4 / 4").wait_for()
    form.get_by_label("Question", exact=True).fill("Qui signe la lettre ?")
    page.reload()
    form.get_by_text("Enregistré à").wait_for()
    page.reload()
    assert titles(page, 1) == [*first, "Qui signe la lettre ?"]

    # By keyboard alone: the focus follows the question.
    summary = page.locator("#jeu-1 .card-q > details > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    down = page.locator("#jeu-1 [data-key^=down-]").first
    key = down.get_attribute("data-key")
    down.focus()
    for order in ([1, 0, 2], [1, 2, 0]):
        page.keyboard.press("Enter")
        wanted = [first[index] for index in order]
        page.get_by_text(wanted[0]).first.wait_for()
        page.wait_for_function(
            "wanted => [...document.querySelectorAll('#jeu-1 .q-text')]"
            ".slice(0, 3).every((one, at) => one.textContent.trim() === wanted[at])",
            arg=wanted,
        )
        expect(page.locator(f"[data-key={key}]")).to_be_focused()

    # Removed, and put back.
    page.locator("#jeu-1 .card-q details[open] .menu-small > summary").click()
    page.get_by_role("button", name="Supprimer").click()
    page.get_by_text("La question 3 du jeu 1 est supprimée.").wait_for()
    assert titles(page, 1) == [first[1], first[2], "Qui signe la lettre ?"]
    expect(page.locator("[data-key=undo]")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#jeu-1 .q-text").nth(3).wait_for()
    assert titles(page, 1)[2] == first[0]

    # Without network what is typed stays, and goes by itself.
    page.locator("#jeu-2 .card-q > details > summary").first.click()
    page.locator("#jeu-2 [data-edit-question]").first.click()
    form = page.locator("#jeu-2 form[data-question]")
    form.wait_for()
    page.context.set_offline(True)
    form.get_by_label("Question", exact=True).fill("Tapée hors ligne ?")
    page.get_by_text("Pas de connexion").wait_for()
    page.context.set_offline(False)
    form.get_by_text("Enregistré à").wait_for()
    page.reload()
    assert titles(page, 2)[0] == "Tapée hors ligne ?"
    assert [one for one in page.errors if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_text_whose_question_is_gone_is_shown_to_be_added_or_forgotten(page, portal):
    """Typed without network, removed by somebody else meanwhile."""
    page.locator("#jeu-1 .card-q > details > summary").first.click()
    page.locator("#jeu-1 [data-edit-question]").first.click()
    form = page.locator("#jeu-1 form[data-question]")
    form.wait_for()
    address, pk = page.url, form.get_attribute("data-question")
    # The answer to the save never arrives: what was typed waits in this browser.
    page.route("**/questions/*/", lambda route: route.abort())
    form.get_by_label("Question", exact=True).fill("Écrite pour rien ?")
    page.get_by_text("Pas de connexion").wait_for()
    remove = (
        "from trainings.domain.writing import remove_question; "
        f"remove_question(Training.objects.get(question_sets__questions={pk}), {pk}, by=None)"
    )
    portal.ask(f"from trainings.models import Training; {remove}")

    page.unroute("**/questions/*/")
    page.goto(address)
    lost = page.locator("[data-orphans] .notice")
    assert "Écrite pour rien ?" in lost.inner_text()
    page.reload()
    lost.get_by_role("button", name="L’ajouter à la fin du jeu").click()
    lost.wait_for(state="detached")
    assert titles(page, 1)[-1] == "Écrite pour rien ?"
    page.reload()
    assert lost.count() == 0


def test_signed_out_the_workshop_says_so_in_words(page):
    page.locator("#jeu-1 .card-q > details > summary").first.click()
    page.locator("#jeu-1 [data-edit-question]").first.click()
    form = page.locator("#jeu-1 form[data-question]")
    form.wait_for()
    page.context.clear_cookies()
    form.get_by_label("Question", exact=True).fill("Tapée sans session ?")
    page.get_by_text("Vous n’êtes plus connecté").wait_for()
    assert "<!DOCTYPE" not in page.inner_text("main")
    other = page.context.new_page()
    sign_in(other, EMAIL, PASSWORD)
    other.get_by_role("heading", name="Bonjour Camille").wait_for()
    other.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    form.get_by_text("Enregistré à").wait_for()
    page.reload()
    assert titles(page, 1)[0] == "Tapée sans session ?"


def test_who_keeps_an_own_text_against_anothers_keeps_it(page, portal):
    page.locator("#jeu-1 .card-q > details > summary").first.click()
    page.locator("#jeu-1 [data-edit-question]").first.click()
    form = page.locator("#jeu-1 form[data-question]")
    pk = form.get_attribute("data-question")
    update = f"Question.objects.filter(pk={pk}).update(text='La sienne ?', revision=7)"
    portal.ask(f"from trainings.models import Question; {update}")
    form.get_by_label("Question", exact=True).fill("La mienne ?")
    form.locator("[data-conflict]").get_by_text("La sienne ?").wait_for()
    form.get_by_role("button", name="Garder mon texte").click()
    form.get_by_text("Enregistré à").wait_for()
    page.reload()
    assert titles(page, 1)[0] == "La mienne ?"


PASTE = """([html, text]) => {
  const field = document.querySelector("[data-pasted]");
  const held = new DataTransfer();
  held.setData("text/html", html);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held }));
  field.value += text;
}"""


def test_bold_answers_stay_known_when_the_pasted_text_is_mended_or_added_to(page):
    page.get_by_role("link", name="Importer").click()
    # As who pastes does; a click waits for the page's script.
    field = page.get_by_label("Texte collé")
    field.click()
    for number, letters in ((1, "AA"), (2, "AB")):
        lines = [f"{number}. Qui {number} ?", f"{letters[0]}. Moi", f"{letters[1]}. Toi"]
        html = f"<p>{lines[0]}</p><p><b>{lines[1]}</b></p><p>{lines[2]}</p>"
        page.evaluate(PASTE, [html, "\n".join(lines) + "\n\n"])
    # A letter is wrong, and mended by hand: the bold still says what is right.
    field.fill(field.input_value().replace("A. Toi", "B. Toi", 1))
    page.get_by_role("button", name="Lire et vérifier").click()
    page.get_by_text("2 questions lues").wait_for()
    expect(page.locator("[role=alert]:visible")).to_have_count(0)
    expect(page.locator(".right-answer")).to_have_text([re.compile(r"A\. Moi$")] * 2)


def test_what_is_typed_just_before_leaving_is_sent(page, new_page):
    address = page.url
    page.locator("#jeu-1 .card-q > details > summary").first.click()
    page.locator("#jeu-1 [data-edit-question]").first.click()
    form = page.locator("#jeu-1 form[data-question]")
    form.wait_for()
    form.get_by_label("Question", exact=True).fill("Tapée en partant ?")
    page.goto("/tableau-de-bord/")
    # Another browser of the organism has it, which knows nothing of this one.
    other = new_page()
    sign_in(other, EMAIL, PASSWORD)
    other.get_by_role("heading", name="Bonjour Camille").wait_for()
    other.goto(address)
    assert titles(other, 1)[0] == "Tapée en partant ?"
    # And this one, which kept it too, finds no conflict.
    page.goto(address)
    form.get_by_text("Enregistré à").wait_for()
    assert page.locator("[data-conflict] .notice").count() == 0
