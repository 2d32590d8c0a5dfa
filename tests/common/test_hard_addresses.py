"""Every address of a hard list, by every door of the portal: whole, or refused with a sentence."""

import pytest
from django.contrib import admin
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse

from accounts.forms import LoginForm, ResetPasswordForm
from accounts.models import User
from attendance.domain import matching
from attendance.forms import ParticipantForm
from attendance.roster.people import line_of
from common.spreadsheets import Row, Tab, Workbook
from mailing import delivery, outbox
from mailing.models import Message
from members import registry_file
from members.forms import AskForm
from members.models import Member
from organisms.domain import people
from organisms.forms import ColleagueForm, RegisterForm
from tests import factories
from tests.asked import post_asking

IDN = "helene@xn--socit-conseil-ehbb.example"
# What someone may type of one whole address, and that address.
WHOLE = {
    "jean@x.example": "jean@x.example",
    "JEAN@X.EXAMPLE": "jean@x.example",
    "Jean.Dupont@X.example": "jean.dupont@x.example",
    "o'brien@x.example": "o'brien@x.example",
    "O’BRIEN@x.example": "o'brien@x.example",
    "d'almeida.ines@x.example": "d'almeida.ines@x.example",
    "jean+anacofi@x.example": "jean+anacofi@x.example",
    "jean_dupont-2@x.example": "jean_dupont-2@x.example",
    "jean&anne@x.example": "jean&anne@x.example",
    "a/b@x.example": "a/b@x.example",
    "x!y%z@x.example": "x!y%z@x.example",
    "j@x.example": "j@x.example",
    "1@2.example": "1@2.example",
    "jean@a.b.c.d.example": "jean@a.b.c.d.example",
    "jean@x-y.example": "jean@x-y.example",
    f"{'j' * 64}@x.example": f"{'j' * 64}@x.example",
    "jean @ x.example": "jean@x.example",
    "  jean@x.example  ": "jean@x.example",
    "jean@x.example\u00a0": "jean@x.example",
    "jean\u200b@x.example": "jean@x.example",
    "mailto:jean@x.example": "jean@x.example",
    "Jean Dupont <jean@x.example>": "jean@x.example",
    "Dupont, Jean <jean@x.example>": "jean@x.example",
    '"Dupont, Jean" <jean@x.example>;': "jean@x.example",
    "O’Brien <o'brien@x.example>": "o'brien@x.example",
    "<jean@x.example>": "jean@x.example",
    "'jean@x.example'": "jean@x.example",
    "« jean@x.example ».": "jean@x.example",
    "pro : jean@x.example": "jean@x.example",
    "E-mail pro : jean@x.example": "jean@x.example",
    "jean@x.example (pro)": "jean@x.example",
    "jean@x.example / jean@x.example": "jean@x.example",
    "helene@société-conseil.example": IDN,
    "HELENE@SOCIÉTÉ-CONSEIL.EXAMPLE": IDN,
    "helene@socie\u0301te\u0301-conseil.example": IDN,
    IDN: IDN,
    "Hélène <helene@société-conseil.example>": IDN,
    "a@straße.example": "a@xn--strae-oqa.example",
    "a@пример.example": "a@xn--e1afmkfd.example",
}
SEVERAL = [
    "jean@x.example / anne@y.example",
    "jean@x.example/anne@y.example",
    "jean@x.example ; anne@y.example",
    "jean@x.example,anne@y.example",
    "jean@x.example ou anne@y.example",
    "jean@x.example ::: anne@y.example",
    "jean@x.example\nanne@y.example",
    "pro : jean@x.example perso : anne@y.example",
    "Jean <jean@x.example>, Anne <anne@y.example>",
]
NONE = [
    "jean dupont@x.example",
    "jean,dupont@x.example",
    "jean;dupont@x.example",
    "o 'brien@x.example",
    "Mr o'brien@x.example",
    "jean@mail.cabinet .example",
    "hélène@x.example",
    "иван@x.example",
    "jean@@x.example",
    "jean..dupont@x.example",
    "jean@x",
    "jean@",
    "@x.example",
    '"jean dupont"@x.example',
    "jean@[127.0.0.1]",
    "jean@x_y.example",
    "néant",
]


