"""Rows written only while another row stands as it should: one statement, in no transaction.

Django would need a transaction, a lock, a read and a write: four round trips for each answer that
a member ticks. `bulk_create` replaces values only by those of the new row, and takes no condition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, models, router


@dataclass(frozen=True)
class Guard:
    """The row that must stand, and the value that one of its columns must have."""

    model: type[models.Model]
    pk: int
    field: str
    value: Any


def upsert(
    rows: Sequence[models.Model],
    *,
    guard: Guard,
    key: Sequence[str],
    replacing: Sequence[str],
    adding: Sequence[str] = (),
) -> int:
    """Write rows of one model, at least one, unless the guard does not stand; how many were.

    It waits for whoever has the guard's row locked, and then sees how that row stands. Where a
    row with the same `key` (the columns of a unique constraint) is there, the columns `replacing`
    take the new values, and those of `adding` are added to the old ones.
    """
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)

    def column(name: str, of: type[models.Model] = model) -> str:
        field: Any = of._meta.pk if name == "pk" else of._meta.get_field(name)
        return quote(field.column)

    fields: list[Any] = [
        field for field in model._meta.local_concrete_fields if not field.primary_key
    ]
    columns = ", ".join(quote(field.column) for field in fields)
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]
    row_sql = "(" + ", ".join(["%s"] * len(fields)) + ")"
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    changes = [f"{column(name)} = excluded.{column(name)}" for name in replacing]
    changes += [
        f"{column(name)} = {table}.{column(name)} + excluded.{column(name)}" for name in adding
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            # All names are the models' own; values are parameters.
            f"INSERT INTO {table} ({columns}) SELECT new_rows.* FROM "  # noqa: S608 - see above
            f"(VALUES {', '.join([row_sql] * len(rows))}) AS new_rows, "
            f"(SELECT 1 FROM {quote(guard.model._meta.db_table)} "
            f"WHERE {column('pk', guard.model)} = %s AND {column(guard.field, guard.model)} = %s "
            f"{lock}) AS guard "
            f"WHERE true ON CONFLICT ({', '.join(column(name) for name in key)}) "
            f"DO UPDATE SET {', '.join(changes)}",
            [*values, guard.pk, guard.value],
        )
        written: int = cursor.rowcount
    return written
