"""Columns that keep themselves, whichever way their row is written."""

import pytest
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter

from common import bulk, derived
from common.derived import derived_fields, rewrite, searched
from tests.common.models import Card

pytestmark = pytest.mark.django_db


def kept():
    return list(Card.objects.order_by("pk").values_list("search", "key"))


@pytest.fixture
def card():
    return Card.objects.create(first_name="Zoé", last_name="Lévy", town="Nîmes")


def test_a_row_that_is_made_has_its_columns(card):
    assert (card.search, card.key) == ("levy zoe", "LÉVY")
    assert kept() == [("levy zoe", "LÉVY")]


def test_a_row_that_is_saved_has_them_anew(card):
    card.last_name = "Été"
    card.save()
    assert kept() == [("ete zoe", "ÉTÉ")]


def test_a_source_that_is_named_brings_its_columns_along(card):
    card.last_name, card.town = "Été", "Lyon"
    card.save(update_fields=["last_name"])
    assert kept() == [("ete zoe", "ÉTÉ")]
    assert Card.objects.get().town == "Nîmes"


def test_no_column_is_written_when_none_of_its_sources_is(card):
    card.last_name = "Été"
    card.save(update_fields=["town"])
    assert kept() == [("levy zoe", "LÉVY")]
    card.save(update_fields=["first_name"])
    assert [key for _, key in kept()] == ["LÉVY"]


def test_a_row_read_in_part_keeps_them_too(card):
    part = Card.objects.only("last_name").get()
    part.last_name = "Été"
    part.save()
    assert kept() == [("ete zoe", "ÉTÉ")]
    assert Card.objects.get().town == "Nîmes"


def test_update_or_create_keeps_them(card):
    Card.objects.update_or_create(town="Nîmes", defaults={"last_name": "Été"})
    Card.objects.update_or_create(town="Lyon", defaults={"last_name": "Noël"})
    assert kept() == [("ete zoe", "ÉTÉ"), ("noel", "NOËL")]


def test_rows_made_together_have_them():
    Card.objects.bulk_create([Card(last_name="Lévy"), Card(last_name="Été")])
    assert kept() == [("levy", "LÉVY"), ("ete", "ÉTÉ")]


def test_rows_updated_together_have_them(card):
    card.last_name, card.town = "Été", "Lyon"
    Card.objects.bulk_update([card], ["last_name"])
    assert kept() == [("ete zoe", "ÉTÉ")]
    assert Card.objects.get().town == "Nîmes"


def test_an_insert_that_updates_what_is_there_keeps_them(card):
    Card.objects.bulk_create(
        [Card(pk=card.pk, last_name="Été")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["last_name"],
    )
    assert [key for _, key in kept()] == ["ÉTÉ"]


@pytest.mark.parametrize("many", [1, 100])
def test_the_ways_of_thousands_of_rows_keep_them(many, monkeypatch):
    monkeypatch.setattr(bulk, "MANY", many)
    first, second = bulk.insert(Card, [Card(last_name="Lévy"), Card(last_name="Été")])
    assert kept() == [("levy", "LÉVY"), ("ete", "ÉTÉ")]
    first.last_name, second.last_name = "Noël", "Août"
    bulk.update(Card, [first, second], ["last_name"])
    assert kept() == [("noel", "NOËL"), ("aout", "AOÛT")]


def test_an_update_without_rows_refuses_what_it_would_leave_behind(card):
    with pytest.raises(TypeError, match="would leave search, key behind"):
        Card.objects.update(last_name="Été")
    with pytest.raises(TypeError, match="would leave search behind"):
        Card.objects.filter(pk=card.pk).update(first_name="Léa", town="Lyon")
    assert Card.objects.update(town="Lyon") == 1
    assert Card.objects.get().town == "Lyon"


def test_a_row_may_be_asked_before_it_is_written():
    card = Card(last_name="Lévy", first_name="Zoé")
    assert card.refresh_derived() is card
    assert (card.search, card.key) == ("levy zoe", "LÉVY")


def test_a_migration_shows_a_plain_column():
    for field in derived_fields(Card):
        plain = "TextField" if field.name == "search" else "CharField"
        written, imports = MigrationWriter.serialize(field)
        assert written.startswith(f"models.{plain}(")
        assert imports == {"from django.db import models"}
        _, path, args, kwargs = field.deconstruct()
        remade = getattr(models, path.rpartition(".")[2])(*args, **kwargs)
        assert remade.db_parameters(connection) == field.db_parameters(connection)


def test_a_copy_of_a_field_computes_as_the_field_does(card):
    for field in derived_fields(Card):
        copy = field.clone()
        assert copy.value_for(card) == getattr(card, field.name)
        assert (copy.max_length, copy.editable, copy.blank) == (field.max_length, False, True)


def test_an_address_is_searched_in_both_its_forms():
    assert searched("Zoé", None, "a@société.example") == (
        "zoe a societe example a xn socit esab example"
    )
    assert searched("a@xn--socit-esab.example") == "a xn socit esab example a societe example"
    assert searched("a@x.fr / b@y.fr") == "a x fr b y fr"


def test_columns_are_rewritten_some_at_a_time_and_those_alone_that_change(
    monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(derived, "BATCH", 2)
    rows = Card.objects.bulk_create(Card(last_name=f"Ł{n}") for n in range(5))
    models.QuerySet(Card).filter(pk__in=[row.pk for row in rows[2:]]).update(search="stale")
    computed = {"search": (searched, ["last_name", "first_name"])}
    # A read for each two rows and at the end, and a write where some change.
    with django_assert_num_queries(4 + 2):
        assert rewrite(Card, computed, using="default") == 3
    assert [search for search, _ in kept()] == ["l0", "l1", "l2", "l3", "l4"]
    with django_assert_num_queries(4):
        assert rewrite(Card, computed, using="default") == 0
