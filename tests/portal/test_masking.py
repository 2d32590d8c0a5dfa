"""No log holds what opens something: whoever reads logs could use it."""

import logging
import re
from logging.config import DictConfigurator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

import pytest
from celery.signals import setup_logging
from django.conf import settings as portal
from django.core import signing
from django.urls import URLResolver, get_resolver
from gunicorn.config import Config

from anacofi_portal.server_log import ServerLogger
from common.masking import MASK, MaskingFormatter, masked
from tests.access.test_looking import LINKS

ROOT = Path(__file__).resolve().parents[2]
# Arguments of URLs that are what opens them.
SECRETS = {"token", "key"}


def with_secrets(patterns=None, path="", names=()):
    """(the path up to the secret, its whole pattern) of every URL that holds one."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = path + str(pattern.pattern).lstrip("^")
        own = (
            set(names)
            | set(pattern.pattern.converters)
            | set(getattr(pattern.pattern, "regex", re.compile("")).groupindex)
        )
        if isinstance(pattern, URLResolver):
            yield from with_secrets(pattern.url_patterns, route, own)
        elif own & SECRETS:
            yield re.split(r"[<(]", route)[0]


@pytest.fixture(params=LINKS)
def path(request, db):
    """The path of each link that is mailed."""
    return urlsplit(LINKS[request.param]()).path


@pytest.fixture
def written():
    """What every handler of the portal's makes of a record, by the settings."""
    handlers = portal.LOGGING["handlers"].values()
    (name,) = {handler["formatter"] for handler in handlers}
    how = portal.LOGGING["formatters"][name]
    return DictConfigurator(portal.LOGGING).configure_formatter(dict(how)).format


def secret_of(path):
    return path.strip("/").rpartition("/")[2]


def test_links_are_mailed_for_every_url_that_holds_a_secret(db):
    mailed = {urlsplit(make()).path for make in LINKS.values()}
    for start in with_secrets():
        assert any(path.startswith(f"/{start}") for path in mailed), start


@pytest.mark.parametrize(
    "name", ["django.request", "django.security.csrf", "django.server", "celery.app.trace", "qcm"]
)
def test_no_logger_writes_a_link(path, name, written):
    secret = secret_of(path)
    for said in (path, quote(path, safe="/"), f"https://portail.anacofi.fr{path}", repr([secret])):
        record = logging.getLogger(name).makeRecord(
            name, logging.WARNING, "", 0, "Gone: %s", (said,), None
        )
        text = written(record)
        assert secret not in text
        assert quote(secret) not in text
        assert MASK in text


def test_no_traceback_holds_a_link(path, written):
    try:
        raise LookupError(path)
    except LookupError as error:
        exc_info = (type(error), error, error.__traceback__)
    record = logging.getLogger("a").makeRecord("a", logging.ERROR, "", 0, "x", (), exc_info)
    assert secret_of(path) not in written(record)


def test_a_dead_link_is_answered_and_not_written(client, path, caplog):
    secret = secret_of(path)
    caplog.handler.setFormatter(MaskingFormatter("%(message)s"))
    broken = path.replace(secret, secret[:-1] + ("0" if secret[-1] != "0" else "1"))
    assert client.get(broken).status_code in {200, 302, 404, 410}
    assert secret_of(broken) not in caplog.text


def test_gunicorn_writes_no_link(path, capsys):
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", '%(r)s %(U)s %(f)s "%(a)s"')
    logger = ServerLogger(config)
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": path,
        "PATH_INFO": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://portail.anacofi.fr{path}",
        "HTTP_USER_AGENT": "a",
    }
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    took = SimpleNamespace(seconds=0, microseconds=1)
    logger.access(answer, SimpleNamespace(headers=[]), environ, took)
    logger.error("Error handling request %s", path)
    told = "".join(capsys.readouterr())
    assert told.count(MASK) >= 4
    assert secret_of(path) not in told


def test_celery_writes_as_the_portal_does(monkeypatch):
    configured = []
    monkeypatch.setattr("anacofi_portal.celery.dictConfig", configured.append)
    setup_logging.send(sender=None)
    assert configured == [portal.LOGGING]


def test_the_log_of_the_proxy_that_is_documented_holds_no_link(path):
    told = (ROOT / "docs/operations.md").read_text()
    (mask,) = re.findall(r"~(\^/\S+) /\$1/…;", told)
    assert re.match(mask, path)
    assert "$request " not in told
    assert "referer" not in told


@pytest.mark.parametrize(
    "text",
    [
        "GET /qcm/12/questions/ 200",
        "2026-11-28 18:19:09,123 WARNING django.request: Not Found: /formations/12/",
        "attendance.tasks.read_sheet[1f0c2d3e-aaaa-bbbb-cccc-0123456789ab] received",
        "media/document/ab/rapport-2026.pdf",
    ],
)
def test_other_words_are_written_as_they_are(text):
    assert masked(text) == text


def test_a_long_token_is_masked_too():
    assert masked(f"/x/{signing.dumps([1] * 200, compress=True)}/") == f"/x/{MASK}/"
