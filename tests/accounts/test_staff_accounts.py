"""Staff accounts in the admin: administrators keep them, nobody gets more than a group gives."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import domain
from accounts.models import User
from common.errors import Refused
from mailing.delivery import render
from mailing.models import Message
from tests import factories
from tests.together import together


@pytest.fixture(autouse=True)
def _demo(settings):
    # The second factor has tests of its own.
    settings.DEMO = True


# Shown below an account, and sent along by its page.
JOURNAL = {"journal-TOTAL_FORMS": "0", "journal-INITIAL_FORMS": "0"}


@pytest.fixture
def add_data(db):
    return {
        "email": "Nouvelle@Exemple.test",
        "first_name": "Dominique",
        "last_name": "Petit",
        "groups": [Group.objects.get(name="Chargé de formation").pk],
    }


def test_an_administrator_opens_a_staff_account(client, administrator, add_data):
    client.force_login(administrator)
    response = client.post("/admin/accounts/user/add/", add_data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    user = User.objects.get(email="nouvelle@exemple.test")
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (True, False, False)
    assert [group.name for group in user.groups.all()] == ["Chargé de formation"]
    message = Message.objects.get()
    assert (message.template, message.to) == ("accounts/email/staff_invited", user.email)
    assert message.link["args"] == [user.pk]
    subject, text, html = render(message, "https://lien.test/")
    assert subject == "Votre compte ANACOFI Formation"
    assert "Choisir mon mot de passe : https://lien.test/" in text
    assert 'href="https://lien.test/"' in html


def test_nobody_is_made_a_superuser(client, administrator, add_data):
    client.force_login(administrator)
    extra = {"is_superuser": "on", "user_permissions": ["1"], "is_staff": "on"}
    client.post("/admin/accounts/user/add/", add_data | extra)
    user = User.objects.get(email="nouvelle@exemple.test")
    assert (user.is_superuser, user.user_permissions.count()) == (False, 0)


def test_an_officer_reads_accounts_and_changes_none(client, officer, administrator, add_data):
    client.force_login(officer)
    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.get(f"/admin/accounts/user/{administrator.pk}/change/").status_code == 200
    assert client.post("/admin/accounts/user/add/", add_data).status_code == 403
    path = f"/admin/accounts/user/{administrator.pk}/change/"
    assert client.post(path, add_data).status_code == 403


def test_an_administrator_changes_an_officer(client, administrator, officer, add_data):
    client.force_login(administrator)
    data = add_data | JOURNAL | {"email": officer.email, "last_name": "Martin"}
    assert client.post(f"/admin/accounts/user/{officer.pk}/change/", data).status_code == 302
    officer.refresh_from_db()
    assert officer.last_name == "Martin"
    assert [row.label for row in officer.journal.all()] == ["Compte modifié"]
    assert officer.journal.get().by == administrator


def test_what_an_administrator_may_not_change(client, administrator, owner, add_data):
    superuser = User.objects.create_superuser("racine@exemple.test")
    client.force_login(administrator)
    for user in (superuser, owner, administrator):
        assert client.get(f"/admin/accounts/user/{user.pk}/change/").status_code == 200
        data = add_data | {"email": user.email}
        response = client.post(f"/admin/accounts/user/{user.pk}/change/", data)
        assert response.status_code == 403, user
        user.refresh_from_db()
        assert user.first_name != "Dominique"


def test_no_account_is_deleted(client, administrator, officer):
    client.force_login(administrator)
    assert client.post(f"/admin/accounts/user/{officer.pk}/delete/").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(
    client, administrator, django_assert_max_num_queries, number
):
    for _ in range(number):
        factories.make_person(factories.make_organism())
    client.force_login(administrator)
    with django_assert_max_num_queries(8):
        assert client.get("/admin/accounts/user/").status_code == 200


def test_groups_hold_what_the_design_gives_them(db):
    held = {
        group.name: {
            permission.codename
            for permission in group.permissions.filter(
                content_type__app_label__in=["accounts", "mailing", "organisms"]
            )
        }
        for group in Group.objects.all()
    }
    officer = {
        "view_user",
        "view_message",
        "resend_message",
        "view_organism",
        "view_person",
        "view_invite",
        "view_organismjournal",
        "decide_organism",
    }
    assert held == {
        "Chargé de formation": officer,
        "Administrateur": officer | {"add_user", "change_user", "view_userjournal"},
    }


# --- what an administrator does to a colleague's account ------------------------------------------


def act(client, user, verb):
    return client.post(f"/admin/accounts/user/{user.pk}/{verb}/", {"comment": "Téléphone perdu"})


def events(user):
    return [(row.event, row.by_label, row.comment) for row in user.journal.all()]


def test_a_lost_phone_is_taken_off_and_told(client, administrator, officer):
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=officer, type=kind, data={})
    client.force_login(administrator)
    assert act(client, officer, "second-facteur").status_code == 302
    assert not officer.authenticator_set.exists()
    assert events(officer) == [("reset_factor", str(administrator), "Téléphone perdu")]
    message = Message.objects.get()
    assert message.to == officer.email
    assert "a été retirée par l’administration" in render(message, "")[1]
    # Twice: nothing is left to take off.
    act(client, officer, "second-facteur")
    assert (officer.journal.count(), Message.objects.count()) == (1, 1)


def test_nobody_takes_off_their_own_factor_here(client, administrator):
    Authenticator.objects.create(user=administrator, type="totp", data={})
    client.force_login(administrator)
    answer = act(client, administrator, "second-facteur")
    assert "se gère dans votre compte" in answer.content.decode()
    assert administrator.authenticator_set.exists()
    assert not administrator.journal.exists()


def test_a_closed_account_is_out_at_once_and_may_be_opened_again(client, administrator, officer):
    theirs = Client()
    theirs.force_login(officer)
    assert theirs.get("/admin/").status_code == 200
    client.force_login(administrator)
    act(client, officer, "desactiver")
    assert theirs.get("/admin/").status_code == 302
    act(client, officer, "reactiver")
    officer.refresh_from_db()
    assert officer.is_active
    assert [event for event, *_ in events(officer)] == ["deactivate", "reactivate"]


def test_the_first_superuser_is_closed_and_the_last_administrator_never(client, administrator):
    superuser = User.objects.create_superuser("racine@exemple.test")
    client.force_login(administrator)
    act(client, superuser, "desactiver")
    superuser.refresh_from_db()
    assert not superuser.is_active
    with pytest.raises(Refused, match="votre propre compte"):
        domain.deactivate(administrator, by=administrator)
    with pytest.raises(Refused, match="dernier compte d’administrateur"):
        domain.deactivate(administrator)
    administrator.refresh_from_db()
    assert administrator.is_active


def test_two_administrators_who_close_each_other_leave_one(needs_postgresql, transactional_db):
    # The tests before emptied all tables, the groups’ as well.
    one, two = (factories.make_user(is_staff=True, is_superuser=True) for _ in range(2))
    together(lambda: domain.deactivate(two, by=one), lambda: domain.deactivate(one, by=two))
    assert User.objects.filter(is_active=True).count() == 1


@pytest.mark.parametrize("verb", ["second-facteur", "desactiver", "reactiver"])
def test_an_officer_does_none_of_it(client, officer, administrator, verb):
    client.force_login(officer)
    assert act(client, administrator, verb).status_code == 403


def test_an_organisms_person_is_not_closed_here(client, administrator, owner):
    client.force_login(administrator)
    page = client.get(f"/admin/accounts/user/{owner.pk}/change/").content.decode()
    assert "Désactiver le compte" not in page
    assert "celui d’un organisme" in act(client, owner, "desactiver").content.decode()
    owner.refresh_from_db()
    assert owner.is_active


def test_the_commands_do_the_same_without_the_admin(administrator, officer, capsys):
    Authenticator.objects.create(user=officer, type="totp", data={})
    call_command("reset_second_factor", officer.email.upper())
    assert not officer.authenticator_set.exists()
    call_command("deactivate_account", officer.email)
    officer.refresh_from_db()
    assert not officer.is_active
    assert "est désactivé" in capsys.readouterr().out
    assert [(event, by) for event, by, _ in events(officer)] == [
        ("reset_factor", "Portail"),
        ("deactivate", "Portail"),
    ]
    for command, email in [
        ("deactivate_account", administrator.email),
        ("deactivate_account", officer.email),
        ("reset_second_factor", officer.email),
        ("reset_second_factor", "personne@exemple.test"),
    ]:
        with pytest.raises(CommandError):
            call_command(command, email)
