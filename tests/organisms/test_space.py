"""« Notre organisme »: who reads it, who changes it, and who comes and goes."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from accounts.models import User
from common.errors import Refused, WrongStatus
from mailing.delivery import render
from mailing.links import minted
from mailing.models import Message
from organisms.domain import accounts, people
from organisms.links import SALT
from organisms.models import Invite, Organism, Person
from tests import factories

BASE = "/organismes/notre-organisme/"
PASSWORD = "un-mot-de-passe-solide"
COLLEAGUE = {
    "email": "Dominique@Exemple.test",
    "first_name": "Dominique",
    "last_name": "Petit",
    "role": "contributor",
}


def said(response):
    return [str(message) for message in response.context["messages"]]


def data_of(organism, **fields):
    names = [
        "name",
        "email",
        "description",
        "type",
        "siren",
        "trainer_number",
        "member_number",
        "representative_first_name",
        "representative_last_name",
    ]
    return {name: getattr(organism, name) for name in names} | fields


# --- who gets what ----------------------------------------------------------------------------


@pytest.fixture
def pages(organism):
    """(method, path, what a contributor gets, what the administrator gets)"""
    colleague = factories.make_person(organism, role="contributor")
    invite = factories.make_invite(organism)
    return [
        ("get", BASE, 200, 200),
        ("get", f"{BASE}modifier/", 403, 200),
        ("post", f"{BASE}modifier/", 403, 200),
        ("get", f"{BASE}inviter/", 403, 200),
        ("post", f"{BASE}inviter/", 403, 200),
        ("post", f"{BASE}invitations/{invite.pk}/renvoyer/", 403, 302),
        ("post", f"{BASE}invitations/{invite.pk}/annuler/", 403, 302),
        ("post", f"{BASE}personnes/{colleague.pk}/role/", 403, 302),
        ("get", f"{BASE}personnes/{colleague.pk}/retirer/", 403, 200),
        ("post", f"{BASE}personnes/{colleague.pk}/retirer/", 403, 302),
    ]


def test_a_visitor_is_asked_to_sign_in(client, pages):
    for method, path, *_ in pages:
        response = getattr(client, method)(path)
        if method == "post":
            # What was typed before signing out is shown again.
            assert "Reconnectez-vous" in response.content.decode(), path
        else:
            assert (response.status_code, response.url) == (302, f"/connexion/?next={path}"), path


def test_a_contributor_reads_and_an_administrator_changes(client, owner, contributor, pages):
    for user, column in ((contributor, 2), (owner, 3)):
        client.force_login(user)
        for page in pages:
            method, path, expected = page[0], page[1], page[column]
            assert getattr(client, method)(path).status_code == expected, (user, page)


def test_another_organism_finds_none_of_it(client, outsider, pages):
    client.force_login(outsider)
    for method, path, *_ in pages:
        if any(part.isdigit() for part in path.split("/")):
            assert getattr(client, method)(path).status_code == 404, path
    assert Invite.objects.count() == 1
    assert Person.objects.filter(organism__name="Autre organisme").count() == 1


def test_staff_are_sent_to_the_admin(client, officer, settings):
    settings.DEMO = True  # the second factor has tests of its own
    client.force_login(officer)
    for path in (BASE, "/tableau-de-bord/"):
        assert client.get(path).url == "/admin/"


def test_an_account_without_organism_gets_no_space(client, db):
    client.force_login(factories.make_user())
    assert client.get(BASE).status_code == 403


@pytest.mark.parametrize("status", ["pending", "refused"])
def test_an_organism_that_was_not_activated_has_no_space(client, db, status):
    person = factories.make_person(factories.make_organism(status=status))
    client.force_login(person.user)
    assert client.get(BASE).status_code == 403


def test_a_suspended_organism_reads_and_changes_nothing(client, organism, owner, pages):
    Organism.objects.update(status="suspended")
    client.force_login(owner)
    sentence = (
        "Votre compte est suspendu par l’ANACOFI : vous pouvez consulter vos données, mais pas "
        "les modifier."
    )
    page = client.get(BASE).content.decode()
    assert "Votre compte est suspendu par l’ANACOFI" in page
    assert f"{BASE}modifier/" not in page
    people, journal = Person.objects.count(), organism.journal.count()
    for method, path, *_ in pages:
        if method == "post":
            response = client.post(path, data_of(organism, name="Pris") | COLLEAGUE)
            assert (response.status_code, response.url) == (302, "/tableau-de-bord/"), path
            by_script = client.post(path, headers={"X-Requested-With": "XMLHttpRequest"})
            assert (by_script.status_code, by_script.content.decode()) == (403, sentence), path
    assert (Person.objects.count(), organism.journal.count(), Invite.objects.count()) == (
        people,
        journal,
        1,
    )
    assert not Message.objects.exists()


# --- the organism's data ----------------------------------------------------------------------


def test_the_administrator_changes_the_data(client, organism, owner):
    client.force_login(owner)
    response = client.post(
        f"{BASE}modifier/", data_of(organism, name="Nouveau Nôm", email="Autre@Exemple.test")
    )
    assert (response.status_code, response.url) == (302, BASE)
    organism.refresh_from_db()
    assert (organism.name, organism.email) == ("Nouveau Nôm", "autre@exemple.test")
    assert organism.search.startswith("nouveau nom autre exemple test")
    assert (organism.journal.count(), Message.objects.count()) == (0, 0)


def test_a_change_of_type_or_number_is_journalled_and_told_to_staff(client, organism, owner):
    client.force_login(owner)
    client.post(f"{BASE}modifier/", data_of(organism, type="public"))
    organism.refresh_from_db()
    assert (organism.type, organism.siren, organism.trainer_number) == ("public", "", "")
    changes = [
        "Type de l’organisme de formation\xa0: «\xa0Société\xa0» devient "
        "«\xa0Établissement public\xa0»",
        "Numéro KBIS (SIREN)\xa0: «\xa0732829320\xa0» devient «\xa0vide\xa0»",
        "Numéro du formateur\xa0: «\xa011755555555\xa0» devient «\xa0vide\xa0»",
    ]
    row = organism.journal.get()
    assert (row.by, row.label, row.comment) == (owner, "Données modifiées", "\n".join(changes))
    message = Message.objects.get()
    assert (message.template, message.to) == (
        "organisms/email/identity_changed",
        "formation@anacofi.example",
    )
    subject, text, html = render(message, "")
    assert subject == f"Données modifiées : {organism.name}"
    assert all(f"- {change}" in text and change in html for change in changes)


def test_the_numbers_owed_follow_the_new_type(client, organism, owner):
    client.force_login(owner)
    response = client.post(f"{BASE}modifier/", data_of(organism, type="member_company"))
    assert list(response.context["form"].errors) == ["member_number"]
    organism.refresh_from_db()
    assert organism.type == "company"


def test_an_organism_suspended_meanwhile_is_told(organism, owner):
    Organism.objects.update(status="suspended")
    with pytest.raises(WrongStatus, match="suspendu"):
        accounts.change_data(organism, by=owner, name="Trop tard")


def test_a_renamed_organism_is_searched_by_its_new_name(organism, owner):
    accounts.change_data(organism, by=owner, name="Écôle du Œuf")
    organism.refresh_from_db()
    assert organism.search.startswith("ecole du oeuf ")


# --- inviting ---------------------------------------------------------------------------------


def test_an_invitation_is_mailed_and_makes_no_user(client, organism, owner):
    client.force_login(owner)
    users = User.objects.count()
    response = client.post(f"{BASE}inviter/", COLLEAGUE, follow=True)
    assert said(response) == ["L’invitation est envoyée à dominique@exemple.test."]
    invite = Invite.objects.get()
    assert User.objects.count() == users
    message = Message.objects.get()
    assert (message.to, message.link) == (
        "dominique@exemple.test",
        {"name": "organisms.invite", "args": [invite.pk]},
    )
    subject, text, html = render(message, "https://lien.test/")
    assert subject == "Une invitation sur le portail de formation de l’ANACOFI"
    for part in (subject, text, html):
        for typed in (organism.name, str(owner), "Dominique", "Petit"):
            assert typed not in part
    assert str(owner) not in str(message.values)
    assert organism.name in client.get(link_of(message)).content.decode()
    assert "Choisir mon mot de passe : https://lien.test/" in text
    assert 'href="https://lien.test/"' in html
    assert organism.journal.get().comment == "Dominique Petit (dominique@exemple.test)"


def link_of(message):
    return minted(message.link).removeprefix("http://localhost:8000")


def test_an_invited_colleague_chooses_a_password_and_signs_in(client, organism, owner):
    people.invite(organism, by=owner, **COLLEAGUE)
    path = link_of(Message.objects.get())
    for _ in range(2):
        assert client.get(path).status_code == 200
    assert Invite.objects.count() == 1, "opening the link must not use it up"
    response = client.post(path, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert said(response) == ["Votre accès est ouvert. Connectez-vous."]
    user = User.objects.get(email="dominique@exemple.test")
    assert (user.person.organism, user.person.role, str(user)) == (
        organism,
        "contributor",
        "Dominique Petit",
    )
    assert client.login(request=None, email=user.email, password=PASSWORD)
    assert [row.label for row in organism.journal.all()] == [
        "Collègue invité",
        "Invitation acceptée",
    ]
    assert client.get(path).status_code == 410
    again = client.post(path, {"password1": "x" * 20, "password2": "x" * 20})
    assert again.status_code == 410
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        (PASSWORD, "autre-mot-de-passe", "password2"),
        ("court", "court", "password1"),
        ("dominique@exemple.test", "dominique@exemple.test", "password1"),
    ],
)
def test_a_poor_password_is_refused(client, organism, first, second, wrong):
    path = f"/organismes/invitation/{signing.dumps(factories.make_invite(organism).pk, salt=SALT)}/"
    response = client.post(path, {"password1": first, "password2": second})
    assert list(response.context["form"].errors) == [wrong]
    assert not User.objects.filter(email="dominique@exemple.test").exists()


def test_a_link_that_is_old_forged_or_of_another_purpose_opens_nothing(
    client, organism, monkeypatch
):
    invite = factories.make_invite(organism)
    good = signing.dumps(invite.pk, salt=SALT)
    for key in (good[:-1], signing.dumps(invite.pk, salt="autre"), "n-importe-quoi"):
        assert client.get(f"/organismes/invitation/{key}/").status_code == 410, key
    later = (timezone.now() + timedelta(days=7, minutes=1)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert client.get(f"/organismes/invitation/{good}/").status_code == 410


def test_a_cancelled_invitation_opens_nothing(client, organism, owner):
    invite = factories.make_invite(organism)
    key = signing.dumps(invite.pk, salt=SALT)
    client.force_login(owner)
    response = client.post(f"{BASE}invitations/{invite.pk}/annuler/", follow=True)
    assert said(response) == ["L’invitation de dominique@exemple.test est annulée."]
    assert client.get(f"/organismes/invitation/{key}/").status_code == 410


def test_an_invitation_is_mailed_again(client, organism, owner):
    invite = factories.make_invite(organism, sent_at=timezone.now() - timedelta(days=8))
    client.force_login(owner)
    response = client.post(f"{BASE}invitations/{invite.pk}/renvoyer/", follow=True)
    assert said(response) == ["Un nouveau lien est envoyé à dominique@exemple.test."]
    assert Message.objects.get().link["args"] == [invite.pk]
    invite.refresh_from_db()
    assert timezone.now() - invite.sent_at < timedelta(minutes=1)


def test_accepting_signs_out_whoever_was_signed_in(client, organism, owner):
    path = f"/organismes/invitation/{signing.dumps(factories.make_invite(organism).pk, salt=SALT)}/"
    client.force_login(owner)
    client.post(path, {"password1": PASSWORD, "password2": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("holder", ["another organism", "staff", "nobody"])
def test_whoever_invites_sees_no_difference_for_a_known_address(client, organism, owner, holder):
    email = "dominique@exemple.test"
    if holder == "another organism":
        factories.make_person(factories.make_organism(), email=email, first_name="Secret")
    elif holder == "staff":
        factories.make_staff("Chargé de formation", email=email, first_name="Secret")
    client.force_login(owner)
    response = client.post(f"{BASE}inviter/", COLLEAGUE, follow=True)
    assert said(response) == [f"L’invitation est envoyée à {email}."]
    page = response.content.decode()
    assert "<strong>Dominique Petit</strong>" in page
    assert "pas encore acceptée" in page
    assert "Secret" not in page
    assert [row.comment for row in organism.journal.all()] == [f"Dominique Petit ({email})"]
    message = Message.objects.get()
    known = holder != "nobody"
    assert message.to == email
    assert (message.template == "organisms/email/invited_elsewhere") is known
    assert bool(message.link) is not known


def test_an_address_that_got_an_account_meanwhile_is_told_on_its_own_page(client, organism):
    invite = factories.make_invite(organism)
    path = f"/organismes/invitation/{signing.dumps(invite.pk, salt=SALT)}/"
    other = factories.make_person(factories.make_organism(), email=invite.email)
    response = client.post(path, {"password1": PASSWORD, "password2": PASSWORD})
    assert "a déjà un compte" in response.context["form"].non_field_errors()[0]
    other.user.refresh_from_db()
    assert not other.user.has_usable_password()


def test_a_colleague_already_there_is_not_invited(client, organism, owner, contributor):
    client.force_login(owner)
    response = client.post(f"{BASE}inviter/", COLLEAGUE | {"email": contributor.email.upper()})
    assert response.context["form"].non_field_errors() == [
        f"{contributor.email} a déjà accès à votre espace."
    ]
    assert not Message.objects.exists()


def test_inviting_twice_is_one_invitation_with_the_last_role(client, organism, owner):
    for role in ("contributor", "administrator"):
        people.invite(organism, by=owner, **(COLLEAGUE | {"role": role}))
    assert Invite.objects.get().role == "administrator"


def test_an_address_is_not_invited_more_than_three_times_an_hour(client, organism, owner):
    client.force_login(owner)
    for _ in range(3):
        assert client.post(f"{BASE}inviter/", COLLEAGUE).status_code == 302
    assert client.post(f"{BASE}inviter/", COLLEAGUE).status_code == 429
    response = client.post(f"{BASE}invitations/{Invite.objects.get().pk}/renvoyer/", follow=True)
    assert said(response) == ["Trop d’invitations. Réessayez dans une heure."]
    assert Message.objects.count() == 3


# --- roles, and leaving -----------------------------------------------------------------------


def test_a_removed_colleague_is_out_at_once(client, organism, owner, contributor):
    client.force_login(contributor)
    assert client.get(BASE).status_code == 200
    people.remove(contributor.person, by=owner)
    assert client.get(BASE).status_code == 302
    contributor.refresh_from_db()
    assert contributor.is_active is False
    row = organism.journal.get()
    assert (row.label, row.by, row.comment) == (
        "Accès retiré",
        owner,
        f"{contributor} ({contributor.email})",
    )


def test_removing_takes_a_confirmation(client, owner, contributor):
    client.force_login(owner)
    path = f"{BASE}personnes/{contributor.person.pk}/retirer/"
    assert contributor.email in client.get(path).content.decode()
    assert Person.objects.filter(user=contributor).exists()
    assert said(client.post(path, follow=True)) == [f"{contributor} n’a plus accès à votre espace."]
    assert client.post(path).status_code == 404


def test_the_last_administrator_stays(client, owner, contributor):
    client.force_login(owner)
    for action in ("retirer", "role"):
        path = f"{BASE}personnes/{owner.person.pk}/{action}/"
        response = client.post(path, follow=True)
        assert said(response) == ["Il faut au moins un administrateur du compte."]
    person = Person.objects.get(user=owner)
    assert person.is_administrator


def test_two_administrators_cannot_remove_each_other(organism, owner):
    other = factories.make_person(organism, role="administrator")
    first, second = owner.person, other
    people.remove(first, by=other.user)
    with pytest.raises(Refused, match="au moins un administrateur"):
        people.remove(second, by=owner)
    with pytest.raises(WrongStatus, match="n’a déjà plus accès"):
        people.change_role(first, "contributor", by=other.user)


def test_a_role_is_given_and_taken(client, organism, owner, contributor):
    client.force_login(owner)
    path = f"{BASE}personnes/{contributor.person.pk}/role/"
    assert said(client.post(path, follow=True)) == [
        f"{contributor} est maintenant administrateur du compte."
    ]
    assert Person.objects.get(user=contributor).is_administrator
    assert said(client.post(path, follow=True)) == [f"{contributor} est maintenant contributeur."]
    assert [row.comment for row in organism.journal.all()] == [
        f"{contributor} : administrateur du compte",
        f"{contributor} : contributeur",
    ]


def test_someone_who_left_can_be_invited_again(organism, owner, contributor):
    people.remove(contributor.person, by=owner)
    invite = people.invite(organism, by=owner, **(COLLEAGUE | {"email": contributor.email}))
    user = people.accept_invite(invite, password=PASSWORD)
    assert (user.pk, user.is_active, user.check_password(PASSWORD)) == (contributor.pk, True, True)
    assert user.person.organism == organism


# --- the page ---------------------------------------------------------------------------------


def test_staff_stand_as_the_association_in_the_journal(client, organism, owner, officer):
    accounts.suspend(organism, by=officer, comment="Cotisation impayée")
    client.force_login(owner)
    page = client.get(BASE).content.decode()
    assert "Cotisation impayée" in page
    assert "ANACOFI" in page
    assert str(officer) not in page


def test_the_page_takes_the_same_queries_for_any_number_of_people(
    client, organism, owner, session_queries, django_assert_num_queries
):
    client.force_login(owner)
    # User, person with organism, people, invitations, journal.
    with django_assert_num_queries(session_queries + 5):
        client.get(BASE)
    for number in range(3):
        factories.make_person(organism)
        factories.make_invite(organism, email=f"a{number}@exemple.test")
        organism.write_journal(Organism.Event.CHANGE_DATA, by=owner)
    with django_assert_num_queries(session_queries + 5):
        client.get(BASE)
