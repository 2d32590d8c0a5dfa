"""One file told apart: columns whose meaning is told by hand, sessions that it holds together."""

import io
from datetime import date, datetime

import pytest
from django.urls import reverse
from openpyxl import Workbook

from attendance.domain import counting, reading, rereading
from attendance.models import Answer, Sheet
from attendance.roster import sessions
from common.errors import Refused, WrongStatus
from tests.attendance.sheets import states
from tests.factories import make_member, make_organism, make_sheet, make_training, row_of
from tests.files import ROSTER_HEADER, make_xlsx

ODD = ["Patronyme", "Petit nom", "Contact", "Remarque"]


@pytest.fixture
def member():
    return make_member(last_name="ALBERT", first_name="Jean", email="jean@cabinet.test")


def odd_file(member):
    return make_xlsx([ODD, [member.last_name, member.first_name, member.email, "végétarien"]])


def read_again(sheet):
    sheet.refresh_from_db()
    assert sheet.status == "reading"
    reading.READING.run(sheet.pk)
    sheet.refresh_from_db()
    return sheet


# --- columns --------------------------------------------------------------------------------------


def test_columns_not_understood_are_told_by_hand_and_the_file_is_read_again(
    client, training, owner, member
):
    sheet = make_sheet(training, content=odd_file(member))
    assert (sheet.status, sheet.columns) == ("unreadable", [[title, ""] for title in ODD])
    client.force_login(owner)
    page = client.get(reverse("attendance:sheet", args=[sheet.pk])).content.decode()
    assert "Patronyme" in page
    client.post(
        reverse("attendance:columns", args=[sheet.pk]),
        {"colonne-0": "last_name", "colonne-1": "first_name", "colonne-2": "email"},
    )
    read_again(sheet)
    assert (sheet.status, states(sheet)) == ("draft", ["recognised"])
    assert sheet.participants.get().member == member
    assert sheet.columns[:3] == [
        ["Patronyme", "last_name"],
        ["Petit nom", "first_name"],
        ["Contact", "email"],
    ]


def test_what_was_told_is_remembered_for_the_organisms_next_files_and_no_others(
    training, owner, member
):
    sheet = make_sheet(training, content=odd_file(member))
    rereading.tell_columns(sheet, {"Patronyme": "last_name", "Contact": "email"}, by=owner)
    assert states(make_sheet(training, content=odd_file(member))) == ["recognised"]
    other = make_training(make_organism(), status="approved")
    assert make_sheet(other, content=odd_file(member)).status == "unreadable"


def test_a_column_wrongly_understood_is_told_otherwise_or_left_out(training, owner, member):
    header = ["Nom", "Société", "E-mail", "Mail"]
    content = make_xlsx([header, ["ALBERT", "Jean", "assistante@x.test", member.email]])
    sheet = make_sheet(training, content=content)
    assert states(sheet) == ["unrecognised"]
    rereading.tell_columns(sheet, {"E-mail": "ignore", "Société": "first_name"}, by=owner)
    read_again(sheet)
    line = sheet.participants.get()
    assert (line.member, line.first_name, line.firm) == (member, "Jean", "")
    # Told anew, the last word counts.
    rereading.tell_columns(sheet, {"E-mail": "email"}, by=owner)
    assert reading.remembered(training.organism_id)[sheet.layout]["column:e mail"] == "email"


def test_nothing_told_or_nonsense_told_changes_nothing(client, training, owner, member):
    sheet = make_sheet(training, content=odd_file(member))
    client.force_login(owner)
    url = reverse("attendance:columns", args=[sheet.pk])
    for data in ({}, {"colonne-0": "mot de passe"}, {"colonne-99": "email"}):
        answer = client.post(url, data, follow=True)
        assert "Dites au moins d’une colonne" in str(next(iter(answer.context["messages"])))
    assert not Answer.objects.exists()


def test_a_validated_list_is_not_read_again(training, owner, member):
    sheet = make_sheet(training, rows=[row_of(member)])
    counting.validate(sheet, by=owner)
    with pytest.raises(WrongStatus):
        rereading.tell_columns(sheet, {"Nom": "firm"}, by=owner)
    assert not Answer.objects.exists()


def test_two_columns_that_say_the_same_are_pointed_out(training, member):
    header = ["Nom", "E-mail", "Cabinet", "Courriel"]
    content = make_xlsx([header, ["ALBERT", member.email, "X", "autre@x.test"]])
    sheet = make_sheet(training, content=content)
    assert sheet.notes == [
        "Deux colonnes disent la même chose : « E-mail » (colonne B) est lue, « Courriel » "
        "(colonne D) ne l’est pas."
    ]


