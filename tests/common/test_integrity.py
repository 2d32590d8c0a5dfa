"""An error of the database is told by the constraint that it is about."""

import pytest
from django.db import IntegrityError, transaction

from common.integrity import breaks
from tests import factories


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"status": "pending", "email": "ICI@exemple.test"}, "organisms_one_pending_by_email"),
        ({"type": "company", "siren": ""}, "organisms_siren_by_type"),
    ],
)
def test_the_constraint_that_is_broken_is_told(db, values, broken):
    factories.make_organism(status="pending", email="ici@exemple.test")
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        factories.make_organism(**values)
    names = ["organisms_one_pending_by_email", "organisms_siren_by_type"]
    assert [name for name in names if breaks(error.value, name)] == [broken]
