"""The registry's file as a file: its columns, its model, and our own export of it."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from common.spreadsheets import read_workbook
from members import tasks
from members.domain import registry
from members.models import Member, Membership, RegistryImport
from members.registry_file import COLUMNS, MAX_ROWS, parse
from tests import factories
from tests.members.test_registry import DAY, SAMPLE, counts, load, row, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, officer, settings):
    settings.DEMO = True
    client.force_login(officer)
    return client


def exported(staff):
    """The bytes of the registry as staff export it."""
    url = reverse("admin:members_member_export")
    assert staff.get(url).status_code == 200
    response = staff.post(url, {"resource": "0", "format": "0"})
    assert response["Content-Type"].endswith("spreadsheetml.sheet"), response
    return response.content


def deposited(content):
    found = RegistryImport.objects.create(
        file=SimpleUploadedFile("export.xlsx", content),
        name="export.xlsx",
        arrivals_on=timezone.localdate(),
        effective_on=timezone.localdate(),
    )
    tasks.read_import(found.pk)
    found.refresh_from_db()
    assert found.status == "ready", found.error
    return found


def test_the_export_of_members_imports_again_unchanged(staff):
    today = timezone.localdate()
    load([row(1), row(2, cif="Non"), row(3, "L’HÔTE"), row(4, status="Inactif")])
    # Texts that a workbook must not run, odd spaces, and what was typed by hand.
    factories.make_member(number="-0012", last_name="=SOMME(A1)", first_name="+ Anne")
    factories.make_member(number="B12", last_name="'=DÉJÀ", email="Anne@EXEMPLE.test")
    factories.make_member(number="B13", last_name="DE  LA\u00a0TOUR", orias="")
    # Known to leave, and known to come.
    leaving = Membership.objects.filter(member__number="A00002")
    leaving.update(ends_on=today + timedelta(days=20))
    Membership.objects.create(
        member=Member.objects.get(number="A00004"),
        kind="member",
        starts_on=today + timedelta(days=9),
    )
    content = exported(staff)
    header = [cell.value for cell in load_workbook(io.BytesIO(content)).active[1]]
    assert header == [column.title for column in COLUMNS.values()]
    found = deposited(content)
    assert counts(found) == (0, 0, 0, 0, 0, 0, 7)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize("name", ["adherents.xlsx", "adherents-plus.xlsx"])
def test_a_whole_registry_is_exported_and_imported_again_unchanged(staff, name):
    found = deposited(SAMPLE.with_name(name).read_bytes())
    registry.apply(found)
    number = found.summary["new"]
    assert counts(deposited(exported(staff))) == (0, 0, 0, 0, 0, 0, number)


def test_a_column_that_the_file_does_not_have_changes_nothing():
    load([row(1)])
    found = load([["A00001", "MARTIN", "Oui"]], header=["N° adhérent", "Nom", "CIF"])
    assert counts(found) == (0, 0, 0, 0, 0, 0, 1)
    assert Member.objects.get().email == "m@exemple.test"
    # One that it has, and leaves empty, does.
    found = upload([row(1, email="")])
    assert found.summary["changed"] == 1


def test_a_departure_known_beforehand_is_no_return_and_may_be_brought_forward():
    load([row(1)])
    today = timezone.localdate()
    last = today + timedelta(days=30)
    Membership.objects.update(ends_on=last)
    assert counts(upload([row(1)], on=today, since=DAY)) == (0, 0, 0, 0, 0, 0, 1)
    # After that day it is one.
    later = upload([row(1)], on=last + timedelta(days=1), since=last)
    assert later.summary["returned"] == 1
    found = load([row(1, status="Inactif"), row(2)], on=today, since=DAY)
    assert (found.summary["left"], found.summary["cif_left"]) == (1, 1)
    left = Membership.objects.filter(member__number="A00001")
    assert set(left.values_list("ends_on", flat=True)) == {today - timedelta(days=1)}


def test_the_model_is_offered_beside_the_columns_and_reads_empty(staff):
    page = staff.get(reverse("admin:members_registryimport_add")).content.decode()
    url = reverse("admin:members_registryimport_model")
    assert url in page
    for column in COLUMNS.values():
        assert column.title in page
        assert column.help in page
    content = staff.get(url).content
    lines, errors = parse(read_workbook(io.BytesIO(content), max_rows=MAX_ROWS))
    assert (lines, errors) == ([], ["Le fichier ne contient aucun adhérent sous son en-tête."])


def test_the_model_filled_is_read(staff):
    workbook = load_workbook(
        io.BytesIO(staff.get(reverse("admin:members_registryimport_model")).content)
    )
    workbook["Adhérents"].append([column.example for column in COLUMNS.values()])
    target = io.BytesIO()
    workbook.save(target)
    found = deposited(target.getvalue())
    assert [one.name for one in found.changes.all()] == ["MARTIN Anne (A00123)"]


@pytest.mark.parametrize(
    ("typed", "sentence"), [("1234", "Un numéro ORIAS a 8 chiffres."), ("1234567", "")]
)
def test_a_member_is_typed_as_a_file_would_give_them(staff, typed, sentence):
    inlines = {
        f"{name}-{total}_FORMS": 0
        for name in ("memberships", "former_keys", "credits")
        for total in ("TOTAL", "INITIAL")
    }
    data = {"number": "B  7", "last_name": "DE  LA TOUR", "orias": typed}
    response = staff.post(reverse("admin:members_member_add"), data | inlines)
    if sentence:
        assert sentence in response.content.decode()
        return
    member = Member.objects.get()
    assert (member.number, member.last_name, member.orias) == ("B 7", "DE LA TOUR", "01234567")
