"""What is asked for by an address that may be nobody's: a task looks, the page tells nothing."""

import re
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import domain as accounts
from accounts.models import PasswordAsked
from members.domain import sign_in
from members.models import SignInLinkAsked


def mail_links():
    """Do what the tasks do of the links that were asked for."""
    for asked in SignInLinkAsked.objects.all():
        sign_in.SENDING.run(asked.pk)
    for asked in PasswordAsked.objects.all():
        accounts.SENDING.run(asked.pk)


def post_asking(client, path, email, **extra):
    """The answer to the form, once the tasks have done their work."""
    answer = client.post(path, {"email": email}, **extra)
    mail_links()
    return answer


@contextmanager
def statements(into):
    """Add the statements that are run meanwhile, whatever their values, to a list."""
    with CaptureQueriesContext(connection) as queries:
        yield
    values = r"'(?:[^']|'')*'|\"s\d+_x\d+\"|\b\d[\d.]*\b|\bNULL\b"
    into += [re.sub(values, "?", query["sql"]) for query in queries]
