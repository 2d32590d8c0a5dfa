"""The approved trainings whose sheets these tests deposit."""

import pytest

from tests.factories import make_amf_training, make_training


@pytest.fixture
def training(organism):
    """An approved training with two associative hours."""
    return make_training(organism, status="approved", requested_associative_minutes=120)


@pytest.fixture
def amf_training(organism):
    """An approved training with two associative hours and one AMF hour."""
    return make_amf_training(organism, requested_associative_minutes=120)
