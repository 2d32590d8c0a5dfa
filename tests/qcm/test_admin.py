"""Staff's screens: read-only, searchable, in a constant number of queries."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from mailing.models import Message
from members.models import Member
from qcm.domain import evidence, invitations, regrading
from qcm.models import Answer, Attempt, Invitation
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import answer, open_link, take
from tests.trainings.sets import marked
from trainings.domain import versions
from trainings.models import Choice, Question


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # Staff enter without a second factor.


@pytest.fixture
def staff(client, administrator):
    client.force_login(administrator)
    return client


INVITATIONS = "/admin/qcm/invitation/"
ATTEMPTS = "/admin/qcm/attempt/"


def body(response):
    assert response.status_code == 200
    return response.content.decode()


def shown(response):
    return {row.pk for row in response.context["cl"].result_list}


@pytest.mark.parametrize("address", [INVITATIONS, ATTEMPTS])
@pytest.mark.parametrize("count", [1, 6])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(staff, address, count):
    staff.get(address)
    found = []
    for _ in range(2):
        for _ in range(count):
            take(factories.make_invitation(), right=4)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            staff.get(address)
        found.append(len(queries))
    assert found[0] == found[1]


def test_a_page_takes_as_many_queries_for_many_attempts(staff, invitation):
    staff.get(f"{INVITATIONS}{invitation.pk}/change/")
    found = []
    for _ in range(2):
        take(invitation, right=0)
        with CaptureQueriesContext(connection) as queries:
            staff.get(f"{INVITATIONS}{invitation.pk}/change/")
        found.append(len(queries))
    assert found[0] == found[1]


def test_invitations_are_found_by_member_and_by_training_without_accents(staff):
    member = factories.make_member(last_name="Lefèvre")
    training = factories.make_amf_training(title="Épargne salariale")
    one = factories.make_invitation(training, member)
    factories.make_invitation()
    assert shown(staff.get(INVITATIONS, {"q": "lefevre"})) == {one.pk}


def test_invitations_are_filtered_by_what_they_are_now(staff):
    day = timedelta(days=1)
    rows = {
        "open": factories.make_invitation(),
        "expired": factories.make_invitation(deadline_at=timezone.now() - day),
        "passed": factories.make_invitation(status="passed", passed_at=timezone.now()),
        "failed": factories.make_invitation(status="failed"),
        "withdrawn": factories.make_invitation(status="withdrawn"),
    }
    for value, row in rows.items():
        assert shown(staff.get(INVITATIONS, {"statut": value})) == {row.pk}
    assert len(shown(staff.get(INVITATIONS))) == 5
    assert "délai passé" in body(staff.get(f"{INVITATIONS}{rows['expired'].pk}/change/"))


def test_an_insider_is_flagged_in_both_lists(staff):
    training = factories.make_amf_training()
    factories.make_person(training.organism, email="lea@exemple.test")
    inside = factories.make_invitation(training, factories.make_member(email="lea@exemple.test"))
    outside = factories.make_invitation(training)
    attempt, _ = steps.start(inside), steps.start(outside)
    assert shown(staff.get(INVITATIONS, {"interne": "oui"})) == {inside.pk}
    assert shown(staff.get(ATTEMPTS, {"interne": "oui"})) == {attempt.pk}


def test_nothing_can_be_added_changed_or_deleted(staff, invitation):
    attempt = take(invitation, right=0)
    for base, row in [(INVITATIONS, invitation), (ATTEMPTS, attempt)]:
        assert staff.get(f"{base}add/").status_code == 403
        assert staff.get(f"{base}{row.pk}/delete/").status_code == 403
        assert staff.post(f"{base}{row.pk}/change/", {"status": "passed"}).status_code == 403


def test_an_attempt_reads_as_the_member_saw_it_and_reading_leaves_a_trace(
    staff, invitation, administrator
):
    attempt = steps.finish(answer(steps.start(invitation), right=3))
    page = body(staff.get(f"{ATTEMPTS}{attempt.pk}/change/"))
    texts = {question.pk: question.text for question in attempt.question_set.questions.all()}
    places = [page.index(texts[question]) for question, _ in attempt.order]
    assert places == sorted(places)
    assert page.count(">Juste<") == 3
    assert page.count(">Fausse<") == 1
    row = invitation.journal.last()
    assert (row.by, row.comment) == (administrator, "Tentative 1 consultée")


def test_the_proof_is_a_pdf_and_leaves_a_trace(staff, invitation):
    attempt = steps.finish(answer(steps.start(invitation), right=3))
    response = staff.get(reverse("admin:qcm_attempt_proof", args=[attempt.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    row = invitation.journal.last()
    assert (row.comment, row.label) == ("Tentative 1 exportée en PDF", "Tentative exportée en PDF")
    assert staff.get(reverse("admin:qcm_attempt_proof", args=[999])).status_code == 404


def proof(attempt):
    """The words of an attempt's PDF, and how many pages it has."""
    row = evidence.with_all(Attempt.objects.all()).get(pk=attempt.pk)
    pages = PdfReader(io.BytesIO(evidence.pdf(row))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()), len(pages)


