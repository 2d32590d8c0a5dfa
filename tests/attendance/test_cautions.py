"""What looks wrong about a list, told and never stopping it."""

import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from attendance.domain import cautions, counting
from tests.factories import make_member, make_sheet, make_training, row_of
from tests.files import ROSTER_HEADER, make_xlsx

MONDAY = date(2026, 3, 2)


def sheet_of(training, *, rows=(), header=ROSTER_HEADER, **fields):
    values = {"starts_on": MONDAY, "ends_on": MONDAY, "scan_sha256": "a" * 64} | fields
    return make_sheet(training, content=make_xlsx([*rows, header, row_of(make_member())]), **values)


def sentences(sheet):
    return [sentence for sentence, _ in cautions.of(sheet)]


@pytest.fixture
def training(organism):
    return make_training(
        organism, status="approved", year=2026, approval_number="2026-0001", duration_minutes=420
    )


def test_an_ordinary_list_calls_for_nothing(training):
    rows = [["Agrément 2026-0001", "tél. 01-2026-0044-1"]]
    assert sentences(sheet_of(training, rows=rows)) == []


def test_another_trainings_number_in_the_files_head_is_told(training):
    sheet = sheet_of(training, rows=[["Formation", "Agrément n° 2026-0007"]])
    assert sentences(sheet) == [
        "Le fichier cite l’agrément 2026-0007 ; cette formation porte le 2026-0001. Est-ce la "
        "bonne formation ?"
    ]


def test_the_model_of_another_training_is_told(training, client, owner):
    other = make_training(training.organism, status="approved", approval_number="2026-0009")
    client.force_login(owner)
    content = client.get(reverse("attendance:roster_model", args=[other.pk])).content
    workbook = load_workbook(io.BytesIO(content))
    member = make_member()
    workbook.worksheets[0].append([member.last_name, "", "", member.number])
    target = io.BytesIO()
    workbook.save(target)
    filled = make_sheet(training, content=target.getvalue(), starts_on=MONDAY, ends_on=MONDAY)
    assert "cite l’agrément 2026-0009 ; cette formation porte le 2026-0001" in sentences(filled)[0]


def test_a_scan_given_for_an_earlier_session_is_told_with_it(training):
    first = sheet_of(training)
    second = sheet_of(training)
    assert cautions.of(second) == [
        ("Ce scan de la feuille d’émargement a déjà été déposé. Est-ce le bon ?", first)
    ]
    assert cautions.of(first) == []


def test_more_minutes_than_the_training_lasts_are_told(training):
    header = [*ROSTER_HEADER, "Durée (minutes)"]
    content = make_xlsx([header, [*row_of(make_member()), 421], [*row_of(make_member()), 420]])
    sheet = make_sheet(training, content=content, starts_on=MONDAY, ends_on=MONDAY)
    assert sentences(sheet) == [
        "1 personne a suivi plus que la durée de la formation (7\u202fh) : seule la durée compte."
    ]


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (MONDAY - timedelta(days=1), MONDAY, ["La session est datée d’un dimanche."]),
        (MONDAY, MONDAY + timedelta(days=6), ["La session est datée d’un dimanche."]),
        (MONDAY, MONDAY + timedelta(days=31), []),
        (MONDAY, MONDAY + timedelta(days=32), ["La session dure plus d’un mois."]),
    ],
)
def test_dates_that_are_seldom_right_are_told(training, first, last, told):
    sheet = sheet_of(training, starts_on=first, ends_on=last)
    assert [one.split(". ")[0] + "." for one in sentences(sheet)] == told


def test_cautions_are_on_the_page_and_stop_nothing(training, client, owner):
    sheet = sheet_of(training, starts_on=MONDAY - timedelta(days=1), ends_on=MONDAY)
    client.force_login(owner)
    shown = client.get(reverse("attendance:sheet", args=[sheet.pk])).content.decode()
    assert "daté" in shown
    counting.validate(sheet, by=owner)
    shown = client.get(reverse("attendance:sheet", args=[sheet.pk])).content.decode()
    assert "dimanche" not in shown
