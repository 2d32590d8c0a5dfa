"""A QCM on a phone whose network comes and goes: no answer is lost, none is counted twice."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import until

PHONE = {"width": 390, "is_mobile": True, "has_touch": True}
SAVED = re.compile(r"^Enregistré à \d\d:\d\d$")
AWAY = re.compile(r"^Pas de connexion : vos réponses sont gardées sur cet appareil")

# Numbers of their own, apart from those of other journeys on this portal.
INVITE = """
import itertools
from qcm import links
from tests import factories
factories._numbers = itertools.count(50000)
pks = [factories.make_invitation().pk for _ in range(20)]
answer = [[pk, links.invitation_url(pk)] for pk in pks]
"""

STATE = """
from members.models import HoursCredit
from qcm.domain import marks
from qcm.models import Invitation
from trainings.models import Choice
one = Invitation.objects.get(pk=%s)
place = dict(Choice.objects.values_list("pk", "position"))
answer = {
    "answers": [
        [
            [place[pk] for pk in marks.ticked(attempt).get(question, [])]
            for question, _ in attempt.order
        ]
        for attempt in one.attempts.all()
    ],
    "statuses": [attempt.status for attempt in one.attempts.all()],
    "credits": HoursCredit.objects.filter(member=one.member).count(),
}
"""


class Exam:
    """One member's QCM of four questions with three choices, on the running portal."""

    def __init__(self, portal, pk, link):
        self.portal, self.pk, self.link = portal, pk, link

    def state(self):
        return self.portal.ask(STATE % self.pk)

    def answers(self):
        """What the database holds: the places of the choices ticked, by question as shown."""
        (answers,) = self.state()["answers"]
        return answers

    def open(self, page):
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(self.link)
        page.locator("main .btn-primary").click()
        expect(page.locator("fieldset.question")).to_have_count(4)
        return page


@pytest.fixture(scope="module")
def _invitations(portal):
    return portal.ask(INVITE)


@pytest.fixture
def exam(portal, _invitations):
    return Exam(portal, *_invitations.pop())


def box(page, rank, place):
    """The choice's box: the question as shown, from 0; the choice's own place, from 1."""
    question = page.locator("fieldset.question").nth(rank)
    return question.get_by_label(f"Choix {place} ")


def tick(page, rank, place):
    box(page, rank, place).click()


def line(page, rank):
    return page.locator("[data-saved]").nth(rank)


def ticked(page):
    """The places ticked on the page, by question as shown."""
    found = []
    for question in page.locator("fieldset.question").all():
        labels = question.locator("label:has(input:checked)").all_inner_texts()
        found.append(sorted(int(re.search(r"Choix (\d)", text)[1]) for text in labels))
    return found


def kept(page):
    """How many answers this browser still keeps for later."""
    return page.evaluate(
        "Object.keys(localStorage).filter((key) => !JSON.parse(localStorage[key]).saved).length"
    )


def test_an_answer_is_saved_after_another_tab_changed_the_token(exam, new_page):
    page = exam.open(new_page(**PHONE))
    # What signing in does, in another tab.
    page.context.add_cookies([{"name": "csrftoken", "value": "a" * 32, "url": exam.portal.url}])
    tick(page, 0, 1)
    expect(line(page, 0)).to_have_text(SAVED)
    assert exam.answers() == [[1], [], [], []]


def test_answers_chosen_without_network_are_kept_and_sent_by_themselves(exam, new_page):
    page = exam.open(new_page(**PHONE))
    tick(page, 0, 1)
    expect(line(page, 0)).to_have_text(SAVED)
    page.context.set_offline(True)
    tick(page, 1, 1)
    tick(page, 2, 2)
    tick(page, 1, 3)
    tick(page, 1, 1)
    expect(page.locator("[data-network]")).to_have_text(AWAY)
    # On a phone too it is seen wherever the page is scrolled to.
    page.evaluate("window.scrollTo(0, 0)")
    expect(page.locator("[data-network]")).to_be_in_viewport(ratio=1)
    expect(line(page, 1)).to_have_text("En attente du réseau")
    expect(line(page, 2)).to_have_text("En attente du réseau")
    expect(page.locator("[data-answered]")).to_have_text("3")
    assert exam.answers() == [[1], [], [], []]
    page.context.set_offline(False)
    for rank in range(3):
        expect(line(page, rank)).to_have_text(SAVED)
    expect(page.locator("[data-network]")).to_have_text("")
    assert exam.answers() == [[1], [3], [2], []]
    assert kept(page) == 0


def test_a_tab_closed_without_network_sends_what_was_ticked_when_it_is_opened_again(exam, new_page):
    page = exam.open(new_page(**PHONE))
    context, address = page.context, page.url
    context.set_offline(True)
    tick(page, 0, 2)
    tick(page, 3, 1)
    expect(page.locator("[data-network]")).to_have_text(AWAY)
    page.close()
    assert exam.answers() == [[], [], [], []]
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(line(again, 0)).to_have_text(SAVED)
    expect(line(again, 3)).to_have_text(SAVED)
    assert ticked(again) == [[2], [], [], [1]]
    assert exam.answers() == [[2], [], [], [1]]


