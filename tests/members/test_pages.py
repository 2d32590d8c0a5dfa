"""« Mes heures »: reached by a link of one use, and showing one member's hours alone."""

import io
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from mailing import delivery
from mailing.models import Message
from members import links, tasks
from members.domain import attestation, ledger, sign_in
from members.domain.ledger import Entitlement
from members.models import SignInLink, SignInLinkAsked
from tests import factories
from tests.asked import mail_links, post_asking, statements
from trainings.models import AnnualRules

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _locmem(settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def ask(client, email):
    return post_asking(client, reverse("members:ask"), email)


def mailed_paths():
    delivery.deliver_due()
    return [re.search(r"http://\S+?(/mes-heures/\S+)", one.body)[1] for one in mail.outbox]


def enter(client, member):
    ask(client, member.email)
    (path,) = mailed_paths()
    return client.post(path)


def credit(member, minutes, kind="associative", **training):
    training = factories.make_training(status="approved", **training)
    with transaction.atomic():
        ledger.credit(
            training=training,
            kind=kind,
            session_on=timezone.localdate(),
            entitlements=[Entitlement(member.pk, minutes)],
        )
    return training


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(client):
    member = factories.make_member(email="connu@exemple.test")
    known, unknown = ask(client, member.email), ask(client, "inconnu@exemple.test")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert list(Message.objects.values_list("to", flat=True)) == ["connu@exemple.test"]


def test_asking_takes_the_same_work_whether_the_address_is_known_or_not(client):
    for _ in range(3):
        factories.make_member(email="connu@exemple.test")
    found = []
    for email in ("connu@exemple.test", "inconnu@exemple.test"):
        found.append([])
        with statements(found[-1]):
            client.post(reverse("members:ask"), {"email": email})
    assert found[0] == found[1] != []
    assert not Message.objects.exists()
    assert SignInLinkAsked.objects.count() == 2
    mail_links()
    assert Message.objects.count() == 1
    # Nor is anything kept of who asked.
    assert not SignInLinkAsked.objects.exists()


def test_links_whose_task_was_lost_are_mailed_by_the_next(client, settings, monkeypatch):
    factories.make_member(email="connu@exemple.test")
    client.post(reverse("members:ask"), {"email": "connu@exemple.test"})
    before = timezone.now() - timedelta(minutes=2)
    SignInLinkAsked.objects.update(asked_at=before)
    asked = []
    monkeypatch.setattr("common.jobs.ask", lambda task, pk: asked.append((task, pk)))
    tasks.sweep_links()
    ((task, pk),) = asked
    assert task == "members.tasks.send_links"
    tasks.send_links(pk)
    tasks.send_links(pk)
    assert Message.objects.count() == 1


def test_links_that_cannot_be_mailed_are_given_up(client):
    client.post(reverse("members:ask"), {"email": "connu@exemple.test"})
    SignInLinkAsked.objects.update(tries=3, leased_until=timezone.now() - timedelta(seconds=1))
    tasks.sweep_links()
    assert not SignInLinkAsked.objects.exists()


def test_opening_the_link_changes_nothing_and_its_button_enters_once(client):
    member = factories.make_member(email="a@exemple.test")
    ask(client, "A@exemple.test")
    (path,) = mailed_paths()
    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 200
    assert client.get(reverse("members:home")).url == reverse("members:ask")
    assert client.post(path).url == reverse("members:home")
    assert member.last_name in client.get(reverse("members:home")).content.decode()
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410


def test_a_link_dies_after_an_hour(client):
    factories.make_member(email="a@exemple.test")
    ask(client, "a@exemple.test")
    (path,) = mailed_paths()
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(path).status_code == 410


@pytest.mark.parametrize("purpose", ["qcm.invitation", "sign-in"])
def test_a_forged_or_foreign_link_opens_nothing(client, purpose):
    member = factories.make_member()
    token = links.token(purpose, member.pk)
    assert client.post(reverse("members:enter", args=[token])).status_code == 410
    assert client.post(reverse("members:enter", args=["abc"])).status_code == 410


def test_members_who_share_a_mailbox_get_one_mail_with_a_link_each(client):
    members = [
        factories.make_member(email="cabinet@exemple.test", first_name=name)
        for name in ("Anne", "Bruno")
    ]
    ask(client, "Cabinet@exemple.test")
    delivery.deliver_due()
    (sent,) = mail.outbox
    assert sent.subject == "Vos liens vers « Mes heures » : 2 adhérents"
    html = sent.alternatives[0].content
    for member in members:
        path = re.search(
            rf"{member} \(adhérent {member.number}\) : http://\S+?(/mes-heures/\S+)", sent.body
        )[1]
        assert html.index(str(member)) < html.index(path)
        assert client.post(path).url == reverse("members:home")
        page = client.get(reverse("members:home")).content.decode()
        assert [one.number in page for one in members] == [one == member for one in members]
    row = Message.objects.get()
    assert "/mes-heures/entrer/" not in row.text + row.html
    assert row.text.count("[lien personnel]") == 2


@pytest.mark.parametrize("more", [0, 1])
def test_a_mailbox_of_too_many_says_so(client, monkeypatch, more):
    monkeypatch.setattr(sign_in, "MOST", 2)
    for _ in range(2 + more):
        factories.make_member(email="cabinet@exemple.test")
    ask(client, "cabinet@exemple.test")
    delivery.deliver_due()
    assert ("D’autres adhérents ont cette adresse" in mail.outbox[0].body) is bool(more)
    assert SignInLink.objects.count() == 2


def test_a_fourth_request_in_an_hour_is_refused_without_a_mail(client):
    factories.make_member(email="a@exemple.test")
    for _ in range(3):
        assert ask(client, "a@exemple.test").status_code == 302
    assert "Trop de demandes" in ask(client, "a@exemple.test").content.decode()
    assert Message.objects.count() == 3


def test_a_cif_member_sees_the_year_against_the_hours_due(client):
    member = factories.make_member(cif=True, email="a@exemple.test")
    credit(member, 210, title="Fiscalité")
    credit(member, 60, kind="amf", title="MIF 2")
    enter(client, member)
    page = client.get(reverse("members:home")).content.decode().replace("\u202f", " ")
    assert "4 h 30" in page
    assert "/ 15 h" in page
    assert "10 h 30" in page
    assert "Fiscalité" in page
    assert "MIF 2" in page


def test_amf_hours_due_in_the_year_are_told_until_they_are_counted(client):
    year = timezone.localdate().year
    AnnualRules.objects.create(year=year, amf_minutes_due=180)
    member = factories.make_member(cif=True, email="a@exemple.test")
    credit(member, 900)
    enter(client, member)
    page = client.get(reverse("members:home")).content.decode().replace("\u202f", " ")
    assert "Dont au moins 3 h AMF." in page
    assert "Il vous reste 3 h à suivre cette année, dont 3 h AMF." in page
    credit(member, 180, kind="amf")
    page = client.get(reverse("members:home")).content.decode()
    assert "Vos heures de l’année sont faites." in page
    certificate = PdfReader(io.BytesIO(attestation.make(member, year))).pages[0].extract_text()
    assert "dont heures AMF" in certificate


def test_another_member_sees_a_total_alone(client):
    member = factories.make_member(cif=False, email="a@exemple.test")
    credit(member, 90)
    other = factories.make_member(email="b@exemple.test")
    credit(other, 120, title="Celle d’un autre")
    enter(client, member)
    page = client.get(reverse("members:home")).content.decode().replace("\u202f", " ")
    assert "1 h 30" in page
    assert "15 h" not in page
    assert "Celle d’un autre" not in page


def test_the_certificate_lists_the_counted_hours_and_no_markup_runs(client):
    member = factories.make_member(cif=True, email="a@exemple.test", last_name="#O'Neil *X*")
    training = credit(member, 90, title='#read("/etc/passwd") $x$ *gras*')
    gone = credit(member, 60, title="Annulée depuis")
    ledger.counter(list(member.credits.filter(training=gone)), reason="Feuille annulée", by=None)
    enter(client, member)
    response = client.get(reverse("members:attestation", args=[training.year]))
    assert response["Content-Type"] == "application/pdf"
    text = " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages
    ).replace("\u202f", " ")
    assert '#read("/etc/passwd") $x$ *gras*' in " ".join(text.split())
    assert "1 h 30" in text
    assert member.number in text
    assert "Annulée depuis" not in text
    # A year that says nothing has no page, however it is typed.
    for year in (0, 1999, training.year + 1, 99999999999):
        assert client.get(f"/mes-heures/attestation/{year}/").status_code == 404


def test_nobody_reaches_the_pages_without_a_link(client, owner):
    for name, args in (("members:home", []), ("members:attestation", [2026])):
        assert client.get(reverse(name, args=args)).url == reverse("members:ask")
    client.force_login(owner)
    assert client.get(reverse("members:home")).url == reverse("members:ask")


def test_leaving_closes_the_pages(client):
    member = factories.make_member(email="a@exemple.test")
    enter(client, member)
    client.post(reverse("members:leave"))
    assert client.get(reverse("members:home")).url == reverse("members:ask")


def test_the_page_takes_as_many_queries_with_many_entries_as_with_one(
    client, django_assert_num_queries
):
    member = factories.make_member(email="a@exemple.test")
    credit(member, 15)
    enter(client, member)
    client.get(reverse("members:home"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("members:home"))
    for _ in range(12):
        credit(member, 15)
    with django_assert_num_queries(len(one)):
        client.get(reverse("members:home"))
