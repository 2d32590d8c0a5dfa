"""What a person ticks, types or chooses while a page's script is still on its way is sent too."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import before_script, until
from tests.browser.test_journey import file, sign_in
from tests.browser.test_qcm_network import PHONE, SAVED, Exam, kept, line, tick
from tests.browser.test_workshop import EMAIL, MAKE, PASSWORD
from tests.files import make_pdf

# Members apart from those of other journeys on this portal.
INVITE = """
import itertools
from qcm import links
from tests import factories
factories._numbers = itertools.count(70000)
pks = [factories.make_invitation().pk for _ in range(1)]
answer = [[pk, links.invitation_url(pk)] for pk in pks]
"""


def test_a_tick_before_the_script_of_the_qcm_is_saved(portal, new_page):
    exam = Exam(portal, *portal.ask(INVITE)[0])
    page = new_page(**PHONE)
    exam.open(page)
    tick(page, 0, 1)
    expect(line(page, 0)).to_have_text(SAVED)
    tick(page, 1, 1)
    expect(line(page, 1)).to_have_text(SAVED)
    # The network went before this one went: it waits in this browser.
    page.route("**/reponse/", lambda route: route.abort())
    tick(page, 3, 3)
    expect(line(page, 3)).to_have_text("En attente du réseau")
    tick(page, 2, 3)
    expect(line(page, 2)).to_have_text("En attente du réseau")
    page.unroute("**/reponse/")
    with before_script(page, "qcm"):
        page.goto(page.url, wait_until="commit")
        tick(page, 0, 2)
        tick(page, 1, 1)
        tick(page, 2, 1)
    for rank in (0, 2, 3):
        expect(line(page, rank)).to_have_text(SAVED)
    expect(line(page, 1)).to_have_text(SAVED)
    # Added, taken back, chosen later than what waited, and what waited.
    assert exam.answers() == [[1, 2], [], [1], [3]]
    assert kept(page) == 0


@pytest.fixture
def draft(portal):
    """The number of a draft request, with three sets of three questions."""
    return portal.ask(MAKE)


@pytest.fixture
def page(portal, draft, new_page):
    """A page of the draft's organism, signed in."""
    page = new_page()
    sign_in(page, EMAIL, PASSWORD)
    page.get_by_role("heading", name="Bonjour Camille").wait_for()
    return page


FORM = """
from trainings.models import Training
training = Training.objects.get(pk=%s)
answer = {
    "objectives": training.objectives,
    "method": training.teaching_method,
    "amf": training.requested_amf_minutes,
    "speakers": [one.name for one in training.speakers.all()],
    "documents": [one.name for one in training.documents.all()],
}
"""


def test_what_is_typed_and_chosen_before_the_scripts_of_a_request_is_kept(page, portal, draft):
    speakers = f"""
from trainings.models import Speaker
for position, name in enumerate(["Dr Lebrun", "Dr Petit"], start=1):
    Speaker.objects.create(training_id={draft}, position=position, name=name)
"""
    portal.ask(speakers)
    with before_script(page, "upload"):
        page.goto(f"/formations/{draft}/modifier/", wait_until="commit")
        page.get_by_label("Objectifs").fill("Tapé trop tôt")
        page.get_by_label("Modalité pédagogique").select_option("e-learning")
        page.get_by_label("Heures AMF").fill("2 h")
        page.locator("[name=speakers-0-DELETE]").evaluate("box => box.click()")
        page.locator("#zone-presentation input[type=file]").set_input_files(
            file("programme.pdf", make_pdf(), "application/pdf")
        )
    page.locator("#summary").get_by_text("Enregistré à").wait_for()
    page.get_by_role("link", name="programme.pdf").wait_for()
    page.locator("#sizing").get_by_text("8 questions").wait_for()
    assert not page.get_by_label("Nom", exact=False).first.is_visible()
    assert portal.ask(FORM % draft) == {
        "objectives": "Tapé trop tôt",
        "method": "e_learning",
        "amf": 120,
        "speakers": ["Dr Petit"],
        "documents": ["programme.pdf"],
    }
    assert page.errors == []


def test_a_request_reloaded_shows_what_others_wrote_not_what_it_showed(page, portal, draft):
    page.goto(f"/formations/{draft}/modifier/")
    aims = page.get_by_label("Objectifs")
    aims.fill("Le mien")
    page.locator("#summary").get_by_text("Enregistré à").wait_for()
    update = f"Training.objects.filter(pk={draft}).update(objectives='Le sien')"
    portal.ask(f"from trainings.models import Training; {update}")
    page.reload()
    expect(aims).to_have_value("Le sien")
    page.goto("/tableau-de-bord/")
    page.go_back()
    expect(aims).to_have_value("Le sien")
    assert portal.ask(FORM % draft)["objectives"] == "Le sien"


