"""The shared pages: the front page, errors, the admin's entrance and menu."""

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse
from django.views.defaults import server_error

from anacofi_portal import admin_menu
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_front_page_has_two_doors(client):
    html = client.get(reverse("home")).content.decode()
    assert html.count(f'href="{reverse("organisms:register")}"') == 1
    assert html.count(f'href="{reverse("account_login")}"') == 1
    assert html.count(f'href="{reverse("members:ask")}"') == 1


def test_someone_signed_in_goes_from_the_front_page_to_their_space(client, owner):
    client.force_login(owner)
    html = client.get(reverse("home")).content.decode()
    assert f'<a href="{reverse("dashboard")}">Mon espace</a>' in html


def test_our_own_pages_forbid_inline_scripts_and_styles(client):
    policy = client.get(reverse("home"))["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_an_unknown_page_is_told_in_french(client):
    response = client.get("/nulle-part/")
    assert response.status_code == 404
    assert "Page introuvable" in response.content.decode()


def test_a_broken_page_says_that_nothing_is_lost():
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Une erreur est survenue" in response.content.decode()


def test_the_menu_shows_what_someone_may_view(officer):
    request = RequestFactory().get("/admin/")
    request.user = officer
    groups = {
        group["title"]: [item["title"] for item in group["items"]]
        for group in admin_menu.navigation(request)
    }
    assert groups["Organismes"] == ["Organismes de formation"]
    assert groups["E-mails"] == ["E-mails"]


def test_the_menu_says_what_waits(officer):
    factories.make_organism(status="pending")
    request = RequestFactory().get("/admin/")
    request.user = officer
    (organisms,) = admin_menu.navigation(request)[0]["items"]
    assert organisms["badge"] == 1


def test_the_menu_counts_all_that_waits_in_one_statement(django_assert_num_queries):
    for _ in range(2):
        factories.make_organism(status="pending")
    factories.make_training(status="submitted")
    for _ in range(3):
        factories.make_invitation(status="failed")
    request = RequestFactory().get("/admin/")
    request.user = factories.make_user(is_staff=True, is_superuser=True)
    with django_assert_num_queries(1):
        groups = admin_menu.navigation(request)
    items = [item for group in groups for item in group["items"]]
    badges = {item["title"]: item["badge"] for item in items if "badge" in item}
    assert badges == {
        "Organismes de formation": 2,
        "Demandes de validation": 1,
        "Invitations aux QCM": 3,
    }


def test_no_model_of_the_admin_is_out_of_the_menus_reach():
    request = RequestFactory().get("/admin/")
    request.user = factories.make_user(is_staff=True, is_superuser=True)
    links = [item["link"] for group in admin_menu.navigation(request) for item in group["items"]]
    assert sorted(links) == sorted(
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    )


def test_the_admins_entrance_shows_the_menu_as_cards(client, officer, settings):
    settings.DEMO = True
    client.force_login(officer)
    html = client.get(reverse("admin:index")).content.decode()
    assert html.count("Organismes de formation") == 2
    assert "Démonstration" in html


def test_the_menu_is_empty_for_someone_without_permission():
    request = RequestFactory().get("/admin/")
    request.user = factories.make_user(is_staff=True)
    assert admin_menu.navigation(request) == []


def test_the_admin_alone_is_let_to_evaluate_and_style(client):
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    assert "'unsafe-eval'" in policy
    for path in ("/", "/connexion/", "/mes-heures/lien/", "/organismes/creer-un-compte/"):
        answer = client.get(path)
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("sizes", "status"),
    [([20], 200), ([21], 413), ([15] * 6, 200), ([15] * 7, 413)],
)
def test_a_request_brings_files_up_to_the_limits(client, settings, sizes, status):
    # Kilobytes stand for megabytes: the limits are settings.
    settings.MAX_UPLOAD_BYTES, settings.MAX_REQUEST_FILES_BYTES = 20_000, 100_000
    data = {
        f"file{rank}": SimpleUploadedFile("a.pdf", b"0" * size * 1000)
        for rank, size in enumerate(sizes)
    }
    answer = client.post("/mes-heures/lien/", data)
    assert answer.status_code == status
    assert ("100 Mo ensemble" in answer.content.decode()) is (status == 413)
