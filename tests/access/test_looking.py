"""HEAD and OPTIONS on personal links: scanners of mails send them, and must change nothing."""

from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client

from accounts.links import choose_password_url, forgotten_password_url
from common.looking import UnsavedSession
from members.domain import sign_in
from members.links import sign_in_url
from members.models import SignInLink
from organisms.links import invite_url
from qcm.links import invitation_url, reminder_url
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def sign_in_link():
    member = factories.make_member()
    sign_in.send_links(member.email)
    return sign_in_url(SignInLink.objects.get(member=member).nonce)


# Each makes the rows that its link needs, and gives the link as a mail has it.
LINKS = {
    "mes heures": sign_in_link,
    "QCM": lambda: invitation_url(factories.make_invitation().pk),
    "rappel": lambda: reminder_url([factories.make_invitation().pk for _ in range(2)]),
    "invitation": lambda: invite_url(factories.make_invite(factories.make_organism()).pk),
    "nouveau compte": lambda: choose_password_url(factories.make_user().pk),
    "mot de passe oublié": lambda: forgotten_password_url(factories.make_user().pk),
}


def rows():
    """Every row of every table."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }


# The length of what is not sent, and the second at which it was made.
OF_ITS_OWN = {"Content-Length", "Expires"}


def headers(response):
    """Those that both ways of asking must give alike."""
    return {name: value for name, value in response.items() if name not in OF_ITS_OWN}


@pytest.fixture(params=LINKS)
def path(request):
    return urlsplit(LINKS[request.param]()).path


def test_head_answers_as_get_does_and_changes_nothing(path):
    before = rows()
    looker = Client(enforce_csrf_checks=True)
    looked = [looker.head(path) for _ in range(2)]
    assert rows() == before
    assert "sessionid" not in looker.cookies
    opened = Client(enforce_csrf_checks=True).get(path)
    for head in looked:
        assert (head.status_code, headers(head)) == (opened.status_code, headers(opened))
        assert head.content == b""
    assert opened.status_code in {200, 302}


def test_options_changes_nothing(path):
    before = rows()
    looker = Client(enforce_csrf_checks=True)
    assert looker.options(path).status_code in {200, 302, 405}
    assert rows() == before
    assert "sessionid" not in looker.cookies


def test_a_link_opens_after_any_number_of_looks():
    path = urlsplit(sign_in_link()).path
    for _ in range(3):
        assert Client().head(path).status_code == 200
    entered = Client().post(path, follow=True)
    assert entered.redirect_chain[-1][0] == "/mes-heures/"


@pytest.mark.parametrize("method", ["head", "options"])
def test_a_look_signs_nobody_out_who_is_signed_in_here(signed_in, method):
    path = urlsplit(choose_password_url(factories.make_user().pk)).path
    key = signed_in.session.session_key
    held = dict(signed_in.session.items())
    getattr(signed_in, method)(path)
    getattr(signed_in, method)(f"{path.rsplit('-', 1)[0]}-set-password/")
    assert signed_in.session.session_key == key
    assert dict(signed_in.session.items()) == held
    assert signed_in.get("/tableau-de-bord/").status_code == 200


def test_a_look_has_the_session_to_read(signed_in):
    assert signed_in.head("/tableau-de-bord/").status_code == 200
    assert signed_in.head("/tableau-de-bord/")["Vary"] == signed_in.get("/tableau-de-bord/")["Vary"]


def test_what_is_written_in_a_look_reaches_no_session():
    class Kept(SessionBase):
        def load(self):
            return {"a": 1}

    kept = Kept("k" * 32)
    seen = UnsavedSession(kept)
    seen["b"] = 2
    seen.cycle_key()
    seen.save()
    assert (dict(seen.items()), dict(kept.items())) == ({"a": 1, "b": 2}, {"a": 1})
    seen.flush()
    assert (dict(kept.items()), kept.session_key, kept.modified) == ({"a": 1}, "k" * 32, False)
