"""Nothing is read out of the database by filters that no list of the admin declares."""

import pytest
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.hashers import make_password
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.no_cover]

LOOKUPS = ["", "__gte", "__startswith"]


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def paths(model):
    """Every field of the model and, one relation further, every field of those it leads to."""
    for field in model._meta.get_fields():
        name = field.name
        yield name
        if field.concrete:
            yield field.attname
        if field.is_relation:
            for other in field.related_model._meta.get_fields():
                yield f"{name}__{other.name}"
    yield "pk"


def open_list(model, user, **asked):
    request = RequestFactory().get(list_of(model), asked)
    request.user = user
    return admin.site.get_model_admin(model).get_changelist_instance(request)


def declared(changes):
    """The names that the filters of a list, its dates and our own links put into an address."""
    own = {name for spec in changes.filter_specs for name in spec.expected_parameters()}
    if changes.date_hierarchy:
        own |= {f"{changes.date_hierarchy}__{part}" for part in ("year", "month", "day")}
    return own | set(changes.model_admin.linked_lookups)


@pytest.mark.parametrize("visitor", ["officer", "administrator"])
@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_a_list_is_filtered_by_what_it_declares_and_by_nothing_else(model, visitor, request):
    user = request.getfixturevalue(visitor)
    own = declared(open_list(model, user))
    asked = {name + lookup for name in paths(model) for lookup in LOOKUPS} - own
    assert len(asked) > len(LOOKUPS)
    for name in sorted(asked):
        try:
            open_list(model, user, **{name: "2026"})
        except (DisallowedModelAdminLookup, IncorrectLookupParameters):
            continue
        pytest.fail(f"{name} filtered {model._meta.label}")


def test_a_password_is_not_read_letter_by_letter(client, officer, administrator, settings):
    settings.DEMO = True
    User.objects.update(password=make_password("Formation-2026-sûre"))
    officer.refresh_from_db()
    client.force_login(officer)
    said = {
        (answer.status_code, answer.content)
        for lookup in ("password__gte", "password__startswith", "person__user__password__lt")
        for value in ("a", "md5$", "~")
        for answer in [client.get(list_of(User), {lookup: value})]
    }
    assert {status for status, _ in said} == {400}
    assert len(said) == 1


@pytest.mark.parametrize("visitor", ["officer", "administrator"])
def test_an_export_is_filtered_as_its_list_is(visitor, request, client, settings):
    settings.DEMO = True
    client.force_login(request.getfixturevalue(visitor))
    url = reverse("admin:members_member_export")
    assert client.get(url, {"adhesion": "cif"}).status_code == 200
    assert client.get(url, {"search__startswith": "a"}).status_code == 400
    assert client.get(url, {"memberships__starts_on__gte": "2026-01-01"}).status_code == 400


# What `int`, a date or the database takes for a value, or nearly.
ODD = ["x", "9999", "-1", "²", "9" * 30, "9" * 5000]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_a_filter_asked_for_what_it_has_not_says_so(model, administrator, client, settings):
    settings.DEMO = True
    client.force_login(administrator)
    for name in sorted(declared(open_list(model, administrator)) | {"p", "o", "q"}):
        for value in ODD:
            response = client.get(list_of(model), {name: value})
            assert response.status_code in {200, 302, 400}, (name, value)
            if response.status_code == 302:
                assert response.url == f"{list_of(model)}?e=1"
