"""The admin: staff alone, and each by the rights of their group; one rule for all its names."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from attendance.domain import counting
from mailing.models import Message
from members.models import RegistryImport
from tests import factories
from tests.access.visitors import VISITORS, names, outcome, read_whole
from trainings.models import AnnualRules, Training

OPEN_IN_ADMIN = {"admin:login", "admin:jsi18n"}
# Left by signing out, not by entering.
SKIPPED = {"admin:logout"}


def admin_names():
    return sorted({one for one in names()[0] if one.startswith("admin:")} - SKIPPED)


@pytest.fixture
def rows(world, db):
    """A row of each model that the admin shows, for the pages of one row."""
    objects = world["objects"]
    AnnualRules.for_year(objects["year"])
    RegistryImport.objects.create(
        name="adherents.xlsx", file="x", arrivals_on="2026-01-01", effective_on="2026-01-01"
    )
    sheet = factories.make_sheet(
        factories.make_training(status="approved"),
        rows=[factories.row_of(factories.make_member(email="a@exemple.test"))],
    )
    counting.validate(sheet, by=sheet.training.organism.people.first() or factories.make_user())
    assert Message.objects.exists()
    return world


def admin_url_of(name, rows):
    """The URL of an admin name, with a row of its model where one is asked for."""
    try:
        return reverse(name)
    except NoReverseMatch:
        pass
    if name == "admin:app_list":
        return reverse(name, args=["organisms"])
    if name == "admin:view_on_site":
        return None
    label, model = name.removeprefix("admin:").split("_")[:2]
    model = apps.get_model(label, model)
    pk = model.objects.order_by("pk").values_list("pk", flat=True).first()
    # Staff see no drafts.
    pk = {
        "admin:trainings_training_document": rows["objects"]["submitted_document"],
        **dict.fromkeys(
            (
                f"admin:qcm_traininganalysis_{verb}"
                for verb in ("demander", "abandonner", "corriger", "recalculer")
            ),
            rows["objects"]["corrected"],
        ),
    }.get(name, rows["objects"]["submitted"] if model is Training else pk)
    assert pk is not None, f"no row for {name}"
    for args in ([pk], [pk, "scan"], [pk, "password"]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(f"no arguments fit {name}")


def test_the_admin_is_for_staff_alone(rows, settings):
    settings.DEMO = True
    for name in admin_names():
        url = admin_url_of(name, rows)
        if url is None or name in OPEN_IN_ADMIN:
            continue
        for visitor in VISITORS[:6]:
            for method in ("get", "post"):
                with transaction.atomic():
                    response = getattr(rows["clients"][visitor], method)(url)
                    read_whole(response)
                    transaction.set_rollback(True)
                assert outcome(response) in {"login", 403} or (
                    response.status_code == 302 and "/admin/login/" in response.url
                ), (name, visitor, method, response.status_code)


def test_staff_read_all_screens_and_change_by_their_rights(rows, settings):
    settings.DEMO = True
    seen, kept_out = set(), set()
    for name in admin_names():
        url = admin_url_of(name, rows)
        if url is None:
            continue
        for visitor in ("officer", "administrator"):
            with transaction.atomic():
                response = rows["clients"][visitor].get(url)
                read_whole(response)
                transaction.set_rollback(True)
            assert response.status_code in {200, 302, 403}, (name, visitor)
            if response.status_code == 200:
                seen.add((name, visitor))
            else:
                kept_out.add((name, visitor))
    for model in admin.site._registry:
        opts = model._meta
        name = f"admin:{opts.app_label}_{opts.model_name}_changelist"
        assert (name, "administrator") in seen, name
    # What the administrator of staff alone may do.
    for name in (
        "admin:attendance_sheet_annuler",
        "admin:qcm_invitation_accorder",
        "admin:qcm_traininganalysis_recalculer",
        "admin:qcm_regrade_relancer",
        "admin:accounts_user_add",
        "admin:trainings_annualrules_add",
    ):
        assert (name, "officer") not in seen, name
        assert (name, "administrator") in seen, name
    # What nobody does by hand.
    assert ("admin:members_hourscredit_delete", "administrator") in kept_out
    assert ("admin:trainings_training_add", "administrator") in kept_out


# The most that a list of the staff asks of the database, the counts beside its filters included.
MOST_QUERIES = 20


def test_every_filter_of_every_list_of_staff_opens_with_its_counts(rows, settings):
    settings.DEMO = True
    client = rows["clients"]["administrator"]

    def open_list(url):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
            read_whole(response)
        assert response.status_code == 200, url
        assert len(queries) <= MOST_QUERIES, (url, len(queries))
        changes = response.context_data["cl"]
        assert changes.add_facets, url
        return changes

    for model, its_admin in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        changes = open_list(f"{url}?_facets=True")
        assert len(changes.filter_specs) == len(its_admin.list_filter), model
        for spec in changes.filter_specs:
            choices = list(spec.choices(changes))
            assert len(choices) > 1, (model, spec.title)
            for choice in choices:
                open_list(url + choice["query_string"])
