from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from attendance import tasks
from attendance.domain import cautions, counting, deposits, limits, participants, reading, sheets
from attendance.models import DepositedFile, Sheet, UnrecognisedCount
from attendance.roster.people import RosterLine
from common.errors import Refused, WrongStatus
from members.models import HoursCredit
from tests.attendance.sheets import mails, states, unknown
from tests.factories import (
    make_member,
    make_sheet,
    make_training,
    row_of,
)
from tests.files import ROSTER_HEADER, make_image, make_pdf, make_xlsx


def uploaded(content=None, name="presents.xlsx"):
    return SimpleUploadedFile(name, make_xlsx([ROSTER_HEADER]) if content is None else content)


def deposit(training, owner, *, rows=(), **values):
    day = timezone.localdate()
    scan = deposits.store(training, "scan", uploaded(make_pdf(), "scan.pdf"), by=owner)
    content = make_xlsx([ROSTER_HEADER, *rows])
    roster = deposits.store(training, "liste", uploaded(content), by=owner)
    return sheets.deposit(
        training,
        by=owner,
        scan=scan,
        roster=roster,
        **({"starts_on": day, "ends_on": day, "place": "Paris"} | values),
    )


# --- depositing -----------------------------------------------------------------------------------


def test_a_deposited_sheet_waits_for_its_reading(training, owner):
    sheet = deposit(training, owner)
    assert (sheet.status, sheet.scan_type, sheet.roster_name) == (
        "reading",
        "application/pdf",
        "presents.xlsx",
    )
    assert DepositedFile.objects.count() == 0
    assert sheet.scan.storage.exists(sheet.scan.name)
    assert [(row.event, row.to_status) for row in sheet.journal.all()] == [("deposit", "reading")]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_scan_may_be_an_image(training, owner, kind):
    kept = deposits.store(training, "scan", uploaded(make_image(kind), "photo"), by=owner)
    assert kept.content_type == f"image/{kind.lower()}"


def test_choosing_another_file_replaces_the_first(training, owner):
    first = deposits.store(training, "liste", uploaded(), by=owner)
    second = deposits.store(training, "liste", uploaded(name="autre.xlsx"), by=owner)
    assert list(DepositedFile.objects.all()) == [second]
    assert first.file.name != second.file.name


def test_a_pdf_is_not_taken_for_a_roster(training, owner):
    with pytest.raises(Exception, match="est un PDF.*émargement se dépose à côté"):
        deposits.store(training, "liste", uploaded(make_pdf(), "scan.pdf"), by=owner)


def test_files_never_sent_are_forgotten_after_a_week(training, owner):
    kept = deposits.store(training, "liste", uploaded(), by=owner)
    DepositedFile.objects.update(uploaded_at=timezone.now() - timedelta(days=8))
    fresh = deposits.store(training, "scan", uploaded(make_pdf(), "scan.pdf"), by=owner)
    tasks.sweep_reading()
    assert list(DepositedFile.objects.all()) == [fresh]
    assert kept.file.storage.exists(fresh.file.name)


@pytest.mark.parametrize("status", ["draft", "submitted", "refused", "withdrawn", "revoked"])
def test_only_an_approved_training_takes_sheets(organism, owner, status):
    training = make_training(organism, status=status)
    with pytest.raises(WrongStatus):
        deposit(training, owner)
    assert Sheet.objects.count() == 0


def test_a_session_of_another_year_is_refused(training, owner):
    day = timezone.localdate().replace(year=training.year - 1)
    with pytest.raises(Refused, match=f"L’agrément vaut pour {training.year}"):
        deposit(training, owner, starts_on=day, ends_on=day)


def test_a_session_in_the_future_is_refused(training, owner, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: training_day(training, 6, 1))
    with pytest.raises(Refused, match="dans le futur"):
        deposit(
            training,
            owner,
            starts_on=training_day(training, 6, 1),
            ends_on=training_day(training, 6, 2),
        )


def test_a_session_that_ends_before_it_starts_is_refused(training, owner):
    day = timezone.localdate()
    with pytest.raises(Refused, match="précède"):
        deposit(training, owner, starts_on=day, ends_on=day - timedelta(days=1))


def training_day(training, month, day, years=0):
    return timezone.datetime(training.year + years, month, day).date()


@pytest.mark.parametrize(("day", "accepted"), [(31, True), (1, False)])
def test_sheets_are_accepted_until_31_march_of_the_next_year(
    training, owner, monkeypatch, day, accepted
):
    today = training_day(training, 3 if accepted else 4, day, years=1)
    monkeypatch.setattr(timezone, "localdate", lambda: today)
    session = training_day(training, 6, 2)
    if accepted:
        assert deposit(training, owner, starts_on=session, ends_on=session).pk
    else:
        with pytest.raises(WrongStatus, match=f"acceptées jusqu’au 31/03/{training.year + 1}"):
            deposit(training, owner, starts_on=session, ends_on=session)