def test_another_device_goes_on_in_the_same_order_and_its_later_choice_stands(exam, new_page):
    phone = exam.open(new_page(**PHONE))
    tick(phone, 0, 1)
    expect(line(phone, 0)).to_have_text(SAVED)
    phone.context.set_offline(True)
    tick(phone, 1, 2)
    tick(phone, 2, 2)
    expect(phone.locator("[data-network]")).to_have_text(AWAY)
    # A minute goes by, as this browser's clock tells.
    phone.evaluate(
        """() => { for (const key of Object.keys(localStorage)) {
            const entry = JSON.parse(localStorage[key]);
            localStorage[key] = JSON.stringify({...entry, at: entry.at - 60000});
        } }"""
    )
    context, address = phone.context, phone.url
    phone.close()

    laptop = exam.open(new_page())
    assert ticked(laptop) == [[1], [], [], []]
    shown = laptop.locator("fieldset.question legend").all_inner_texts()
    tick(laptop, 1, 3)
    expect(line(laptop, 1)).to_have_text(SAVED)

    context.set_offline(False)
    phone = context.new_page()
    phone.goto(address)
    assert phone.locator("fieldset.question legend").all_inner_texts() == shown
    expect(line(phone, 2)).to_have_text(SAVED)
    # What the phone alone chose is sent; what was chosen later elsewhere is not undone.
    assert ticked(phone) == [[1], [3], [2], []]
    assert exam.answers() == [[1], [3], [2], []]


def test_an_error_of_the_server_and_a_lost_reply_neither_lose_nor_double(exam, new_page):
    page = exam.open(new_page(**PHONE))
    seen = []

    def answer(route):
        seen.append(route.request.post_data)
        if len(seen) == 1:
            route.fulfill(status=503, content_type="text/html", body="<h1>Maintenance</h1>")
        elif len(seen) == 2:
            # The server saves, and its reply is lost on the way.
            assert route.fetch().status == 200
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/reponse/", answer)
    tick(page, 0, 1)
    expect(page.locator("[data-network]")).to_have_text(
        re.compile("^Le portail ne répond pas pour l’instant")
    )
    expect(page.locator("[data-network]")).to_have_text(AWAY)
    expect(line(page, 0)).to_have_text(SAVED)
    expect(page.locator("[data-network]")).to_have_text("")
    assert len(seen) == 3
    assert exam.state() == {
        "answers": [[[1], [], [], []]],
        "statuses": ["started"],
        "credits": 0,
    }


def test_the_page_of_a_hotels_network_is_no_proof_that_an_answer_was_saved(exam, new_page):
    page = exam.open(new_page(**PHONE))
    page.route(
        "**/reponse/",
        lambda route: route.fulfill(status=200, content_type="text/html", body="Bienvenue"),
    )
    tick(page, 0, 1)
    expect(line(page, 0)).to_have_text("En attente du réseau")
    assert kept(page) == 1
    page.unroute("**/reponse/")
    expect(line(page, 0)).to_have_text(SAVED)
    assert exam.answers() == [[1], [], [], []]


@pytest.mark.both
@pytest.mark.parametrize("lost", ["the session", "all cookies"])
def test_a_session_that_ended_says_to_open_the_link_and_then_sends_what_was_kept(
    exam, new_page, lost
):
    page = exam.open(new_page(**PHONE))
    if lost == "the session":
        page.context.clear_cookies(name="sessionid")
    else:
        page.context.clear_cookies()
    tick(page, 0, 1)
    expect(line(page, 0)).to_have_text("Gardée sur cet appareil")
    tick(page, 1, 1)
    expect(line(page, 1)).to_have_text("Gardée sur cet appareil")
    expect(page.locator("[data-network]")).to_have_text(
        re.compile("ouvrez le lien reçu par e-mail")
    )
    page.get_by_role("button", name="Terminer").click()
    expect(page.locator("[data-network]")).to_have_text(
        re.compile("ouvrez le lien reçu par e-mail")
    )
    assert exam.answers() == [[], [], [], []]
    page.goto(exam.link)
    page.get_by_role("link", name="Reprendre le QCM").click()
    expect(line(page, 0)).to_have_text(SAVED)
    expect(line(page, 1)).to_have_text(SAVED)
    assert exam.answers() == [[1], [1], [], []]


@pytest.mark.both
def test_ending_while_answers_are_under_way_waits_for_them(exam, new_page):
    page = exam.open(new_page(**PHONE))

    held = []
    page.route("**/reponse/", lambda route: held.append(route))
    for rank in range(3):
        tick(page, rank, 1)
    page.get_by_role("button", name="Terminer").dblclick()
    for _ in range(3):
        until(page, lambda: held)
        assert page.url.endswith("/questions/")
        held.pop().continue_()
    page.get_by_role("heading", name="Terminer la tentative 1").wait_for()
    expect(page.locator("main li")).to_have_text(["Question 4"])
    assert exam.answers() == [[1], [1], [1], []]


