"""What staff decide about an organism's account: verbs, journal, mails, admin."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from common.errors import Refused, WrongStatus
from common.integrity import breaks
from mailing.delivery import render
from mailing.models import Message
from organisms import numbers
from organisms.domain import accounts
from organisms.models import Organism
from tests import factories

Status = Organism.Status
VERBS = {
    "activate": (lambda o, by: accounts.activate(o, by=by), {"pending"}, "active"),
    "refuse": (
        lambda o, by: accounts.refuse(o, by=by, comment="Dossier vide"),
        {"pending"},
        "refused",
    ),
    "suspend": (
        lambda o, by: accounts.suspend(o, by=by, comment="Impayé"),
        {"active"},
        "suspended",
    ),
    "reactivate": (lambda o, by: accounts.reactivate(o, by=by), {"suspended"}, "active"),
}
BASE = "/admin/organisms/organism/"


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", VERBS)
def test_a_verb_moves_from_its_own_statuses_only(officer, name, status):
    call, allowed, reached = VERBS[name]
    organism = factories.make_organism(status=status)
    if status in allowed:
        call(organism, officer)
    else:
        with pytest.raises(WrongStatus) as error:
            call(organism, officer)
        assert str(error.value) == (
            "Cette action n’est plus possible : le statut est maintenant "
            f"« {Status(status).label} »."
        )
    organism.refresh_from_db()
    assert organism.status == (reached if status in allowed else status)
    assert organism.journal.count() == (status in allowed)
    assert Message.objects.count() == (status in allowed)


@pytest.mark.parametrize(
    ("name", "status", "comment", "subject", "said"),
    [
        ("activate", "pending", "", "Votre compte est activé", "est activé."),
        (
            "refuse",
            "pending",
            "Dossier vide",
            "Votre demande d’ouverture de compte n’est pas retenue",
            "Motif : Dossier vide",
        ),
        ("suspend", "active", "Impayé", "Votre compte est suspendu", "Motif : Impayé"),
        ("reactivate", "suspended", "", "Votre compte est réactivé", "est levée"),
    ],
)
def test_a_verb_is_journalled_and_told(officer, name, status, comment, subject, said):
    organism = factories.make_organism(status=status, email="contact@ecole.test")
    VERBS[name][0](organism, officer)
    row = organism.journal.get()
    assert (row.from_status, row.to_status, row.by, row.by_label, row.comment) == (
        status,
        VERBS[name][2],
        officer,
        str(officer),
        comment,
    )
    message = Message.objects.get()
    assert message.to == "contact@ecole.test"
    found, text, html = render(message, "")
    assert found == subject
    assert said in text
    assert organism.name in html


def test_activating_makes_the_representative_an_administrator_without_password(officer):
    organism = factories.make_organism(status="pending", email="contact@ecole.test")
    assert User.objects.filter(is_staff=False).count() == 0
    accounts.activate(organism, by=officer)
    user = User.objects.get(email="contact@ecole.test")
    assert (user.first_name, user.last_name, user.has_usable_password(), user.is_staff) == (
        "Camille",
        "Durand",
        False,
        False,
    )
    assert (user.person.organism, user.person.role) == (organism, "administrator")
    message = Message.objects.get()
    assert message.link == {"name": "accounts.choose_password", "args": [user.pk]}
    _, text, html = render(message, "https://lien.test/")
    assert "Choisir mon mot de passe : https://lien.test/" in text
    assert 'href="https://lien.test/"' in html


@pytest.mark.parametrize("holder", ["another organism", "staff"])
def test_an_address_of_somebody_else_stops_the_activation_whole(officer, holder):
    organism = factories.make_organism(status="pending", email="prise@exemple.test")
    if holder == "staff":
        factories.make_staff("Chargé de formation", email="prise@exemple.test")
    else:
        factories.make_person(factories.make_organism(), email="prise@exemple.test")
    with pytest.raises(Refused, match="prise@exemple.test a déjà un compte"):
        accounts.activate(organism, by=officer)
    organism.refresh_from_db()
    assert organism.status == "pending"
    assert (organism.journal.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("event", Organism.Event)
def test_the_table_lets_each_event_happen_in_its_statuses_only(event, status):
    signed_in = {"active", "suspended"}
    sources = {
        "register": None,  # it makes the row
        "activate": {"pending"},
        "refuse": {"pending"},
        "reactivate": {"suspended"},
        "accept_invite": signed_in,
    }.get(event, {"active"})
    if sources is None:
        assert event not in Organism.TRANSITIONS
    else:
        assert Organism(status=status).may(event) is (status in sources)


# --- the admin --------------------------------------------------------------------------------


def test_an_officer_activates_from_the_page_and_a_second_click_is_told(client, officer):
    organism = factories.make_organism(status="pending")
    client.force_login(officer)
    path = f"{BASE}{organism.pk}/activer/"
    assert "Activer" in client.get(f"{BASE}{organism.pk}/change/").content.decode()
    assert client.get(path).status_code == 200
    organism.refresh_from_db()
    assert organism.status == "pending", "looking at the question must not answer it"

    first = client.post(path, follow=True)
    assert [str(one) for one in first.context["messages"]] == [
        "Le compte est activé, un e-mail le confirme à l’organisme."
    ]
    second = client.post(path, follow=True)
    assert [str(one) for one in second.context["messages"]] == [
        "Cette action n’est plus possible : le statut est maintenant « actif »."
    ]
    assert Message.objects.count() == 1


@pytest.mark.parametrize(("name", "status"), [("refuser", "pending"), ("suspendre", "active")])
def test_a_reason_is_required_and_kept(client, officer, name, status):
    organism = factories.make_organism(status=status)
    client.force_login(officer)
    path = f"{BASE}{organism.pk}/{name}/"
    response = client.post(path, {"comment": "  "})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["comment"]
    assert client.post(path, {"comment": "Parce que"}).status_code == 302
    assert organism.journal.get().comment == "Parce que"


@pytest.mark.parametrize("name", ["activer", "refuser", "suspendre", "reactiver"])
def test_decisions_are_for_staff_with_the_permission(client, owner, name):
    organism = factories.make_organism(status="pending")
    path = f"{BASE}{organism.pk}/{name}/"
    assert client.get(path).status_code == 302
    client.force_login(owner)
    assert client.post(path, {"comment": "x"}, follow=True).status_code == 403
    client.force_login(factories.make_user(is_staff=True))
    assert client.post(path, {"comment": "x"}).status_code == 403
    organism.refresh_from_db()
    assert organism.status == "pending"


def test_staff_change_nothing_but_by_verbs(client, administrator, organism):
    client.force_login(administrator)
    assert client.get(f"{BASE}add/").status_code == 403
    assert client.post(f"{BASE}{organism.pk}/delete/").status_code == 403
    assert client.post(f"{BASE}{organism.pk}/change/", {"status": "refused"}).status_code == 403


def test_those_who_wait_stand_on_top_the_oldest_first(client, officer):
    made = [
        factories.make_organism(name=name, status=status)
        for name, status in [
            ("ancien actif", "active"),
            ("attend 1", "pending"),
            ("refusé", "refused"),
            ("attend 2", "pending"),
        ]
    ]
    assert len(made) == 4
    client.force_login(officer)
    shown = [row.name for row in client.get(BASE).context["cl"].result_list]
    assert shown == ["attend 1", "attend 2", "refusé", "ancien actif"]


def test_the_search_ignores_case_and_accents(client, officer):
    organism = accounts.register(
        name="ÉCÔLE Œuvre",
        email="a@b.test",
        description="x",
        type="public",
        representative_first_name="Zoé",
        representative_last_name="Lefèvre",
    )
    factories.make_organism(name="Autre")
    client.force_login(officer)
    for typed in ("école œuvre", "ECOLE OEUVRE", "lefevre", "b.test"):
        found = client.get(BASE, {"q": typed}).context["cl"].result_list
        assert [one.pk for one in found] == [organism.pk], typed


@pytest.mark.parametrize(
    ("status", "siren", "remarked"),
    [
        ("active", "732829320", True),
        ("suspended", "732829320", False),
        ("pending", "732829320", False),
        ("active", "542107651", False),
    ],
)
def test_a_siren_of_an_active_organism_is_remarked(client, officer, status, siren, remarked):
    other = factories.make_organism(name="Le premier", status=status, siren=siren)
    organism = factories.make_organism(status="pending", siren="732829320")
    client.force_login(officer)
    rows = {row.pk: row for row in client.get(BASE).context["cl"].result_list}
    assert rows[organism.pk].has_twin is remarked
    page = client.get(f"{BASE}{organism.pk}/change/").content.decode()
    assert ("Même SIREN qu’un organisme actif" in page) is remarked
    assert (f"{BASE}{other.pk}/change/" in page) is remarked


def test_two_organisms_without_siren_are_not_the_same(client, officer):
    kinds = {"type": "public", "siren": "", "trainer_number": ""}
    factories.make_organism(**kinds)
    organism = factories.make_organism(status="pending", **kinds)
    client.force_login(officer)
    rows = {row.pk: row for row in client.get(BASE).context["cl"].result_list}
    assert rows[organism.pk].has_twin is False


def queries_of(client, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_admin_takes_the_same_queries_for_one_row_and_for_many(
    client, officer, django_assert_max_num_queries
):
    client.force_login(officer)
    organism = factories.make_organism()
    factories.make_person(organism)
    accounts.suspend(organism, by=officer, comment="x")
    page = f"{BASE}{organism.pk}/change/"
    # Content types are looked up once in a process.
    client.get(page)
    before = [queries_of(client, path, django_assert_max_num_queries) for path in (BASE, page)]
    for _ in range(3):
        factories.make_organism(status="pending")
        factories.make_person(organism)
        accounts.reactivate(organism, by=officer)
        accounts.suspend(organism, by=officer, comment="x")
    after = [queries_of(client, path, django_assert_max_num_queries) for path in (BASE, page)]
    assert after == before


# --- the database -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"siren": ""}, "Le numéro KBIS est obligatoire pour ce type d’organisme."),
        ({"trainer_number": ""}, "Le numéro du formateur est obligatoire pour une société."),
        (
            {"type": "member_company"},
            "Le numéro d’adhérent ANACOFI est obligatoire pour ce type d’organisme.",
        ),
    ],
)
def test_the_database_refuses_what_a_type_lacks(db, fields, said):
    organism = factories.make_organism()
    for name, value in fields.items():
        setattr(organism, name, value)
    with pytest.raises(ValidationError) as error:
        organism.validate_constraints()
    assert error.value.messages == [said]
    with pytest.raises(IntegrityError), transaction.atomic():
        organism.save()


@pytest.mark.parametrize("name", numbers.READERS)
@pytest.mark.parametrize("kind", Organism.Type)
def test_the_database_asks_of_each_type_what_the_table_says_that_it_owes(db, kind, name):
    values = dict.fromkeys(numbers.READERS, "1") | {"type": kind, name: ""}
    if name in numbers.OWED[kind]:
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            factories.make_organism(**values)
        assert breaks(error.value, f"organisms_{name}_by_type")
    else:
        factories.make_organism(**values)


def test_the_table_of_numbers_knows_every_type():
    assert set(numbers.OWED) == set(numbers.OPTIONAL) == set(Organism.Type.values)
