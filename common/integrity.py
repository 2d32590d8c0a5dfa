"""Which constraint of the database an error is about."""

from django.db import IntegrityError


def breaks(error: IntegrityError, constraint: str) -> bool:
    """Whether it is this constraint that refused a row.

    A verb that lets the first of two win asks so: any other constraint that is broken is a bug,
    and surfaces. PostgreSQL names the constraint; SQLite names a CHECK, and a UNIQUE of an
    expression, and otherwise the columns.
    """
    return constraint in str(error)
