"""The registry's file: read by a task, counted, then confirmed; nobody is ever deleted."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.errors import WrongStatus
from members import tasks
from members.domain import registry
from members.models import Member, Membership, RegistryImport
from tests import factories
from tests.files import REGISTRY_HEADER, make_xlsx

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "samples" / "adherents.xlsx"
DAY = date(2026, 3, 1)


def row(number, last_name="MARTIN", *, cif="Oui", status="Actif", email="m@exemple.test"):
    return [f"A{number:05d}", "M.", last_name, "Jean", email, "Cabinet", "10519501", cif, status]


def upload(rows, *, on=DAY, since=None, header=REGISTRY_HEADER):
    found = RegistryImport.objects.create(
        file=SimpleUploadedFile("adherents.xlsx", make_xlsx([header, *rows])),
        name="adherents.xlsx",
        arrivals_on=since or on,
        effective_on=on,
    )
    tasks.read_import(found.pk)
    found.refresh_from_db()
    return found


def load(rows, **options):
    found = upload(rows, **options)
    assert found.status == "ready", found.error
    registry.apply(found)
    found.refresh_from_db()
    return found


def counts(found):
    names = ("new", "changed", "returned", "left", "cif_joined", "cif_left", "unchanged")
    return tuple(found.summary[name] for name in names)


def spans(number, kind):
    return list(
        Membership.objects.filter(member__number=f"A{number:05d}", kind=kind).values_list(
            "starts_on", "ends_on"
        )
    )


def test_a_first_file_brings_everyone_in_from_its_date():
    found = load([row(1), row(2, cif="Non")])
    assert counts(found) == (2, 0, 0, 0, 1, 0, 0)
    assert spans(1, "member") == spans(1, "cif") == [(DAY, None)]
    assert spans(2, "cif") == []
    member = Member.objects.get(number="A00001")
    assert (member.number_key, member.orias_key, member.last_name_key) == (
        "1",
        "10519501",
        "martin",
    )


def test_the_same_file_twice_changes_nothing():
    load([row(1), row(2)])
    assert counts(load([row(1), row(2)], on=date(2026, 4, 1))) == (0, 0, 0, 0, 0, 0, 2)
    assert spans(1, "member") == [(DAY, None)]


def test_who_is_missing_has_left_the_day_before_and_may_come_back():
    load([row(1), row(2)])
    found = load([row(1)], on=date(2026, 4, 1))
    assert counts(found) == (0, 0, 0, 1, 0, 1, 1)
    assert spans(2, "member") == spans(2, "cif") == [(DAY, date(2026, 3, 31))]
    found = load([row(1), row(2, cif="Non")], on=date(2026, 6, 1))
    assert counts(found)[2] == 1
    assert spans(2, "member") == [(DAY, date(2026, 3, 31)), (date(2026, 6, 1), None)]
    assert Member.objects.count() == 2


def test_who_is_new_has_been_a_member_since_the_day_told_for_arrivals():
    load([row(1)])
    load([row(1), row(2)], on=date(2026, 6, 1), since=date(2026, 4, 2))
    assert spans(2, "member") == spans(2, "cif") == [(date(2026, 4, 2), None)]
    load([row(1)], on=date(2026, 9, 1), since=date(2026, 6, 2))
    assert spans(2, "member") == [(date(2026, 4, 2), date(2026, 8, 31))]


def test_arrivals_count_by_default_since_the_import_before(client, officer, settings):
    settings.DEMO = True
    client.force_login(officer)
    url = reverse("admin:members_registryimport_add")
    year = timezone.localdate().year

    def offered():
        form = client.get(url).context["adminform"].form
        return form["arrivals_on"].initial

    assert offered() == date(year, 1, 1)
    load([row(1)], on=date(year, 1, 20))
    assert offered() == date(year, 1, 21)


def test_many_changing_their_family_name_must_be_typed(client, officer, settings):
    settings.DEMO = True
    load([row(number) for number in range(1, 21)])
    found = upload([row(number, "DUPONT" if number < 3 else "MARTIN") for number in range(1, 21)])
    assert (found.summary["renamed"], found.summary["many_renamed"]) == (2, True)
    client.force_login(officer)
    url = reverse("admin:members_registryimport_importer", args=[found.pk])
    refused = client.post(url, {"typed_renamed": "1"})
    assert "Tapez 2 pour confirmer ces changements." in refused.content.decode()
    client.post(url, {"typed_renamed": "2"})
    assert Member.objects.filter(last_name="DUPONT").count() == 2
    # What was done is told as it was announced.
    found.refresh_from_db()
    assert (found.status, found.summary["renamed"]) == ("applied", 2)
    assert [(one.name, one.edits) for one in found.changes.all()][0] == (
        "MARTIN Jean (A00001)",
        {"last_name": ["MARTIN", "DUPONT"]},
    )


def test_an_inactive_line_has_left_as_well():
    load([row(1), row(2)])
    found = load([row(1), row(2, status="Inactif")], on=date(2026, 4, 1))
    assert counts(found)[3] == 1
    assert spans(2, "member") == [(DAY, date(2026, 3, 31))]


def test_changed_data_replaces_the_old_and_its_keys():
    load([row(1)])
    found = load([row(1, "DUPONT", email="d@exemple.test", cif="Non")], on=date(2026, 4, 1))
    assert counts(found) == (0, 1, 0, 0, 0, 1, 0)
    member = Member.objects.get()
    assert (member.last_name_key, member.email_key) == ("dupont", "d@exemple.test")
    assert spans(1, "cif") == [(DAY, date(2026, 3, 31))]


def test_all_errors_are_said_at_once_with_their_rows_and_nothing_is_written():
    found = upload(
        [row(1), row(1), row(3, ""), row(4, cif="Peut-être"), row(5, email="sans arobase")]
    )
    assert found.status == "unreadable"
    assert found.error.splitlines() == [
        "Ligne 3 : le numéro A00001 figure déjà à la ligne 2.",
        "Ligne 4 : le nom manque.",
        "Ligne 5 : « Peut-être » n’est ni oui ni non dans la colonne ANACOFI-CIF.",
        "Ligne 6 : « sans arobase » n’est pas une adresse e-mail.",
    ]
    assert not Member.objects.exists()


def test_a_file_without_the_header_is_refused():
    found = upload([row(1)], header=["a", "b"])
    assert "L’en-tête est introuvable" in found.error


@pytest.mark.parametrize("status", RegistryImport.Status.values)
@pytest.mark.parametrize(
    ("verb", "reached"), [(registry.apply, "applied"), (registry.abandon, "abandoned")]
)
def test_an_import_that_waits_is_applied_or_abandoned_once(verb, reached, status):
    found = upload([row(1)])
    RegistryImport.objects.update(status=status)
    if status == "ready":
        verb(found)
    with pytest.raises(WrongStatus):
        verb(found)
    found.refresh_from_db()
    assert found.status == (reached if status == "ready" else status)
    assert Member.objects.count() == (found.status == "applied" and status == "ready")


def test_an_abandoned_import_keeps_no_rows():
    found = upload([row(1)])
    assert found.rows
    registry.abandon(found)
    found.refresh_from_db()
    assert (found.status, found.rows) == ("abandoned", [])


def test_many_leaving_must_be_typed(client, officer, settings):
    settings.DEMO = True
    load([row(number) for number in range(1, 21)])
    found = upload([row(number) for number in range(1, 19)], on=date(2026, 4, 1))
    assert found.summary["many_left"] is True
    client.force_login(officer)
    url = reverse("admin:members_registryimport_importer", args=[found.pk])
    refused = client.post(url, {"typed": "3"})
    assert "Tapez 2 pour confirmer" in refused.content.decode()
    found.refresh_from_db()
    assert found.status == "ready"
    client.post(url, {"typed": "2"})
    found.refresh_from_db()
    assert found.status == "applied"


def test_one_of_few_who_leaves_is_told_in_the_singular(client, officer, settings):
    settings.DEMO = True
    load([row(number) for number in range(1, 11)])
    found = upload([row(number) for number in range(1, 10)], on=date(2026, 4, 1))
    client.force_login(officer)
    url = reverse("admin:members_registryimport_importer", args=[found.pk])
    assert "1 adhérent quitte l’association, sur 10." in client.get(url).content.decode()


def test_exactly_one_in_twenty_leaving_is_not_many():
    load([row(number) for number in range(1, 21)])
    found = upload([row(number) for number in range(1, 20)], on=date(2026, 4, 1))
    assert (found.summary["left"], found.summary["many_left"]) == (1, False)


def test_staff_upload_the_file_and_see_its_counts(
    client, officer, settings, django_capture_on_commit_callbacks
):
    settings.DEMO = True
    settings.CELERY_TASK_ALWAYS_EAGER = True
    client.force_login(officer)
    file = SimpleUploadedFile("adherents.xlsx", make_xlsx([REGISTRY_HEADER, row(1)]))
    page = client.get(reverse("admin:members_registryimport_add"))
    assert 'value="01/01/' in page.content.decode()
    with django_capture_on_commit_callbacks() as callbacks:
        client.post(
            reverse("admin:members_registryimport_add"),
            {"file": file, "arrivals_on": "2026-01-01", "effective_on": "2026-03-01"},
        )
    found = RegistryImport.objects.get()
    assert len(callbacks) == 1
    url = reverse("admin:members_registryimport_change", args=[found.pk])
    assert client.get(url)["Refresh"] == "2"
    tasks.read_import(found.pk)
    page = client.get(url)
    assert "Refresh" not in page
    assert "1 nouveau<" in page.content.decode()


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def deposited(officer):
    """An import whose task was lost."""
    file = SimpleUploadedFile("a.xlsx", make_xlsx([REGISTRY_HEADER, row(1)]))
    return registry.deposit(file=file, arrivals_on=DAY, effective_on=DAY, by=officer)


def sweep(callbacks):
    """What beat does, and the workers that it asks."""
    with callbacks(execute=True):
        tasks.sweep_imports()


def test_a_lost_task_is_picked_up(deposited, settings, django_capture_on_commit_callbacks):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    sweep(django_capture_on_commit_callbacks)
    deposited.refresh_from_db()
    assert deposited.status == "reading"
    RegistryImport.objects.update(asked_at=LONG_AGO)
    sweep(django_capture_on_commit_callbacks)
    deposited.refresh_from_db()
    assert deposited.status == "ready"


def test_a_file_whose_reading_always_crashes_ends_unreadable_with_a_sentence(
    deposited, settings, django_capture_on_commit_callbacks
):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    deposited.file.storage.delete(deposited.file.name)
    tries = []
    for _ in range(6):
        RegistryImport.objects.filter(leased_until__isnull=False).update(leased_until=LONG_AGO)
        RegistryImport.objects.update(asked_at=LONG_AGO)
        sweep(django_capture_on_commit_callbacks)
        deposited.refresh_from_db()
        tries.append((deposited.tries, deposited.status))
    assert tries == [(1, "reading"), (2, "reading"), *[(3, "unreadable")] * 4]
    assert deposited.error.startswith("Le fichier n’a pas pu être lu.")


def test_a_deposit_that_fails_leaves_no_file_behind(officer, settings):
    file = SimpleUploadedFile("a.xlsx", b"x")
    with pytest.raises(IntegrityError):
        registry.deposit(
            file=file, arrivals_on=DAY, effective_on=DAY - timedelta(days=1), by=officer
        )
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_importing_many_takes_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        load([row(number) for number in range(1, 301)])
    with django_assert_max_num_queries(30):
        load([row(number) for number in range(1, 301)])


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples are not here")
def test_the_sample_registry_is_read_whole():
    found = RegistryImport.objects.create(name="adherents.xlsx", arrivals_on=DAY, effective_on=DAY)
    with SAMPLE.open("rb") as file:
        found.file.save("adherents.xlsx", file)
    tasks.read_import(found.pk)
    found.refresh_from_db()
    assert (found.status, found.error) == ("ready", "")
    assert (found.summary["new"], found.summary["new_inactive"]) == (2000, 85)


def test_who_had_left_before_the_first_file_is_kept_without_a_membership():
    found = load([row(1), row(2, status="Inactif")])
    assert (found.summary["new"], found.summary["new_inactive"]) == (2, 1)
    assert Member.objects.filter(number="A00002").exists()
    assert spans(2, "member") == spans(2, "cif") == []


def test_the_admin_lists_take_as_many_queries_with_many_members_as_with_one(
    client, officer, settings
):
    settings.DEMO = True
    client.force_login(officer)
    factories.make_member()
    client.get(reverse("admin:members_member_changelist"))
    counted = []
    for extra in (0, 10):
        for _ in range(extra):
            factories.make_member()
        with CaptureQueriesContext(connection) as context:
            client.get(reverse("admin:members_member_changelist"))
        counted.append(len(context))
    assert counted[0] == counted[1]


def test_a_member_edited_by_staff_keeps_its_keys_in_step(client, officer, settings):
    settings.DEMO = True
    client.force_login(officer)
    member = factories.make_member(last_name="Ancien")
    data = {
        "last_name": "Le Goff-Durand",
        "first_name": "Anne",
        "email": "Anne@Exemple.test",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
        "former_keys-TOTAL_FORMS": 0,
        "former_keys-INITIAL_FORMS": 0,
        "credits-TOTAL_FORMS": 0,
        "credits-INITIAL_FORMS": 0,
    }
    client.post(reverse("admin:members_member_change", args=[member.pk]), data)
    member.refresh_from_db()
    assert (member.last_name_key, member.email_key) == ("le goff durand", "anne@exemple.test")
    assert member.number
    # What it was known by before is kept.
    assert set(member.former_keys.values_list("kind", "value")) >= {("last_name_key", "ancien")}
    # A number or an address is kept as it is compared, and once.
    typed = data | {
        "former_keys-TOTAL_FORMS": 1,
        "former_keys-0-kind": "number_key",
        "former_keys-0-value": "B 0042",
        "former_keys-0-member": member.pk,
    }
    page = reverse("admin:members_member_change", args=[member.pk])
    assert client.post(page, typed).status_code == 302
    assert member.former_keys.get(kind="number_key").value == "42"
    again = client.post(page, typed | {"former_keys-0-value": "42"})
    assert "Cet ancien identifiant est déjà noté." in again.content.decode()
    # Who changes a name may also type the one before, which is noted by itself.
    renamed = typed | {
        "last_name": "Martin",
        "former_keys-0-kind": "last_name_key",
        "former_keys-0-value": "Le Goff-Durand",
    }
    assert client.post(page, renamed).status_code == 302
    names = member.former_keys.filter(kind="last_name_key")
    assert sorted(names.values_list("value", flat=True)) == ["ancien", "le goff durand"]
    first = names.get(value="ancien")
    gone = renamed | {
        "former_keys-INITIAL_FORMS": 1,
        "former_keys-0-id": first.pk,
        "former_keys-0-DELETE": "on",
    }
    assert client.post(page, gone).status_code == 302
    assert not names.filter(pk=first.pk).exists()
    assert (
        client.post(
            reverse("admin:members_member_delete", args=[member.pk]), {"post": "yes"}
        ).status_code
        == 403
    )
