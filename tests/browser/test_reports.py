"""The reports of two meeting tools, with reconnections: read, asked about, validated."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.test_journey import file, sign_in
from tests.browser.test_workshop import EMAIL, MAKE, PASSWORD
from tests.files import make_image

TRAINING = f"""
from accounts.models import User
from tests import factories
organism = User.objects.get(email="{EMAIL}").person.organism
for name in ("Abel", "Bert", "Carl"):
    factories.make_member(
        last_name=name.upper(), first_name="Jo", email=f"{{name.lower()}}@rapports.test"
    )
training = factories.make_training(
    organism, status="approved", requested_associative_minutes=120, duration_minutes=420
)
answer = training.pk
"""
COUNTED = """
from members.models import HoursCredit
answer = {
    entry.member.last_name: entry.minutes
    for entry in HoursCredit.objects.filter(training=%s).select_related("member")
}
"""
ZOOM_HEADER = (
    "Nom (nom d'origine),E-mail de l'utilisateur,Heure d'arrivée,Heure de départ,Durée (minutes),"
    "Invité,Dans la salle d'attente"
)
ZOOM = f"""{ZOOM_HEADER}
Jo ABEL,abel@rapports.test,19/05/2026 08:55:00,19/05/2026 08:58:00,3,Oui,Oui
Jo ABEL,abel@rapports.test,19/05/2026 09:00:00,19/05/2026 10:35:00,95,Oui,Non
Jo ABEL,abel@rapports.test,19/05/2026 10:40:00,19/05/2026 12:30:00,110,Oui,Non
Jo BERT,bert@rapports.test,19/05/2026 09:00:00,19/05/2026 12:30:00,210,Oui,Non
BERT Jo,,19/05/2026 13:00:00,19/05/2026 13:30:00,30,Oui,Non
Jo CARL,carl@rapports.test,19/05/2026 09:00:00,19/05/2026 09:04:00,4,Oui,Oui
"""
TEAMS = """1. Résumé
Titre de la réunion\tLoi de finances
Durée de la réunion\t3h 30m 2s

2. Participants
Nom\tPremière connexion\tDernière déconnexion\tDurée de la réunion\tE-mail\tRôle
Jo ABEL\t19/05/2026, 09:00:00\t19/05/2026, 12:30:00\t3h 25m 4s\tabel@teams.test\tParticipant
Jo BERT\t19/05/2026, 09:00:00\t19/05/2026, 09:45:10\t45m 10s\tbert@teams.test\tParticipant

3. Activités pendant la réunion
Nom\tHeure de connexion\tHeure de déconnexion\tDurée\tE-mail\tRôle
Jo ABEL\t19/05/2026, 09:00:00\t19/05/2026, 10:00:00\t1h 0m 0s\tabel@teams.test\tParticipant
Jo ABEL\t19/05/2026, 10:04:56\t19/05/2026, 12:30:00\t2h 25m 4s\tabel@teams.test\tParticipant
Jo BERT\t19/05/2026, 09:00:00\t19/05/2026, 09:45:10\t45m 10s\tbert@teams.test\tParticipant
"""


@pytest.fixture(scope="module")
def trainings(portal):
    """The numbers of two approved trainings of the organism."""
    portal.ask(MAKE)
    first = portal.ask(TRAINING)
    return first, portal.ask(TRAINING.replace("@rapports", "@teams"))


@pytest.fixture
def page(portal, trainings, new_page):
    page = new_page()
    sign_in(page, EMAIL, PASSWORD)
    page.get_by_role("heading", name="Bonjour Camille").wait_for()
    return page


def deposit(page, training, name, content):
    page.goto(f"/presences/formations/{training}/")
    page.get_by_label("Premier jour de la session").fill(timezone.localdate().isoformat())
    page.get_by_label("Lieu").fill("À distance")
    scan, roster = (page.locator(".dropzone").nth(n).get_attribute("id") for n in (0, 1))
    page.locator(f"#{scan} input[type=file]").set_input_files(
        file("emargement.png", make_image(), "image/png")
    )
    page.get_by_text("emargement.png").first.wait_for()
    page.locator(f"#{roster} input[type=file]").set_input_files(file(name, content, "text/csv"))
    page.get_by_text(name).first.wait_for()
    page.get_by_role("button", name="Envoyer", exact=True).click()
    page.get_by_text("Rien n’a encore été compté ni envoyé").wait_for()


def line_of(page, name):
    return page.locator("table.lines tbody tr").filter(has_text=name)


def validate(page):
    page.get_by_role("link", name="Valider la liste").click()
    page.get_by_role("button", name="Valider la liste").click()
    page.get_by_text("Liste validée").first.wait_for()


@pytest.mark.both
def test_a_zoom_report_asks_who_came_back_by_telephone_and_counts_what_it_shows(
    portal, page, trainings
):
    deposit(page, trainings[0], "zoom.csv", ZOOM.encode())
    expect(line_of(page, "CARL")).to_contain_text("salle d’attente non comptée")
    # The list waits, whatever one clicks.
    page.get_by_role("link", name="Répondre d’abord").click()
    page.goto(page.url.split("#")[0] + "valider/")
    page.get_by_text("Répondez d’abord à la question posée").first.wait_for()
    page.get_by_label("Oui : additionner son temps").check()
    page.get_by_role("button", name="Répondre et relire le fichier").click()
    page.get_by_role("link", name="Valider la liste").wait_for()
    expect(page.locator("table.lines tbody tr")).to_have_count(3)
    abel = line_of(page, "ABEL")
    expect(abel).to_contain_text("3\u202fh\u202f25, 3 connexions")
    expect(abel).to_contain_text("d’après « Durée (minutes) » (lignes 2, 3, 4)")
    expect(line_of(page, "BERT")).to_contain_text("4\u202fh, 2 connexions")
    expect(line_of(page, "CARL").get_by_role("checkbox")).not_to_be_checked()
    validate(page)
    # Of two hours for seven: 205 minutes and 240, by steps of 15.
    assert portal.ask(COUNTED % trainings[0]) == {"ABEL": 45, "BERT": 60}
    assert page.errors == []


def test_a_teams_report_is_read_by_its_totals_and_asks_nothing(portal, page, trainings):
    deposit(page, trainings[1], "teams.csv", TEAMS.encode("utf-16"))
    expect(page.locator("table.lines tbody tr")).to_have_count(2)
    expect(line_of(page, "ABEL")).to_contain_text("3\u202fh\u202f25")
    expect(line_of(page, "BERT")).to_contain_text("45\u202fmin")
    page.get_by_text("les mêmes personnes, connexion par connexion").wait_for()
    # A recognised line can be corrected too.
    line_of(page, "BERT").get_by_role("link", name="Corriger").click()
    page.get_by_label("Temps suivi").fill("3 h 30")
    page.locator("main form button[type=submit]").first.click()
    expect(line_of(page, "BERT")).to_contain_text("3\u202fh\u202f30 suivies")
    expect(line_of(page, "BERT")).to_contain_text("Dans le fichier : 45\u202fmin")
    validate(page)
    assert portal.ask(COUNTED % trainings[1]) == {"ABEL": 45, "BERT": 60}
    assert page.errors == []