def forms(typed):
    """Each form that asks for an address, filled in with it: (name of the form, form, field)."""
    here = RequestFactory().get("/")
    organism = {
        "name": "Académie",
        "description": "Formation",
        "type": "public",
        "representative_first_name": "Anne",
        "representative_last_name": "Petit",
    }
    person = {"first_name": "Anne", "last_name": "Petit"}
    yield "sign up", RegisterForm({**organism, "email": typed}), "email"
    yield "invite", ColleagueForm({**person, "email": typed, "role": "contributor"}), "email"
    yield "sign in", LoginForm({"login": typed, "password": "x"}, request=here), "login"
    yield "forgotten", ResetPasswordForm({"email": typed}), "email"
    yield "my hours", AskForm({"email": typed}), "email"


def registry(typed):
    """The registry's file with this cell: (the address that would be kept, the sentences)."""
    rows = [
        Row(1, ["N° adhérent", "Nom", "Adhérent ANACOFI-CIF", "E-mail"]),
        Row(2, ["A00001", "DUPONT", "Non", typed]),
    ]
    lines, errors = registry_file.parse(Workbook("xlsx", [Tab("Adhérents", True, rows)]))
    return lines[0].email, errors


def roster_line(typed):
    return line_of(Row(2, ["DUPONT", typed]), {0: "last_name", 1: "email"}, ["Nom", "E-mail"])


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "address"), WHOLE.items())
def test_an_address_is_found_whole_by_every_door(typed, address, settings):
    for name, form, field in forms(typed):
        form.is_valid()
        assert form.cleaned_data.get(field) == address, name
    assert registry(typed) == (address, [])
    form = ParticipantForm({"last_name": "Dupont", "email": typed})
    assert form.is_valid()
    member = factories.make_member(last_name="DUPONT", email=address)
    # Somebody else is at what a careless reading would make of it.
    factories.make_member(last_name="DUPONT", email=f"z{address}")
    for line in (roster_line(typed), form.line()):
        assert [match.member for match in matching.find([line])] == [member]
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.queue("organisms/email/refused", address, {"name": "A", "reason": "B"})
    assert delivery.deliver_due() == 1
    assert [message.to for message in mail.outbox] == [[address]]
    assert mail.outbox[0].message()["To"] == address


@pytest.mark.django_db
@pytest.mark.parametrize("typed", SEVERAL)
def test_several_addresses_are_refused_but_on_a_list_where_each_is_tried(typed):
    for name, form, field in forms(typed):
        assert not form.is_valid()
        (error,) = form.errors[field]
        assert error.endswith("contient 2 adresses e-mail : n’en gardez qu’une."), name
    kept, (error,) = registry(typed)
    assert kept == ""
    assert error.startswith("Ligne 2 : « ")
    assert error.endswith(" » contient 2 adresses e-mail : n’en gardez qu’une.")
    member = factories.make_member(last_name="DUPONT", email="anne@y.example")
    # A field of one line takes what a cell of two lines holds side by side.
    form = ParticipantForm({"last_name": "Dupont", "email": " ".join(typed.split())})
    assert form.is_valid()
    line = roster_line(typed)
    assert line.email == " ".join(typed.split())
    for typed_line in (line, form.line()):
        assert [match.member for match in matching.find([typed_line])] == [member]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_whole_address_is_refused_with_a_sentence_and_kept_nowhere(typed):
    for name, form, field in forms(typed):
        assert not form.is_valid()
        (error,) = form.errors[field]
        assert error.startswith("« "), name
        assert error.endswith("."), name
    kept, (error,) = registry(typed)
    assert kept == ""
    assert error.startswith("Ligne 2 : « ")
    assert error.endswith(".")
    form = ParticipantForm({"last_name": "Dupont", "email": typed})
    assert not form.is_valid()
    assert list(form.errors) == ["email"]
    for part in ("dupont@x.example", "brien@x.example", "jean@x.example", "lene@x.example"):
        factories.make_member(last_name="DUPONT", email=part)
    assert roster_line(typed).email == typed
    assert matching.find([roster_line(typed)])[0].member is None


