"""What staff decide: each verb in each status, its journal row, its e-mail, its edges."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import Refused, WrongStatus
from mailing.delivery import render
from mailing.models import Message
from tests import factories
from trainings.domain import decisions, requests
from trainings.models import ApprovalCounter, Training

Status = Training.Status
TODAY = timezone.localdate


def approve(training, by, **values):
    values = {"associative_minutes": 120, "amf_minutes": 0, "comment": "L’AMF a dit non"} | values
    decisions.approve(training, by=by, **values)


VERBS = {
    "request_changes": (
        lambda one, by: decisions.request_changes(one, by=by, comment="Détaillez l’après-midi"),
        {"submitted", "sent_to_amf"},
        "changes_requested",
    ),
    "send_to_amf": (
        lambda one, by: decisions.send_to_amf(one, by=by, on=TODAY(), reference="AMF-1"),
        {"submitted"},
        "sent_to_amf",
    ),
    "approve": (approve, {"submitted", "sent_to_amf"}, "approved"),
    "refuse": (
        lambda one, by: decisions.refuse(one, by=by, comment="Hors du champ"),
        {"submitted", "sent_to_amf"},
        "refused",
    ),
    "revoke": (
        lambda one, by: decisions.revoke(one, by=by, comment="Programme non tenu"),
        {"approved"},
        "revoked",
    ),
    "withdraw": (
        lambda one, by: requests.withdraw(one, by=by),
        {"submitted", "changes_requested", "sent_to_amf"},
        "withdrawn",
    ),
}


def asked(status="submitted", **fields):
    """A request of two hours of each kind."""
    return factories.make_training(status=status, **({"requested_amf_minutes": 120} | fields))


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", VERBS)
def test_a_verb_moves_from_its_own_statuses_only(officer, name, status):
    call, allowed, reached = VERBS[name]
    training = asked(status)
    if status in allowed:
        call(training, officer)
    else:
        with pytest.raises(WrongStatus) as error:
            call(training, officer)
        assert str(error.value) == (
            "Cette action n’est plus possible : le statut est maintenant "
            f"« {Status(status).label} »."
        )
    training.refresh_from_db()
    assert training.status == (reached if status in allowed else status)
    rows = list(training.journal.values_list("from_status", "to_status", "by"))
    assert rows == ([(status, reached, officer.pk)] if status in allowed else [])
    assert Message.objects.filter(to=training.organism.email).count() == (status in allowed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "status", "subject", "said"),
    [
        ("request_changes", "submitted", "Modifications demandées", "Détaillez l’après-midi"),
        ("send_to_amf", "submitted", "Demande soumise à l’AMF", "(2\u202fh, "),
        ("approve", "submitted", "Formation validée", "L’AMF a dit non"),
        ("refuse", "submitted", "Formation non validée", "Hors du champ"),
        ("revoke", "approved", "Agrément révoqué", "Programme non tenu"),
    ],
)
def test_the_organism_reads_the_decision_and_its_reason(officer, name, status, subject, said):
    training = asked(status, title="Le devoir de conseil")
    VERBS[name][0](training, officer)
    message = Message.objects.get(to=training.organism.email)
    found, text, html = render(message, "")
    assert found == f"{subject} : Le devoir de conseil"
    assert said in text
    assert said in html
    assert "Le devoir de conseil" in text
    assert f"/formations/{training.pk}/" in text


@pytest.mark.django_db
def test_an_approval_gives_hours_number_date_and_says_them(officer):
    training = asked("sent_to_amf")
    approve(training, officer, associative_minutes=105, amf_minutes=60, comment="")
    training.refresh_from_db()
    assert (
        training.granted_associative_minutes,
        training.granted_amf_minutes,
        training.approval_number,
    ) == (105, 60, f"{training.year}-0001")
    assert training.decided_at is not None
    assert training.journal.get().comment == (
        f"Agrément {training.year}-0001 : 1\u202fh\u202f45 associatives, 1\u202fh AMF."
    )
    _, text, _ = render(Message.objects.get(), "")
    assert f"Numéro d’agrément : {training.year}-0001" in text
    assert "Heures associatives : 1\u202fh\u202f45" in text
    assert "Heures AMF : 1\u202fh" in text
    assert "L’AMF n’a pas retenu" not in text


@pytest.mark.django_db
def test_the_amfs_no_leaves_the_associative_hours_and_its_reason_is_read(officer):
    training = asked("sent_to_amf")
    approve(training, officer, comment="Trop peu de réglementaire")
    _, text, _ = render(Message.objects.get(), "")
    assert "L’AMF n’a pas retenu les heures AMF demandées (2\u202fh)" in text
    assert "Trop peu de réglementaire" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "values", "sentence"),
    [
        ("submitted", {"amf_minutes": 60}, "qu’après transmission de la demande à l’AMF"),
        ("sent_to_amf", {"associative_minutes": 135}, "dépassent ce qui est demandé"),
        ("sent_to_amf", {"amf_minutes": 135}, "dépassent ce qui est demandé"),
        ("sent_to_amf", {"associative_minutes": 100}, "de 15 en 15 minutes"),
        ("sent_to_amf", {"associative_minutes": -15}, "à partir de zéro"),
        ("sent_to_amf", {"associative_minutes": 0}, "refusez plutôt la demande"),
        ("sent_to_amf", {"comment": " "}, "donnez-en la raison"),
        ("submitted", {"number": "2026-0001"}, "a la forme de nos numéros"),
    ],
)
def test_what_cannot_be_granted_is_said_and_nothing_is_taken(officer, status, values, sentence):
    training = asked(status)
    with pytest.raises(Refused, match=sentence):
        approve(training, officer, **values)
    training.refresh_from_db()
    assert (training.status, training.approval_number) == (status, None)
    assert (Message.objects.count(), training.journal.count()) == (0, 0)
    assert not ApprovalCounter.objects.filter(last__gt=0).exists()


@pytest.mark.django_db
def test_a_typed_number_is_unique_whatever_its_case_and_takes_none_of_ours(officer):
    first, second, third = asked(), asked(), asked()
    approve(first, officer, number="AMF 26/118")
    with pytest.raises(Refused, match="« amf 26/118 » est déjà attribué"):
        approve(second, officer, number="amf 26/118")
    approve(third, officer)
    third.refresh_from_db()
    assert third.approval_number == f"{third.year}-0001"


@pytest.mark.django_db
def test_the_numbers_year_is_the_requests(officer):
    training = asked(year=TODAY().year + 1)
    approve(training, officer)
    training.refresh_from_db()
    assert training.approval_number == f"{TODAY().year + 1}-0001"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["request_changes", "refuse", "revoke"])
def test_a_reason_is_required(officer, name):
    training = asked("approved" if name == "revoke" else "submitted")
    with pytest.raises(Refused, match="l’organisme|motif"):
        getattr(decisions, name)(training, by=officer, comment="  ")
    assert training.journal.count() == 0


@pytest.mark.django_db
def test_sending_to_the_amf_needs_hours_and_a_day_that_can_be(officer):
    with pytest.raises(Refused, match="aucune heure AMF"):
        decisions.send_to_amf(asked(requested_amf_minutes=0), by=officer, on=TODAY())
    with pytest.raises(Refused, match="dans le futur"):
        decisions.send_to_amf(asked(), by=officer, on=TODAY() + timedelta(days=1))
    with pytest.raises(Refused, match="n’a pas pu être transmise à l’AMF avant"):
        decisions.send_to_amf(asked(), by=officer, on=TODAY() - timedelta(days=1))
    training = asked()
    decisions.send_to_amf(training, by=officer, on=TODAY(), reference=" 26/118 ")
    training.refresh_from_db()
    assert (training.amf_sent_on, training.amf_reference) == (TODAY(), "26/118")
    assert "référence 26/118" in training.journal.get().comment


@pytest.mark.django_db
def test_changes_asked_after_the_amf_forget_the_sending(officer):
    training = asked("sent_to_amf", amf_reference="26/118")
    decisions.request_changes(training, by=officer, comment="L’AMF demande un plan")
    training.refresh_from_db()
    assert (training.amf_sent_on, training.amf_reference) == (None, "")


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status)
def test_an_approval_stands_until_it_is_revoked(status):
    training = asked(status)
    stands, revoked = status == Status.APPROVED, status == Status.REVOKED
    assert (training.is_in_force, training.is_revoked) == (stands, revoked)
    assert Training.objects.in_force().exists() == stands
    assert Training.objects.ever_approved().exists() == (stands or revoked)


@pytest.mark.django_db
def test_an_approval_is_over_after_its_year(monkeypatch):
    training = asked("approved")
    last_day = TODAY().replace(month=12, day=31)
    monkeypatch.setattr(timezone, "localdate", lambda *args: last_day)
    assert not training.is_over
    monkeypatch.setattr(timezone, "localdate", lambda *args: last_day + timedelta(days=1))
    assert training.is_over
