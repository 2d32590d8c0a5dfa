"""The life of a stored file: there for the row that takes it, gone when no row holds it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from common import stored_files, tasks
from common.files import PrivateFileField
from tests.common.models import Card

pytestmark = pytest.mark.django_db
HELD = [
    (model, field)
    for model in apps.get_models()
    for field in model._meta.local_concrete_fields
    if isinstance(field, PrivateFileField)
]


def upload(content=b"octets", name="Feuille d’émargement.PDF"):
    return SimpleUploadedFile(name, content)


def on_disk(settings):
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def read(name):
    with default_storage.open(name) as file:
        return file.read()


def store(folder="card", *, days=2):
    """A stored file that nobody holds, of this age."""
    name = default_storage.save(f"{folder}/ab/abcdef.pdf", ContentFile(b"octets"))
    then = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(default_storage.path(name), (then, then))
    return name


@pytest.fixture
def storage_down(monkeypatch):
    """The storage deletes nothing any more."""

    def delete(self, name):
        raise OSError("the storage is down")

    monkeypatch.setattr(FileSystemStorage, "delete", delete)


def test_a_row_takes_what_was_written(settings):
    with stored_files.writing(upload(), Card) as stored, transaction.atomic():
        assert on_disk(settings) == [stored.name]
        Card.objects.create(scan=stored.name)
    card = Card.objects.get()
    assert read(card.scan.name) == b"octets"
    assert card.scan.name.startswith("card/")
    assert card.scan.name.endswith(".pdf")
    assert "marge" not in card.scan.name
    assert (stored.given_name, stored.size) == ("Feuille d’émargement.PDF", 6)
    assert stored.sha256 == stored_files.digest(upload())


def test_a_file_may_be_given_another_name():
    with stored_files.writing(upload(), Card, name="liste.xlsx") as stored:
        assert stored.given_name == "liste.xlsx"
        assert stored.name.endswith(".xlsx")


def test_an_upload_may_be_read_again_after_it_was_written():
    file = upload()
    with stored_files.writing(file, Card):
        assert file.read() == b"octets"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_block_that_raises_leaves_no_bytes(settings, error):
    with pytest.raises(error), stored_files.writing(upload(), Card), transaction.atomic():
        raise error
    assert on_disk(settings) == []


def test_what_no_row_took_is_dropped_at_the_end(settings):
    with stored_files.writing(upload(), Card) as stored:
        stored.drop()
        assert on_disk(settings) == [stored.name]
    assert on_disk(settings) == []


@pytest.mark.usefixtures("storage_down")
def test_the_error_of_the_block_is_told_even_when_the_storage_is_down(caplog):
    with pytest.raises(RuntimeError, match="the row"), stored_files.writing(upload(), Card):
        raise RuntimeError("the row")
    assert "the storage is down" in caplog.text


def test_copies_are_there_for_the_rows_that_take_them(settings):
    first = Card.objects.create(scan=ContentFile(b"un", name="un.pdf"))
    second = Card.objects.create(scan=ContentFile(b"deux", name="deux.pdf"))
    with stored_files.copying([(first.scan, "a.pdf"), (second.scan, "b.pdf")], Card) as names:
        pass
    assert [read(name) for name in names] == [b"un", b"deux"]
    assert len(on_disk(settings)) == 4


def test_copies_that_no_row_took_are_deleted(settings):
    card = Card.objects.create(scan=ContentFile(b"un", name="un.pdf"))
    with (
        pytest.raises(RuntimeError),
        stored_files.copying([(card.scan, "a.pdf"), (card.scan, "b.pdf")], Card),
    ):
        raise RuntimeError
    assert on_disk(settings) == [card.scan.name]


def test_a_copy_that_fails_takes_the_copies_before_it_along(settings):
    card = Card.objects.create(scan=ContentFile(b"un", name="un.pdf"))
    lost = Card.objects.create(scan="card/ab/absent.pdf")
    with (
        pytest.raises(FileNotFoundError),
        stored_files.copying([(card.scan, "a.pdf"), (lost.scan, "b.pdf")], Card),
    ):
        raise AssertionError("the block must not run")
    assert on_disk(settings) == [card.scan.name]


def test_what_a_row_gives_up_is_deleted_after_the_commit(
    settings, django_capture_on_commit_callbacks
):
    name = store()
    with django_capture_on_commit_callbacks(execute=True):
        stored_files.delete_after_commit(name, "")
        assert on_disk(settings) == [name]
    assert on_disk(settings) == []


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_deletes_nothing(settings):
    name = store()

    @transaction.atomic
    def fact():
        stored_files.delete_after_commit(name)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fact()
    assert on_disk(settings) == [name]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("storage_down")
def test_a_storage_that_is_down_stops_no_callback_after_it(caplog):
    called = []
    with transaction.atomic():
        stored_files.delete_after_commit("card/ab/a.pdf", "card/ab/b.pdf")
        transaction.on_commit(lambda: called.append("next"))
    assert called == ["next"]
    assert caplog.messages == [
        "The stored file card/ab/a.pdf could not be deleted",
        "The stored file card/ab/b.pdf could not be deleted",
    ]


@pytest.mark.parametrize(("model", "field"), HELD, ids=lambda part: str(part))
def test_the_sweep_deletes_what_no_row_holds_in_the_folder_of_each_model(settings, model, field):
    store(model._meta.model_name)
    young = store(model._meta.model_name, days=0.9)
    assert stored_files.sweep() == 1
    assert on_disk(settings) == [young]


def test_the_sweep_leaves_what_any_row_holds_wherever_it_lies(settings):
    own, of_another_model = store(), store("sheet")
    Card.objects.create(scan=own)
    Card.objects.create(scan=of_another_model)
    Card.objects.create(scan="")
    assert stored_files.sweep() == 0
    assert on_disk(settings) == sorted([own, of_another_model])


def test_the_sweep_asks_all_rows_at_once_who_holds_a_file(settings, django_assert_num_queries):
    """One that a sheet takes from a chosen file between two queries would be held by neither."""
    name = store()
    Card.objects.create(scan=name)
    with django_assert_num_queries(1):
        assert stored_files.sweep() == 0
    assert on_disk(settings) == [name]


def test_the_sweep_looks_at_many_files_a_batch_at_a_time(settings, monkeypatch):
    monkeypatch.setattr(stored_files, "BATCH", 2)
    names = [store() for _ in range(5)]
    Card.objects.create(scan=names[3])
    assert stored_files.sweep() == 4
    assert on_disk(settings) == [names[3]]


def test_the_sweep_leaves_folders_that_are_of_no_model(settings):
    name = store("django-import-export")
    assert stored_files.sweep() == 0
    assert on_disk(settings) == [name]


def test_a_file_that_goes_while_the_sweep_looks_is_no_error(settings, monkeypatch):
    gone, left = store(), store()
    asked = FileSystemStorage.get_modified_time

    def modified(self, name):
        if name == gone:
            os.unlink(self.path(name))
        return asked(self, name)

    monkeypatch.setattr(FileSystemStorage, "get_modified_time", modified)
    assert stored_files.sweep() == 1
    assert not default_storage.exists(left)


@pytest.mark.usefixtures("storage_down")
def test_the_sweep_counts_what_it_could_delete(settings, caplog):
    name = store()
    assert stored_files.sweep() == 0
    assert on_disk(settings) == [name]
    assert "the storage is down" in caplog.text


def test_the_task_of_the_night_sweeps(settings):
    store()
    tasks.sweep_stored_files()
    assert on_disk(settings) == []
