"""« Créer un compte »: the fields by type, what is written, and what nobody learns."""

from threading import Barrier

import pytest
from django.db import IntegrityError

from accounts.models import User
from mailing.delivery import render
from mailing.models import Message
from organisms.domain import accounts, people
from organisms.forms import RegisterForm
from organisms.models import Organism
from tests import factories
from tests.together import together

PATH = "/organismes/creer-un-compte/"
SENT = "/organismes/creer-un-compte/envoye/"
SIREN, TRAINER, MEMBER = "732 829 320", "11 75 55555 55", "A00123"
STAFF = "formation@anacofi.example"


def data(**fields):
    return {
        "name": "Écôle du patrimoine",
        "email": "Contact@Ecole.test",
        "description": "Formations patrimoniales",
        "type": "company",
        "siren": SIREN,
        "trainer_number": TRAINER,
        "member_number": "",
        "representative_first_name": "Zoé",
        "representative_last_name": "Lefèvre",
    } | fields


def mails():
    return sorted(Message.objects.values_list("template", "to"))


# --- fields by type ---------------------------------------------------------------------------

REQUIRED = {
    "partner": {"siren"},
    "company": {"siren", "trainer_number"},
    "public": set(),
    "member_company": {"siren", "member_number"},
}
ACCEPTED = {
    "partner": {"siren", "trainer_number"},
    "company": {"siren", "trainer_number"},
    "public": set(),
    "member_company": {"siren", "trainer_number", "member_number"},
}
NUMBERS = {"siren": SIREN, "trainer_number": TRAINER, "member_number": MEMBER}
KEPT = {"siren": "732829320", "trainer_number": "11755555555", "member_number": "A00123"}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", REQUIRED)
def test_each_type_owes_its_numbers(kind):
    form = RegisterForm(data(type=kind) | dict.fromkeys(NUMBERS, ""))
    label = Organism.Type(kind).label
    assert form.errors == {
        name: [f"Obligatoire pour le type « {label} »."] for name in REQUIRED[kind]
    }


@pytest.mark.django_db
@pytest.mark.parametrize("kind", REQUIRED)
def test_each_type_is_content_with_what_it_owes(kind):
    typed = {name: value if name in REQUIRED[kind] else "" for name, value in NUMBERS.items()}
    assert RegisterForm(data(type=kind) | typed).errors == {}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", REQUIRED)
def test_each_type_keeps_its_numbers_and_no_others(kind):
    form = RegisterForm(data(type=kind) | NUMBERS)
    assert form.errors == {}
    assert {name: form.cleaned_data[name] for name in NUMBERS} == {
        name: KEPT[name] if name in ACCEPTED[kind] else "" for name in NUMBERS
    }


@pytest.mark.django_db
def test_a_wrong_number_in_a_field_that_is_not_asked_for_stops_nobody():
    form = RegisterForm(data(type="public", siren="x" * 31, trainer_number="12"))
    assert form.errors == {}
    assert form.cleaned_data["siren"] == ""


@pytest.mark.django_db
def test_an_optional_number_is_checked_when_it_is_given():
    form = RegisterForm(data(type="partner", trainer_number="12"))
    assert list(form.errors) == ["trainer_number"]


@pytest.mark.django_db
def test_without_a_type_the_type_is_asked_for():
    assert list(RegisterForm(data(type="")).errors) == ["type"]


@pytest.mark.django_db
def test_the_page_tells_scripts_which_numbers_go_with_which_type(client):
    page = client.get(PATH).content.decode()
    assert 'data-show-when="type=partner,company,member_company"' in page
    assert 'data-require-when="type=company"' in page
    assert 'data-show-when="type=member_company"' in page
    for label in Organism.Type.labels:
        assert f"<dt>{label}</dt>" in page


# --- what is written --------------------------------------------------------------------------


def test_asking_for_an_account_makes_a_pending_organism_and_no_user(client, db):
    response = client.post(PATH, data())
    assert (response.status_code, response.url) == (302, SENT)
    organism = Organism.objects.get()
    assert (organism.status, organism.name, organism.email, organism.siren) == (
        "pending",
        "Écôle du patrimoine",
        "contact@ecole.test",
        "732829320",
    )
    assert organism.search == (
        "ecole du patrimoine contact ecole test 732829320 11755555555 zoe lefevre"
    )
    row = organism.journal.get()
    assert (row.from_status, row.to_status, row.by, row.by_label) == (
        "",
        "pending",
        None,
        "Zoé Lefèvre",
    )
    assert User.objects.count() == 0
    assert mails() == [
        ("organisms/email/asked", "contact@ecole.test"),
        ("organisms/email/asked_staff", STAFF),
    ]


def test_the_mails_of_a_request_say_what_it_is(client, db):
    client.post(PATH, data())
    organism = Organism.objects.get()
    to_organism = Message.objects.get(template="organisms/email/asked")
    subject, text, html = render(to_organism, "")
    assert subject == "Votre demande d’ouverture de compte"
    assert text.startswith(
        "Bonjour,\n\nNous avons bien reçu votre demande d’ouverture de compte sur le portail"
    )
    assert "<p>Nous avons bien reçu votre demande" in html
    to_staff = Message.objects.get(template="organisms/email/asked_staff")
    subject, text, html = render(to_staff, "")
    assert subject == "Compte à valider : Écôle du patrimoine"
    assert "« Écôle du patrimoine » (Société, contact@ecole.test) demande" in text
    link = f"http://localhost:8000/admin/organisms/organism/{organism.pk}/change/"
    assert link in text
    assert f'href="{link}"' in html


