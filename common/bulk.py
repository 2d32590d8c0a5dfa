"""Writing thousands of rows of one table at once, of plain values.

PostgreSQL gets one COPY or one UPDATE, several times faster than Django's bulk_create and
bulk_update, which serve a few rows and other databases.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connections, models, router, transaction

from .derived import derived_fields, with_derived

Row = TypeVar("Row", bound=models.Model)

BATCH = 500
# Fewer rows are one statement by Django's way too.
MANY = 100
# Their values go to the driver as they are; any other field prepares its own.
PLAIN = (
    models.AutoField,
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.ForeignKey,
    models.IntegerField,
    models.TextField,
)


def insert(model: type[Row], instances: Iterable[Row]) -> list[Row]:
    """Insert new instances and give them their primary keys; the instances."""
    instances = list(instances)
    connection = connections[router.db_for_write(model)]
    if len(instances) < MANY or connection.vendor != "postgresql":
        return model._default_manager.bulk_create(instances, batch_size=BATCH)
    meta: Any = model._meta
    quote = connection.ops.quote_name
    fields, derived = meta.local_concrete_fields, derived_fields(model)
    with transaction.atomic(using=connection.alias, savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [quote(meta.db_table), meta.pk.column, len(instances)],
            )
            numbers = cursor.fetchall()
            for instance, (number,) in zip(instances, numbers, strict=True):
                setattr(instance, meta.pk.attname, number)
            # Dates of creation write themselves, and columns that are computed from others.
            for field in fields:
                if (
                    field in derived
                    or getattr(field, "auto_now", False)
                    or getattr(field, "auto_now_add", False)
                ):
                    for instance in instances:
                        field.pre_save(instance, add=True)
            columns = ", ".join(quote(field.column) for field in fields)
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN") as copy,
            ):
                for row in _rows(instances, fields, connection):
                    copy.write_row(row)
        for instance in instances:
            instance._state.adding, instance._state.db = False, connection.alias
    return instances


def update(model: type[Row], instances: Iterable[Row], names: Iterable[str]) -> int:
    """Save the fields of these names, of instances that exist; how many were."""
    instances, names = list(instances), with_derived(model, names)
    for field in derived_fields(model, names):
        for instance in instances:
            field.pre_save(instance, add=False)
    connection = connections[router.db_for_write(model)]
    if len(instances) < MANY or connection.vendor != "postgresql":
        return model._default_manager.bulk_update(instances, names, batch_size=BATCH)
    meta: Any = model._meta
    quote = connection.ops.quote_name
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    key, *columns = [quote(field.column) for field in fields]
    sets = ", ".join(f"{column} = new.{column}" for column in columns)
    arrays = ", ".join(f"%s::{field.cast_db_type(connection)}[]" for field in fields)
    rows = _rows(instances, fields, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} AS old SET {sets} "  # noqa: S608 - names of our models
            f"FROM unnest({arrays}) AS new ({', '.join([key, *columns])}) "
            f"WHERE old.{key} = new.{key}",
            [list(values) for values in zip(*rows, strict=True)],
        )
        count: int = cursor.rowcount
        return count


def _rows(
    instances: Iterable[models.Model], fields: Sequence[Any], connection: Any
) -> Iterator[list[Any]]:
    """The values of each instance, as the driver takes them."""
    values = attrgetter(*(field.attname for field in fields))
    prepared = [
        (place, field.get_db_prep_save)
        for place, field in enumerate(fields)
        if not isinstance(field, PLAIN)
    ]
    for instance in instances:
        row = list(values(instance))
        for place, prepare in prepared:
            row[place] = prepare(row[place], connection)
        yield row
