"""The table of an invitation's states, and its journal of before, brought over to events."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import WrongStatus
from qcm.models import Attempt, Invitation, Regrade

Event = Invitation.Event
SUMMARY = "Tentative 1 : 2 / 4 (50 %), seuil 70 %"
REGRADED = "Recalcul : Question mal corrigée"
# What the journal was, (from, to, comment), and what it is: (event, from, to).
ROWS = [
    (("", "open", "Invitation"), ("invite", "", "open")),
    (("open", "passed", SUMMARY), ("pass", "open", "passed")),
    (("open", "failed", SUMMARY), ("fail", "open", "failed")),
    (("open", "open", SUMMARY), ("fail_attempt", "", "")),
    (("failed", "open", "Panne de réseau."), ("grant_attempt", "failed", "open")),
    (("open", "withdrawn", "Erreur de liste"), ("withdraw", "open", "withdrawn")),
    (("failed", "withdrawn", "Erreur de liste"), ("withdraw", "failed", "withdrawn")),
    (("passed", "withdrawn", "Erreur de liste"), ("withdraw", "passed", "withdrawn")),
    (
        ("withdrawn", "open", "Nouvelle feuille de présence"),
        ("invite_again", "withdrawn", "open"),
    ),
    (
        ("withdrawn", "passed", "Nouvelle feuille de présence"),
        ("restore_pass", "withdrawn", "passed"),
    ),
    (
        ("withdrawn", "failed", "Nouvelle feuille de présence"),
        ("restore_failure", "withdrawn", "failed"),
    ),
    (("open", "open", "Nouvelle session : nouveau délai"), ("renew", "", "")),
    (("passed", "passed", "Davantage d’heures comptées"), ("raise", "", "")),
    (("open", "open", "Davantage d’heures à compter"), ("raise", "", "")),
    (("failed", "failed", "Davantage d’heures à compter"), ("raise", "", "")),
    (("passed", "passed", "Ligne corrigée"), ("lower", "", "")),
    (("open", "open", "Tentative de fraude"), ("lower", "", "")),
    (("open", "passed", REGRADED), ("regrade_pass", "open", "passed")),
    (("failed", "passed", REGRADED), ("regrade_pass", "failed", "passed")),
    (("passed", "open", REGRADED), ("regrade_fail", "passed", "open")),
    (("withdrawn", "withdrawn", REGRADED), ("regrade_withdrawn", "", "")),
    (("", "tentative consultée", "Tentative 1 consultée"), ("read_attempt", "", "")),
    (
        ("", "tentative exportée en PDF", "Tentative 1 exportée en PDF"),
        ("export_attempt", "", ""),
    ),
]


@pytest.mark.django_db(transaction=True)
def test_the_journal_of_before_is_brought_over(migrate):
    apps = migrate("qcm", "0005_one_index_each")
    Row = apps.get_model("qcm", "InvitationJournal")
    subject = make_invitation(apps)
    for (before, after, comment), _ in ROWS:
        Row.objects.create(
            subject=subject, from_status=before, to_status=after, comment=comment, by_label="P"
        )
    apps = migrate("qcm", "0006_events")
    rows = apps.get_model("qcm", "InvitationJournal").objects.order_by("pk")
    assert list(rows.values_list("event", "from_status", "to_status")) == [
        expected for _, expected in ROWS
    ]
    assert {row.comment for row in rows} == {comment for (_, _, comment), _ in ROWS}


@pytest.mark.django_db(transaction=True)
def test_a_row_that_no_rule_names_stops_the_migration(migrate):
    apps = migrate("qcm", "0005_one_index_each")
    row = apps.get_model("qcm", "InvitationJournal").objects.create(
        subject=make_invitation(apps), from_status="passed", to_status="failed"
    )
    with pytest.raises(RuntimeError, match="no rule names"):
        migrate("qcm", "0006_events")
    row.delete()


def make_invitation(apps):
    """An invitation as the models were then."""
    now = timezone.now()
    organism = apps.get_model("organisms", "Organism").objects.create(
        name="Organisme", siren="732829320"
    )
    training = apps.get_model("trainings", "Training").objects.create(
        organism=organism, title="Formation", year=now.year, duration_minutes=60
    )
    member = apps.get_model("members", "Member").objects.create(
        number="A1", number_key="A1", last_name="Martin", first_name="Léa"
    )
    return apps.get_model("qcm", "Invitation").objects.create(
        member=member,
        training=training,
        minutes=60,
        session_on=now.date(),
        invited_at=now,
        deadline_at=now + timedelta(days=21),
        attempts_allowed=3,
    )


@pytest.mark.parametrize("model", [Invitation, Attempt, Regrade])
def test_every_step_starts_from_and_leads_to_statuses(model):
    for event, step in model.TRANSITIONS.items():
        assert event in model.Event.values
        assert step.sources <= set(model.Status.values)
        assert step.sources
        assert step.target in {None, *model.Status.values}


@pytest.mark.parametrize("status", Invitation.Status.values)
@pytest.mark.parametrize("event", Invitation.TRANSITIONS)
def test_an_event_is_taken_from_its_sources_alone(event, status):
    step = Invitation.TRANSITIONS[event]
    invitation = Invitation(status=status)
    if status in step.sources:
        assert invitation.take(event) == status
        assert invitation.status == (step.target or status)
    else:
        with pytest.raises(WrongStatus):
            invitation.take(event)
        assert invitation.status == status
