"""What is one line on a page is one line everywhere: no second one, nothing that nobody sees."""

from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.test import RequestFactory

from common.derived import DerivedCharField
from common.fields import LineField as LineColumn
from common.forms import NOT_ONE_LINE, LineField

OURS = ["common", "mailing", "accounts", "organisms", "trainings", "members", "qcm", "attendance"]
# A second line of a text, or of a mail's head; what turns the text round is left to be seen.
SECOND_LINES = ["a\nBcc: b@c.fr", "a\rb", "a\r\nb", "a\x0bb", "a\x85b", "a\u2028b", "a\u2029b"]
UNSEEN = ["a\x1bb", "a\x07b", "a\x7fb"]
# The second factor's code, of allauth: compared, and kept nowhere.
COMPARED = {"code"}
# These have a kind of their own to say no.
OF_THEIR_OWN = (forms.EmailField, forms.RegexField, forms.UUIDField, forms.JSONField)


@pytest.mark.parametrize("text", SECOND_LINES + UNSEEN)
def test_a_line_holds_no_other_line_and_nothing_unseen(text):
    with pytest.raises(ValidationError, match=NOT_ONE_LINE):
        LineField().clean(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" a b ", "a b"), ("a\tb", "a b"), ("Ł’Écôle « du » 🙂", "Ł’Écôle « du » 🙂"), ("a\n", "a")],
)
def test_other_texts_are_kept(typed, kept):
    assert LineField().clean(typed) == kept


def test_every_column_of_one_line_is_asked_for_as_one():
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model.__module__.startswith("tests"):
            continue
        for field in model._meta.fields:
            if isinstance(field, models.EmailField | DerivedCharField) or field.choices:
                continue
            # A password's column holds its hash; what is not editable, nobody types.
            typed = field.editable and field.name != "password"
            if isinstance(field, models.CharField) and typed:
                assert isinstance(field, LineColumn), field
                assert isinstance(field.formfield(), LineField), field


def every_form():
    """Each class of form of the portal, and each that the admin makes."""
    for name in OURS:
        package = import_module(name)
        for module in walk_packages(package.__path__, f"{name}."):
            if not {"migrations", "child"} & set(module.name.split(".")):
                import_module(module.name)
    waiting = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.split(".")[0] in OURS:
            yield form.__qualname__, form.base_fields


def texts(fields):
    """(name, field) of what is typed on one line."""
    for name, field in fields.items():
        own = isinstance(field, OF_THEIR_OWN)
        if isinstance(field, forms.CharField) and isinstance(field.widget, forms.TextInput):
            if own or name in COMPARED or isinstance(field.widget, forms.PasswordInput):
                continue
            yield name, field


def test_every_field_of_one_line_refuses_another():
    found = 0
    for form, fields in every_form():
        for name, field in texts(fields):
            found += 1
            assert isinstance(field, LineField), (form, name)
    assert found > 20


@pytest.mark.django_db
def test_every_field_of_the_admin_refuses_another_line(administrator):
    request = RequestFactory().get("/")
    request.user = administrator
    found = 0
    for model_admin in admin.site._registry.values():
        if not model_admin.has_add_permission(request):
            continue
        form = model_admin.get_form(request, None)
        for name, field in texts(form.base_fields):
            found += 1
            assert isinstance(field, LineField), (model_admin, name)
    assert found > 2


@pytest.mark.django_db
def test_a_name_that_would_be_a_mail_s_head_is_refused_where_it_is_typed(client, owner, organism):
    client.force_login(owner)
    response = client.post(
        "/organismes/notre-organisme/inviter/",
        {
            "email": "a@exemple.test",
            "first_name": "A\nBcc: b@exemple.test",
            "last_name": "B",
            "role": "contributor",
        },
    )
    assert NOT_ONE_LINE in response.content.decode()
    assert not organism.invites.exists()
