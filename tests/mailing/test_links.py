"""Personal links: made by registered makers alone, by name."""

import re
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone

from mailing import delivery, links, outbox
from mailing.models import Message

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "accounts/email/staff_invited"
VALUES = {"name": "Camille"}
REGISTERED = {
    "accounts.choose_password",
    "accounts.forgotten_password",
    "organisms.invite",
    "members.sign_in",
    "qcm.take",
    "qcm.reminder",
    "qcm.invitation_admin",
    "attendance.sheet",
    "attendance.sheet_admin",
    "attendance.hours",
    "attendance.offers",
    "attendance.line_admin",
}
# What rows held before, and what they hold now.
RENAMED = [
    (("accounts.links.choose_password_url", 1), ("accounts.choose_password", 1)),
    (("accounts.links.forgotten_password_url", 1), ("accounts.forgotten_password", 1)),
    (("organisms.links.invite_url", 1), ("organisms.invite", 1)),
    (("members.links.url", "members:enter", "sign-in", "abc"), ("members.sign_in", "abc")),
    (("qcm.links.invitation_url", 1), ("qcm.take", 1)),
    (("qcm.links.reminder_url", [1, 2]), ("qcm.reminder", [1, 2])),
    (("qcm.links.admin_url", 1), ("qcm.invitation_admin", 1)),
    (("attendance.links.sheet_url", 1), ("attendance.sheet", 1)),
    (("attendance.links.admin_url", 1), ("attendance.sheet_admin", 1)),
    (("attendance.links.hours_url",), ("attendance.hours",)),
    (("attendance.links.offers_url",), ("attendance.offers",)),
    (("attendance.links.participant_url", 1), ("attendance.line_admin", 1)),
    (("os.getenv", "SECRET_KEY"), ("os.getenv", "SECRET_KEY")),
]


def row(link):
    return Message.objects.create(
        template=TEMPLATE,
        values=VALUES,
        link=link,
        to="a@exemple.test",
        message_id=outbox._new_message_id(),
        due_at=timezone.now(),
    )


@pytest.fixture(autouse=True)
def _locmem(settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_every_name_that_mails_use_is_registered():
    assert set(links._makers) >= REGISTERED
    used = set()
    for path in ROOT.glob("*/emails.py"):
        used |= set(re.findall(r'"([a-z]+\.[a-z_]+)"', path.read_text()))
    assert used <= REGISTERED


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match="named qcm.take already"):
        links.link_maker("qcm.take")(lambda: "")


@pytest.mark.django_db
def test_a_mail_with_a_name_that_nobody_registered_is_not_even_written():
    with pytest.raises(links.UnknownLink, match="os.getenv"):
        outbox.queue(TEMPLATE, "a@exemple.test", VALUES, link=("os.getenv", "HOME"))
    assert not Message.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["name", "path"])
def test_a_row_that_names_what_is_no_maker_calls_nothing_and_fails_alone(key, caplog):
    bad = row({key: "os.getenv", "args": ["HOME"]})
    good = row({"name": "attendance.hours", "args": []})
    assert delivery.deliver_due() == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.last_error) == (
        "waiting",
        "UnknownLink: No link maker is named os.getenv.",
    )
    assert good.state == "sent"
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert bad.message_id in record.getMessage()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("link", "page"),
    [
        ({"path": "attendance.links.hours_url", "args": []}, "/mes-heures/"),
        (
            {"path": "members.links.url", "args": ["members:enter", "sign-in", "abc"]},
            "/mes-heures/entrer/",
        ),
    ],
)
def test_a_row_that_the_code_before_wrote_meanwhile_is_sent_by_the_path_of_its_maker(link, page):
    row(link)
    assert delivery.deliver_due() == 1
    assert f"http://localhost:8000{page}" in mail.outbox[0].body


def test_what_rows_named_before_the_names_is_still_a_maker():
    assert {path for (path, *_), _ in RENAMED} - set(links._makers) == {"os.getenv"}


@pytest.mark.django_db(transaction=True)
def test_rows_of_before_are_renamed_and_back(migrate):
    old = migrate("mailing", "0001_initial")
    for number, ((path, *args), _) in enumerate(RENAMED):
        old.get_model("mailing", "Message").objects.create(
            link={"path": path, "args": args},
            to="a@exemple.test",
            message_id=f"<{number}>",
            due_at=timezone.now(),
        )
    old.get_model("mailing", "Message").objects.create(
        to="a@exemple.test", message_id="<none>", due_at=timezone.now()
    )

    def held(apps):
        rows = apps.get_model("mailing", "Message").objects.order_by("pk")
        return list(rows.values_list("link", flat=True))

    new = migrate("mailing", "0002_links_by_name")
    assert held(new) == [
        *({"name": name, "args": args} for _, (name, *args) in RENAMED),
        {},
    ]
    old = migrate("mailing", "0001_initial")
    assert held(old) == [
        *({"path": path, "args": args} for (path, *args), _ in RENAMED),
        {},
    ]