def test_what_was_typed_stays_after_an_error(client, db):
    response = client.post(PATH, data(siren="123"))
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="123"' in page
    assert 'value="Écôle du patrimoine"' in page
    assert Organism.objects.count() == 0


def test_a_refused_organism_may_apply_again(client, db):
    factories.make_organism(status="refused", email="contact@ecole.test")
    client.post(PATH, data())
    assert sorted(Organism.objects.values_list("status", flat=True)) == ["pending", "refused"]


# What a stranger would have the portal write to somebody else.
LURE = "Gagnez 500 euros sur pirate.test"


@pytest.mark.parametrize("known_as", ["nobody", "person", "pending"])
def test_an_address_that_nobody_confirmed_reads_nothing_that_was_typed(client, db, known_as):
    victim = "victime@exemple.test"
    if known_as == "person":
        factories.make_person(factories.make_organism(), email=victim)
    if known_as == "pending":
        factories.make_organism(status="pending", email=victim)
    typed = dict.fromkeys(
        ("name", "description", "representative_first_name", "representative_last_name"), LURE
    )
    client.post(PATH, data(email=victim, **typed))
    message = Message.objects.get(to=victim)
    for part in render(message, ""):
        assert "pirate" not in part
    assert LURE not in str(message.values)


# --- what nobody learns -----------------------------------------------------------------------


@pytest.fixture(params=["person", "removed staff", "staff", "pending"])
def known(request, db):
    """An address that the portal knows, in each of the ways it can."""
    if request.param == "person":
        return factories.make_person(factories.make_organism()).user.email
    if request.param == "pending":
        return factories.make_organism(status="pending").email
    active = request.param == "staff"
    return factories.make_staff("Chargé de formation", is_active=active).email


def test_a_known_address_gets_the_same_answer_and_its_owner_alone_is_told(client, known):
    before = Organism.objects.count()
    unknown = client.post(PATH, data())
    assert Organism.objects.count() == before + 1
    Message.objects.all().delete()

    response = client.post(PATH, data(email=known.upper()))
    assert (response.status_code, response.url) == (unknown.status_code, unknown.url)
    assert known not in client.get(SENT).content.decode()
    assert Organism.objects.count() == before + 1
    assert mails() == [("organisms/email/asked_known", known)]


def test_the_owner_of_a_known_address_reads_what_to_do(client, db):
    email = factories.make_person(factories.make_organism()).user.email
    client.post(PATH, data(email=email))
    subject, text, html = render(Message.objects.get(), "")
    assert subject == "Votre demande d’ouverture de compte"
    assert "Cette adresse a déjà un compte" in text
    assert "Se connecter : http://localhost:8000/connexion/" in text
    assert 'href="http://localhost:8000/connexion/"' in html


def test_a_second_request_for_the_same_address_is_told_to_its_owner(client, db):
    client.post(PATH, data())
    Message.objects.all().delete()
    client.post(PATH, data(name="Autre"))
    assert Organism.objects.count() == 1
    _, text, _ = render(Message.objects.get(), "")
    assert "La précédente est déjà à l’étude" in text


def test_someone_who_left_an_organism_may_apply(client, db):
    user = factories.make_user(email="contact@ecole.test", is_active=False)
    client.post(PATH, data())
    accounts.activate(Organism.objects.get(), by=None)
    user.refresh_from_db()
    assert user.is_active
    assert user.person.organism.name == "Écôle du patrimoine"


def ask(**fields):
    """Ask past the form, as one whose checks were wrong would."""
    return accounts.register(**data(siren="732829320", trainer_number="11755555555") | fields)


def test_a_request_that_the_database_refuses_is_no_known_address(db):
    with pytest.raises(IntegrityError, match="organisms_siren_by_type"):
        ask(siren="")
    assert (Organism.objects.count(), mails()) == (0, [])


def test_the_same_form_twice_at_once_is_one_request(
    needs_postgresql, transactional_db, monkeypatch
):
    # Both have looked before either writes: one after the other is the test above.
    looked, may_be_added = Barrier(2), people.may_be_added
    monkeypatch.setattr(
        people, "may_be_added", lambda user: looked.wait(20) < 2 and may_be_added(user)
    )
    asked = together(ask, ask)
    assert sorted(map(bool, asked)) == [False, True]
    assert Organism.objects.count() == 1
    assert len(mails()) == 2


# --- limits -----------------------------------------------------------------------------------


def test_an_address_is_not_asked_for_more_than_three_times_an_hour(client, db):
    for number in range(3):
        response = client.post(PATH, data(), REMOTE_ADDR=f"192.0.2.{number}")
        assert response.status_code == 302
    response = client.post(PATH, data(), REMOTE_ADDR="192.0.2.9")
    assert response.status_code == 429
    assert response.context["form"].non_field_errors() == [
        "Trop de demandes ont été envoyées. Réessayez dans une heure : ce que vous avez écrit "
        "reste ci-dessous."
    ]
    assert 'value="Écôle du patrimoine"' in response.content.decode()


def test_a_visitor_does_not_ask_more_than_twenty_times_an_hour(client, db):
    for number in range(20):
        assert client.post(PATH, data(email=f"a{number}@ecole.test")).status_code == 302
    assert client.post(PATH, data(email="b@ecole.test")).status_code == 429
    assert Organism.objects.count() == 20


def test_mistakes_in_the_form_count_for_nothing(client, db):
    for _ in range(25):
        assert client.post(PATH, data(siren="1")).status_code == 200
    assert client.post(PATH, data()).status_code == 302
