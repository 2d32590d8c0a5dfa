"""Searching and ordering, in the admin and on the organisms' lists, whatever the alphabet."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from common.derived import found
from members.models import Member
from organisms.models import Organism
from tests import factories
from trainings.models import Training

pytestmark = pytest.mark.django_db

# Each list of the admin that is searched in folded columns.
SEARCHED = [
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model, page in admin.site._registry.items()
    if page.search_fields and all(name.endswith("search") for name in page.search_fields)
]


@pytest.fixture
def as_administrator(client, administrator, settings):
    settings.DEMO = True  # Staff enter without a second factor.
    client.force_login(administrator)
    return client


def make_rows():
    """A row for each list, that « étude » finds."""
    organism = factories.make_organism(name="Étude et conseil")
    training = factories.make_amf_training(organism, title="Étude de cas")
    member = factories.make_member(last_name="ÉTUDE")
    factories.make_invitation(training, member)
    factories.make_sheet(training, rows=[factories.row_of(member)])


def names(answer, field="last_name"):
    return [getattr(row, field) for row in answer.context["cl"].result_list]


def search(client, page, query, **more):
    return client.get(reverse(f"admin:{page}_changelist"), {"q": query, **more})


@pytest.mark.parametrize("query", ["Wałęsa", "walesa", "WAŁĘSA Lech", "Иванов", "ivanov"])
def test_a_member_is_found_in_any_alphabet(as_administrator, query):
    factories.make_member(last_name="DURAND")
    factories.make_member(last_name="WAŁĘSA", first_name="Lech")
    factories.make_member(last_name="ИВАНОВ", first_name="")
    wanted = "ИВАНОВ" if query[0] in "Иi" else "WAŁĘSA"
    assert names(search(as_administrator, "members_member", query)) == [wanted]


@pytest.mark.parametrize("page", SEARCHED)
def test_a_query_of_signs_alone_finds_nothing_and_a_blank_one_is_none(as_administrator, page):
    make_rows()
    everything = as_administrator.get(reverse(f"admin:{page}_changelist"))
    for query in ("★", "…", "’"):
        answer = search(as_administrator, page, query)
        assert answer.status_code == 200
        assert list(answer.context["cl"].result_list) == []
    blank = search(as_administrator, page, "  ")
    assert list(blank.context["cl"].result_list) == list(everything.context["cl"].result_list)


@pytest.mark.parametrize("page", SEARCHED)
def test_a_search_takes_as_many_queries_for_many_rows_as_for_one(
    as_administrator, page, count_queries
):
    make_rows()
    search(as_administrator, page, "etude")
    one = count_queries(lambda: search(as_administrator, page, "etude"))
    make_rows()
    make_rows()
    assert count_queries(lambda: search(as_administrator, page, "etude")) == one


def found_by(answer):
    return re.findall(r"field-found_by[^>]*>\s*([^<]*?)\s*<", answer.content.decode())


def test_a_hit_by_what_the_list_does_not_show_says_what_it_is(as_administrator):
    factories.make_member(last_name="DURAND", firm="Étoile & Cie", orias="07001234")
    factories.make_member(last_name="ETOILE", firm="Autre")
    assert found_by(search(as_administrator, "members_member", "etoile")) == [
        "cabinet : Étoile &amp; Cie",
        "",
    ]
    assert found_by(search(as_administrator, "members_member", "07001234")) == [
        "numéro ORIAS : 07001234"
    ]
    plain = as_administrator.get(reverse("admin:members_member_changelist"))
    assert found_by(plain) == []


def test_a_hit_by_a_related_row_says_so_too(as_administrator):
    member = factories.make_member(last_name="DURAND", firm="Étoile")
    factories.make_invitation(member=member)
    answer = search(as_administrator, "qcm_invitation", "étoile")
    assert found_by(answer) == ["cabinet : Étoile"]


def test_an_address_is_found_in_either_form(as_administrator):
    factories.make_member(last_name="NGUYEN", email="helene@xn--socit-conseil-ehbb.example")
    factories.make_member(last_name="DURAND", email="helene@x.example")
    for query in ("helene@société-conseil.example", "helene@xn--socit-conseil-ehbb.example"):
        assert names(search(as_administrator, "members_member", query)) == ["NGUYEN"]


def test_accents_do_not_break_the_order(as_administrator):
    for last_name, first_name in [
        ("ZOLA", "Anne"),
        ("ÉRARD", "Zoé"),
        ("ERARD", "Éric"),
        ("DURAND-MARTIN", "Anne"),
        ("DURAND", "Zoé"),
        ("ŁUKASZ", "Jan"),
    ]:
        factories.make_member(last_name=last_name, first_name=first_name)
    in_order = ["Zoé DURAND", "Anne DURAND-MARTIN", "Éric ERARD", "Zoé ÉRARD", "Jan ŁUKASZ"]
    in_order.append("Anne ZOLA")
    assert [str(member) for member in Member.objects.all()] == in_order
    page = as_administrator.get(reverse("admin:members_member_changelist"))
    assert [str(member) for member in page.context["cl"].result_list] == in_order
    place = page.context["cl"].list_display.index("family_name")
    clicked = as_administrator.get(reverse("admin:members_member_changelist"), {"o": f"-{place}"})
    assert names(clicked)[0] == "ZOLA"
    assert names(clicked)[-1] == "DURAND"


def test_organisms_and_accounts_are_in_order_and_found(as_administrator):
    for name in ("Zénith", "Étude", "Łódź", "Arc"):
        factories.make_organism(name=name)
    assert [row.name for row in Organism.objects.all()] == ["Arc", "Étude", "Łódź", "Zénith"]
    factories.make_staff("Administrateur", last_name="Łuk", email="z@x.example")
    answer = search(as_administrator, "accounts_user", "luk")
    assert names(answer) == ["Łuk"]
    assert User.objects.get(last_name="Łuk").search == "luk camille z x example"


def test_the_words_of_a_query_are_found_in_any_order_and_signs_find_nothing():
    factories.make_training(title="Le démembrement de propriété")
    assert found(Training.objects.all(), "propriété démembrement").count() == 1
    assert found(Training.objects.all(), "démembrement usufruit").count() == 0
    assert found(Training.objects.all(), "★").count() == 0


def test_the_organisms_lists_find_nothing_for_signs(signed_in, organism):
    training = factories.make_training(organism, status="approved", title="Łódź")
    sheet = factories.make_sheet(training)
    for url, kept in (
        (reverse("trainings:list"), "Łódź"),
        (reverse("attendance:trainings"), "Łódź"),
    ):
        assert kept in signed_in.get(url, {"q": "lodz"}).content.decode()
        assert list(signed_in.get(url, {"q": "★"}).context["page"]) == []
    url = reverse("attendance:sheet", args=[sheet.pk])
    assert list(signed_in.get(url, {"q": "★"}).context["page"]) == []
