"""The dashboard: what waits first, then the counts by status."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendance.models import Sheet
from organisms.domain import accounts
from tests import factories
from trainings.domain import corrections
from trainings.models import Correction, Question, Training

PATH = "/tableau-de-bord/"


def make_sheet(training, status, **fields):
    today = timezone.localdate()
    values = {
        "starts_on": today,
        "ends_on": today,
        "scan": "scan.pdf",
        "scan_name": "scan.pdf",
        "scan_type": "application/pdf",
        "scan_sha256": "0" * 64,
        "roster": "liste.xlsx",
        "roster_name": "liste.xlsx",
        "roster_sha256": "0" * 64,
        "validated_at": timezone.now() if status in {"validated", "cancelled"} else None,
    }
    return Sheet.objects.create(training=training, status=status, **(values | fields))


def ask_correction(question, **fields):
    values = {"comment": "La réponse B est la bonne", "asked_at": timezone.now()}
    return Correction.objects.create(question=question, **(values | fields))


def words(response):
    return " ".join(response.content.decode().split())


def test_a_new_organism_is_invited_to_add_a_training(client, owner):
    client.force_login(owner)
    page = words(client.get(PATH))
    assert "Rien n’attend de votre part." in page
    assert page.count("Ajouter une formation") == 2
    assert "Gérer les formations" in page


def test_requests_are_counted_by_status_in_their_own_words(client, organism, owner):
    for status, number in (("submitted", 2), ("sent_to_amf", 1), ("approved", 3)):
        for _ in range(number):
            factories.make_training(organism, status=status)
    factories.make_training(status="submitted")
    client.force_login(owner)
    assert client.get(PATH).context["counts"] == [
        ("submitted", "envoyées", 2),
        ("sent_to_amf", "soumise à l’AMF", 1),
        ("approved", "validées", 3),
    ]


@pytest.mark.parametrize("status", Training.Status.values)
def test_every_status_has_a_plural(client, organism, owner, status):
    for _ in range(2):
        factories.make_training(organism, status=status)
    client.force_login(owner)
    assert [(one, number) for one, _, number in client.get(PATH).context["counts"]] == [(status, 2)]


def test_what_waits_stands_first_lists_before_requests_and_the_oldest_on_top(
    client, organism, owner
):
    training = factories.make_training(organism, status="approved", title="Patrimoine")
    now = timezone.now()
    sheets = {}
    for status, age in (
        ("validated", 9),
        ("reading", 8),
        ("unreadable", 7),
        ("draft", 1),
        ("draft", 2),
        ("cancelled", 3),
    ):
        sheet = make_sheet(training, status)
        Sheet.objects.filter(pk=sheet.pk).update(deposited_at=now - timedelta(days=age))
        sheets[status, age] = sheet.pk
    draft = factories.make_training(organism, title="Brouillon")
    changes = factories.make_training(organism, status="changes_requested", title="À revoir")
    factories.make_training(organism, status="submitted")
    client.force_login(owner)
    context = client.get(PATH).context
    assert [sheet.pk for sheet in context["sheets"]] == [
        sheets["draft", 2],
        sheets["draft", 1],
        sheets["unreadable", 7],
        sheets["reading", 8],
    ]
    assert [one.pk for one in context["requests"]] == [changes.pk, draft.pk]
    page = words(client.get(PATH))
    assert page.index("Liste de présence à valider") < page.index("Modifications demandées")
    assert page.index("Modifications demandées") < page.index("Demande à terminer")
    assert page.index("Demande à terminer") < page.index('id="demandes"')
    assert "rien n’est encore compté ni envoyé" in page


def test_a_correction_waits_until_the_organism_proposed_one(client, organism, owner):
    training = factories.make_amf_training(organism, title="Loi de finances")
    question = Question.objects.get(
        question_set__training=training, question_set__position=2, position=3
    )
    correction = ask_correction(question)
    client.force_login(owner)
    page = words(client.get(PATH))
    assert "Question de QCM à corriger" in page
    assert "Loi de finances, jeu 2, question 3" in page
    assert f'href="/formations/corrections/{correction.pk}/"' in page
    corrections.propose(correction, by=owner, row=question.as_row())
    assert "Rien n’attend de votre part." in words(client.get(PATH))


def test_another_organism_s_rows_are_not_there(client, outsider, organism):
    training = factories.make_training(organism, status="approved", title="Secret")
    make_sheet(training, "draft")
    factories.make_training(organism, title="Secret")
    factories.make_question_sets(training)
    ask_correction(Question.objects.filter(question_set__training=training).first())
    client.force_login(outsider)
    response = client.get(PATH)
    kinds = ("sheets", "corrections", "requests")
    assert [list(response.context[kind]) for kind in kinds] == [[], [], []]
    assert "Secret" not in response.content.decode()


def test_a_suspended_organism_sees_and_is_offered_nothing_to_change(client, organism, owner):
    factories.make_training(organism, title="Brouillon")
    accounts.suspend(organism, by=None, comment="x")
    client.force_login(owner)
    page = words(client.get(PATH))
    assert "Brouillon" in page
    assert "Ajouter une formation" not in page
    assert "Continuer" not in page


def test_the_dashboard_takes_the_same_queries_for_any_number_of_rows(
    client, organism, owner, session_queries, django_assert_num_queries
):
    training = factories.make_training(organism, status="approved")
    client.force_login(owner)
    factories.make_question_sets(training)
    questions = iter(Question.objects.filter(question_set__training=training))
    # User, person with organism, counts, sheets with trainings, corrections, requests.
    for number in (1, 3):
        for _ in range(number):
            make_sheet(training, "draft")
            factories.make_training(organism)
            ask_correction(next(questions))
        with django_assert_num_queries(session_queries + 6):
            client.get(PATH)


def test_the_dashboard_is_for_organisms(client, officer, settings):
    settings.DEMO = True  # the second factor has tests of its own
    assert client.get(PATH).url == f"/connexion/?next={PATH}"
    client.force_login(officer)
    assert client.get(PATH).url == "/admin/"
