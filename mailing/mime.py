"""A mail as the bytes that leave: what Django's `message()` makes, for our mails' one shape.

Django and the library below it fold each header several times over: that took longer than all
else that a mail costs here.
"""

import base64
import uuid
from email.utils import formatdate
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address

# Of an encoded word, which may have 75 characters (RFC 2047): these bytes, in base64, and its ends.
WORD = 45
# Of a line of 8 bits, its end left out (RFC 5322).
LINE = 998


def compose(mail: EmailMultiAlternatives) -> bytes:
    """A mail of a text, of one HTML or none, and of no header but its Message-ID."""
    boundary = f"={uuid.uuid4().hex}="
    head = [
        "MIME-Version: 1.0",
        f"Subject: {_words(str(mail.subject))}",
        f"From: {address(mail.from_email)}",
        f"To: {address(mail.to[0])}",
        f"Date: {formatdate(localtime=settings.EMAIL_USE_LOCALTIME)}",
        f"Message-ID: {mail.extra_headers['Message-ID']}",
    ]
    parts = [_part("plain", str(mail.body))]
    parts += [_part("html", str(content)) for content, _ in mail.alternatives]
    if len(parts) == 1:
        return _lines(*head) + parts[0]
    opening = _lines(f"--{boundary}")
    return b"".join(
        [
            _lines(*head, f'Content-Type: multipart/alternative; boundary="{boundary}"', ""),
            *(opening + part for part in parts),
            _lines(f"--{boundary}--"),
        ]
    )


@lru_cache(maxsize=1000)
def address(typed: str) -> str:
    """An address, with its name if it has one, as headers and envelopes hold it."""
    return str(sanitize_address(typed, "utf-8"))


def _lines(*lines: str) -> bytes:
    if any(
        "\n" in line.replace("\r\n ", "") or "\r" in line.replace("\r\n ", "") for line in lines
    ):
        raise ValueError("A header holds a line break.")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _words(text: str) -> str:
    """A subject, in encoded words where it is not plain."""
    if text.isascii() and text.isprintable() and len(text) < LINE - 20 and "=?" not in text:
        return text
    words, word = [], b""
    for character in text:
        encoded = character.encode()
        if len(word) + len(encoded) > WORD:
            words.append(word)
            word = b""
        word += encoded
    words.append(word)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _part(kind: str, text: str) -> bytes:
    body = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    is_short = all(len(line) <= LINE for line in body.split(b"\n"))
    encoding = "8bit" if is_short else "base64"
    if not is_short:
        body = base64.encodebytes(body)
    head = (f'Content-Type: text/{kind}; charset="utf-8"', f"Content-Transfer-Encoding: {encoding}")
    return _lines(*head, "") + body.replace(b"\n", b"\r\n") + b"\r\n"
