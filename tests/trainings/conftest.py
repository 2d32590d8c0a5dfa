"""What the tests of the question sets share."""

import pytest

from tests import factories


@pytest.fixture
def draft(organism):
    """A draft of one AMF hour, with its three sets."""
    training = factories.make_training(organism, requested_amf_minutes=60)
    factories.make_question_sets(training)
    return training