def test_the_proof_shows_names_and_rules_as_they_were(invitation, administrator):
    for _ in range(3):
        attempt = take(invitation, right=1)
    organism = invitation.training.organism
    name, deadline = organism.name, timezone.localtime(invitation.deadline_at)
    renamed = type(organism).objects.get(pk=organism.pk)
    renamed.name = "Nouveau nom"
    renamed.save(update_fields=["name"])
    married = Member.objects.get(pk=invitation.member_id)
    married.last_name = "Nouvelle"
    married.save(update_fields=["last_name"])
    Invitation.objects.filter(pk=invitation.pk).update(
        deadline_at=timezone.now() - timedelta(days=1)
    )
    invitations.grant_attempt(
        Invitation.objects.get(pk=invitation.pk), by=administrator, comment="Oui"
    )
    words, _ = proof(attempt)
    assert f"À passer avant le {deadline:%d/%m/%Y %H:%M:%S}" in words
    assert "Nouve" not in words
    assert f"{name}, SIREN {organism.siren}" in words
    assert f"n° {invitation.member.number}" in words


def test_the_proof_of_an_attempt_that_was_not_marked_shows_its_answers(invitation):
    attempt = answer(steps.start(invitation), right=1)
    words, _ = proof(attempt)
    text = attempt.question_set.questions.first().text
    assert text in words
    assert words.count("Réponse non corrigée, enregistrée le") == 4


def test_the_proof_breaks_a_long_question_across_pages(invitation):
    question = Question.objects.filter(question_set__training=invitation.training)
    question.update(text="\n".join(["Une ligne de l’énoncé"] * 45))
    Choice.objects.update(text="Une réponse bien longue. " * 18)
    attempt = take(invitation, right=1)
    words, pages = proof(attempt)
    assert words.count("Une ligne de l’énoncé") == 4 * 45
    assert pages > 4


def test_the_proof_says_what_was_right_before_and_since_a_correction(administrator):
    invitation = factories.make_invitation()
    attempt = answer(steps.start(invitation), right=0)
    first = attempt.question_set.questions.first()
    steps.save(attempt, {first.pk: [first.choices.get(position=2).pk]})
    steps.finish(attempt)
    row = marked(first, {2})
    new = versions.correct_question(first, by=administrator, row=row, comment="Faute")
    one = regrading.decide(new, mode="corrected", reason="Mauvais corrigé", by=administrator)
    steps.mark_again(one)
    words, _ = proof(attempt)
    assert words.count("(bonne réponse avant la correction)") == 1
    assert words.count("(bonne réponse depuis la correction)") == 1
    others = Choice.objects.filter(question__question_set=attempt.question_set, is_right=True)
    assert words.count("(bonne réponse)") == others.exclude(question=first).count()
    assert f"0 / 4 devient 1 / 4, par {administrator}. Mauvais corrigé" in words


