from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from attendance.domain import cancelling, counting
from attendance.models import Sheet
from common.errors import Refused, WrongStatus
from mailing import delivery
from mailing.models import Message
from members.domain import ledger
from members.models import HoursCredit, Membership
from qcm.models import Invitation
from tests.attendance.sheets import mails, states, unknown
from tests.factories import (
    make_member,
    make_sheet,
    make_training,
    row_of,
)
from tests.files import ROSTER_HEADER, make_xlsx
from trainings.models import AnnualRules

# --- validating -----------------------------------------------------------------------------------


def test_nothing_is_counted_or_sent_before_validating(amf_training):
    make_sheet(amf_training, rows=[row_of(make_member())])
    assert HoursCredit.objects.count() == 0
    assert Invitation.objects.count() == 0
    assert Message.objects.count() == 0


def test_validating_counts_hours_invites_and_mails(amf_training, owner):
    cif, plain = make_member(), make_member(cif=False)
    unticked = make_member()
    sheet = make_sheet(
        amf_training,
        rows=[row_of(cif), row_of(plain), row_of(unticked), *unknown(1)],
    )
    sheet.participants.filter(member=unticked).update(included=False)
    counting.validate(sheet, by=owner)
    sheet.refresh_from_db()
    assert sheet.status == "validated"
    assert sheet.validated_at is not None
    assert set(HoursCredit.objects.values_list("member", "kind", "minutes", "year")) == {
        (cif.pk, "associative", 120, amf_training.year),
        (plain.pk, "associative", 120, amf_training.year),
    }
    invitation = Invitation.objects.get()
    assert (invitation.member, invitation.minutes) == (cif, 60)
    lines = {one.member_id: one for one in sheet.participants.all()}
    assert lines[cif.pk].invitation == invitation
    assert lines[cif.pk].associative_credit.member == cif
    assert lines[plain.pk].invitation is None
    assert lines[unticked.pk].associative_credit is None
    assert sorted(mails("hours_counted").values_list("to", flat=True)) == sorted(
        [cif.email, plain.email]
    )
    told = mails("list_validated").get()
    assert told.to == amf_training.organism.email
    assert {key: told.values[key] for key in ("recognised", "unrecognised", "unticked")} == {
        "recognised": 2,
        "unrecognised": 1,
        "unticked": 1,
    }
    assert mails("lines_to_confirm").count() == 1
    assert Message.objects.filter(template="qcm/email/invited", to=cif.email).count() == 1
    assert sheet.journal.last().comment == "2 reconnus, 1 non reconnu, 1 décoché"


def test_the_mail_to_a_member_tells_the_total_and_the_hours_due_to_cif_members_only(
    training, owner
):
    cif, plain = make_member(), make_member(cif=False)
    counting.validate(make_sheet(training, rows=[row_of(cif), row_of(plain)]), by=owner)
    by_address = {one.to: one.values for one in mails("hours_counted")}
    assert by_address[cif.email]["total"] == "2\u202fh"
    assert by_address[cif.email]["due"] == "15\u202fh"
    assert by_address[plain.email]["due"] == ""
    assert by_address[cif.email]["due_amf"] == ""


def test_the_mail_tells_the_amf_hours_among_those_due_when_the_year_asks_for_some(training, owner):
    AnnualRules.objects.create(year=training.year, amf_minutes_due=180)
    cif = make_member()
    counting.validate(make_sheet(training, rows=[row_of(cif)]), by=owner)
    delivery.deliver_due()
    message = mails("hours_counted").get()
    for body in (message.text, message.html):
        assert "sur 15 h dues dans l’année, dont 3 h AMF." in body.replace("\u202f", " ")