@pytest.mark.django_db
def test_a_row_of_the_outbox_without_a_whole_address_is_given_up_at_once_and_says_why():
    outbox.queue("organisms/email/refused", "a@x.example / b@y.example", {"name": "A"})
    assert delivery.deliver_due() == 0
    message = Message.objects.get()
    assert message.state == "failed"
    assert message.last_error == (
        "NotOneAddress: « a@x.example / b@y.example » contient 2 adresses e-mail : n’en gardez "
        "qu’une"
    )


@pytest.mark.django_db
def test_a_row_written_with_a_domain_in_letters_leaves_for_the_network_s(settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.queue("organisms/email/refused", "a@straße.example", {"name": "A", "reason": "B"})
    assert delivery.deliver_due() == 1
    assert mail.outbox[0].to == ["a@xn--strae-oqa.example"]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["helene@société-conseil.example", IDN.upper()])
def test_a_domain_in_letters_signs_up_signs_in_and_is_asked_for_in_either_form(client, typed):
    organism = factories.make_organism()
    with_password = people.add(
        organism, email=typed, first_name="Anne", last_name="Petit", role="administrator"
    )
    with_password.set_password("un long mot de passe")
    with_password.save()
    assert User.objects.get_by_natural_key("helene@société-conseil.example") == with_password
    for login in (IDN, "HELENE@société-conseil.example"):
        answer = client.post(
            reverse("account_login"), {"login": login, "password": "un long mot de passe"}
        )
        assert answer.status_code == 302
        client.logout()
        post_asking(client, reverse("account_reset_password"), login)
    assert list(Message.objects.values_list("to", flat=True)) == [IDN, IDN]
    Message.objects.all().delete()
    factories.make_member(email=typed)
    for asked in (IDN, "Helene@société-conseil.example"):
        assert post_asking(client, reverse("members:ask"), asked).status_code == 302
    assert [message.to for message in Message.objects.all()] == [typed, typed]


@pytest.mark.django_db
def test_a_member_whose_address_was_never_whole_gets_no_link_by_it(client):
    factories.make_member(email="pas une adresse")
    assert client.post(reverse("members:ask"), {"email": "pas une adresse"}).status_code == 200
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_staff_type_an_address_as_anybody(administrator, rf):
    request = rf.get("/")
    request.user = administrator
    for model in (Member, User):
        form = admin.site.get_model_admin(model).get_form(request)
        assert form.base_fields["email"].clean("O’Brien <O'BRIEN@x.fr>") == "o'brien@x.fr"
        with pytest.raises(ValidationError, match="n’est pas une adresse e-mail entière"):
            form.base_fields["email"].clean("jean dupont@x.fr")


@pytest.mark.django_db
def test_a_domain_is_shown_in_letters_and_searched_in_either_form(client, administrator, settings):
    settings.DEMO = True  # Staff enter without a second factor.
    client.force_login(administrator)
    member = factories.make_member(email=IDN)
    page = client.get(reverse("admin:members_member_changelist")).content.decode()
    assert "helene@société-conseil.example" in page
    assert IDN not in page
    form = client.get(reverse("admin:members_member_change", args=[member.pk])).content.decode()
    assert 'value="helene@société-conseil.example"' in form
    outbox.queue("organisms/email/refused", IDN, {"name": "A", "reason": "B"})
    outbox.queue("organisms/email/refused", "z@x.example", {"name": "A", "reason": "B"})
    answer = client.get(
        reverse("admin:mailing_message_changelist"), {"q": "helene@société-conseil.example"}
    )
    assert [message.to for message in answer.context["cl"].result_list] == [IDN]


@pytest.mark.django_db
def test_an_organism_s_pages_show_a_domain_in_letters(client):
    organism = factories.make_organism(email=f"contact{IDN[6:]}")
    person = factories.make_person(organism, email=IDN)
    factories.make_invite(organism, email=f"luc{IDN[6:]}")
    client.force_login(person.user)
    page = client.get(reverse("organisms:detail")).content.decode()
    for local in ("contact", "helene", "luc"):
        assert f"{local}@société-conseil.example" in page
    assert "xn--" not in page