def test_ending_without_network_stays_and_ends_once_it_is_back(exam, new_page):
    page = exam.open(new_page(**PHONE))
    page.context.set_offline(True)
    tick(page, 0, 1)
    page.get_by_role("button", name="Terminer").click()
    expect(page.locator("[data-network]")).to_have_text(
        "Des réponses attendent le réseau : elles sont gardées sur cet appareil. "
        "Terminez dès son retour."
    )
    page.context.set_offline(False)
    expect(line(page, 0)).to_have_text(SAVED)
    page.get_by_role("button", name="Terminer").click()
    page.get_by_text("3 questions sont sans réponse").wait_for()
    page.get_by_role("button", name="Terminer quand même").dblclick()
    page.get_by_text("QCM non réussi").wait_for()
    assert exam.state() == {
        "answers": [[[1], [], [], []]],
        "statuses": ["finished"],
        "credits": 0,
    }
    # Nothing of it stays on a device that others may use.
    until(page, lambda: page.evaluate("localStorage.length") == 0)


@pytest.mark.both
def test_two_tabs_of_one_browser_keep_the_later_choice_and_both_tabs_answers(exam, new_page):
    first = exam.open(new_page(**PHONE))
    second = first.context.new_page()
    second.goto(first.url)
    first.route("**/reponse/", lambda route: route.abort())
    second.route("**/reponse/", lambda route: route.abort())
    tick(first, 0, 1)
    tick(second, 1, 2)
    expect(box(second, 0, 1)).to_be_checked()
    expect(box(first, 1, 2)).to_be_checked()
    assert kept(first) == 2
    second.unroute("**/reponse/")
    tick(second, 0, 1)
    tick(second, 0, 3)
    for rank in (0, 1):
        expect(line(second, rank)).to_have_text(SAVED)
        expect(line(first, rank)).to_have_text(SAVED)
    # Not the state before, which this tab was told of too.
    expect(box(first, 0, 3)).to_be_checked()
    assert ticked(first) == ticked(second) == [[3], [2], [], []]
    first.unroute("**/reponse/")
    tick(first, 2, 1)
    expect(line(first, 2)).to_have_text(SAVED)
    assert exam.answers() == [[3], [2], [1], []]


def test_an_attempt_that_ended_elsewhere_says_so_and_shows_how(exam, new_page):
    phone, laptop = exam.open(new_page(**PHONE)), exam.open(new_page())
    laptop.get_by_role("button", name="Terminer").click()
    laptop.get_by_role("button", name="Terminer quand même").click()
    laptop.get_by_text("QCM non réussi").wait_for()
    tick(phone, 0, 1)
    expect(phone.locator("[data-network]")).to_have_text(
        "Cette tentative est terminée : les réponses ne peuvent plus changer."
    )
    expect(line(phone, 0)).to_have_text("Non enregistrée")
    # The page goes on by itself to the door, which tells how it ended.
    phone.get_by_text("Tentative 1 : 0 sur 4").wait_for()
    assert exam.answers() == [[], [], [], []]
    until(phone, lambda: phone.evaluate("localStorage.length") == 0)


def test_a_browser_that_stores_nothing_saves_all_the_same(exam, new_page):
    page = new_page(**PHONE)
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", { get() { throw new Error("refused"); } });
        delete AbortSignal.timeout;"""
    )
    exam.open(page)
    page.context.set_offline(True)
    tick(page, 0, 1)
    expect(page.locator("[data-network]")).to_have_text(AWAY)
    page.context.set_offline(False)
    expect(line(page, 0)).to_have_text(SAVED)
    assert exam.answers() == [[1], [], [], []]


def test_the_keyboard_is_enough(exam, new_page):
    page = exam.open(new_page())
    box(page, 0, 1).focus()
    page.keyboard.press("Space")
    expect(line(page, 0)).to_have_text(SAVED)
    expect(page.locator("[data-said]")).to_have_text(
        re.compile(r"^Question 1 : enregistrée à \d\d:\d\d$")
    )
    page.get_by_role("button", name="Terminer").focus()
    page.keyboard.press("Enter")
    page.get_by_text("3 questions sont sans réponse").wait_for()
    assert page.errors == []


def test_without_javascript_one_form_and_one_button_do_it_all(exam, new_page):
    page = exam.open(new_page(java_script_enabled=False, **PHONE))
    for rank in range(4):
        tick(page, rank, 1)
    page.get_by_role("button", name="Terminer").click()
    page.get_by_text("Toutes les questions ont une réponse.").wait_for()
    assert exam.answers() == [[1], [1], [1], [1]]
    page.get_by_role("link", name="Revenir aux questions").click()
    expect(page.locator("fieldset.question")).to_have_count(4)
    assert ticked(page) == [[1], [1], [1], [1]]
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("button", name="Terminer et voir le résultat").click()
    # One of the four has a second right choice: three of four are right, and 70 % is enough.
    page.get_by_text("QCM réussi").wait_for()
    assert exam.state()["statuses"] == ["finished"]
    assert exam.state()["credits"] == 1