def test_the_mail_and_the_members_page_say_alike_what_is_due_whatever_the_session(owner):
    year = timezone.localdate().year - 1
    training = make_training(status="approved", year=year)
    before, after = make_member(cif=False), make_member(cif=False)
    spans = {before: (date(year, 1, 1), date(year, 6, 30)), after: (date(year, 7, 1), None)}
    for member, (first, last) in spans.items():
        Membership.objects.create(member=member, kind="cif", starts_on=first, ends_on=last)
    day = date(year, 6, 15)
    sheet = make_sheet(training, rows=[row_of(before), row_of(after)], starts_on=day, ends_on=day)
    counting.validate(sheet, by=owner)
    by_address = {one.to: one.values["due"] for one in mails("hours_counted")}
    assert by_address == {before.email: "", after.email: "15\u202fh"}
    assert ledger.due(before, year) is None
    assert ledger.due(after, year) == ledger.Due(900, 0)


def test_mails_go_to_the_registry_and_never_to_an_address_of_the_roster(training, owner):
    member = make_member(email="vraie@exemple.test")
    counting.validate(
        make_sheet(training, rows=[row_of(member, email="pirate@exemple.test")]), by=owner
    )
    assert [one.to for one in mails("hours_counted")] == ["vraie@exemple.test"]


def test_a_member_without_email_is_counted_without_a_mail(training, owner):
    member = make_member(email="")
    counting.validate(make_sheet(training, rows=[row_of(member)]), by=owner)
    assert ledger.year_total(member, training.year)["associative"] == 120
    assert mails("hours_counted").count() == 0


def test_who_had_left_before_the_session_is_recorded_without_hours(amf_training, owner):
    day = timezone.localdate()
    left = make_member(until=day - timedelta(days=1))
    last_day = make_member(until=day)
    sheet = make_sheet(amf_training, rows=[row_of(left), row_of(last_day)])
    assert states(sheet) == ["recognised", "recognised"]
    counting.validate(sheet, by=owner)
    assert list(HoursCredit.objects.values_list("member", flat=True)) == [last_day.pk]
    assert list(Invitation.objects.values_list("member", flat=True)) == [last_day.pk]


def test_a_second_click_is_told_and_counts_nothing_more(amf_training, owner):
    sheet = make_sheet(amf_training, rows=[row_of(make_member())])
    counting.validate(sheet, by=owner)
    before = (HoursCredit.objects.count(), Invitation.objects.count(), Message.objects.count())
    with pytest.raises(WrongStatus, match="« validée »"):
        counting.validate(sheet, by=owner)
    after = (HoursCredit.objects.count(), Invitation.objects.count(), Message.objects.count())
    assert after == before


def test_an_empty_list_is_not_validated(training, owner):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    sheet.participants.update(included=False)
    with pytest.raises(WrongStatus, match="Aucun participant n’est coché"):
        counting.validate(sheet, by=owner)


def test_a_list_of_a_revoked_training_is_not_validated(training, owner):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    training.status = "revoked"
    training.save()
    with pytest.raises(WrongStatus, match="révoqué"):
        counting.validate(sheet, by=owner)


@pytest.mark.parametrize("status", ["reading", "unreadable", "validated", "cancelled"])
def test_only_a_draft_is_validated(training, owner, status):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    validated_at = timezone.now() if status in {"validated", "cancelled"} else None
    Sheet.objects.filter(pk=sheet.pk).update(status=status, validated_at=validated_at)
    with pytest.raises(WrongStatus):
        counting.validate(sheet, by=owner)
    assert HoursCredit.objects.count() == 0


@pytest.mark.parametrize("lines", [1, 30])
def test_validating_takes_as_many_queries_for_any_number_of_lines(
    amf_training, owner, lines, django_assert_num_queries
):
    sheet = make_sheet(amf_training, rows=[row_of(make_member()) for _ in range(lines)])
    with django_assert_num_queries(VALIDATING_QUERIES):
        counting.validate(sheet, by=owner)


VALIDATING_QUERIES = 39


