"""Whatever is sent to whichever URL, by whomever: an answer, never an error of the server.

The seed is fixed, so that what failed fails again; `FUZZ_SEED` tries another one.
"""

import codecs
import io
import os
import random
import re

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from tests.access.test_admin import (
    SKIPPED,
    admin_names,
    admin_url_of,
    rows,  # noqa: F401 - a fixture
)
from tests.access.test_pages import TABLE, value_of
from tests.access.visitors import read_whole
from tests.files import make_pdf, make_xlsx, make_zip

SEED = int(os.environ.get("FUZZ_SEED", "2026"))
WHO = ["anonymous", "owner", "member", "officer", "administrator"]
# How often each URL is asked, by each method.
TIMES = 2
FORM = "application/x-www-form-urlencoded"
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)"')
# Names that no form shows: of filters, pages and what scripts send.
NAMES = ["annee", "page", "p", "q", "o", "e", "montrer", "next", "year", "set", "do", "file", "all"]
NAMES += ["statut", "attente", "adhesion", "invited_at__year", "created_at__year", "_popup"]
NAMES += ["_to_field", "_facets", "status__exact", "year", "choice", "question", "attempt"]
TEXTS = ["", " ", "x", "0", "1", "-1", "²", "1.5", "1e9", "9999", "10000", "NaN", "\x00", "1\x00"]
TEXTS += [str(2**31), str(2**63), "9" * 30, "9" * 5000, "١٢", "é" * 300, "<b>\r\n", "%", "🙂"]
TEXTS += [
    "2026-01-01",
    "2026-02-30",
    "09:00",
    "3 h 30",
    "a@exemple.test",
    "a\nb@exemple.test",
    "{}",
]
COUNTS = [None, "", "-1", "0", "1", "7", "1001", "9" * 30, "x", "\x00"]
COUNTED = ("TOTAL_FORMS", "INITIAL_FORMS")
TYPES = [f"{FORM}; charset=utf-16", f"{FORM}; charset=hex", "application/json", "text/plain", ""]
TYPES += ["multipart/form-data", f"{MULTIPART_CONTENT}; charset=utf-16", "text/xml; charset=idna"]
QUERIES = ["a=%00", "%00", "&&=", "a=%FF", "annee=%C3", "p=%F0%9F", ";", "a" * 3000]


class Chance:
    """What is sent, by a seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        workbook = make_xlsx([["Nom", "Prénom"], ["Martin", "Alice"]])
        self.files = [make_pdf(), workbook, make_zip({"mimetype": b"x" * 90, "é.xml": b"y" * 400})]

    def value(self, name, world):
        if name.endswith(COUNTED):
            return self.random.choice(COUNTS)
        pks = [str(value) for value in world["objects"].values() if isinstance(value, int)]
        return self.random.choice([self.random.choice(TEXTS), self.random.choice(pks)])

    def file(self):
        """A file cut short, or with some of its bytes changed."""
        content = bytearray(self.random.choice(self.files))
        for _ in range(self.random.randrange(4)):
            content[self.random.randrange(4, len(content))] = self.random.randrange(256)
        if self.random.random() < 0.3:
            del content[self.random.randrange(len(content)) :]
        name = self.random.choice(["a.xlsx", "a.pdf", "é\n.zip", "a" * 300 + ".xls", ".", "x.gift"])
        file = io.BytesIO(content)
        file.name = name
        return file

    def data(self, fields, world):
        names = list(fields) + self.random.sample(NAMES, 3)
        kept = [name for name in names if self.random.random() < 0.9]
        data = {name: self.value(name, world) for name in kept}
        return {name: value for name, value in data.items() if value is not None}

    def query(self, fields, world):
        if self.random.random() < 0.2:
            return self.random.choice(QUERIES)
        return urlencode(self.data(fields, world))

    def body(self, fields, world):
        """(bytes, type of content)."""
        data = self.data(fields, world)
        chosen = self.random.random()
        if chosen < 0.15:
            return urlencode(data).encode(), self.random.choice(TYPES)
        if chosen < 0.2:
            return codecs.BOM_UTF16 + urlencode(data).encode("utf-16-le"), FORM
        if chosen < 0.5:
            return urlencode(data).encode(), FORM
        files = {name: self.file() for name in ("file", "scan", "roster") if name in fields}
        return encode_multipart(BOUNDARY, data | (files or {"file": self.file()})), (
            MULTIPART_CONTENT
        )


def urls(world):
    for name, line in TABLE.items():
        yield name, reverse(name, args=[value_of(world, one) for one in line.args])
    for name in sorted(set(admin_names()) - SKIPPED):
        try:
            url = admin_url_of(name, world)
        except NoReverseMatch:
            continue
        if url:
            yield name, url


def traces(caplog):
    """What was logged with a traceback, but for requests that Django itself calls suspicious."""
    return [
        f"{record.exc_info[1]!r} {record.getMessage()}"
        for record in caplog.records
        if record.levelname == "ERROR"
        and record.exc_info
        and not isinstance(record.exc_info[1], SuspiciousOperation)
    ]


@pytest.mark.once
@pytest.mark.no_cover
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_that_is_sent_breaks_a_page(rows, settings, caplog, method):  # noqa: F811
    settings.DEMO = True
    chance = Chance(f"{SEED} {method}")
    fields, broken = {}, []
    for client in rows["clients"].values():
        client.raise_request_exception = False
    for name, url in urls(rows):
        staff = ["officer", "administrator"] if name.startswith("admin:") else WHO
        for _ in range(TIMES):
            who = chance.random.choice(staff)
            client = rows["clients"][who]
            with transaction.atomic():
                if (who, url) not in fields:
                    page = client.get(url)
                    read_whole(page)
                    html = "" if page.streaming else page.content.decode(errors="replace")
                    fields[who, url] = sorted(set(FIELD.findall(html)) - {"csrfmiddlewaretoken"})
                query = chance.query(fields[who, url], rows) if method == "GET" else ""
                body, kind = (
                    chance.body(fields[who, url], rows)
                    if method == "POST"
                    else (b"", chance.random.choice([FORM, *TYPES]))
                )
                response = client.generic(method, url, body, content_type=kind, QUERY_STRING=query)
                read_whole(response)
                transaction.set_rollback(True)
            told = traces(caplog)
            caplog.clear()
            if response.status_code >= 500 or told:
                broken.append((told, who, name, query[:300], kind, body[:600]))
    assert not broken, "\n".join([f"FUZZ_SEED={SEED}", *map(str, broken)])
