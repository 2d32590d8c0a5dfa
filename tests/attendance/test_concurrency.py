"""Several at once. SQLite's tables lock as a whole in tests: these need PostgreSQL."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from attendance.domain import counting, deposits, reading, sheets
from attendance.models import DepositedFile, Participant, Sheet
from common.errors import WrongStatus
from mailing.models import Message
from members.models import HoursCredit
from qcm.models import Invitation
from tests.factories import (
    make_amf_training,
    make_member,
    make_organism,
    make_person,
    make_sheet,
    row_of,
)
from tests.files import ROSTER_HEADER, make_pdf, make_xlsx
from tests.together import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("needs_postgresql"),
]


@pytest.fixture
def owner(db):
    return make_person(make_organism()).user


@pytest.fixture
def training(owner):
    return make_amf_training(owner.person.organism, requested_associative_minutes=120)


def validate(sheet, owner):
    counting.validate(Sheet.objects.get(pk=sheet.pk), by=owner)
    return "counted"


def test_two_clicks_at_once_count_once(training, owner):
    sheet = make_sheet(training, rows=[row_of(make_member()) for _ in range(5)])
    outcomes = together(lambda: validate(sheet, owner), lambda: validate(sheet, owner))
    assert outcomes.count("counted") == 1
    assert sum(isinstance(one, WrongStatus) for one in outcomes) == 1
    assert HoursCredit.objects.count() == 5
    assert Invitation.objects.count() == 5
    assert Message.objects.filter(template="attendance/email/list_validated").count() == 1


def test_two_sheets_with_the_same_people_validated_at_once_count_once(training, owner):
    rows = [row_of(make_member()) for _ in range(5)]
    sheets = [make_sheet(training, rows=rows) for _ in range(2)]
    outcomes = together(*(lambda sheet=sheet: validate(sheet, owner) for sheet in sheets))
    assert outcomes == ["counted", "counted"]
    assert HoursCredit.objects.count() == 5
    assert Invitation.objects.count() == 5
    assert Message.objects.filter(template="attendance/email/hours_counted").count() == 5


def test_two_tasks_at_once_read_a_sheet_once(training):
    sheet = make_sheet(training, rows=[row_of(make_member())], read=False)
    together(*(lambda: reading.READING.run(sheet.pk),) * 3)
    assert Participant.objects.count() == 1
    assert Sheet.objects.get().tries == 1


def test_two_deposits_at_once_make_one_sheet(training, owner):
    day = timezone.localdate()
    scan = deposits.store(training, "scan", SimpleUploadedFile("a.pdf", make_pdf()), by=owner)
    content = make_xlsx([ROSTER_HEADER])
    roster = deposits.store(training, "liste", SimpleUploadedFile("l.xlsx", content), by=owner)

    def deposit():
        sheets.deposit(
            training,
            by=owner,
            scan=DepositedFile.objects.get(pk=scan.pk),
            roster=DepositedFile.objects.get(pk=roster.pk),
            starts_on=day,
            ends_on=day,
            place="",
        )

    outcomes = together(*[deposit] * 3)
    assert outcomes.count(None) == 1
    assert Sheet.objects.count() == 1
