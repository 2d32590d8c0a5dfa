"""Querysets put together once and run many times, for the pages that thousands ask for at once.

Django puts a statement together anew each time that it is run, which costs more than running it.
"""

import functools
import inspect
import threading

from django.db import connections
from django.db.models import Expression
from django.db.transaction import TransactionManagementError


class Parameter(Expression):
    """Stands in a prepared queryset for what each call gives."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]


class prepared:
    """Make of a function that returns a queryset one that returns its rows, as a list.

    The function is called once for each thread's connection, with a `Parameter` for each of its
    arguments: it may only hand them to lookups. Arguments of a call go to the driver as they
    are: ids, texts, booleans.

        @prepared
        def finished(invitation):
            return Attempt.objects.filter(invitation=invitation, status="finished")

        finished(3)  # [<Attempt>, …]
        finished.first(3)  # <Attempt> or None
    """

    def __init__(self, build):
        self.build = build
        self.names = list(inspect.signature(build).parameters)
        self.own = threading.local()
        functools.update_wrapper(self, build)

    def __call__(self, *args):
        statement = getattr(self.own, "statement", None)
        if statement is None or not statement.is_current:
            statement = _Statement(self.build(*map(Parameter, self.names)))
            self.own.statement = statement
        return statement.rows(dict(zip(self.names, args, strict=True)))

    def first(self, *args):
        """The first row, or None."""
        return next(iter(self(*args)), None)


class _Statement:
    """One queryset with its SQL; of one thread, as its connection is."""

    def __init__(self, queryset):
        self.alias = queryset.db
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(using=self.alias)
        self.sql, self.places = self.compiler.as_sql()
        # Django's own way from here on, but for the two steps that are done already.
        self.compiler.as_sql = self._as_sql
        queryset.query.get_compiler = lambda *args, **kwargs: self.compiler

    @property
    def is_current(self):
        return self.compiler.connection is connections[self.alias]

    def rows(self, values):
        query, connection = self.queryset.query, self.compiler.connection
        # Django asks this while it puts the statement together.
        if query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("select_for_update outside of a transaction.")
        self.values = values
        return list(self.queryset._iterable_class(self.queryset))

    def _as_sql(self, *args, **kwargs):
        return self.sql, tuple(
            self.values[place.name] if isinstance(place, Parameter) else place
            for place in self.places
        )
