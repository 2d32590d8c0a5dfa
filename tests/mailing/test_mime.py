"""The bytes of a mail say what Django's own would."""

import email
import re
from email import policy

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given
from hypothesis import strategies as st

from mailing.mime import compose

# What XML and mail alike hold: no control characters, no half of a pair.
WRITTEN = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=300)
TEXTS = st.lists(WRITTEN, max_size=5).map("\n".join)


def mail_of(subject="Objet", text="Texte", html="<p>é</p>", sender="ANACOFI <a@b.example>"):
    mail = EmailMultiAlternatives(
        subject, text, sender, ["x@y.example"], headers={"Message-ID": "<1@portail.example>"}
    )
    if html:
        mail.attach_alternative(html, "text/html")
    return mail


def read(content):
    """{header: value}, and (type, text) of each part."""
    message = email.message_from_bytes(content, policy=policy.default)
    names = ("Subject", "From", "To", "Message-ID", "MIME-Version")
    parts = [part for part in message.walk() if not part.is_multipart()]
    return (
        {name: str(message[name]).strip() for name in names},
        message.get_content_type(),
        [
            (part.get_content_type(), part.get_content().replace("\r", "").rstrip("\n"))
            for part in parts
        ],
    )


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"html": ""},
        {"subject": "Vos 7 heures d’« Éthique » sont comptées"},
        {"subject": "é" * 240},
        {"text": "long " * 400 + "é", "html": f"<p>{'x' * 2000}</p>"},
        {"sender": "Société « É » <contact@société.example>"},
    ],
    ids=str,
)
def test_a_mail_reads_as_django_s_own_and_keeps_to_what_a_line_may_hold(told):
    mail = mail_of(**told)
    content = compose(mail)
    assert read(content) == read(mail.message().as_bytes())
    assert max(map(len, re.split(rb"\r\n", content))) <= 998
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert email.message_from_bytes(content)["Date"]


@given(subject=WRITTEN, text=TEXTS, html=TEXTS)
def test_whatever_is_written_is_read(subject, text, html):
    subject = " ".join(subject.split())
    headers, _, parts = read(compose(mail_of(subject, text, html or "<p></p>")))
    assert " ".join(headers["Subject"].split()) == subject
    assert parts == [
        ("text/plain", text.rstrip("\n")),
        ("text/html", (html or "<p></p>").rstrip("\n")),
    ]


@pytest.mark.parametrize(
    "subject", ["A\nBcc: b@c.example", "A\r\nBcc: b@c.example", "é\r\n Bcc: x"]
)
def test_a_subject_injects_no_header(subject):
    message = email.message_from_bytes(compose(mail_of(subject)))
    assert message["Bcc"] is None
    assert message["To"] == "x@y.example"


def test_a_message_id_injects_no_header():
    mail = mail_of()
    mail.extra_headers["Message-ID"] = "<1>\r\nBcc: b@c.example"
    with pytest.raises(ValueError, match="line break"):
        compose(mail)
