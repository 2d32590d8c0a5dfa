"""Tables that the database itself lets nobody change: rows are added, and stay as they are.

    operations = [AppendOnly("hourscredit", may_null=["by"])]

A trigger refuses UPDATE and DELETE with an IntegrityError, whoever asks: a verb with a bug, an
admin action, SQL typed by hand. PostgreSQL and SQLite, the two that the portal runs on.

SQLite makes a table anew when one of its columns changes, and drops the triggers without a word:
the migration that changes a table of this kind ends with the operation again
(`tests/common/test_append_only.py` asks the database).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation


class AppendOnly(Operation):
    """Let rows of a model be added, and neither changed nor deleted.

    `may_null` names foreign keys that may become NULL, when the account they name is deleted.
    `deletable_while`, of a journal, names statuses: rows go along with a subject that has never
    reached any other. Its own rows are asked, so that the trigger names no other table: SQLite
    refuses to rename a table that a trigger of another one names.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self,
        model_name: str,
        *,
        may_null: Sequence[str] = (),
        deletable_while: Sequence[str] = (),
    ) -> None:
        self.model_name = model_name
        self.may_null = may_null
        self.deletable_while = deletable_while

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models are as they were: the database alone knows."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        vendor = schema_editor.connection.vendor
        for statement in (*self._dropped(model, vendor), *self.created(model, vendor)):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        for statement in self._dropped(model, schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Let rows of {self.model_name} be added only"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_append_only"

    def created(self, model: type[models.Model], vendor: str) -> Iterator[str]:
        """The statements that make the triggers of this model's table, on this kind of database."""
        make = {"postgresql": self._on_postgresql, "sqlite": self._on_sqlite}[vendor]
        return make(model)

    def _on_postgresql(self, model: type[models.Model]) -> Iterator[str]:
        table, columns = model._meta.db_table, self._nullable(model)
        named = f"ARRAY[{', '.join(map(_text, columns))}]::text[]"
        same = [f"to_jsonb(NEW) - {named} = to_jsonb(OLD) - {named}"]
        same += [f'(NEW."{name}" IS NULL OR NEW."{name}" = OLD."{name}")' for name in columns]
        yield f"""
            CREATE FUNCTION "{table}_append_only"() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF TG_OP = 'UPDATE' AND {" AND ".join(same)} THEN
                    RETURN NEW;
                END IF;
                IF TG_OP = 'DELETE' AND {self._deletable(table)} THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION {_text(f"{table} is append-only")}
                    USING ERRCODE = 'integrity_constraint_violation';
            END
            $body$
        """
        yield (
            f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{table}_append_only"()'
        )

    def _on_sqlite(self, model: type[models.Model]) -> Iterator[str]:
        table, may_null = model._meta.db_table, self._nullable(model)
        fields: Sequence[Any] = model._meta.local_concrete_fields
        columns = sorted(field.column for field in fields)
        same = [
            f'(NEW."{name}" IS NULL OR NEW."{name}" IS OLD."{name}")'
            if name in may_null
            else f'NEW."{name}" IS OLD."{name}"'
            for name in columns
        ]
        refuse = f"BEGIN SELECT RAISE(ABORT, {_text(f'{table} is append-only')}); END"
        yield (
            f'CREATE TRIGGER "{table}_no_update" BEFORE UPDATE ON "{table}" '
            f"WHEN NOT ({' AND '.join(same)}) {refuse}"
        )
        yield (
            f'CREATE TRIGGER "{table}_no_delete" BEFORE DELETE ON "{table}" '
            f"WHEN NOT ({self._deletable(table)}) {refuse}"
        )

    def _dropped(self, model: type[models.Model], vendor: str) -> Iterator[str]:
        table = model._meta.db_table
        if vendor == "postgresql":
            yield f'DROP TRIGGER IF EXISTS "{table}_append_only" ON "{table}"'
            yield f'DROP FUNCTION IF EXISTS "{table}_append_only"()'
        else:
            yield f'DROP TRIGGER IF EXISTS "{table}_no_update"'
            yield f'DROP TRIGGER IF EXISTS "{table}_no_delete"'

    def _nullable(self, model: type[models.Model]) -> list[str]:
        fields: list[Any] = [model._meta.get_field(name) for name in self.may_null]
        return [field.column for field in fields]

    def _deletable(self, table: str) -> str:
        """The condition under which a row may go."""
        if not self.deletable_while:
            return "1 = 0"
        # A row that says the subject went further refuses its own deletion as well.
        statuses = ", ".join(map(_text, ("", *self.deletable_while)))
        return (
            # Names of our own models, and statuses of theirs.
            f'NOT EXISTS (SELECT 1 FROM "{table}" AS told '  # noqa: S608 - see above
            "WHERE told.subject_id = OLD.subject_id "
            f"AND told.to_status NOT IN ({statuses}))"
        )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
