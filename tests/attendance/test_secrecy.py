"""What an organism learns of the registry: that a line is known or not, and nothing else."""

import io
import re
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from attendance.domain import counting
from attendance.roster.people import RosterLine
from mailing.delivery import render
from mailing.models import Message
from members.models import Membership
from tests.attendance.sheets import add
from tests.factories import make_amf_training, make_member, make_sheet, row_of

TYPED = ["ALBERT", "Jean", "jean@typed.test", "A00777", "Cabinet tapé"]
SECRETS = {
    "email": "secrete@registre.test",
    "orias": "07999999",
    "firm": "Cabinet du registre",
}


def told(client, organism, sheet):
    """All that the organism is given about a sheet: pages, file, e-mails, without ids and times."""
    urls = [
        reverse("attendance:sheet", args=[sheet.pk]),
        reverse("attendance:training", args=[sheet.training_id]),
        reverse("dashboard"),
    ]
    pages = [client.get(url).content.decode() for url in urls]
    book = load_workbook(
        io.BytesIO(client.get(reverse("attendance:annotated", args=[sheet.pk])).content)
    )
    pages.append(str(list(book.active.iter_rows(values_only=True))))
    for message in Message.objects.filter(to=organism.email).order_by("pk"):
        pages += render(message, "https://lien.test/")
    return pages


def same(pages):
    """The pages without ids, times and tokens, which differ from one time to the next."""
    return [re.sub(r"\d+", "0", re.sub(r"\b\w{64}\b", "", one)) for one in pages]


def outcome(client, training, owner, kind):
    """What the organism is told of one line, for a member of this kind; all of it undone after."""
    day = timezone.localdate()
    with transaction.atomic():
        member = make_member(
            last_name="ALBERT", first_name="Jean", number="A00777", cif=kind == "cif", **SECRETS
        )
        if kind == "left":
            Membership.objects.filter(member=member).update(ends_on=day - timedelta(days=40))
        sheet = make_sheet(training, rows=[TYPED, row_of(make_member(cif=False), email="")])
        before = told(client, training.organism, sheet)
        counting.validate(sheet, by=owner)
        after = told(client, training.organism, sheet)
        late = make_member(number="A00888", last_name="TARDIF", cif=kind == "cif")
        if kind == "left":
            Membership.objects.filter(member=late).update(ends_on=day - timedelta(days=40))
        add(sheet, RosterLine(None, last_name="Tardif", member_number="A00888"), by=owner)
        later = told(client, training.organism, sheet)
        transaction.set_rollback(True)
    return before, after, later


def test_cif_or_not_left_or_not_the_organism_is_told_the_same(signed_in, organism, owner):
    training = make_amf_training(organism, requested_associative_minutes=120)
    cif, plain, left = (
        outcome(signed_in, training, owner, kind) for kind in ("cif", "plain", "left")
    )
    for step in range(3):
        assert same(cif[step]) == same(plain[step])
        assert same(cif[step]) == same(left[step])
    everything = str(cif)
    for secret in SECRETS.values():
        assert secret not in everything
    # What was typed is shown, of course.
    assert "jean@typed.test" in everything


def test_a_name_that_differs_is_told_as_an_unknown_key_is(signed_in, organism, owner):
    training = make_amf_training(organism, requested_associative_minutes=120)

    def of(known):
        with transaction.atomic():
            if known:
                make_member(last_name="AUTRE", number="A00777", **SECRETS)
            sheet = make_sheet(training, rows=[TYPED, row_of(make_member(cif=False), email="")])
            counting.validate(sheet, by=owner)
            found = told(signed_in, organism, sheet)
            transaction.set_rollback(True)
        return found

    assert same(of(known=True)) == same(of(known=False))