def test_a_session_held_before_the_approval_is_accepted(organism, owner):
    training = make_training(organism, status="approved", decided_at=timezone.now())
    day = training_day(training, 1, 2)
    assert deposit(training, owner, starts_on=day, ends_on=day).status == "reading"


# --- reading --------------------------------------------------------------------------------------


def test_reading_recognises_members_and_nobody_else(training):
    member = make_member()
    sheet = make_sheet(
        training,
        rows=[
            row_of(member),
            ["INCONNU", "Jean", "jean@nulle-part.example", "", ""],
            row_of(make_member(), last_name="AUTRE"),
            ["SANSRIEN", "Luc", "", "", ""],
            row_of(member),
        ],
    )
    assert sheet.status == "draft"
    assert states(sheet) == ["recognised", "unrecognised", "unrecognised", "problem", "already"]
    first, *_, last = sheet.participants.all()
    assert (first.member, first.matched_by, first.row_number) == (member, "numéro, e-mail", 2)
    assert first.raw["Nom"] == member.last_name
    assert (last.included, last.problem) == (False, "Même personne qu’à la ligne 2.")


def test_who_was_absent_is_unticked_with_the_reason_and_may_be_ticked_all_the_same(training, owner):
    member = make_member()
    header = [*ROSTER_HEADER, "Présent"]
    rows = [[*row_of(member), "non"], [*row_of(make_member()), "oui"]]
    sheet = make_sheet(training, content=make_xlsx([header, *rows]))
    line = sheet.participants.get(member=member)
    assert (line.included, line.state, line.problem) == (
        False,
        "recognised",
        "Absent d’après le fichier.",
    )
    participants.tick(sheet, [line.pk], among=[line.pk], by=owner)
    counting.validate(sheet, by=owner)
    assert HoursCredit.objects.filter(member=member).exists()


def test_one_member_on_two_lines_by_different_keys_is_told(training):
    member = make_member()
    sheet = make_sheet(
        training, rows=[row_of(member, number=""), row_of(member, email="", firm="Autre")]
    )
    assert states(sheet) == ["recognised", "already"]
    assert sheet.participants.last().problem == "Même personne qu’à la ligne 2."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Le fichier est vide"),
        (b"PK\x03\x04 cut off", "Le fichier est abîmé"),
        (make_xlsx([["bonjour"]]), "Aucune ligne d’en-tête"),
        (make_xlsx([ROSTER_HEADER]), "La liste est vide"),
    ],
)
def test_an_unreadable_roster_says_why(training, content, sentence):
    sheet = make_sheet(training, content=content)
    assert sheet.status == "unreadable"
    assert sentence in sheet.error
    assert sheet.journal.last().comment == sheet.error


def test_a_roster_above_10000_lines_is_refused(training):
    rows = [["DUPONT", "Jean", "", str(number), ""] for number in range(10_200)]
    sheet = make_sheet(training, rows=rows)
    assert sheet.status == "unreadable"
    assert "plus de 10\u202f000 lignes" in sheet.error


@pytest.mark.parametrize("lines", [1, 30])
def test_reading_takes_as_many_queries_for_any_number_of_lines(
    training, lines, django_assert_num_queries
):
    rows = [row_of(make_member()) for _ in range(lines)]
    sheet = make_sheet(training, rows=rows, read=False)
    # Claimed, fetched, its training; answers to earlier files; all keys together, then former
    # ones and former names; the sheet locked, its training and organism; who asks; the day's
    # count made, locked and kept; who was counted; lines changed by hand, old lines, new lines;
    # sheet, journal; savepoints.
    with django_assert_num_queries(25):
        tasks.read_sheet(sheet.pk)


def test_a_reading_that_was_lost_is_asked_for_again(
    training, settings, django_capture_on_commit_callbacks
):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    sheet = make_sheet(training, rows=[row_of(make_member())], read=False)
    tasks.sweep_reading()
    sheet.refresh_from_db()
    assert sheet.status == "reading"
    Sheet.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_reading()
    sheet.refresh_from_db()
    assert (sheet.status, states(sheet)) == ("draft", ["recognised"])


def test_a_sheet_is_read_by_one_task_at_a_time(training):
    sheet = make_sheet(training, read=False)
    Sheet.objects.update(leased_until=timezone.now() + timedelta(minutes=3))
    tasks.read_sheet(sheet.pk)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.tries) == ("reading", 0)