def test_the_same_people_on_a_second_sheet_are_told_and_not_counted_twice(training, owner):
    member = make_member()
    first, second = (make_sheet(training, rows=[row_of(member)]) for _ in range(2))
    assert states(second) == ["recognised"]
    counting.validate(first, by=owner)
    # The other draft learns it at once.
    assert states(second) == ["already"]
    counting.validate(second, by=owner)
    assert HoursCredit.objects.count() == 1
    assert mails("hours_counted").count() == 1
    third = make_sheet(training, rows=[row_of(member)])
    assert states(third) == ["already"]


def test_already_counted_is_about_its_own_training_only(training, owner, organism):
    member = make_member()
    counting.validate(make_sheet(training, rows=[row_of(member)]), by=owner)
    other = make_training(organism, status="approved")
    assert states(make_sheet(other, rows=[row_of(member)])) == ["recognised"]


# --- part of a training, counted again ---------------------------------------------------------


def timed(member, followed):
    return [*row_of(member), followed]


TIMED = [*ROSTER_HEADER, "Durée suivie"]


def test_who_followed_part_of_the_training_gets_their_part_of_each_kind(amf_training, owner):
    half, little, whole = (make_member() for _ in range(3))
    content = make_xlsx([TIMED, timed(half, "3h30"), timed(little, "0h20"), timed(whole, "7h")])
    counting.validate(make_sheet(amf_training, content=content), by=owner)
    hours = dict(HoursCredit.objects.values_list("member", "minutes"))
    assert hours == {half.pk: 60, whole.pk: 120}
    assert dict(Invitation.objects.values_list("member", "minutes")) == {
        half.pk: 30,
        whole.pk: 60,
    }


def test_the_whole_training_only_when_the_year_says_so(amf_training, owner):
    rules = AnnualRules.for_year(amf_training.year)
    rules.partial_presence = "whole"
    rules.save()
    half, whole = make_member(), make_member()
    content = make_xlsx([TIMED, timed(half, "3h30"), timed(whole, "7h")])
    counting.validate(make_sheet(amf_training, content=content), by=owner)
    assert list(HoursCredit.objects.values_list("member", "minutes")) == [(whole.pk, 120)]
    assert list(Invitation.objects.values_list("member", flat=True)) == [whole.pk]


def test_a_longer_session_replaces_a_shorter_one_and_never_adds(training, owner):
    member = make_member()
    for followed in ("3h30", "1h", "7h"):
        content = make_xlsx([TIMED, timed(member, followed)])
        counting.validate(make_sheet(training, content=content), by=owner)
    minutes = list(HoursCredit.objects.order_by("pk").values_list("minutes", flat=True))
    assert minutes == [60, -60, 120]


def test_a_membership_mended_afterwards_is_counted_again_once(amf_training, owner, officer):
    late, counted = make_member(cif=False), make_member()
    late.memberships.all().delete()
    sheet = make_sheet(amf_training, rows=[row_of(late), row_of(counted)])
    counting.validate(sheet, by=owner)
    told = mails("lines_to_confirm").get()
    assert told.values["strangers"] == 1
    assert counting.recount(sheet, by=officer) == 0
    Membership.objects.create(member=late, kind="member", starts_on=sheet.starts_on)
    Membership.objects.create(member=late, kind="cif", starts_on=sheet.starts_on)
    before = Message.objects.count()
    assert counting.recount(sheet, by=officer) == 1
    assert ledger.year_total(late, amf_training.year)["associative"] == 120
    assert Invitation.objects.filter(member=late).count() == 1
    # The organism reads the journal: nothing there tells who was no member.
    assert {row.comment for row in sheet.journal.filter(event="recount")} == {""}
    assert Message.objects.count() == before + 2
    assert counting.recount(sheet, by=officer) == 0
    assert Message.objects.count() == before + 2


def test_recounting_is_for_officers_on_validated_sheets(training, owner, officer):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    with pytest.raises(WrongStatus):
        counting.recount(sheet, by=officer)
    counting.validate(sheet, by=owner)
    with pytest.raises(PermissionDenied):
        counting.recount(sheet, by=owner)


# --- cancelling -----------------------------------------------------------------------------------


