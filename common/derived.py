"""Columns that keep themselves: computed from other columns of their row whenever it is written.

    class Member(KeepsDerived):
        search = SearchField("last_name", "first_name", "number")
        email_key = DerivedCharField(keys.email_key, "email", max_length=254)

`save`, `bulk_create` and `common.bulk` keep them, whichever fields they are told to write. A
queryset's `update()` knows no row and would leave them behind: it refuses the columns that one is
computed from (`DerivedQuerySet`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Self, TypeVar

from django.db import models

from .addresses import canonical, shown
from .spreadsheets.values import fold

# How many rows a migration holds at once.
BATCH = 1000


class _Derived:
    """Mixed into a field: what it is computed from, and by what."""

    def __init__(self, compute: Callable[..., str], *sources: str, **kwargs: Any) -> None:
        self.compute = compute
        self.sources = sources
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        # For the database it is a column like another: migrations name no code of ours.
        name, path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        base = "TextField" if isinstance(self, models.TextField) else "CharField"
        return name, f"django.db.models.{base}", args, kwargs

    def clone(self) -> Any:
        return type(self)(self.compute, *self.sources, **self._options())

    def _options(self) -> dict[str, Any]:
        _, _, _, kwargs = super().deconstruct()  # type: ignore[misc]
        # Django leaves out what is its default, which is not ours.
        return {"blank": self.blank, "editable": self.editable, **kwargs}  # type: ignore[attr-defined]

    def value_for(self, row: models.Model) -> str:
        """What the column says of the row as it now is."""
        return self.compute(*(getattr(row, name) for name in self.sources))

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.value_for(model_instance)
        setattr(model_instance, self.attname, value)  # type: ignore[attr-defined]
        return value


class DerivedTextField(_Derived, models.TextField):  # type: ignore[type-arg]
    """A text computed by `compute` of the columns named `sources`."""


class DerivedCharField(_Derived, models.CharField):  # type: ignore[type-arg]
    """The same, of a limited length."""


def searched(*values: Any) -> str:
    """What a search looks in: the folded words of these values, an address in both its forms."""
    words: list[str] = []
    for value in filter(None, values):
        text = str(value)
        words.append(text)
        if "@" in text and "xn--" in (other := canonical(text)):
            words += [other, shown(other)]
    return fold(" ".join(dict.fromkeys(words)))


class SearchField(DerivedTextField):
    """The folded words of these columns: SQLite ignores case for ASCII only."""

    def __init__(self, *sources: str, **kwargs: Any) -> None:
        super().__init__(searched, *sources, **kwargs)

    def clone(self) -> Any:
        return type(self)(*self.sources, **self._options())


Row = TypeVar("Row", bound=models.Model)
Rows = TypeVar("Rows", bound=models.QuerySet[Any])


def derived_fields(model: type[models.Model], names: Iterable[str] | None = None) -> list[Any]:
    """The derived fields of a model; of those alone that one of these columns is a source of."""
    derived = [field for field in model._meta.local_concrete_fields if isinstance(field, _Derived)]
    if names is None:
        return derived
    written = set(names)
    return [field for field in derived if written & set(field.sources)]


def with_derived(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """These names of fields, and those of the columns computed from them."""
    names = list(names)
    more = [field.name for field in derived_fields(model, names)]
    return [*names, *(name for name in more if name not in names)]


class DerivedQuerySet(models.QuerySet[Row]):
    def update(self, **values: Any) -> int:
        # `bulk_update` ends here, and brings the columns along.
        names = [field.name for field in derived_fields(self.model, values)]
        if left := [name for name in names if name not in values]:
            raise TypeError(
                f"update() would leave {', '.join(left)} behind: save the rows instead."
            )
        return super().update(**values)

    def bulk_create(
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Any]:
        return super().bulk_create(
            objs,
            batch_size,
            ignore_conflicts,
            update_conflicts,
            with_derived(self.model, update_fields) if update_fields else None,
            unique_fields,
        )

    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        rows, names = list(objs), with_derived(self.model, fields)
        for field in derived_fields(self.model, names):
            for row in rows:
                setattr(row, field.attname, field.value_for(row))
        return super().bulk_update(rows, names, batch_size=batch_size)


class KeepsDerived(models.Model):
    """A row whose derived columns are written along with those that they are computed from."""

    objects = DerivedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None and not self._state.adding:
            # A row read in part is saved in part: Django leaves out what was not read.
            unread = self.get_deferred_fields()
            if unread:
                fields = self._meta.local_concrete_fields
                update_fields = [
                    field.name
                    for field in fields
                    if field.attname not in unread and not field.primary_key
                ]
        if update_fields is not None:
            update_fields = with_derived(type(self), update_fields)
        super().save(*args, update_fields=update_fields, **kwargs)

    def refresh_derived(self) -> Self:
        """Compute the columns in memory, for a row that is compared before it is written."""
        for field in derived_fields(type(self)):
            setattr(self, field.attname, field.value_for(self))
        return self


def found(rows: Rows, typed: str) -> Rows:
    """The rows whose `search` column holds every word typed; none when no word can be compared."""
    words = fold(typed).split()
    if not words:
        return rows.none()
    for word in words:
        rows = rows.filter(search__contains=word)
    return rows


def rewrite(
    model: type[models.Model],
    computed: Mapping[str, tuple[Callable[..., Any], Sequence[str]]],
    *,
    using: str,
) -> int:
    """Bring columns to what is computed of them now; how many rows changed. For migrations.

    `computed` is {column: (compute, the columns that it is called with)}, in the order in which
    they are computed. A thousand rows are held at once, and only those that change are written.
    """
    rows = model._base_manager.using(using).order_by("pk")
    names = {name for name, (_, sources) in computed.items() for name in (name, *sources)}
    last, count = None, 0
    while batch := list(
        (rows if last is None else rows.filter(pk__gt=last)).only("pk", *names)[:BATCH]
    ):
        changed = []
        for row in batch:
            before = [getattr(row, name) for name in computed]
            for name, (compute, sources) in computed.items():
                setattr(row, name, compute(*(getattr(row, source) for source in sources)))
            if before != [getattr(row, name) for name in computed]:
                changed.append(row)
        rows.bulk_update(changed, list(computed), batch_size=500)
        last, count = batch[-1].pk, count + len(changed)
    return count
