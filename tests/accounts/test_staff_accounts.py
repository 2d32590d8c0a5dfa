"""Staff accounts in the admin: administrators keep them, nobody gets more than a group gives."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from mailing.delivery import render
from mailing.models import Message
from tests import factories


@pytest.fixture(autouse=True)
def _demo(settings):
    # The second factor has tests of its own.
    settings.DEMO = True


@pytest.fixture
def add_data(db):
    return {
        "email": "Nouvelle@Exemple.test",
        "first_name": "Dominique",
        "last_name": "Petit",
        "is_active": "on",
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
    data = add_data | {"email": officer.email, "last_name": "Martin"}
    assert client.post(f"/admin/accounts/user/{officer.pk}/change/", data).status_code == 302
    officer.refresh_from_db()
    assert officer.last_name == "Martin"


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
        "Administrateur": officer | {"add_user", "change_user"},
    }