def test_cancelling_takes_hours_and_qcms_back_and_tells_everyone(
    amf_training, owner, administrator
):
    member = make_member()
    sheet = make_sheet(amf_training, rows=[row_of(member)])
    counting.validate(sheet, by=owner)
    Message.objects.all().delete()
    cancelling.cancel(sheet, by=administrator, comment="Feuille non signée")
    sheet.refresh_from_db()
    assert sheet.status == "cancelled"
    assert ledger.year_total(member, amf_training.year)["total"] == 0
    assert HoursCredit.objects.get(corrects__isnull=False).reason == "Feuille non signée"
    assert Invitation.objects.get().status == "withdrawn"
    assert mails("sheet_cancelled").get().to == amf_training.organism.email
    assert mails("sheet_cancelled").get().values["reason"] == "Feuille non signée"
    assert Message.objects.filter(template="members/email/hours_corrected").get().to == member.email
    assert Message.objects.filter(template="qcm/email/withdrawn").get().to == member.email
    assert sheet.journal.last().comment == "Feuille non signée"


def test_only_the_administrator_of_staff_cancels(training, owner, officer):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    counting.validate(sheet, by=owner)
    for user in (owner, officer):
        with pytest.raises(PermissionDenied):
            cancelling.cancel(sheet, by=user, comment="Non")


def test_cancelling_needs_a_reason(training, owner, administrator):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    counting.validate(sheet, by=owner)
    with pytest.raises(Refused, match="motif"):
        cancelling.cancel(sheet, by=administrator, comment="  ")


def test_cancelling_twice_counters_once(training, owner, administrator):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    counting.validate(sheet, by=owner)
    cancelling.cancel(sheet, by=administrator, comment="Erreur")
    with pytest.raises(WrongStatus):
        cancelling.cancel(sheet, by=administrator, comment="Erreur")
    assert HoursCredit.objects.filter(corrects__isnull=False).count() == 1


def test_what_another_sheet_entitles_to_stays_when_one_is_cancelled(
    amf_training, owner, administrator
):
    both, one_only = make_member(), make_member()
    first = make_sheet(amf_training, rows=[row_of(both), row_of(one_only)])
    second = make_sheet(amf_training, rows=[row_of(both)])
    counting.validate(first, by=owner)
    counting.validate(second, by=owner)
    cancelling.cancel(first, by=administrator, comment="Erreur")
    year = amf_training.year
    assert ledger.year_total(both, year)["associative"] == 120
    assert ledger.year_total(one_only, year)["associative"] == 0
    assert Invitation.objects.get(member=both).status == "open"
    assert Invitation.objects.get(member=one_only).status == "withdrawn"
    cancelling.cancel(second, by=administrator, comment="Erreur")
    assert ledger.year_total(both, year)["associative"] == 0


def test_a_sheet_given_again_after_a_cancelling_counts_again(amf_training, owner, administrator):
    member = make_member()
    counting.validate(make_sheet(amf_training, rows=[row_of(member)]), by=owner)
    cancelling.cancel(Sheet.objects.get(), by=administrator, comment="Erreur")
    again = make_sheet(amf_training, rows=[row_of(member)])
    assert states(again) == ["recognised"]
    counting.validate(again, by=owner)
    assert ledger.year_total(member, amf_training.year)["associative"] == 120
    assert Invitation.objects.get().status == "open"


@pytest.mark.parametrize("lines", [1, 30])
def test_cancelling_takes_as_many_queries_for_any_number_of_lines(
    amf_training, owner, administrator, lines, django_assert_num_queries
):
    sheet = make_sheet(amf_training, rows=[row_of(make_member()) for _ in range(lines)])
    counting.validate(sheet, by=owner)
    administrator.has_perm("attendance.cancel_sheet")
    with django_assert_num_queries(CANCELLING_QUERIES):
        cancelling.cancel(sheet, by=administrator, comment="Erreur")


CANCELLING_QUERIES = 32
