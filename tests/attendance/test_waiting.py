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
from members.models import FormerKey, HoursCredit
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


def offered_lines(sheet, number):
    """So many lines of a sheet's list that nobody stands for, each offered somebody."""
    for place in range(number):
        member = make_member(last_name=f"INCONNU{place}")
        sheet.participants.filter(last_name=member.last_name).update(offered_member=member)
    return sheet.participants.filter(offered_member__isnull=False)


@pytest.mark.parametrize("lines", [1, 12])
def test_confirming_many_takes_as_many_queries_for_any_number_of_lines(
    amf_training, owner, officer, lines, django_assert_num_queries
):
    sheet = make_sheet(amf_training, rows=[*unknown(lines), row_of(make_member())])
    counting.validate(sheet, by=owner)
    chosen = offered_lines(sheet, lines)
    officer.has_perm("attendance.confirm_participant")
    # What confirming one line costs too: the sheet's and the training's locks, the lines and
    # who is there, lines and journal, then all that counting more does.
    with django_assert_num_queries(33):
        confirmed = participants.confirm_offered(chosen, by=officer)
    assert (confirmed.done, confirmed.refused, confirmed.left) == (lines, [], 0)
    assert HoursCredit.objects.count() == Invitation.objects.count() == lines + 1
    assert sheet.journal.filter(event="confirm_participant").count() == lines
    assert mails("hours_counted").count() == lines + 1


def test_one_line_refused_keeps_no_other_from_being_confirmed(training, owner, officer):
    there = make_member()
    sheet = make_sheet(training, rows=[*unknown(3), row_of(there)])
    counting.validate(sheet, by=owner)
    first, second, third = offered_lines(sheet, 3)
    sheet.participants.filter(pk=first.pk).update(offered_member=there)
    sheet.participants.filter(pk=third.pk).update(offered_member=second.offered_member)
    confirmed = participants.confirm_offered(Participant.objects.all(), by=officer)
    assert (confirmed.done, confirmed.left) == (1, 0)
    assert [(line, str(refusal)) for line, refusal in confirmed.refused] == [
        (first, f"{there} est déjà sur cette liste (ligne 5)."),
        (third, f"{second.offered_member} est déjà sur cette liste (ligne 3)."),
    ]
    assert set(HoursCredit.objects.values_list("member", flat=True)) == {
        there.pk,
        second.offered_member_id,
    }


def test_a_click_confirms_on_some_sheets_and_says_what_is_left(
    client, officer, owner, settings, training, monkeypatch
):
    settings.DEMO = True
    monkeypatch.setattr(participants, "MOST_SHEETS", 1)
    for _ in range(2):
        sheet = make_sheet(training, rows=unknown(2))
        counting.validate(sheet, by=owner)
        offered_lines(sheet, 2)
    client.force_login(officer)
    chosen = list(Participant.objects.values_list("pk", flat=True))
    page = client.post(
        ADMIN, {"action": "confirm_offered", "_selected_action": chosen}, follow=True
    )
    assert [str(message) for message in page.context["messages"]] == [
        "2 lignes reconnues.",
        "Trop de lignes à la fois : 2 restent à confirmer.",
    ]
    assert Participant.objects.filter(member__isnull=False).count() == 2


def test_nobody_is_confirmed_once_the_approval_is_revoked(
    client, officer, settings, validated, waiting
):
    settings.DEMO = True
    member = make_member(number="99999", last_name="DURANT")
    waiting.offered_member = member
    waiting.save()
    validated.training.status = "revoked"
    validated.training.save()
    with pytest.raises(WrongStatus, match="révoqué : personne n’en reçoit plus d’heures"):
        participants.confirm(waiting, member, by=officer)
    waiting.refresh_from_db()
    assert (waiting.member, waiting.state) == (None, "unrecognised")
    assert not validated.journal.filter(event="confirm_participant").exists()
    # Nor is it offered: not in the list of those to confirm, not by a button, not by a mail.
    client.force_login(officer)
    page = client.get(ADMIN, {"attente": "proposes"})
    assert list(page.context["cl"].result_list) == []
    page = client.get(f"{ADMIN}{waiting.pk}/change/")
    assert [verb.name for verb, _ in page.context["verbs"]] == []
    assert offers.offer_again() == 0


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
    # Last changes, an import undone among them; savepoint 2 and lines, e-mails, former keys,
    # former names, lines written; savepoint 2 and no more lines; the mail.
    with django_assert_num_queries(15):
        assert offers.offer_again() == lines


# --- what members were known by before ------------------------------------------------------------


def test_former_emails_numbers_and_names_are_matched(training):
    member = make_member(number="A00500", last_name="PETIT", email="avant@exemple.test")
    before = former.keys_of(member)
    member.last_name, member.email = "GRAND", "apres@exemple.test"
    member.save()
    former.keep([(member, before)])
    FormerKey.objects.create(member=member, kind="number_key", value="42")
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
