"""A firm's mailbox is several members': every mail to a member says whose it is."""

from pathlib import Path

import pytest
from django.conf import settings

from attendance.domain import cancelling, counting
from mailing import delivery
from mailing.links import minted_each
from mailing.models import Message
from members.domain import sign_in
from qcm import emails
from qcm.models import Invitation
from tests import factories
from tests.qcm.conftest import take

MAILBOX = "cabinet@exemple.test"
# The mails of these apps that go to organisms or to staff.
TO_OTHERS = {
    "attendance/email/limit_reached",
    "attendance/email/line_cancelled",
    "attendance/email/lines_to_confirm",
    "attendance/email/list_validated",
    "attendance/email/people_offered",
    "attendance/email/removal_asked",
    "attendance/email/sheet_cancelled",
    "qcm/email/attempts_exhausted",
}
# The one mail that is for all members of the mailbox together.
TOGETHER = "members/email/sign_in_several"


@pytest.fixture
def members(db):
    return [
        factories.make_member(
            email=MAILBOX, first_name=first, last_name="D’Ôrs & fils", number=number
        )
        for first, number in [("Anne", "A00071"), ("Bruno", "A00072")]
    ]


def templates():
    root = Path(settings.BASE_DIR) / "templates"
    return {
        str(path.relative_to(root)).removesuffix(".subject.txt")
        for app in ("attendance", "members", "qcm")
        for path in (root / app / "email").glob("*.subject.txt")
    }


def write_all(members):
    """Every mail that members are sent, to each of these."""
    owner = factories.make_person(factories.make_organism()).user
    training = factories.make_amf_training(owner.person.organism)
    rows = [factories.row_of(member) for member in members]
    sheet = counting.validate(factories.make_sheet(training, rows=rows), by=owner)
    invitations = list(Invitation.objects.select_related("member", "training"))
    for invitation, right in zip(invitations, (4, 0), strict=True):
        attempt = take(invitation, right=right)
        emails.passed(attempt)
        emails.failed(attempt, left=1)
    emails.recounted(invitations)
    emails.uncounted(invitations, reason="Erreur")
    emails.withdrawn(invitations, reason="Erreur")
    emails.regraded_passed(invitations, reason="Erreur")
    emails.regraded_failed(invitations, reason="Erreur")
    for invitation in invitations:
        emails.attempt_granted(invitation)
    emails.reminders([[invitation] for invitation in invitations])
    emails.reminders([[invitation, invitation] for invitation in invitations])
    cancelling.cancel(sheet, by=factories.make_staff("Administrateur"), comment="Erreur")
    sign_in.send_links(MAILBOX)
    for member in members:
        member.email = f"{member.number}@exemple.test"
        member.save()
        sign_in.send_links(member.email)


def test_every_mail_to_a_member_says_whose_it_is(members):
    write_all(members)
    mine = Message.objects.exclude(template__in=TO_OTHERS)
    mine = mine.filter(template__regex=r"^(attendance|members|qcm)/")
    assert set(mine.values_list("template", flat=True)) == templates() - TO_OTHERS
    for template in templates() - TO_OTHERS - {TOGETHER}:
        whose = set()
        for message in mine.filter(template=template):
            subject, text, html = delivery.render(message, *minted_each(message.link))
            first_line = text.splitlines()[0]
            (member,) = [one for one in members if one.number in first_line]
            (other,) = [one for one in members if one != member]
            assert str(member) in subject, template
            assert first_line == f"Bonjour {member} (adhérent {member.number}),", template
            greeted = f"<p>Bonjour {member.first_name} D’Ôrs &amp; fils (adhérent {member.number})"
            assert greeted in html, template
            for part in (subject, text, html):
                assert other.first_name not in part, template
                assert other.number not in part, template
            whose.add(member)
        assert whose == set(members), template


def test_the_mail_of_their_links_names_them_all(members):
    sign_in.send_links(MAILBOX)
    message = Message.objects.get()
    made = minted_each(message.link)
    _, text, html = delivery.render(message, *made)
    for member, link in zip(members, made, strict=True):
        assert f"{member} (adhérent {member.number}) : {link}\n" in text
        assert f"{member.first_name} D’Ôrs &amp; fils (adhérent {member.number})" in html
        assert f'href="{link}"' in html


@pytest.mark.parametrize(
    ("template", "values", "greeting"),
    [
        ("qcm/email/withdrawn", {"first_name": "Zoé"}, "Bonjour Zoé,"),
        ("qcm/email/withdrawn", {"first_name": ""}, "Bonjour,"),
        ("members/email/hours_corrected", {"name": "Zoé Noël"}, "Bonjour Zoé Noël,"),
    ],
)
def test_a_mail_written_before_greets_with_what_it_has_when_it_is_sent_again(
    template, values, greeting
):
    _, text, _ = delivery.render(Message(template=template, values=values), "")
    assert text.splitlines()[0] == greeting
