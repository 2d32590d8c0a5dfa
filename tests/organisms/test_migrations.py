"""The journal from before events: every kind of row finds its event."""

import pytest

JOURNAL = [
    # From, to, and comment as they were; the event, and the statuses that stay.
    ("", "pending", "", "register", "", "pending"),
    ("pending", "active", "", "activate", "pending", "active"),
    ("pending", "refused", "Dossier vide", "refuse", "pending", "refused"),
    ("active", "suspended", "Impayé", "suspend", "active", "suspended"),
    ("suspended", "active", "", "reactivate", "suspended", "active"),
    ("", "données modifiées", "Type", "change_data", "", ""),
    ("", "collègue invité", "Dominique Petit", "invite", "", ""),
    ("", "invitation annulée", "Dominique Petit", "cancel_invite", "", ""),
    ("", "invitation acceptée", "", "accept_invite", "", ""),
    ("", "rôle modifié", "Anne : contributeur", "change_role", "", ""),
    ("", "accès retiré", "Anne", "remove_person", "", ""),
]


@pytest.fixture
def organism_before(migrate):
    """An organism as it was before events."""
    before = migrate("organisms", "0002_permissions")
    return before.get_model("organisms", "Organism").objects.create(
        name="Écôle", email="a@b.test", description="x", type="public"
    )


def test_each_row_of_the_journal_gets_its_event(migrate, organism_before):
    for before, after, comment, *_ in JOURNAL:
        organism_before.journal.create(from_status=before, to_status=after, comment=comment)
    after = migrate("organisms", "0003_journal_events")
    rows = after.get_model("organisms", "OrganismJournal").objects.order_by("pk")
    assert list(rows.values_list("comment", "event", "from_status", "to_status")) == [
        tuple(told) for _, _, *told in JOURNAL
    ]


def test_the_journal_taken_back_tells_what_it_told(migrate, organism_before):
    for before, after, comment, *_ in JOURNAL:
        organism_before.journal.create(from_status=before, to_status=after, comment=comment)
    migrate("organisms", "0003_journal_events")
    again = migrate("organisms", "0002_permissions")
    rows = again.get_model("organisms", "OrganismJournal").objects.order_by("pk")
    assert list(rows.values_list("from_status", "to_status", "comment")) == [
        tuple(told) for *told, _, _, _ in JOURNAL
    ]


def test_a_row_that_is_no_event_stops_the_migration(migrate, organism_before):
    row = organism_before.journal.create(to_status="autre chose")
    with pytest.raises(LookupError, match="autre chose"):
        migrate("organisms", "0003_journal_events")
    row.delete()
