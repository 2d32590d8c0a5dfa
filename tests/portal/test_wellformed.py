"""What no browser sends is refused at the door, wherever it is sent."""

import io
from importlib import import_module

import pytest
from django.urls import reverse

from common.line_ends import cleaned
from members.models import HoursCredit
from tests import factories

pytestmark = pytest.mark.django_db
PATHS = [
    "/",
    "/connexion/",
    "/mes-heures/lien/",
    "/organismes/creer-un-compte/",
    "/admin/",
    "/rien/",
]
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


@pytest.fixture
def browser(client):
    """A browser that is shown the page of an error as a visitor is."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "hex", "idna", "unicode_escape"])
@pytest.mark.parametrize("kind", [FORM, MULTIPART, "text/plain"])
def test_a_body_in_another_alphabet_is_refused_with_a_page(browser, path, charset, kind):
    for method in ("GET", "POST"):
        response = browser.generic(method, path, b"a=1", f"{kind}; charset={charset}")
        assert response.status_code == 400
        assert "Demande incomplète" in response.content.decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_body_in_utf_8_is_read(browser, charset):
    kind = f"{FORM}; charset={charset}"
    assert browser.generic("POST", reverse("members:ask"), b"email=x", kind).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("odd", ["%00", "?a=%00", "?%00=1", "?a=1\x00"])
def test_a_nul_in_an_address_is_refused(browser, path, odd):
    path, mark, query = f"{path}{odd}".partition("?")
    response = browser.generic("GET", path, QUERY_STRING=query if mark else "")
    assert response.status_code == 400


def test_a_nul_in_a_cookie_is_refused(browser):
    response = browser.get(reverse("account_login"), HTTP_COOKIE='sessionid="a\\000b"')
    assert response.status_code == 400


def test_a_nul_that_is_typed_is_shown_as_unreadable():
    assert cleaned("a\x00b\r\nc\rd") == "a\ufffdb\nc\nd"


@pytest.mark.parametrize(
    "head",
    [
        "form-data; name=\"file\"; filename*=x''%FF.pdf",
        "form-data; name*=x''%FF",
        'form-data; name="file"; filename="a"\r\nContent-Type: text/plain; charset*=x\'\'%FF',
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_a_part_in_an_alphabet_of_its_own_breaks_nothing(browser, path, head):
    body = f"--x\r\nContent-Disposition: {head}\r\n\r\nhello\r\n--x--\r\n".encode()
    assert browser.generic("POST", path, body, MULTIPART).status_code < 500


@pytest.mark.parametrize(
    "kind", [f"{FORM}; charset*=x''y", "text/plain; a*=utf-16''%00", f"{FORM}; charset=\x00"]
)
def test_a_type_that_django_cannot_read_reaches_no_page(kind):
    application = import_module("anacofi_portal.wsgi").application
    said = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": kind,
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    body = b"".join(application(environ, lambda status, headers: said.append(status)))
    assert said == ["400 Bad Request"]
    assert "Demande incomplète" in body.decode()


COUNTS = [None, "", "-1", "0", "2", "7", "9" * 30, "x"]


@pytest.mark.parametrize("total", COUNTS)
@pytest.mark.parametrize("initial", COUNTS)
def test_rows_of_a_page_are_counted_here_whatever_the_page_says(
    browser, administrator, settings, total, initial
):
    settings.DEMO = True
    browser.force_login(administrator)
    member = factories.make_member()
    before = HoursCredit.objects.count()
    data = {"number": "A1", "last_name": "x", "first_name": "y"}
    for prefix in ("memberships", "former_keys", "credits"):
        for name, count in (("TOTAL_FORMS", total), ("INITIAL_FORMS", initial)):
            if count is not None:
                data[f"{prefix}-{name}"] = count
    change = reverse("admin:members_member_change", args=[member.pk])
    for url in (change, reverse("admin:members_member_add")):
        assert browser.post(url, data).status_code in {200, 302}
    assert HoursCredit.objects.count() == before


@pytest.mark.parametrize("total", COUNTS)
def test_speakers_are_counted_here_whatever_the_page_says(browser, owner, organism, total):
    browser.force_login(owner)
    training = factories.make_training(organism)
    for name in ("trainings:edit", "trainings:autosave"):
        url = reverse(name, args=[training.pk])
        for initial in COUNTS:
            data = {"title": "x", "speakers-TOTAL_FORMS": total, "speakers-INITIAL_FORMS": initial}
            sent = {key: value for key, value in data.items() if value is not None}
            assert browser.post(url, sent).status_code in {200, 302, 400}, initial
