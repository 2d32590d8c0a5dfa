"""A validated list mended: someone forgotten, someone to take away, a session undone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from attendance.domain import cancelling, counting, participants
from attendance.models import Sheet
from attendance.roster.people import RosterLine
from common.errors import WrongStatus
from mailing.models import Message
from members.domain import ledger
from members.models import HoursCredit
from qcm.domain import marks
from qcm.models import Invitation
from tests.attendance.sheets import count_late, mails, unknown
from tests.factories import make_member, make_sheet, row_of
from tests.files import ROSTER_HEADER, make_xlsx
from tests.qcm import steps


@pytest.fixture
def validated(amf_training, owner):
    """A validated list of two members, each with hours and a QCM."""
    sheet = make_sheet(amf_training, rows=[row_of(make_member()) for _ in range(2)])
    return counting.validate(sheet, by=owner)


def total(member, sheet):
    return ledger.year_total(member, sheet.training.year)["associative"]


def timed(training, member, followed, **fields):
    content = make_xlsx([[*ROSTER_HEADER, "Durée"], [*row_of(member), followed]])
    return make_sheet(training, content=content, **fields)


# --- someone forgotten ----------------------------------------------------------------------------


def line_of(member):
    return RosterLine(None, last_name=member.last_name, member_number=member.number)


def test_someone_forgotten_is_added_and_counted_at_once(validated, owner):
    member = make_member()
    before = Message.objects.count()
    participants.add(validated, line_of(member), by=owner)
    count_late()
    assert total(member, validated) == 120
    assert Invitation.objects.filter(member=member).count() == 1
    # Hours to the member, QCM to the member; nobody else hears of it.
    assert sorted(Message.objects.order_by("pk")[before:].values_list("to", flat=True)) == [
        member.email,
        member.email,
    ]
    assert validated.journal.last().event == "add_participant"


def test_a_list_is_completed_for_thirty_days(validated, owner):
    Sheet.objects.update(validated_at=timezone.now() - timedelta(days=30) + timedelta(minutes=1))
    validated.refresh_from_db()
    participants.add(validated, line_of(make_member()), by=owner)
    Sheet.objects.update(validated_at=timezone.now() - timedelta(days=30))
    validated.refresh_from_db()
    with pytest.raises(WrongStatus, match="depuis plus de 30 jours"):
        participants.add(validated, line_of(make_member()), by=owner)


def test_nobody_is_added_once_the_approval_is_revoked(validated, owner):
    validated.training.status = "revoked"
    validated.training.save()
    with pytest.raises(WrongStatus, match="révoqué"):
        participants.add(validated, line_of(make_member()), by=owner)
    assert validated.participants.count() == 2


def test_the_page_offers_it_on_a_validated_list(client, owner, validated):
    client.force_login(owner)
    url = reverse("attendance:add", args=[validated.pk])
    assert url in client.get(reverse("attendance:sheet", args=[validated.pk])).content.decode()
    member = make_member()
    client.post(url, {"last_name": member.last_name, "member_number": member.number})
    count_late()
    assert total(member, validated) == 120


# --- someone to take away -------------------------------------------------------------------------


def test_the_organism_asks_and_staff_alone_take_away(client, owner, officer, validated):
    client.force_login(owner)
    line = validated.participants.first()
    url = reverse("attendance:ask_removal", args=[validated.pk, line.pk])
    assert "obligatoire" in client.post(url, {"reason": " "}).content.decode()
    client.post(url, {"reason": "Parti à midi"})
    told = mails("removal_asked").get()
    assert (told.to, told.values["reason"]) == ("formation@anacofi.example", "Parti à midi")
    assert validated.journal.last().comment == f"{line} : Parti à midi"
    assert total(line.member, validated) == 120
    with pytest.raises(PermissionDenied):
        cancelling.take_off(line, by=officer, comment="Parti à midi")


def test_a_line_taken_away_loses_its_hours_and_its_qcm_and_no_other(validated, administrator):
    gone, stays = validated.participants.all()
    cancelling.take_off(gone, by=administrator, comment="Parti à midi")
    assert (total(gone.member, validated), total(stays.member, validated)) == (0, 120)
    statuses = dict(Invitation.objects.values_list("member", "status"))
    assert statuses == {gone.member_id: "withdrawn", stays.member_id: "open"}
    gone.refresh_from_db()
    assert (gone.included, gone.problem) == (False, "Retirée par l’ANACOFI : Parti à midi")
    assert mails("line_cancelled").get().values["participant"] == str(gone)
    assert Message.objects.filter(
        template="members/email/hours_corrected", to=gone.member.email
    ).exists()
    with pytest.raises(WrongStatus, match="rien à retirer"):
        cancelling.take_off(gone, by=administrator, comment="Encore")


def test_taking_away_says_first_who_is_affected(client, administrator, settings, validated):
    settings.DEMO = True
    client.force_login(administrator)
    line = validated.participants.first()
    shown = client.get(f"/admin/attendance/participant/{line.pk}/retirer/").content.decode()
    assert "Heures associatives retirées : 1 adhérent." in shown
    assert "QCM qui ne sont plus à passer : 1 adhérent." in shown
    assert str(line.member) in shown
    shown = client.get(f"/admin/attendance/sheet/{validated.pk}/annuler/").content.decode()
    assert "Heures associatives retirées : 2 adhérents." in shown
    assert HoursCredit.objects.count() == 2


def test_lines_that_count_nothing_are_not_taken_away(training, owner, administrator):
    sheet = make_sheet(training, rows=[*unknown(1), row_of(make_member())])
    line = sheet.participants.first()
    for status in ("draft", "validated"):
        if status == "validated":
            counting.validate(sheet, by=owner)
        line.refresh_from_db()
        with pytest.raises(WrongStatus, match="rien à retirer"):
            cancelling.take_off(line, by=administrator, comment="Non")


# --- what another session entitles to stays -------------------------------------------------------


def test_undoing_the_longer_session_leaves_the_shorter_ones_hours(
    amf_training, owner, administrator
):
    member = make_member()
    counting.validate(timed(amf_training, member, "3h30"), by=owner)
    longer = counting.validate(timed(amf_training, member, "7h"), by=owner)
    assert total(member, longer) == 120
    assert Invitation.objects.get().minutes == 60
    cancelling.cancel(longer, by=administrator, comment="Mauvaise date")
    assert total(member, longer) == 60
    invitation = Invitation.objects.get()
    assert (invitation.status, invitation.minutes) == ("open", 30)


def test_a_passed_qcm_keeps_the_shorter_sessions_hours(amf_training, owner, administrator):
    member = make_member()
    day = timezone.localdate().replace(month=1, day=2)
    counting.validate(timed(amf_training, member, "3h30", starts_on=day, ends_on=day), by=owner)
    longer = counting.validate(timed(amf_training, member, "7h"), by=owner)
    attempt = steps.start(Invitation.objects.get())
    steps.save(attempt, {pk: sorted(key) for pk, key in marks.key(attempt).items()})
    assert steps.finish(attempt).passed
    totals = ledger.year_total(member, amf_training.year)
    assert (totals["associative"], totals["amf"]) == (120, 60)
    cancelling.cancel(longer, by=administrator, comment="Mauvaise date")
    totals = ledger.year_total(member, amf_training.year)
    assert (totals["associative"], totals["amf"]) == (60, 30)
    assert Invitation.objects.get().status == "passed"
    # What stands is of the session that stands: the attestation prints its date.
    standing = ledger.standing([member.pk], training=amf_training)
    assert {entry.session_on for entry in standing.values()} == {day}
    assert len(standing) == 2


def test_undoing_the_shorter_session_changes_nothing(amf_training, owner, administrator):
    member = make_member()
    shorter = counting.validate(timed(amf_training, member, "3h30"), by=owner)
    counting.validate(timed(amf_training, member, "7h"), by=owner)
    entries = HoursCredit.objects.count()
    cancelling.cancel(shorter, by=administrator, comment="Doublon")
    assert total(member, shorter) == 120
    assert HoursCredit.objects.count() == entries
