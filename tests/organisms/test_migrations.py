"""The journal from before events: every kind of row finds its event."""

from datetime import UTC, datetime

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


XN = "a@xn--socit-esab.example"


def test_addresses_are_written_as_the_network_has_them_but_for_a_second_of_one_mailbox(migrate):
    before = migrate("organisms", "0005_journal_append_only")
    Organism, Invite = (before.get_model("organisms", name) for name in ("Organism", "Invite"))
    values = {"description": "x", "type": "public"}
    for status, email in (
        ("pending", "a@société.example"),
        ("pending", XN),
        ("active", "a@société.example"),
        ("active", "jean@x.fr"),
    ):
        Organism.objects.create(name="Łódź", status=status, email=email, **values)
    organism = Organism.objects.first()
    for email in ("b@société.example", "jean@x.fr"):
        Invite.objects.create(
            organism=organism, email=email, sent_at=datetime(2026, 5, 4, tzinfo=UTC)
        )
    after = migrate("organisms", "0006_addresses_read_whole")
    rows = after.get_model("organisms", "Organism").objects.order_by("pk")
    assert list(rows.values_list("email", flat=True)) == ["a@société.example", XN, XN, "jean@x.fr"]
    assert {search.split()[0] for search in rows.values_list("search", flat=True)} == {"lodz"}
    invites = after.get_model("organisms", "Invite").objects.order_by("pk")
    assert list(invites.values_list("email", flat=True)) == [f"b{XN[1:]}", "jean@x.fr"]