# --- sessions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime(2026, 3, 2, 9, 0), date(2026, 3, 2)),
        (date(2026, 3, 2), date(2026, 3, 2)),
        ("02/03/2026", date(2026, 3, 2)),
        ("2.3.26", date(2026, 3, 2)),
        ("02/03/2026 09:00", date(2026, 3, 2)),
        ("2026-03-02T09:00", date(2026, 3, 2)),
        ("31/02/2026", None),
        ("mars", None),
        (None, None),
        (46083, None),
    ],
)
def test_the_day_of_a_session_is_read(cell, day):
    assert sessions.day_of(cell) == day


@pytest.fixture
def training(organism):
    return make_training(organism, status="approved", year=2026, requested_associative_minutes=120)


@pytest.fixture
def several(training):
    """A sheet whose file holds two sessions: three people, one of them at both."""
    both, first, second = (make_member() for _ in range(3))
    rows = [
        [*row_of(both), "02/03/2026"],
        [*row_of(first), "02/03/2026"],
        [*row_of(both), "09/03/2026"],
        [*row_of(second), "09/03/2026"],
    ]
    content = make_xlsx([[*ROSTER_HEADER, "Date de session"], *rows])
    sheet = make_sheet(
        training, content=content, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 9)
    )
    return sheet, both, first, second


def members_of(sheet):
    return [line.member for line in sheet.participants.all()]


def test_a_file_of_several_sessions_says_so_and_one_is_kept(client, owner, several):
    sheet, both, _, second = several
    assert [(one["label"], one["lines"]) for one in sheet.sessions] == [
        ("02/03/2026", 2),
        ("09/03/2026", 2),
    ]
    client.force_login(owner)
    shown = client.get(reverse("attendance:sheet", args=[sheet.pk])).content.decode()
    assert "Ce fichier contient plusieurs sessions" in shown
    client.post(reverse("attendance:pick", args=[sheet.pk]), {"session": "2026-03-09"})
    read_again(sheet)
    assert members_of(sheet) == [both, second]
    assert states(sheet) == ["recognised", "recognised"]
    assert (sheet.starts_on, sheet.ends_on) == (date(2026, 3, 9), date(2026, 3, 9))


def test_a_sheet_is_made_of_each_session_with_files_of_its_own(client, owner, several):
    sheet, both, first, second = several
    client.force_login(owner)
    client.post(reverse("attendance:pick", args=[sheet.pk]), {"each": "1"})
    one, other = (read_again(one) for one in Sheet.objects.order_by("pk"))
    assert (members_of(one), members_of(other)) == ([both, first], [both, second])
    assert (one.starts_on, other.starts_on) == (date(2026, 3, 2), date(2026, 3, 9))
    assert one.roster.name != other.roster.name
    assert one.scan.name != other.scan.name
    with one.roster.open("rb") as mine, other.roster.open("rb") as theirs:
        assert mine.read() == theirs.read()
    with pytest.raises(Refused, match="n’est pas dans le fichier"):
        rereading.keep_session(one, "2026-01-01", by=owner)


def test_a_sheet_for_each_tab_when_each_holds_a_list(training, owner):
    book = [[ROSTER_HEADER, row_of(make_member())], [ROSTER_HEADER, row_of(make_member())]]
    sheet = make_sheet(training, content=make_tabs({"Lyon": book[0], "Lille": book[1]}))
    assert [one["label"] for one in sheet.sessions] == ["feuille « Lyon »", "feuille « Lille »"]
    rereading.keep_session(sheet, "feuille:Lille", by=owner)
    read_again(sheet)
    assert (sheet.tab, len(members_of(sheet))) == ("Lille", 1)


def test_a_list_of_registrants_beside_is_no_session(training):
    book = [[ROSTER_HEADER, row_of(make_member())], [ROSTER_HEADER, row_of(make_member())]]
    sheet = make_sheet(training, content=make_tabs({"Présents": book[0], "Inscrits": book[1]}))
    assert (sheet.tab, sheet.sessions) == ("Présents", [])


def test_one_date_for_all_or_dates_of_birth_are_no_sessions(training):
    header = [*ROSTER_HEADER, "Date"]
    same = [[*row_of(make_member()), "02/03/2026"] for _ in range(3)]
    births = [[*row_of(make_member()), f"{day:02}/03/1970"] for day in range(1, 15)]
    for rows in (same, births):
        assert make_sheet(training, content=make_xlsx([header, *rows])).sessions == []


def make_tabs(tabs):
    """The bytes of a workbook of these sheets: {title: rows}."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in tabs.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