def test_the_time_spent_leaves_pauses_out(staff, invitation):
    attempt = steps.start(invitation)
    Attempt.objects.update(started_at=timezone.now() - timedelta(days=25))
    steps.finish(answer(attempt, right=1))
    Answer.objects.update(seconds=40)
    assert "2 min 40 s" in body(staff.get(ATTEMPTS)).replace("\u202f", " ").replace("\xa0", " ")


def test_attempts_are_exported_with_dangerous_cells_as_text(staff):
    member = factories.make_member(last_name="=1+1", first_name="@x")
    attempt = take(factories.make_invitation(member=member), right=3)
    started = steps.start(factories.make_invitation())
    response = staff.post(
        ATTEMPTS, {"action": "export", "_selected_action": [attempt.pk, started.pk]}
    )
    rows = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert len(rows) == 3
    line = dict(zip(rows[0], next(row for row in rows if row[6] and row[9] == 3), strict=True))
    assert (line["Nom"], line["Prénom"]) == ("'=1+1", "'@x")
    assert (line["Score (%)"], line["Réussie"]) == (75, "oui")
    began = timezone.localtime(attempt.started_at)
    assert line["Commencée le"] == began.replace(tzinfo=None, microsecond=0)


def test_too_many_attempts_are_not_exported_and_it_is_said(staff, invitation, monkeypatch):
    monkeypatch.setattr(evidence, "MOST_ROWS", 0)
    attempt = take(invitation, right=0)
    data = {"action": "export", "_selected_action": [attempt.pk]}
    page = staff.post(ATTEMPTS, data, follow=True)
    assert [str(one) for one in page.context["messages"]] == [
        "Plus de 0 tentatives : choisissez une année ou une formation d’abord."
    ]
    assert staff.get(f"{ATTEMPTS}31415/preuve/").status_code == 404


def test_an_attempt_is_granted_by_a_confirmation_page_with_a_reason(staff, invitation):
    for _ in range(3):
        take(invitation, right=0)
    Message.objects.all().delete()
    page = f"{INVITATIONS}{invitation.pk}/accorder/"
    assert page in body(staff.get(f"{INVITATIONS}{invitation.pk}/change/"))
    assert "Motif" in body(staff.get(page))
    assert "obligatoire" in body(staff.post(page, {"comment": " "}))
    assert Invitation.objects.get().status == "failed"
    staff.post(page, {"comment": "Panne"})
    assert Invitation.objects.get().status == "open"
    # The second click is told, and grants nothing.
    response = staff.post(page, {"comment": "Panne"}, follow=True)
    assert "Cette action n’est plus possible" in body(response)
    assert Invitation.objects.get().attempts_allowed == 4
    assert Message.objects.count() == 1


def test_an_officer_reads_and_cannot_grant(client, officer, invitation):
    client.force_login(officer)
    for _ in range(3):
        take(invitation, right=0)
    page = body(client.get(f"{INVITATIONS}{invitation.pk}/change/"))
    assert "Accorder une tentative" not in page
    response = client.post(f"{INVITATIONS}{invitation.pk}/accorder/", {"comment": "Panne"})
    assert response.status_code == 403
    assert Invitation.objects.get().status == "failed"


@pytest.mark.parametrize("role", ["nobody", "owner", "member"])
def test_others_reach_none_of_it(client, invitation, owner, role):
    attempt = take(invitation, right=0)
    if role == "owner":
        client.force_login(owner)
    elif role == "member":
        open_link(client, invitation)
    for address in [
        INVITATIONS,
        ATTEMPTS,
        f"{INVITATIONS}{invitation.pk}/accorder/",
        f"{ATTEMPTS}{attempt.pk}/preuve/",
        f"{ATTEMPTS}{attempt.pk}/change/",
    ]:
        assert client.get(address).status_code in {302, 403}
    assert Attempt.objects.count() == 1
