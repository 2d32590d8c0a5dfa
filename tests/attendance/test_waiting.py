"""People whom nobody in the registry stands for: offered to staff, confirmed by hand, counted."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendance.domain import counting, offers, participants
from attendance.domain.suggestions import suggest
from attendance.models import Participant
from common.errors import Refused, WrongStatus
from members.domain import former, ledger
from members.models import FormerKey
from qcm.models import Invitation
from tests.attendance.sheets import mails, states, unknown
from tests.factories import make_member, make_sheet, row_of

ADMIN = "/admin/attendance/participant/"


@pytest.fixture
def validated(amf_training, owner):
    """A validated list with one line that nobody stands for: Jean Durant, a wrong number."""
    rows = [row_of(make_member()), ["DURANT", "Jean", "jean@ailleurs.test", "99999", ""]]
    sheet = make_sheet(amf_training, rows=rows)
    counting.validate(sheet, by=owner)
    return sheet


@pytest.fixture
def waiting(validated):
    return validated.participants.get(last_name="DURANT")


# --- suggestions ----------------------------------------------------------------------------------


def test_names_nearly_alike_and_known_keys_are_suggested(waiting):
    near = make_member(last_name="DURAND", first_name="Jean")
    same = make_member(last_name="Durant", first_name="JEAN")
    keyed = make_member(last_name="TOUT-AUTRE", email="jean@ailleurs.test")
    make_member(last_name="MARTIN", first_name="Paul")
    found = {one.member: one.why for one in suggest(waiting)}
    assert found == {keyed: "même e-mail", same: "même nom", near: "nom voisin"}
    assert next(iter(found)) == keyed


def test_suggesting_takes_as_many_queries_for_any_registry(waiting):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            suggest(waiting)
        return len(queries)

    make_member(last_name="DURAND", first_name="Jean")
    few = asked()
    for _ in range(10):
        make_member(last_name="DURAND", first_name="Jean")
    assert asked() == few


# --- confirming -----------------------------------------------------------------------------------


def test_a_line_confirmed_counts_at_once_and_the_member_is_told(validated, waiting, officer):
    member = make_member(last_name="DURAND")
    participants.confirm(waiting, member, by=officer)
    waiting.refresh_from_db()
    assert (waiting.member, waiting.state, waiting.matched_by) == (
        member,
        "recognised",
        "l’ANACOFI",
    )
    assert ledger.year_total(member, validated.training.year)["associative"] == 120
    assert Invitation.objects.filter(member=member).count() == 1
    assert mails("hours_counted").filter(to=member.email).count() == 1
    # The organism reads that the line is known, and not who it is.
    said = [row.comment for row in validated.journal.filter(event="confirm_participant")]
    assert said == ["DURANT Jean"]
    with pytest.raises(WrongStatus, match="déjà reconnue"):
        participants.confirm(waiting, member, by=officer)


def test_a_line_of_a_list_to_validate_is_confirmed_and_counts_later(training, officer, owner):
    sheet = make_sheet(training, rows=unknown(1))
    member = make_member()
    participants.confirm(sheet.participants.get(), member, by=officer)
    assert states(sheet) == ["recognised"]
    assert ledger.year_total(member, training.year)["total"] == 0
    counting.validate(sheet, by=owner)
    assert ledger.year_total(member, training.year)["total"] == 120


def test_who_stands_on_the_list_already_is_not_confirmed_twice(validated, waiting, officer):
    there = validated.participants.exclude(pk=waiting.pk).get().member
    with pytest.raises(Refused, match=r"déjà sur cette liste \(ligne 2\)"):
        participants.confirm(waiting, there, by=officer)


def test_confirming_is_for_staff(waiting, owner):
    with pytest.raises(PermissionDenied):
        participants.confirm(waiting, make_member(), by=owner)


def test_an_officer_chooses_among_the_suggested_or_types_a_number(
    client, officer, settings, waiting
):
    settings.DEMO = True
    client.force_login(officer)
    near = make_member(last_name="DURAND", first_name="Jean")
    other = make_member(number="A00777", last_name="AUTRE")
    path = f"{ADMIN}{waiting.pk}/confirmer/"
    assert f"({near.number})" in client.get(path).content.decode()
    for data, sentence in [
        ({}, "Choisissez un adhérent, ou tapez son numéro."),
        ({"number": "31415"}, "Aucun adhérent ne porte le numéro « 31415 »."),
    ]:
        assert sentence in client.post(path, data).content.decode()
    client.post(path, {"number": "777"})
    waiting.refresh_from_db()
    assert waiting.member == other


# --- offered again when the registry changes --------------------------------------------------


def test_who_entered_the_registry_since_is_offered_once_and_counted_when_confirmed(
    client, officer, settings, validated, waiting
):
    settings.DEMO = True
    assert offers.offer_again() == 0
    member = make_member(number="99999", last_name="DURANT")
    assert offers.offer_again() == 1
    assert offers.offer_again() == 0
    assert mails("people_offered").count() == 1
    waiting.refresh_from_db()
    assert (waiting.offered_member, waiting.member) == (member, None)
    assert ledger.year_total(member, validated.training.year)["total"] == 0
    client.force_login(officer)
    page = client.get(ADMIN, {"attente": "proposes"})
    assert list(page.context["cl"].result_list) == [waiting]
    client.post(
        f"{ADMIN}?attente=proposes",
        {"action": "confirm_offered", "_selected_action": [waiting.pk]},
    )
    assert ledger.year_total(member, validated.training.year)["associative"] == 120


def test_lines_unticked_or_of_other_lists_are_not_offered(training, owner, validated, waiting):
    make_sheet(training, rows=unknown(2))
    validated.participants.filter(pk=waiting.pk).update(included=False)
    make_member(number="99999", last_name="DURANT")
    make_member(last_name="INCONNU0", email="inconnu0@exemple.test")
    assert offers.offer_again() == 0


@pytest.mark.parametrize("lines", [1, 40])
def test_offering_takes_as_many_queries_for_any_number_of_lines(
    training, owner, lines, django_assert_num_queries
):
    counting.validate(make_sheet(training, rows=[*unknown(lines), row_of(make_member())]), by=owner)
    for number in range(lines):
        make_member(last_name=f"INCONNU{number}", email=f"inconnu{number}@exemple.test")
    # Last changes; savepoint 2 and lines, e-mails, former keys, former names, lines written;
    # savepoint 2 and no more lines; the mail.
    with django_assert_num_queries(13):
        assert offers.offer_again() == lines


# --- what members were known by before ------------------------------------------------------------


def test_former_emails_numbers_and_names_are_matched(training):
    member = make_member(number="A00500", last_name="PETIT", email="avant@exemple.test")
    before = former.keys_of(member)
    member.last_name, member.email = "GRAND", "apres@exemple.test"
    member.refresh_keys()
    member.save()
    former.keep([(member, before)])
    FormerKey.objects.create(member=member, kind="number_key", value="B 0042")
    rows = [
        ["GRAND", "", "avant@exemple.test", "", ""],
        ["PETIT", "", "apres@exemple.test", "", ""],
        ["Petit", "", "", "42", ""],
        ["AUTRE", "", "avant@exemple.test", "", ""],
    ]
    found = [make_sheet(training, rows=[row]).participants.get().member for row in rows]
    assert found == [member, member, member, None]


def test_an_import_keeps_what_it_replaces_once(training):
    member = make_member(email="avant@exemple.test")
    for email in ("apres@exemple.test", "avant@exemple.test", "apres@exemple.test"):
        before = former.keys_of(member)
        member.email = email
        member.refresh_keys()
        member.save()
        former.keep([(member, before)])
    kept = FormerKey.objects.values_list("kind", "value")
    assert sorted(kept) == [
        ("email_key", "apres@exemple.test"),
        ("email_key", "avant@exemple.test"),
    ]


# --- two identifiers, two people ------------------------------------------------------------------


def test_identifiers_of_two_people_recognise_nobody_and_staff_read_why(training):
    jean = make_member(number="A00010", last_name="DURAND", first_name="Jean", email="j@x.test")
    anne = make_member(number="A00011", last_name="DURAND", first_name="Anne", email="a@x.test")
    sheet = make_sheet(training, rows=[["DURAND", "Jean", "a@x.test", "A00010", ""]])
    line = sheet.participants.get()
    assert (line.state, line.problem, line.member) == ("unrecognised", "", None)
    assert line.staff_note == (
        "Les identifiants désignent des personnes différentes : "
        f"numéro : DURAND Jean ({jean.number}) ; e-mail : DURAND Anne ({anne.number})."
    )


def test_a_known_key_under_another_name_is_told_to_staff_alone(client, training, owner):
    make_member(number="A00010", last_name="SECRET", first_name="Luc")
    sheet = make_sheet(training, rows=[["DURAND", "Jean", "", "A00010", ""]])
    line = sheet.participants.get()
    assert line.staff_note == "Clé connue (numéro) sous un autre nom : SECRET Luc (A00010)."
    client.force_login(owner)
    shown = client.get(f"/presences/feuilles/{sheet.pk}/").content.decode()
    assert "SECRET" not in shown
    assert "Non reconnu" in shown


def test_old_lists_are_not_offered_for_ever(validated, waiting):
    Participant.objects.update(looked_up_at=timezone.now() - timedelta(days=800))
    type(validated).objects.update(validated_at=timezone.now() - timedelta(days=800))
    make_member(number="99999", last_name="DURANT")
    assert offers.offer_again() == 0
