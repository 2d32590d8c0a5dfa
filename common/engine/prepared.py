"""Querysets put together once and run many times, for the pages that thousands ask for at once.

Django puts a statement together anew each time that it is run, which costs more than running it.
"""

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models import Expression
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")


class Parameter(Expression):
    """Stands in a prepared queryset for what each call gives."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class prepared(Generic[Row]):
    """Make of a function that returns a queryset one that returns its rows, as a list.

    The function is called once for each thread's connection, with a `Parameter` for each of its
    arguments: it may only hand them to lookups. Arguments of a call go to the driver as they
    are: ids, texts, booleans. A queryset that needs further statements (`prefetch_related`) is
    refused with a TypeError.

        @prepared
        def finished(invitation):
            return Attempt.objects.filter(invitation=invitation, status="finished")

        finished(3)  # [<Attempt>, …]
        finished.first(3)  # <Attempt> or None
    """

    def __init__(self, build: "Callable[..., models.QuerySet[Any, Row]]") -> None:
        self.build = build
        self.names = list(inspect.signature(build).parameters)
        self.local = threading.local()
        functools.update_wrapper(self, build)

    def __call__(self, *args: Any) -> list[Row]:
        statement: _Statement | None = getattr(self.local, "statement", None)
        if statement is None or not statement.is_current:
            statement = _Statement(self.build(*map(Parameter, self.names)))
            self.local.statement = statement
        return statement.rows(dict(zip(self.names, args, strict=True)))

    def first(self, *args: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self(*args)), None)


class _Statement:
    """One queryset with its SQL; of one thread, as its connection is."""

    def __init__(self, queryset: Any) -> None:
        if queryset._prefetch_related_lookups:
            raise TypeError("A prepared queryset is one statement: it cannot prefetch_related.")
        self.alias = queryset.db
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(using=self.alias)
        self.sql, self.places = self.compiler.as_sql()
        # Django's own way from here on, but for the two steps that are done already.
        self.compiler.as_sql = self._as_sql
        queryset.query.get_compiler = lambda *args, **kwargs: self.compiler

    @property
    def is_current(self) -> bool:
        return self.compiler.connection is connections[self.alias]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        query, connection = self.queryset.query, self.compiler.connection
        # Django asks this while it puts the statement together.
        if query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("select_for_update outside of a transaction.")
        self.values = values
        return list(self.queryset._iterable_class(self.queryset))

    def _as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        return self.sql, tuple(
            self.values[place.name] if isinstance(place, Parameter) else place
            for place in self.places
        )