def test_what_is_typed_just_before_leaving_a_request_is_sent(page, portal, draft):
    page.goto(f"/formations/{draft}/modifier/")
    page.get_by_label("Objectifs").fill("Tapé en partant")
    page.goto("/tableau-de-bord/")
    until(page, lambda: portal.ask(FORM % draft)["objectives"] == "Tapé en partant")


QUESTION = """
from trainings.models import Question
one = Question.objects.get(pk=%s)
answer = [one.text, [[each.text, each.is_right] for each in one.choices.all()]]
"""


def test_a_question_opened_before_the_script_of_the_workshop_is_kept_as_it_is_typed(
    page, portal, draft
):
    with before_script(page, "workshop"):
        page.goto(f"/formations/{draft}/qcm/", wait_until="commit")
        page.locator("#jeu-1 .card-q > details > summary").first.click()
        # Not taken by a script, the link leads to a page of the question's own.
        page.locator("#jeu-1 [data-edit-question]").first.click()
        page.get_by_role("heading", name="Jeu 1, question 1").wait_for()
        form = page.locator("form[data-question]")
        form.get_by_label("Question", exact=True).fill("Tapée trop tôt ?")
        form.get_by_label("Réponse A", exact=True).fill("Oui")
        form.get_by_label("La réponse B est bonne").check()
    form.get_by_text("Enregistré à").wait_for()
    pk = form.get_attribute("data-question")
    text, choices = portal.ask(QUESTION % pk)
    assert text == "Tapée trop tôt ?"
    assert choices[0][0] == "Oui"
    assert choices[1][1]
    # From then on as it is typed, and its button closes it.
    form.get_by_label("Question", exact=True).fill("Tapée ensuite ?")
    form.get_by_role("button", name="Monter la réponse B").click()
    form.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("La question est enregistrée.").wait_for()
    text, moved = portal.ask(QUESTION % pk)
    assert text == "Tapée ensuite ?"
    assert moved[:2] == [choices[1], choices[0]]
    assert page.errors == []


def test_a_text_that_another_wrote_meanwhile_is_shown_on_a_questions_own_page(page, portal, draft):
    page.goto(f"/formations/{draft}/qcm/")
    pk = page.locator("#jeu-1 [data-edit-question]").first.get_attribute("data-edit-question")
    with before_script(page, "workshop"):
        page.goto(f"/formations/{draft}/qcm/questions/{pk}/", wait_until="commit")
        form = page.locator("form[data-question]")
        form.get_by_label("Question", exact=True).fill("La mienne ?")
        update = f"Question.objects.filter(pk={pk}).update(text='La sienne ?', revision=7)"
        portal.ask(f"from trainings.models import Question; {update}")
    page.locator("[data-conflict]").get_by_text("La sienne ?").wait_for()
    assert portal.ask(QUESTION % pk)[0] == "La sienne ?"
    page.get_by_role("button", name="Garder mon texte").click()
    form.get_by_text("Enregistré à").wait_for()
    assert portal.ask(QUESTION % pk)[0] == "La mienne ?"


SHEET = f"""
from accounts.models import User
from tests import factories
from trainings.models import Training
organism = User.objects.get(email="{EMAIL}").person.organism
training = factories.make_training(organism, status=Training.Status.APPROVED)
names = ["ABEL", "BERT", "CARL"]
rows = [[name, "Jean", name.lower() + "@ailleurs.test", "", ""] for name in names]
answer = factories.make_sheet(training, rows=rows).pk
"""

TICKS = """
from attendance.models import Participant
lines = Participant.objects.filter(sheet=%s).order_by("row_number")
answer = [one.included for one in lines]
"""


def test_a_tick_before_the_scripts_of_a_list_is_kept(page, portal):
    pk = portal.ask(SHEET)

    def tick_of(name):
        return page.get_by_role("row").filter(has_text=name).get_by_role("checkbox")

    with before_script(page, "attendance"):
        page.goto(f"/presences/feuilles/{pk}/", wait_until="commit")
        tick_of("ABEL").uncheck()
        tick_of("BERT").uncheck()
        tick_of("BERT").check()
        tick_of("CARL").uncheck()
    page.locator("tr.line-off").filter(has_text="ABEL").wait_for()
    page.locator("tr.line-off").filter(has_text="CARL").wait_for()
    assert portal.ask(TICKS % pk) == [False, True, False]
    # Come back to, the page shows the ticks as they are.
    tick_of("CARL").check()
    expect(page.locator("tr.line-off")).to_have_count(1)
    page.get_by_role("link", name="Valider la liste").click()
    page.get_by_role("heading", name="Valider la liste").wait_for()
    page.go_back()
    expect(page.locator("tr.line-off")).to_have_count(1)
    expect(tick_of("ABEL")).not_to_be_checked()
    expect(tick_of("CARL")).to_be_checked()
    assert page.errors == []