def test_a_task_that_comes_twice_reads_once(training):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    tasks.read_sheet(sheet.pk)
    assert sheet.participants.count() == 1


def test_a_reading_that_always_dies_is_given_up(training):
    sheet = make_sheet(training, read=False)
    Sheet.objects.update(tries=3, leased_until=timezone.now() - timedelta(seconds=1))
    tasks.sweep_reading()
    sheet.refresh_from_db()
    assert (sheet.status, sheet.error) == ("unreadable", reading.GAVE_UP)


def test_another_file_can_be_given(training, owner):
    sheet = make_sheet(training, content=b"")
    old = sheet.roster.name
    kept = deposits.store(
        training,
        "liste",
        uploaded(make_xlsx([ROSTER_HEADER, row_of(make_member())]), "bon.xlsx"),
        by=owner,
    )
    sheets.replace_roster(sheet, kept, by=owner)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.error, sheet.roster_name) == ("reading", "", "bon.xlsx")
    assert sheet.roster.name != old
    reading.READING.run(sheet.pk)
    assert states(sheet) == ["recognised"]


def test_the_same_roster_twice_is_told(training):
    rows = [row_of(make_member())]
    content = make_xlsx([ROSTER_HEADER, *rows])
    first = make_sheet(training, content=content)
    second = make_sheet(training, content=content)
    assert cautions.earlier_with("roster_sha256", first) is None
    assert cautions.earlier_with("roster_sha256", second) == first


# --- the registry stays secret -------------------------------------------------------------------


def test_at_most_200_unrecognised_lines_a_day_over_all_forms(training, owner):
    first = make_sheet(training, rows=unknown(199))
    assert first.status == "draft"
    line = RosterLine(None, last_name="Personne", email="personne@exemple.test")
    participants.add(first, line, by=owner)
    another = RosterLine(None, last_name="Personne", email="personne2@exemple.test")
    with pytest.raises(Refused, match="Plus de 200 lignes"):
        participants.add(first, another, by=owner)
    assert mails("limit_reached").count() == 1
    # Once above it, what would be recognised is not shown either.
    second = make_sheet(training, rows=[row_of(make_member())])
    assert (second.status, second.error) == ("unreadable", limits.LIMIT_REACHED)
    assert second.participants.count() == 0
    assert mails("limit_reached").count() == 1


def test_the_limit_counts_again_the_next_day(training):
    assert make_sheet(training, rows=unknown(201)).status == "unreadable"
    UnrecognisedCount.objects.update(day=timezone.localdate() - timedelta(days=1))
    assert make_sheet(training, rows=unknown(3)).status == "draft"


def test_the_limit_of_one_organism_is_not_anothers(training):
    make_sheet(training, rows=unknown(201))
    assert make_sheet(rows=unknown(3)).status == "draft"


def test_lines_without_any_key_are_not_counted(training):
    make_sheet(training, rows=[["SANS", f"Clé {n}", "", "", ""] for n in range(300)])
    assert UnrecognisedCount.objects.get().lines == 0


# --- the list -------------------------------------------------------------------------------------


def test_a_tick_is_kept_and_signed(training, owner):
    sheet = make_sheet(training, rows=[row_of(make_member()), row_of(make_member())])
    one, two = sheet.participants.all()
    participants.tick(sheet, [two.pk], among=[one.pk, two.pk], by=owner)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.included, one.changed_by) == (False, owner)
    assert (two.included, two.changed_by) == (True, None)


def test_a_tick_reaches_no_line_of_another_sheet(training, owner):
    other = make_sheet(rows=[row_of(make_member())])
    line = other.participants.get()
    sheet = make_sheet(training, rows=[row_of(make_member())])
    participants.tick(sheet, [], among=[line.pk], by=owner)
    line.refresh_from_db()
    assert line.included


def test_a_participant_added_by_hand_is_recognised_and_journalled(training, owner):
    member = make_member(last_name="DURAND", number="A00042")
    sheet = make_sheet(training, rows=[row_of(make_member())])
    line = RosterLine(None, last_name="Durand", member_number="42")
    added = participants.add(sheet, line, by=owner)
    assert (added.member, added.state, added.added_by_hand) == (member, "recognised", True)
    assert (added.row_number, added.changed_by) == (None, owner)
    assert sheet.journal.last().event == "add_participant"
    with pytest.raises(Refused, match="déjà sur la liste"):
        participants.add(sheet, line, by=owner)


def test_a_sheet_not_validated_can_be_thrown_away(training, django_capture_on_commit_callbacks):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    storage, name = sheet.roster.storage, sheet.roster.name
    with django_capture_on_commit_callbacks(execute=True):
        sheets.discard(sheet)
    assert not Sheet.objects.exists()
    assert not storage.exists(name)
