"""A list corrected before it is validated: a line, a second file, the file given back."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from attendance import tasks
from attendance.domain import counting, deposits, participants, sheets
from attendance.domain import second as second_readings
from attendance.models import SecondReading, Sheet
from attendance.roster.people import RosterLine
from common.errors import Refused, WrongStatus
from members.models import HoursCredit
from tests.attendance.sheets import counted, states, unknown
from tests.factories import make_member, make_sheet, row_of
from tests.files import ROSTER_HEADER, make_xlsx


def upload(content):
    return SimpleUploadedFile("corrigé.xlsx", content)


def workbook(rows):
    return make_xlsx([ROSTER_HEADER, *rows])


def second(training, purpose, content, owner, sheet=None):
    """A second reading whose file a task has read."""
    kept = deposits.store(training, "liste", upload(content), by=owner)
    one = second_readings.ask(training, purpose, kept, by=owner, sheet=sheet)
    tasks.read_second(one.pk)
    one.refresh_from_db()
    return one


def names(sheet):
    return [str(one) for one in sheet.participants.all()]


@pytest.fixture
def known():
    return [make_member(last_name=name, first_name="Jean") for name in ("ALBERT", "BRUN")]


@pytest.fixture
def sheet(training, known):
    """A list of two members known and one that nobody stands for."""
    return make_sheet(training, rows=[*(row_of(one) for one in known), *unknown(1)])


# --- a line ---------------------------------------------------------------------------------------


def test_a_line_corrected_is_looked_up_anew_and_keeps_its_row_as_it_came(sheet, owner):
    line = sheet.participants.get(last_name="INCONNU0")
    member = make_member(last_name="CLAIR")
    participants.edit(
        line, RosterLine(None, last_name="Clair", member_number=member.number, minutes=90), by=owner
    )
    line.refresh_from_db()
    assert (line.member, line.state, line.minutes) == (member, "recognised", 90)
    assert (line.row_number, line.raw["Nom"], line.changed_by) == (4, "INCONNU0", owner)


def test_a_line_is_not_corrected_into_somebody_who_is_there(sheet, known, owner):
    line = sheet.participants.get(last_name="INCONNU0")
    typed = RosterLine(None, last_name="ALBERT", member_number=known[0].number)
    with pytest.raises(Refused, match=r"déjà sur la liste \(ligne 2\)"):
        participants.edit(line, typed, by=owner)
    line.refresh_from_db()
    assert line.last_name == "INCONNU0"


def repeated(training, *members, **columns):
    """A list that names each of these members once, then the first of them again, twice."""
    rows = [row_of(member) for member in [*members, members[0], members[0]]]
    return make_sheet(training, rows=rows)


def lines_of(sheet):
    """(member, included, problem) of each line."""
    return [(line.member, line.included, line.problem) for line in sheet.participants.all()]


def test_who_repeated_a_line_corrected_since_stands_for_himself_and_is_counted(
    training, known, owner
):
    other = make_member(last_name="CLAIR")
    sheet = repeated(training, known[0])
    first = sheet.participants.first()
    participants.edit(first, RosterLine(None, last_name="Clair", email=other.email), by=owner)
    assert lines_of(sheet) == [
        (other, True, ""),
        (known[0], True, ""),
        (known[0], False, "Même personne qu’à la ligne 3."),
    ]
    assert states(sheet) == ["recognised", "recognised", "already"]
    counting.validate(sheet, by=owner)
    counted = set(HoursCredit.objects.values_list("member", flat=True))
    assert counted == {other.pk, known[0].pk}


def test_a_correction_that_leaves_the_person_leaves_what_repeats_it(training, known, owner):
    sheet = repeated(training, known[0])
    line = RosterLine(None, last_name="ALBERT", member_number=known[0].number, firm="Autre")
    participants.edit(sheet.participants.first(), line, by=owner)
    said = (known[0], False, "Même personne qu’à la ligne 2.")
    assert lines_of(sheet) == [(known[0], True, ""), said, said]


def test_a_repeat_that_the_file_or_a_person_unticked_stays_so(training, known, owner):
    rows = [[*row_of(known[0]), said] for said in ("oui", "non", "oui")]
    sheet = make_sheet(training, content=make_xlsx([[*ROSTER_HEADER, "Présent"], *rows]))
    first, absent, touched = sheet.participants.all()
    participants.tick(sheet, [touched.pk], among=[touched.pk], by=owner)
    participants.tick(sheet, [], among=[touched.pk], by=owner)
    participants.edit(
        first, RosterLine(None, last_name="BRUN", member_number=known[1].number), by=owner
    )
    assert lines_of(sheet) == [
        (known[1], True, ""),
        (known[0], False, "Absent d’après le fichier."),
        (known[0], False, "Même personne qu’à la ligne 3."),
    ]


def test_a_repeat_corrected_into_somebody_else_is_ticked(training, known, owner):
    sheet = repeated(training, known[0])
    line = RosterLine(None, last_name="BRUN", member_number=known[1].number)
    participants.edit(sheet.participants.all()[1], line, by=owner)
    assert lines_of(sheet)[1] == (known[1], True, "")


def test_trying_names_on_a_line_counts_against_the_days_limit(sheet, owner):
    line = sheet.participants.get(last_name="INCONNU0")
    before = counted()
    participants.edit(line, RosterLine(None, last_name="Essai", member_number="777"), by=owner)
    assert counted() == before + 1


def test_the_page_of_a_line_shows_it_as_typed_and_keeps_what_is_wrong(client, sheet, owner):
    client.force_login(owner)
    line = sheet.participants.get(last_name="INCONNU0")
    url = reverse("attendance:edit", args=[sheet.pk, line.pk])
    assert 'value="INCONNU0"' in client.get(url).content.decode()
    page = client.post(url, {"last_name": "Clair", "email": "x", "minutes": "beaucoup"})
    shown = page.content.decode()
    assert "n’est pas une adresse e-mail" in shown
    assert "« beaucoup » n’est pas une durée" in shown
    member = make_member(last_name="CLAIR")
    client.post(url, {"last_name": "Clair", "member_number": member.number, "minutes": "1 h 10"})
    line.refresh_from_db()
    assert (line.member, line.minutes) == (member, 70)


def test_a_line_of_a_validated_list_is_not_corrected(client, sheet, owner):
    counting.validate(sheet, by=owner)
    client.force_login(owner)
    line = sheet.participants.first()
    url = reverse("attendance:edit", args=[sheet.pk, line.pk])
    answer = client.post(url, {"last_name": "X", "member_number": "1"}, follow=True)
    assert "« validée »" in str(next(iter(answer.context["messages"])))


def test_problems_stand_first_on_a_list_to_validate(client, sheet, owner):
    client.force_login(owner)
    page = client.get(reverse("attendance:sheet", args=[sheet.pk])).context["page"]
    assert [one.row_number for one in page] == [4, 2, 3]
    counting.validate(sheet, by=owner)
    page = client.get(reverse("attendance:sheet", args=[sheet.pk])).context["page"]
    assert [one.row_number for one in page] == [2, 3, 4]


# --- the session ----------------------------------------------------------------------------------


def test_a_session_is_corrected_before_its_list_is_validated(client, sheet, owner):
    client.force_login(owner)
    url = reverse("attendance:session", args=[sheet.pk])
    assert 'value="Paris"' in client.get(url).content.decode()
    day = timezone.localdate()
    tomorrow = day + timedelta(days=1)
    wrong = client.post(url, {"starts_on": f"{day}", "ends_on": f"{tomorrow}", "place": "Lyon"})
    assert "dans le futur" in wrong.content.decode()
    first = day.replace(month=1, day=1)
    client.post(url, {"starts_on": f"{first}", "ends_on": f"{first}", "place": "Lyon"})
    sheet.refresh_from_db()
    assert (sheet.starts_on, sheet.ends_on, sheet.place) == (first, first, "Lyon")
    assert sheet.journal.last().comment == f"{first:%d/%m/%Y} – {first:%d/%m/%Y}, Lyon"
    counting.validate(sheet, by=owner)
    with pytest.raises(WrongStatus):
        sheets.change_session(sheet, starts_on=day, ends_on=day, place="", by=owner)


# --- a second file --------------------------------------------------------------------------------


def test_nothing_changes_before_the_second_file_is_applied(sheet, owner):
    new = make_member()
    one = second(sheet.training, "replace", workbook([row_of(new)]), owner, sheet)
    assert (one.status, one.result["added"], one.result["removed"]) == ("ready", 1, 3)
    assert len(names(sheet)) == 3
    second_readings.apply(one, by=owner)
    assert [line.member for line in sheet.participants.all()] == [new]
    assert sheet.journal.last().comment == "Remplacer la liste avec corrigé.xlsx"
    with pytest.raises(WrongStatus, match="n’attend plus"):
        second_readings.apply(one, by=owner)


def test_what_is_applied_is_what_the_row_holds_and_not_the_page(sheet, owner):
    """The page was opened while the file was still being read: it holds no line."""
    new = make_member()
    kept = deposits.store(sheet.training, "autre", upload(workbook([row_of(new)])), by=owner)
    opened = second_readings.ask(sheet.training, "replace", kept, by=owner, sheet=sheet)
    tasks.read_second(opened.pk)
    assert opened.lines == []
    second_readings.apply(opened, by=owner)
    assert [line.member for line in sheet.participants.all()] == [new]


def test_who_was_unticked_by_hand_stays_so_in_the_new_list(sheet, known, owner):
    line = sheet.participants.get(member=known[0])
    participants.tick(sheet, [], among=[line.pk], by=owner)
    content = workbook([row_of(one, firm="Autre") for one in known])
    second_readings.apply(second(sheet.training, "replace", content, owner, sheet), by=owner)
    assert dict(sheet.participants.values_list("member", "included")) == {
        known[0].pk: False,
        known[1].pk: True,
    }


def test_completing_adds_the_new_and_corrects_the_unrecognised(sheet, known, owner):
    new = make_member(last_name="NEUF")
    found = make_member(last_name="INCONNU0", first_name="Jean")
    rows = [row_of(known[0]), row_of(new), row_of(found)]
    one = second(sheet.training, "complete", workbook(rows), owner, sheet)
    assert (one.result["added"], one.result["removed"], one.result["kept"]) == (2, 1, 2)
    second_readings.apply(one, by=owner)
    assert states(sheet) == ["recognised"] * 4
    # The corrected line stays at its row; the new one has none.
    assert dict(sheet.participants.values_list("member", "row_number")) == {
        known[0].pk: 2,
        known[1].pk: 3,
        found.pk: 4,
        new.pk: None,
    }


def test_a_second_file_that_cannot_be_read_says_why_and_changes_nothing(client, sheet, owner):
    one = second(sheet.training, "complete", make_xlsx([["bonjour"]]), owner, sheet)
    assert one.status == "unreadable"
    client.force_login(owner)
    shown = client.get(reverse("attendance:second", args=[one.pk])).content.decode()
    assert "Aucune ligne d’en-tête" in shown
    with pytest.raises(WrongStatus):
        second_readings.apply(one, by=owner)
    assert len(names(sheet)) == 3


def test_a_list_validated_meanwhile_is_not_changed(sheet, owner):
    one = second(sheet.training, "replace", workbook([row_of(make_member())]), owner, sheet)
    counting.validate(sheet, by=owner)
    with pytest.raises(WrongStatus, match="« validée »"):
        second_readings.apply(one, by=owner)
    assert len(names(sheet)) == 3
    one.refresh_from_db()
    assert one.status == "ready"


def test_the_pages_lead_from_the_file_to_the_list(client, sheet, owner):
    client.force_login(owner)
    url = reverse("attendance:replace", args=[sheet.pk])
    new = make_member(last_name="NEUF")
    answer = client.post(url, {"file": upload(workbook([row_of(new)])), "mode": "complete"})
    one = SecondReading.objects.get()
    assert client.get(answer.url)["Refresh"] == "2"
    tasks.read_second(one.pk)
    page = client.get(answer.url)
    assert "Refresh" not in page
    assert "NEUF" in page.content.decode()
    client.post(reverse("attendance:apply_second", args=[one.pk]))
    assert len(names(sheet)) == 4
    assert client.get(answer.url).url == reverse("attendance:sheet", args=[sheet.pk])


def test_a_second_file_with_dates_is_kept_and_applied(sheet, owner):
    new = make_member()
    content = make_xlsx([[*ROSTER_HEADER, "Date"], [*row_of(new), "02/03/2026"]])
    second_readings.apply(second(sheet.training, "complete", content, owner, sheet), by=owner)
    assert sheet.participants.filter(member=new).exists()


def test_a_file_taken_by_another_click_is_not_taken_twice(sheet, owner):
    kept = deposits.store(sheet.training, "liste", upload(workbook([])), by=owner)
    second_readings.ask(sheet.training, "replace", kept, by=owner, sheet=sheet)
    with pytest.raises(WrongStatus, match="viennent d’être envoyés"):
        second_readings.ask(sheet.training, "replace", kept, by=owner, sheet=sheet)
    with pytest.raises(WrongStatus, match="viennent d’être envoyés"):
        sheets.replace_roster(sheet, kept, by=owner)
    assert SecondReading.objects.count() == 1
    sheet.refresh_from_db()
    assert sheet.status == "draft"


def test_giving_up_leaves_the_list_and_no_file(
    client, sheet, owner, django_capture_on_commit_callbacks
):
    one = second(sheet.training, "replace", workbook([row_of(make_member())]), owner, sheet)
    client.force_login(owner)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("attendance:forget_second", args=[one.pk]))
    assert not SecondReading.objects.exists()
    assert not one.roster.storage.exists(one.roster.name)
    assert len(names(sheet)) == 3


def test_second_readings_lost_or_forgotten_are_swept(
    sheet, owner, settings, django_capture_on_commit_callbacks
):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    kept = deposits.store(sheet.training, "liste", upload(workbook([])), by=owner)
    one = second_readings.ask(sheet.training, "replace", kept, by=owner, sheet=sheet)
    SecondReading.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_reading()
    one.refresh_from_db()
    assert one.status == "unreadable"
    SecondReading.objects.update(deposited_at=timezone.now() - timedelta(days=8))
    tasks.sweep_reading()
    assert not SecondReading.objects.exists()


# --- the list given back --------------------------------------------------------------------------


def given_back(client, sheet):
    content = client.get(reverse("attendance:annotated", args=[sheet.pk])).content
    return load_workbook(io.BytesIO(content))


def test_the_list_comes_back_with_each_lines_reason_and_no_more_than_the_page(client, sheet, owner):
    make_member(last_name="SECRET", email="inconnu0@exemple.test")
    client.force_login(owner)
    rows = list(given_back(client, sheet).active.iter_rows(values_only=True))
    assert rows[0][:3] == ("Ligne du portail", "Nom", "Prénom")
    assert rows[0][-3:] == ("Résultat du portail", "Motif du portail", "Preuve du portail")
    assert [row[-3] for row in rows[1:]] == ["reconnu", "reconnu", "non reconnu"]
    assert rows[3][-2].startswith("Aucun adhérent n’a ce nom")
    assert "SECRET" not in str(rows)


def test_sent_back_corrected_only_its_failed_lines_count(client, sheet, known, owner):
    client.force_login(owner)
    book = given_back(client, sheet)
    found = make_member(last_name="CLAIR")
    line = next(row for row in book.active.iter_rows(min_row=2) if row[0].value == 4)
    line[1].value, line[3].value, line[4].value = "CLAIR", "", found.number
    # A change to a line that was recognised is not looked at.
    next(book.active.iter_rows(min_row=2))[1].value = "QUELQU’UN D’AUTRE"
    target = io.BytesIO()
    book.save(target)
    second_readings.apply(
        second(sheet.training, "complete", target.getvalue(), owner, sheet), by=owner
    )
    assert dict(sheet.participants.values_list("row_number", "member")) == {
        2: known[0].pk,
        3: known[1].pk,
        4: found.pk,
    }


def test_a_formula_in_a_roster_comes_back_as_text(client, training, owner):
    sheet = make_sheet(training, rows=[["=1+1", "Jean", "a@b.test", "", "@SUM(A1)"]])
    line = sheet.participants.get()
    line.last_name = "=1+1"
    line.save()
    client.force_login(owner)
    rows = list(given_back(client, sheet).active.iter_rows(values_only=True))
    assert "'=1+1" in rows[1]
    assert "'@SUM(A1)" in rows[1]


# --- who would be recognised ----------------------------------------------------------------------


def test_checking_says_who_would_be_recognised_and_deposits_nothing(client, training, owner):
    rows = [row_of(make_member()), *unknown(1), ["SANSCLÉ", "Luc", "", "", ""]]
    client.force_login(owner)
    answer = client.post(
        reverse("attendance:check", args=[training.pk]), {"file": upload(workbook(rows))}
    )
    one = SecondReading.objects.get()
    tasks.read_second(one.pk)
    page = client.get(answer.url)
    assert page.context["reading"].result == {
        "recognised": 1,
        "total": 3,
        "others": [
            {"row": 3, "name": "INCONNU0 Jean", "problem": ""},
            {
                "row": 4,
                "name": "SANSCLÉ Luc",
                "problem": "Il manque un e-mail, un numéro d’adhérent ou un numéro ORIAS.",
            },
        ],
    }
    assert "Appliquer" not in page.content.decode()
    applied = client.post(reverse("attendance:apply_second", args=[one.pk]))
    assert applied.status_code == 404
    assert (Sheet.objects.count(), HoursCredit.objects.count()) == (0, 0)


def test_the_days_limit_holds_over_all_forms(training, owner):
    one = second(training, "check", workbook(unknown(150)), owner)
    assert one.status == "ready"
    sheet = make_sheet(training, rows=unknown(50, first=150))
    assert sheet.status == "draft"
    line = RosterLine(None, last_name="Un de plus", member_number="777")
    with pytest.raises(Refused, match="Plus de 200 lignes"):
        participants.add(sheet, line, by=owner)
    one = second(training, "check", workbook([row_of(make_member())]), owner)
    assert one.status == "unreadable"
    assert one.error.startswith("Plus de 200 lignes")
    with pytest.raises(Refused, match="Plus de 200 lignes"):
        participants.edit(sheet.participants.first(), line, by=owner)
    assert make_sheet(training, rows=[row_of(make_member())]).status == "unreadable"


def test_a_file_whose_reading_fails_counts_no_line_for_the_day(sheet, owner, monkeypatch):
    before = counted()
    rows = unknown(60, first=1)
    kept = deposits.store(sheet.training, "liste", upload(workbook(rows)), by=owner)
    one = second_readings.ask(sheet.training, "complete", kept, by=owner, sheet=sheet)

    def fail(*args):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(second_readings.revising, "plan", fail)
        tasks.read_second(one.pk)
    assert counted() == before
    SecondReading.objects.update(leased_until=None)
    tasks.read_second(one.pk)
    assert counted() == before + 60


def test_a_file_that_two_tasks_have_read_counts_its_lines_once(training, owner):
    one = second(training, "check", workbook(unknown(60)), owner)
    listed = second_readings.parse_file(one.roster, training=training, answers={})
    second_readings.record(one, listed)
    assert counted() == 60


@pytest.mark.parametrize("lines", [1, 40])
def test_reading_a_second_file_takes_as_many_queries_for_any_number_of_lines(
    sheet, owner, lines, django_assert_num_queries
):
    content = workbook([row_of(make_member()) for _ in range(lines)])
    kept = deposits.store(sheet.training, "liste", upload(content), by=owner)
    one = second_readings.ask(sheet.training, "complete", kept, by=owner, sheet=sheet)
    with django_assert_num_queries(22):
        tasks.read_second(one.pk)
