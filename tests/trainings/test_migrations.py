"""The migrations of the app, from the state that was in use before, with rows of every kind."""

import pytest
from django.utils import timezone

from tests import factories
from trainings.models import Training

# (de, à) as the journal had it; then (event, de, à).
ROWS = [
    (("", "draft"), ("create", "", "draft")),
    (("draft", "submitted"), ("submit", "draft", "submitted")),
    (("submitted", "changes_requested"), ("request_changes", "submitted", "changes_requested")),
    (("changes_requested", "submitted"), ("submit", "changes_requested", "submitted")),
    (("submitted", "sent_to_amf"), ("send_to_amf", "submitted", "sent_to_amf")),
    (("sent_to_amf", "refused"), ("refuse", "sent_to_amf", "refused")),
    (("submitted", "withdrawn"), ("withdraw", "submitted", "withdrawn")),
    (("sent_to_amf", "approved"), ("approve", "sent_to_amf", "approved")),
    (("approved", "revoked"), ("revoke", "approved", "revoked")),
    (("", "renouvellement"), ("copy", "", "")),
    (("", "correction demandée"), ("ask_correction", "", "")),
    (("", "correction proposée"), ("propose_correction", "", "")),
    (("", "correction abandonnée"), ("dismiss_correction", "", "")),
    (("", "question corrigée"), ("correct", "", "")),
    (("", "QCM recalculé"), ("regrade", "", "")),
]
SHOWN = [
    "Brouillon",
    "Envoyée",
    "À modifier",
    "Envoyée",
    "Soumise à l’AMF",
    "Refusée",
    "Retirée",
    "Validée",
    "Révoquée",
    "Renouvellement",
    "Correction demandée",
    "Correction proposée",
    "Correction abandonnée",
    "Question corrigée",
    "QCM recalculé",
]


@pytest.fixture
def old(migrate):
    """The models as they were before journals had events."""
    return migrate("trainings", "0005_sets_without_a_file")


def make_old_training(old, organism, **fields):
    return old.get_model("trainings", "Training").objects.create(
        organism_id=organism.pk, year=timezone.localdate().year, **fields
    )


def test_the_journal_keeps_what_it_told_under_codes(old, migrate):
    organism = factories.make_organism()
    training = make_old_training(old, organism, title="Le devoir de conseil")
    journal = old.get_model("trainings", "TrainingJournal").objects
    for (before, after), _ in ROWS:
        journal.create(
            subject=training, from_status=before, to_status=after, by_label="Anne", comment=after
        )
    migrate("trainings", "0006_journal_events")
    rows = list(Training.objects.get(pk=training.pk).journal.all())
    assert [(row.event, row.from_status, row.to_status) for row in rows] == [
        told for _, told in ROWS
    ]
    assert [row.label for row in rows] == SHOWN
    assert [row.comment for row in rows] == [after for (_, after), _ in ROWS]
    assert {row.by_label for row in rows} == {"Anne"}


def test_a_training_is_found_by_its_own_words_alone(old, migrate):
    organism = factories.make_organism(name="Académie du patrimoine")
    training = make_old_training(
        old, organism, title="Fiscalité", search="fiscalite academie du patrimoine"
    )
    migrate("trainings", "0007_search_by_own_columns")
    assert Training.objects.get().search == "fiscalite"
    assert [one.pk for one in Training.objects.matching("Fiscalité")] == [training.pk]
    assert not Training.objects.matching("académie").exists()


def test_a_training_is_found_in_every_alphabet(migrate):
    old = migrate("trainings", "0009_hours_due_in_words")
    organism = factories.make_organism()
    for title, search in (("Łódź", "dz"), ("Fiscalité", "fiscalite")):
        make_old_training(old, organism, title=title, search=search)
    migrate("trainings", "0010_found_in_every_alphabet")
    assert list(Training.objects.order_by("pk").values_list("search", flat=True)) == [
        "lodz",
        "fiscalite",
    ]
