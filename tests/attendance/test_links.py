"""Where the links of this app's e-mails lead those who get them."""

import pytest
from django.conf import settings as portal

from attendance.domain import counting
from mailing import links
from members.models import Member
from tests.attendance.sheets import unknown
from tests.factories import make_member, make_sheet, row_of


@pytest.fixture
def sheet(training):
    return make_sheet(training, rows=[row_of(make_member()), *unknown(1)])


def followed(client, name, *args):
    """The page behind a link, as it is minted for a mail."""
    url = links.minted(links.description(name, *args))
    assert url.startswith(f"{portal.SITE_URL}/")
    return client.get(url.removeprefix(portal.SITE_URL))


def test_the_organism_comes_to_its_sheet(signed_in, sheet):
    assert followed(signed_in, "attendance.sheet", sheet.pk).context["sheet"] == sheet


def test_a_member_comes_to_where_a_link_to_the_hours_is_asked_for(client, db):
    page = followed(client, "attendance.hours")
    assert page.status_code == 200
    assert 'type="email"' in page.content.decode()


def test_staff_come_to_the_sheet_the_line_and_the_people_offered(client, officer, settings, sheet):
    settings.DEMO = True
    client.force_login(officer)
    counting.validate(sheet, by=None)
    line = sheet.participants.last()
    assert followed(client, "attendance.sheet_admin", sheet.pk).context["original"] == sheet
    assert followed(client, "attendance.line_admin", line.pk).context["original"] == line
    assert list(followed(client, "attendance.offers").context["cl"].result_list) == []
    line.offered_member = Member.objects.get()
    line.save()
    assert list(followed(client, "attendance.offers").context["cl"].result_list) == [line]
    every = client.get("/admin/attendance/participant/", {"attente": "tous"})
    assert list(every.context["cl"].result_list) == [line]
