"""The ledger and the journals: the database adds rows and lets nobody change or delete one."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from accounts.models import UserJournal
from common.append_only import AppendOnly
from common.journal import JournalRow
from members.models import HoursCredit, RegistryImport
from qcm.models import MarkChange, Regrade
from tests.common.models import ErrandJournal
from tests.factories import (
    make_amf_training,
    make_invitation,
    make_member,
    make_organism,
    make_sheet,
    make_staff,
    make_training,
    make_user,
)
from tests.qcm import steps
from trainings.models import Question, TrainingJournal

pytestmark = pytest.mark.django_db


PERSON = ["DUPONT", "Jean", "jean@exemple.test", "1", ""]


def a_credit():
    training = make_training(status="approved")
    return HoursCredit.objects.create(
        member=make_member(),
        training=training,
        kind="associative",
        minutes=60,
        year=training.year,
        session_on=training.first_session_on,
        by=make_user(),
    )


def of_a_sheet():
    sheet = make_sheet(rows=[PERSON])
    sheet.status = "validated"
    return sheet.write_journal("validate", from_status="draft", by=make_user())


def of_a_training():
    return make_training(status="submitted").write_journal("submit", by=make_user())


def of_an_organism():
    return make_organism().write_journal("activate", from_status="pending", by=make_user())


def of_an_invitation():
    return make_invitation().write_journal("invite", by=make_user())


def of_an_import():
    found = RegistryImport.objects.create(
        name="adherents.xlsx", file="x", arrivals_on="2026-01-01", effective_on="2026-01-01"
    )
    return found.write_journal("read", by=make_user())


def a_mark_changed():
    training = make_amf_training()
    attempt = steps.start(make_invitation(training))
    regrade = Regrade.objects.create(
        training=training,
        question=Question.objects.filter(question_set__training=training).first(),
        mode="neutral",
        reason="Deux bonnes réponses",
        made_at=timezone.now(),
    )
    return MarkChange.objects.create(
        attempt=attempt,
        regrade=regrade,
        at=timezone.now(),
        right_before=2,
        passed_before=False,
        right_after=3,
        passed_after=True,
    )


def of_an_account():
    subject, by = make_staff("Chargé de formation"), make_staff("Administrateur")
    return UserJournal.objects.create(subject=subject, event="change", by=by, by_label=str(by))


ROWS = {
    "accounts.UserJournal": of_an_account,
    "organisms.OrganismJournal": of_an_organism,
    "trainings.TrainingJournal": of_a_training,
    "qcm.InvitationJournal": of_an_invitation,
    "qcm.MarkChange": a_mark_changed,
    "members.HoursCredit": a_credit,
    "members.RegistryImportJournal": of_an_import,
    "attendance.SheetJournal": of_a_sheet,
}


def guards():
    """{label of a model: the last operation that guards its table}."""
    loader = MigrationLoader(None)
    found = {}
    for app, name in sorted(loader.disk_migrations):
        for operation in loader.disk_migrations[app, name].operations:
            if isinstance(operation, AppendOnly):
                found[apps.get_model(app, operation.model_name)._meta.label] = operation
    return found


GUARDS = guards()


def refuses(change):
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        change()


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture(params=sorted(ROWS))
def row(request):
    """A row of each table, as the database holds it, and its values."""
    made = ROWS[request.param]()
    yield made
    kept = type(made).objects.get(pk=made.pk)
    columns = [field.attname for field in made._meta.local_concrete_fields]
    made.refresh_from_db()
    assert [getattr(kept, name) for name in columns] == [getattr(made, name) for name in columns]


def test_the_ledger_and_every_journal_are_guarded_and_tried_here():
    journals = {
        model._meta.label for model in apps.get_models() if issubclass(model, JournalRow)
    } - {ErrandJournal._meta.label}
    assert set(GUARDS) == set(ROWS) == {*journals, "members.HoursCredit", "qcm.MarkChange"}


@pytest.mark.parametrize("label", sorted(GUARDS))
def test_the_database_that_runs_has_the_triggers_of_the_columns_that_are(label):
    """SQLite drops them without a word when a column of the table changes."""
    model = apps.get_model(label)
    wanted = {statement.strip() for statement in GUARDS[label].created(model, connection.vendor)}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
                [model._meta.db_table],
            )
            assert {made for (made,) in cursor.fetchall()} == wanted
        else:
            cursor.execute(
                "SELECT tgenabled, tgfoid::regproc::text FROM pg_trigger "
                "WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [model._meta.db_table],
            )
            assert cursor.fetchall() == [("O", f"{model._meta.db_table}_append_only")]


def changed(field, value):
    """Another value of this field."""
    if isinstance(field, models.ForeignKey):
        return value + 1 if value else 1
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.JSONField):
        return ["autre"]
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1
    if isinstance(field, models.DateField):
        return value.replace(year=value.year - 1)
    return f"{value} "[:30].strip() + "x"


def test_no_column_changes(row):
    for field in row._meta.local_concrete_fields:
        value = changed(field, getattr(row, field.attname))
        same = type(row)._base_manager.filter(pk=row.pk)
        refuses(lambda: same.update(**{field.attname: value}))  # noqa: B023


def test_it_is_not_saved_again_with_other_values(row):
    fields = row._meta.local_concrete_fields
    field = next(field for field in fields if field.name in {"comment", "reason", "right_after"})
    setattr(row, field.name, changed(field, getattr(row, field.name)))
    refuses(row.save)
    refuses(lambda: row.save(update_fields=[field.name]))
    refuses(lambda: type(row).objects.bulk_update([row], [field.name]))


def test_it_is_not_deleted(row):
    refuses(row.delete)
    refuses(lambda: type(row).objects.filter(pk=row.pk).delete())
    refuses(lambda: type(row).objects.all()._raw_delete("default"))


def test_sql_typed_by_hand_is_refused_too(row):
    table = row._meta.db_table
    refuses(lambda: run(f"DELETE FROM {table}"))
    refuses(lambda: run(f"UPDATE {table} SET id = id + 1000"))


def test_a_row_saved_as_it_is_is_no_change(row):
    row.save()


def test_who_did_it_may_go(row):
    if not hasattr(row, "by"):
        pytest.skip("the regrade says who")
    assert row.by is not None
    row.by.delete()
    row.refresh_from_db()
    assert row.by_id is None
    refuses(lambda: type(row)._base_manager.update(by=make_user()))


def test_a_draft_sheet_goes_with_its_journal():
    sheet = make_sheet(rows=[PERSON])
    sheet.write_journal("change_session")
    assert sheet.journal.count() > 1
    sheet.delete()
    assert not apps.get_model("attendance.SheetJournal").objects.exists()


def test_a_sheet_that_was_validated_keeps_every_row_of_its_journal():
    sheet = make_sheet(rows=[PERSON])
    first = sheet.journal.get()
    sheet.status = "validated"
    sheet.write_journal("validate", from_status="draft")
    sheet.status = "draft"
    refuses(first.delete)
    refuses(sheet.delete)
    assert sheet.journal.count() == 2


def test_a_draft_goes_with_its_journal_and_what_was_sent_does_not():
    training = make_training(status="draft")
    training.write_journal("create")
    training.write_journal("edit")
    training.delete()
    assert not TrainingJournal.objects.exists()
    training = make_training(status="draft")
    training.write_journal("create")
    training.status = "submitted"
    training.write_journal("submit", from_status="draft")
    refuses(training.delete)
    assert training.journal.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_test_of_transactions_finds_the_tables_empty_and_guarded():
    a_credit()


@pytest.mark.django_db(transaction=True)
def test_a_test_after_it_does_too():
    assert not HoursCredit.objects.exists()
    refuses(a_credit().delete)
