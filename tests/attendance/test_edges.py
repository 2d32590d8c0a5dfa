"""Where two things meet: undone sheets, split files, files waiting, people unticked."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from attendance import tasks
from attendance.domain import (
    cancelling,
    cautions,
    counting,
    deposits,
    participants,
    reading,
    rereading,
    sheets,
)
from attendance.domain import second as second_readings
from attendance.models import DepositedFile, Sheet
from attendance.roster import amounts
from attendance.roster.people import RosterLine
from common.durations import NotADuration
from common.errors import Refused
from members.domain import ledger
from members.models import HoursCredit
from qcm.models import Invitation
from tests.attendance.sheets import count_late, states, unknown
from tests.factories import make_member, make_sheet, row_of
from tests.files import ROSTER_HEADER, make_pdf, make_xlsx

DATED = [*ROSTER_HEADER, "Date"]
YEAR = timezone.localdate().year


def upload(content, name="liste.xlsx"):
    return SimpleUploadedFile(name, content)


def read_again(sheet):
    sheet.refresh_from_db()
    reading.READING.run(sheet.pk)
    sheet.refresh_from_db()
    return sheet


def test_a_line_that_counted_for_nothing_keeps_no_hours_of_an_undone_sheet(
    amf_training, owner, administrator
):
    today = timezone.localdate()
    member = make_member(until=today - timedelta(days=10))
    before = today - timedelta(days=20)
    counted = make_sheet(amf_training, rows=[row_of(member)], starts_on=before, ends_on=before)
    late = make_sheet(amf_training, rows=[row_of(member)])
    counting.validate(counted, by=owner)
    counting.validate(late, by=owner)
    cancelling.cancel(counted, by=administrator, comment="Mauvaise liste")
    assert ledger.year_total(member, amf_training.year)["total"] == 0
    assert Invitation.objects.get().status == "withdrawn"


def test_a_repeat_of_somebody_unknown_is_unknown(training, owner):
    sheet = make_sheet(training, rows=[*unknown(1), *unknown(1)])
    assert states(sheet) == ["unrecognised", "unrecognised"]
    content = make_xlsx([ROSTER_HEADER, *unknown(1), *unknown(1)])
    kept = deposits.store(training, "autre", upload(content), by=owner)
    one = second_readings.ask(training, "check", kept, by=owner)
    tasks.read_second(one.pk)
    one.refresh_from_db()
    assert one.result["recognised"] == 0
    assert len(one.result["others"]) == 2


def test_who_was_unticked_by_mistake_is_put_back_and_counted(training, owner):
    gone, stays = make_member(), make_member()
    sheet = make_sheet(training, rows=[row_of(gone), row_of(stays)])
    line = sheet.participants.get(member=gone)
    participants.tick(sheet, [], among=[line.pk], by=owner)
    sheet = counting.validate(sheet, by=owner)
    typed = RosterLine(None, last_name=gone.last_name, email=gone.email)
    assert participants.add(sheet, typed, by=owner) == line
    count_late()
    assert HoursCredit.objects.filter(member=gone).count() == 1
    assert sheet.participants.count() == 2


@pytest.mark.parametrize("since", [None, timezone.localdate() + timedelta(days=1)])
def test_whom_staff_took_off_is_not_put_back_by_the_organism(training, owner, administrator, since):
    # Whether they were a member that day, or not yet: the organism reads the same.
    member = make_member(since=since)
    sheet = counting.validate(
        make_sheet(training, rows=[row_of(member), row_of(make_member())]), by=owner
    )
    cancelling.take_off(sheet.participants.get(member=member), by=administrator, comment="Absent")
    with pytest.raises(Refused, match="L’ANACOFI a retiré cette personne"):
        participants.add(
            sheet, RosterLine(None, last_name=member.last_name, email=member.email), by=owner
        )
    assert ledger.year_total(member, training.year)["total"] == 0


# --- files ----------------------------------------------------------------------------------------


def test_checking_registrants_leaves_the_roster_that_waits(client, training, owner):
    kept = deposits.store(training, "liste", upload(make_xlsx([ROSTER_HEADER])), by=owner)
    client.force_login(owner)
    client.post(
        reverse("attendance:check", args=[training.pk]),
        {"file": upload(make_xlsx([ROSTER_HEADER, *unknown(1)]))},
    )
    assert deposits.waiting(training, by=owner)["liste"] == kept


@pytest.mark.django_db(transaction=True)
def test_a_file_that_a_sheet_took_is_not_removed_by_an_old_page(training, owner):
    roster = deposits.store(training, "liste", upload(make_xlsx([ROSTER_HEADER])), by=owner)
    scan = deposits.store(training, "scan", upload(make_pdf(), "scan.pdf"), by=owner)
    stale = DepositedFile.objects.get(pk=scan.pk)
    day = timezone.localdate()
    sheet = sheets.deposit(
        training, starts_on=day, ends_on=day, place="", scan=scan, roster=roster, by=owner
    )
    deposits.remove(stale)
    assert default_storage.exists(sheet.scan.name)


@pytest.mark.django_db(transaction=True)
def test_a_sheet_thrown_away_takes_its_second_files_along(training, owner):
    sheet = make_sheet(training, rows=unknown(1))
    kept = deposits.store(training, "autre", upload(make_xlsx([ROSTER_HEADER])), by=owner)
    one = second_readings.ask(training, "complete", kept, by=owner, sheet=sheet)
    sheets.discard(sheet)
    assert not default_storage.exists(one.roster.name)


class ThatDeletesNothing(FileSystemStorage):
    """A storage that is down for whoever deletes."""

    def delete(self, name):
        raise OSError("down")


@pytest.fixture
def storage_down(settings):
    storages = dict(settings.STORAGES)
    path = f"{ThatDeletesNothing.__module__}.{ThatDeletesNothing.__qualname__}"
    storages["default"] = {**storages["default"], "BACKEND": path}
    settings.STORAGES = storages


def test_a_storage_that_is_down_keeps_no_roster_from_being_read(
    training, owner, settings, storage_down, django_capture_on_commit_callbacks
):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    sheet = make_sheet(training, content=b"")
    content = make_xlsx([ROSTER_HEADER, *unknown(1)])
    kept = deposits.store(training, "liste", upload(content), by=owner)
    with django_capture_on_commit_callbacks(execute=True):
        sheets.replace_roster(sheet, kept, by=owner)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.participants.count()) == ("draft", 1)


def test_a_storage_that_is_down_keeps_nothing_from_being_thrown_away(
    training, owner, storage_down, django_capture_on_commit_callbacks
):
    sheet = make_sheet(training, rows=unknown(1))
    kept = deposits.store(training, "liste", upload(make_xlsx([ROSTER_HEADER])), by=owner)
    with django_capture_on_commit_callbacks(execute=True):
        sheets.discard(sheet)
        deposits.remove(kept)
    assert not Sheet.objects.exists()
    assert not DepositedFile.objects.exists()


def test_copies_for_sessions_that_are_refused_are_deleted(training, owner, settings):
    sheet, _ = dated(training, [date(YEAR, 1, 6), date(YEAR - 1, 6, 5)])

    def stored():
        return {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}

    before = stored()
    # The earlier session stays on this sheet: it is refused once the other one’s copies are made.
    with pytest.raises(Refused, match="L’agrément vaut pour"):
        rereading.split_sessions(sheet, by=owner)
    assert stored() == before


def test_a_reading_under_way_is_not_given_up_by_a_doubled_task(training):
    sheet = make_sheet(training, rows=unknown(1), read=False)
    Sheet.objects.update(tries=3, leased_until=timezone.now() + timedelta(minutes=1))
    sheet.refresh_from_db()
    reading.READING.run(sheet.pk)
    sheet.refresh_from_db()
    assert sheet.status == "reading"


# --- sessions -------------------------------------------------------------------------------------


def dated(training, days):
    """A sheet whose file has one person for each of these days (or None)."""
    people = [make_member() for _ in days]
    rows = [[*row_of(one), day] for one, day in zip(people, days, strict=True)]
    return make_sheet(training, content=make_xlsx([DATED, *rows])), people


def test_lines_without_a_date_make_a_session_of_their_own(training, owner):
    sheet, people = dated(training, [date(YEAR, 1, 5), None, date(YEAR, 1, 6)])
    made = [read_again(one) for one in [sheet, *rereading.split_sessions(sheet, by=owner)]]
    assert [one.participants.get().member for one in made] == [people[0], people[2], people[1]]


def test_the_portals_own_split_calls_for_no_caution(training, owner):
    sheet, _ = dated(training, [date(YEAR, 1, 5), date(YEAR, 1, 6)])
    (made,) = rereading.split_sessions(sheet, by=owner)
    assert not [one for one, _ in cautions.of(read_again(made)) if "déjà été déposé" in one]


def test_a_session_of_another_year_is_not_split_off(training, owner):
    sheet, _ = dated(training, [date(YEAR - 1, 6, 5), date(YEAR, 1, 6)])
    with pytest.raises(Refused, match=f"Session du 05/06/{YEAR - 1} : L’agrément vaut pour"):
        rereading.split_sessions(sheet, by=owner)
    with pytest.raises(Refused, match="L’agrément vaut pour"):
        rereading.keep_session(sheet, f"{YEAR - 1}-06-05", by=owner)
    assert Sheet.objects.count() == 1
    assert Sheet.objects.get().status == "draft"


def test_a_long_title_can_be_told(training, owner):
    member = make_member(last_name="ALBERT")
    title = "Coordonnées électroniques professionnelles ou à défaut personnelles (réf 12)"
    content = make_xlsx([["Nom", "Prénom", title], ["ALBERT", "Jean", member.email]])
    sheet = make_sheet(training, content=content)
    rereading.tell_columns(sheet, {title: "email"}, by=owner)
    assert states(read_again(sheet)) == ["recognised"]


@pytest.mark.parametrize("day", [datetime(1899, 12, 30, 3, 30), datetime(1899, 12, 31, 3, 30)])
def test_an_excel_duration_is_counted_from_either_day_zero(day):
    assert amounts.amount_of(day, unit="hours").seconds == 210 * 60
    with pytest.raises(NotADuration, match="n’est pas lisible"):
        amounts.amount_of(datetime(1850, 1, 1), unit="hours")


def test_without_scripts_what_was_ticked_is_kept_before_validating(client, training, owner):
    client.force_login(owner)
    sheet = make_sheet(training, rows=[row_of(make_member()), row_of(make_member())])
    first, second = sheet.participants.all()
    html = client.get(reverse("attendance:sheet", args=[sheet.pk])).content.decode()
    assert '<button type="submit" class="btn btn-primary no-js" form="coches" name="then"' in html
    data = {"among": [first.pk, second.pk], "ticked": [second.pk], "then": "validate"}
    response = client.post(reverse("attendance:tick", args=[sheet.pk]), data)
    assert response.url == reverse("attendance:validate", args=[sheet.pk])
    assert [line.included for line in sheet.participants.all()] == [False, True]
