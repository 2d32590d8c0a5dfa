"""The registry is no oracle: what an organism that tries people learns stays below the day's limit.

Each attack reads what it is shown and counts how many right answers that gives it.
"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from attendance import tasks
from attendance.domain import (
    cancelling,
    counting,
    deposits,
    late,
    limits,
    participants,
    rereading,
    sheets,
)
from attendance.domain import second as second_readings
from attendance.models import LateCount, Participant, UnrecognisedCount
from attendance.models.limit import MAX_UNRECOGNISED_A_DAY
from attendance.roster.people import RosterLine
from common.errors import Refused
from mailing.delivery import render
from mailing.models import Message
from members.models import HoursCredit
from members.names import TOO_MANY_WORDS
from tests.asked import statements
from tests.attendance.sheets import count_late, counted, mails, unknown
from tests.factories import make_member, make_person, make_sheet, make_training, row_of
from tests.files import ROSTER_HEADER, make_xlsx

State = Participant.State
# The family names that most people bear.
FREQUENT = (
    "MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFEBVRE "
    "LEROY ROUX DAVID BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU"
).split()


def learnt(sheet):
    """How many of a list's lines were said to be a member's."""
    return sheet.participants.filter(state__in=[State.RECOGNISED, State.ALREADY_COUNTED]).count()


def denied(sheet):
    """How many of a list's lines were said to be nobody's."""
    return sheet.participants.filter(state=State.UNRECOGNISED).count()


def second(training, purpose, rows, owner, sheet=None):
    """A second file that a task has read."""
    file = SimpleUploadedFile("autre.xlsx", make_xlsx([ROSTER_HEADER, *rows]))
    kept = deposits.store(training, "autre", file, by=owner)
    one = second_readings.ask(training, purpose, kept, by=owner, sheet=sheet)
    tasks.read_second(one.pk)
    one.refresh_from_db()
    return one


def stranger(number):
    """Somebody tried by hand, of whom no file told."""
    return RosterLine(None, last_name="Essai", member_number=f"E{number}")


# --- names ----------------------------------------------------------------------------------------


@pytest.fixture
def members(db):
    """A hundred members, four of each frequent name."""
    return [
        make_member(last_name=FREQUENT[rank % 25], first_name="", number=f"A{rank:05}", cif=False)
        for rank in range(100)
    ]


@pytest.mark.parametrize("between", [" ", "/", ", ", " née ", " ou ", "-", ") ("])
def test_a_cell_of_all_frequent_names_finds_nobodys_number(training, members, between):
    many = between.join(FREQUENT)[:200]
    sheet = make_sheet(training, rows=[[many, "", "", one.number, ""] for one in members])
    assert learnt(sheet) == 0
    assert set(sheet.participants.values_list("problem", flat=True)) == {TOO_MANY_WORDS}
    assert set(sheet.participants.values_list("state", flat=True)) == {Participant.State.PROBLEM}


@pytest.mark.parametrize("between", [" ", "/", ", ", " ou ", "-"])
def test_as_many_names_as_a_person_may_have_are_not_tried_in_turn(training, members, between):
    six = between.join(FREQUENT[:6])
    sheet = make_sheet(training, rows=[[six, "", "", one.number, ""] for one in members])
    # The first of them may be a family name before given ones, as « Nom » alone has them.
    assert learnt(sheet) <= len(members) / 25
    assert counted() >= len(members) - len(members) / 25


def test_letters_apart_spell_no_list_of_names(training, members):
    spelt = " ".join("".join(FREQUENT[:10]))
    sheet = make_sheet(training, rows=[[spelt, "", "", one.number, ""] for one in members])
    assert learnt(sheet) == 0


def test_the_form_says_that_a_name_has_too_many_words(client, training, owner, members):
    client.force_login(owner)
    sheet = make_sheet(training, rows=[["INCONNU", "Luc", "luc@exemple.test", "", ""]])
    page = client.post(
        reverse("attendance:add", args=[sheet.pk]),
        {"last_name": " ".join(FREQUENT[:7]), "member_number": "A00001"},
    )
    assert page.context["form"].errors["last_name"] == [TOO_MANY_WORDS]
    assert " ".join(FREQUENT[:7]) in page.content.decode()
    assert sheet.participants.count() == 1


# --- what is counted ------------------------------------------------------------------------------


def pairs(number):
    """Strangers on two lines each, the first of which cannot be read."""
    return [[*row, late] for row in unknown(number) for late in ("beaucoup", "")]


def test_a_line_repeated_after_a_faulty_one_counts(training):
    header = [*ROSTER_HEADER, "Retard (min)"]
    sheet = make_sheet(training, content=make_xlsx([header, *pairs(90)]))
    assert sheet.participants.filter(state=State.PROBLEM).count() == 90
    assert denied(sheet) == counted() == 90
    sheet = make_sheet(training, content=make_xlsx([header, *pairs(300)]))
    assert (sheet.status, sheet.error) == ("unreadable", limits.LIMIT_REACHED)
    assert sheet.participants.count() == 0


def test_lines_said_to_be_of_one_person_count_once(training):
    sheet = make_sheet(training, rows=[*unknown(3), *unknown(3)])
    assert denied(sheet) == 6
    assert counted() == 3


def test_signs_that_part_two_numbers_or_none_are_two_questions(training):
    # Both are « 12 3 » to whoever compares letters and figures alone.
    rows = [["INCONNU", "Jean", "", number, ""] for number in ("12-3", "12/3")]
    make_sheet(training, rows=rows)
    assert counted() == 2


@pytest.mark.parametrize("known", [True, False])
def test_each_further_key_of_a_cell_counts(training, known):
    member = make_member()
    guesses = [f"essai{n}@exemple.test" for n in range(7)]
    emails = " ; ".join([*guesses, member.email if known else "essai@exemple.test"])
    sheet = make_sheet(training, rows=[row_of(member, email=emails, number="")])
    assert (learnt(sheet), denied(sheet)) == ((1, 0) if known else (0, 1))
    # Two addresses are a person's; the further ones are guesses, found or not.
    assert counted() == denied(sheet) + 6


def test_two_addresses_of_a_person_count_as_one(training):
    member = make_member()
    rows = [
        row_of(member, email=f"perso@exemple.test ; {member.email}"),
        row_of(member, last_name="INCONNU", number="", email="un@exemple.test, deux@exemple.test"),
    ]
    make_sheet(training, rows=rows)
    assert counted() == 1


@pytest.mark.parametrize("way", ["add", "edit"])
def test_trying_by_hand_stops_at_the_limit(training, owner, way):
    sheet = make_sheet(training, rows=unknown(1))
    line = sheet.participants.get()
    answers, said = 0, set()
    for number in range(MAX_UNRECOGNISED_A_DAY + 50):
        try:
            if way == "add":
                participants.add(sheet, stranger(number), by=owner)
            else:
                participants.edit(line, stranger(number), by=owner)
        except Refused as error:
            said.add(str(error))
        else:
            answers += 1
    # The file asked once.
    assert (answers, said) == (MAX_UNRECOGNISED_A_DAY - 1, {limits.TYPED_LIMIT_REACHED})
    member = make_member()
    known = RosterLine(None, last_name=member.last_name, member_number=member.number)
    with pytest.raises(Refused, match="Gardez cette page ouverte"):
        participants.add(sheet, known, by=owner)


def test_files_of_every_kind_stop_at_the_limit(training, owner):
    sheet = make_sheet(training, rows=unknown(20))
    told = 20
    for number, purpose in enumerate(["check", "complete", "replace"] * 10, 1):
        of = None if purpose == "check" else sheet
        one = second(training, purpose, unknown(20, first=20 * number), owner, of)
        if one.status == "unreadable":
            assert one.error == limits.LIMIT_REACHED
            assert (one.lines, one.result) == ([], {})
        else:
            told += 20
    assert told == MAX_UNRECOGNISED_A_DAY
    assert mails("limit_reached").count() == 1


def test_a_second_file_applied_on_another_day_asks_anew(training, owner, client):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    one = second(training, "complete", unknown(30), owner, sheet)
    yesterday = timezone.localdate() - timedelta(days=1)
    UnrecognisedCount.objects.update(day=yesterday)
    second(training, "check", unknown(180, first=100), owner)
    client.force_login(owner)
    page = client.post(reverse("attendance:apply_second", args=[one.pk]), follow=True)
    assert limits.FILE_LIMIT_REACHED in page.content.decode()
    assert counted(organism=training.organism, day=timezone.localdate()) == 210
    one.refresh_from_db()
    assert (one.status, len(one.lines), sheet.participants.count()) == ("ready", 30, 1)


def test_each_session_that_is_kept_asks_nothing_twice(training, owner):
    header = [*ROSTER_HEADER, "Date de la session"]
    year = training.year
    days = [f"0{day}/02/{year}" for day in (2, 3, 4)]
    rows = [[*row, days[number % 3]] for number, row in enumerate(unknown(60))]
    sheet = make_sheet(training, content=make_xlsx([header, *rows]))
    assert len(sheet.sessions) == 3
    asked = counted()
    assert denied(sheet) == asked == 60
    made = rereading.split_sessions(sheet, by=owner)
    for one in [sheet, *made]:
        tasks.read_sheet(one.pk)
        one.refresh_from_db()
        assert denied(one) == 20
    assert counted() == asked


# --- what was asked already -----------------------------------------------------------------------


def test_the_same_file_again_is_counted_once(training, owner):
    rows = unknown(150)
    make_sheet(training, rows=rows)
    assert make_sheet(training, rows=rows).status == "draft"
    assert second(training, "check", rows, owner).status == "ready"
    assert counted() == 150
    # Of another organism it is another question; of another day too.
    other = make_training(status="approved")
    make_sheet(other, rows=rows)
    assert counted(organism=other.organism) == 150
    UnrecognisedCount.objects.update(day=timezone.localdate() - timedelta(days=1))
    make_sheet(training, rows=rows)
    assert counted(organism=training.organism, day=timezone.localdate()) == 150


def test_of_a_corrected_file_the_changed_lines_alone_count(training, owner):
    rows = unknown(150)
    sheet = make_sheet(training, rows=rows)
    changed = [["CORRIGÉ", *row[1:]] for row in rows[:10]]
    second(training, "replace", [*changed, *rows[10:]], owner, sheet)
    assert counted() == 160


def test_a_name_of_one_cell_sent_back_in_two_is_asked_already_but_not_the_other_way(training):
    one = ["Nom", "E-mail"]
    two = ["Nom", "Prénom", "E-mail"]
    who = "inconnu@exemple.test"
    make_sheet(training, content=make_xlsx([one, ["INCONNU Jean", who]]))
    make_sheet(training, content=make_xlsx([two, ["INCONNU", "Jean", who]]))
    assert counted() == 1
    who = "autre@exemple.test"
    make_sheet(training, content=make_xlsx([two, ["INCONNU", "Jean", who]]))
    make_sheet(training, content=make_xlsx([one, ["INCONNU Jean", who]]))
    assert counted() == 3


def test_a_line_corrected_in_its_time_alone_counts_no_more(training, owner):
    sheet = make_sheet(training, rows=unknown(1))
    line = sheet.participants.get()
    typed = RosterLine(None, last_name="INCONNU0", first_name="Jean", email=line.email, minutes=60)
    participants.edit(line, typed, by=owner)
    assert counted() == 1


def test_what_was_asked_is_kept_without_names_and_for_its_day_alone(training):
    make_sheet(training, rows=unknown(1))
    count = UnrecognisedCount.objects.get()
    assert len(count.asked) == 1
    assert "inconnu" not in count.asked[0].lower()
    tasks.sweep_reading()
    count.refresh_from_db()
    assert len(count.asked) == 1
    UnrecognisedCount.objects.update(day=timezone.localdate() - timedelta(days=1))
    tasks.sweep_reading()
    count.refresh_from_db()
    assert (count.asked, count.lines) == ([], 1)


# --- accounts, and what is refused ----------------------------------------------------------------


def test_an_account_has_one_limit_over_all_its_organisms(training, owner):
    second(training, "check", unknown(150), owner)
    other = make_training(status="approved")
    person = owner.person
    person.organism = other.organism
    person.save()
    assert second(other, "check", unknown(40, first=150), owner).status == "ready"
    one = second(other, "check", unknown(40, first=500), owner)
    assert (one.status, one.error) == ("unreadable", limits.LIMIT_REACHED)
    assert counted(account=owner) == 190 + 40
    mail = mails("limit_reached").get()
    for part in render(mail, ""):
        assert other.organism.name in part
    assert f"le compte {owner.email}, tous organismes réunis" in render(mail, "")[1]
    # Its new organism is not above its own.
    colleague = make_person(other.organism).user
    assert second(other, "check", unknown(5, first=900), colleague).status == "ready"


def test_lifting_an_organisms_limit_lifts_its_peoples(training, owner, administrator):
    second(training, "check", unknown(201), owner)
    count = UnrecognisedCount.objects.get(organism=training.organism)
    limits.lift(count, by=administrator)
    assert set(UnrecognisedCount.objects.values_list("lines", "lifted_by")) == {
        (0, administrator.pk)
    }
    assert second(training, "check", unknown(5), owner).status == "ready"


def test_an_accounts_own_limit_is_lifted_on_the_page_of_staff(
    client, training, administrator, settings
):
    settings.DEMO = True
    person = make_person(training.organism)
    second(training, "check", unknown(201), person.user)
    person.delete()
    account = UnrecognisedCount.objects.get(account=person.user)
    client.force_login(administrator)
    path = "/admin/attendance/unrecognisedcount/"
    assert str(person.user) in client.get(path).content.decode()
    client.post(f"{path}{account.pk}/lever/")
    account.refresh_from_db()
    assert not account.is_above
    # The organism's own stays.
    assert UnrecognisedCount.objects.get(organism=training.organism).is_above


def test_at_the_limit_what_was_corrected_is_kept_for_the_same_file(
    training, owner, administrator, client
):
    known = make_member()
    content = make_xlsx([ROSTER_HEADER, row_of(known), *unknown(2)])
    sheet = make_sheet(training, content=content)
    first, line, other = sheet.participants.all()
    participants.tick(sheet, [], among=[first.pk], by=owner)
    typed = RosterLine(None, last_name=known.last_name, member_number="E1", minutes=90)
    participants.edit(line, typed, by=owner)
    second(training, "check", unknown(201, first=10), owner)
    sheet.ends_on = sheet.starts_on
    rereading.tell_columns(sheet, {"Cabinet": ""}, by=owner)
    tasks.read_sheet(sheet.pk)
    sheet.refresh_from_db()
    assert sheet.error == limits.LIMIT_REACHED
    client.force_login(owner)
    page = client.get(reverse("attendance:sheet", args=[sheet.pk])).content.decode()
    assert "déposez alors à nouveau le même fichier" in page
    assert known.last_name not in page
    limits.lift(UnrecognisedCount.objects.get(organism=training.organism), by=administrator)
    kept = deposits.store(training, "liste", SimpleUploadedFile("presents.xlsx", content), by=owner)
    sheets.replace_roster(sheet, kept, by=owner)
    tasks.read_sheet(sheet.pk)
    assert list(sheet.participants.values_list("included", "minutes", "member_number")) == [
        (False, None, known.number),
        (True, 90, "E1"),
        (True, None, other.member_number),
    ]


def test_the_form_keeps_what_was_typed_at_the_limit(client, training, owner):
    sheet = make_sheet(training, rows=unknown(200))
    client.force_login(owner)
    page = client.post(
        reverse("attendance:add", args=[sheet.pk]),
        {"last_name": "Essai", "member_number": "E1", "firm": "Cabinet tapé"},
    ).content.decode()
    assert "Gardez cette page ouverte" in page
    for typed in ("Essai", "E1", "Cabinet tapé"):
        assert f'value="{typed}"' in page


@pytest.mark.parametrize("lines", [2, 20])
def test_counting_takes_as_many_queries_for_any_number_of_lines(
    training, owner, lines, django_assert_num_queries
):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    second(training, "check", unknown(1), owner)
    one = second(training, "complete", unknown(lines, first=10), owner, sheet)
    with django_assert_num_queries(23):
        second_readings.apply(one, by=owner)


# --- the work of an answer ------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "is_validated"), [("add", False), ("add", True), ("edit", False)])
def test_a_line_typed_by_hand_takes_the_same_work_whoever_it_is(
    client, amf_training, owner, way, is_validated
):
    day = timezone.localdate()
    members = {
        "cif": make_member(),
        "plain": make_member(cif=False),
        "left": make_member(until=day - timedelta(days=40)),
    }
    client.force_login(owner)
    found = {}
    for who in [*members, "nobody", "another name", "nobody again"]:
        sheet = make_sheet(amf_training, rows=[row_of(make_member()), *unknown(1)])
        url = reverse("attendance:add", args=[sheet.pk])
        if way == "edit":
            line = sheet.participants.last()
            url = reverse("attendance:edit", args=[sheet.pk, line.pk])
        if is_validated:
            counting.validate(sheet, by=owner)
        member = members.get(who)
        typed = {"last_name": "ESSAI", "first_name": "Luc", "member_number": f"E{sheet.pk}"}
        if member:
            typed |= {"last_name": member.last_name, "member_number": member.number}
        if who == "another name":
            typed |= {"member_number": make_member().number}
        before = Message.objects.count()
        found[who] = []
        with statements(found[who]):
            assert client.post(url, typed).status_code == 302
        assert Message.objects.count() == before
    for who, run in found.items():
        assert run == found["nobody"], who


def test_who_is_added_to_a_validated_list_is_counted_by_a_task(training, owner):
    sheet = counting.validate(make_sheet(training, rows=[row_of(make_member())]), by=owner)
    member = make_member()
    line = RosterLine(None, last_name=member.last_name, member_number=member.number)
    participants.add(sheet, line, by=owner)
    assert not HoursCredit.objects.filter(member=member).exists()
    (waiting,) = LateCount.objects.all()
    for _ in range(2):
        tasks.count_late(waiting.pk)
    assert HoursCredit.objects.get(member=member).minutes == 120
    assert not LateCount.objects.exists()


@pytest.mark.parametrize("meanwhile", ["cancelled", "revoked", "taken off"])
def test_nothing_is_counted_late_when_nothing_counts_any_more(
    training, owner, administrator, meanwhile
):
    sheet = counting.validate(make_sheet(training, rows=[row_of(make_member())]), by=owner)
    member = make_member()
    line = RosterLine(None, last_name=member.last_name, member_number=member.number)
    added = participants.add(sheet, line, by=owner)
    if meanwhile == "cancelled":
        cancelling.cancel(sheet, by=administrator, comment="Erreur")
    elif meanwhile == "taken off":
        cancelling.take_off(added, by=administrator, comment="Absent")
    else:
        training.status = "revoked"
        training.save()
    count_late()
    assert not HoursCredit.objects.filter(member=member).exists()
    assert not LateCount.objects.exists()


def test_a_late_count_that_fails_is_left_to_staff(training, owner, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    sheet = counting.validate(make_sheet(training, rows=[row_of(make_member())]), by=owner)
    participants.add(sheet, stranger(1), by=owner)
    LateCount.objects.update(tries=3, leased_until=timezone.now() - timedelta(seconds=1))
    tasks.sweep_reading()
    assert not LateCount.objects.exists()
    assert sheet.journal.last().comment == late.NOT_COUNTED
