"""Hours are counted once per member, training and kind, and corrected by counter-entries."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from common.errors import Refused
from members.domain import ledger
from members.domain.ledger import Due, Entitlement
from members.models import HoursCredit
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 12)


@pytest.fixture
def training():
    return factories.make_training(status="approved", year=2026)


@pytest.fixture
def member():
    return factories.make_member()


def credited(training, member, minutes, kind="associative"):
    with transaction.atomic():
        return ledger.credit(
            training=training,
            kind=kind,
            session_on=DAY,
            entitlements=[Entitlement(member.pk, minutes)],
        )


def credit(*args, **kwargs):
    (entry,) = credited(*args, **kwargs).standing.values()
    return entry


def entries(member):
    return list(member.credits.values_list("minutes", flat=True))


def test_a_first_credit_counts_for_the_training_s_year(training, member):
    made = credited(training, member, 90)
    (entry,) = made.written
    assert made.standing == {member.pk: entry}
    assert (entry.member, entry.year, entry.session_on) == (member, 2026, DAY)
    assert ledger.year_total(member, 2026) == {"associative": 90, "amf": 0, "total": 90}
    assert ledger.year_total(member, 2025)["total"] == 0


@pytest.mark.parametrize("again", [90, 60, 15])
def test_the_same_or_less_counts_nothing_more(training, member, again):
    first = credit(training, member, 90)
    second = credited(training, member, again)
    assert (second.standing, second.written) == ({member.pk: first}, [])
    assert entries(member) == [90]


def test_more_replaces_by_a_counter_entry_never_the_sum(training, member):
    credit(training, member, 60)
    made = credited(training, member, 75)
    (larger,) = made.written
    assert made.standing == {member.pk: larger}
    assert entries(member) == [60, -60, 75]
    assert larger.follows.corrects.minutes == 60
    assert larger.follows.reason
    assert ledger.year_total(member, 2026)["total"] == 75


def test_a_cancelled_credit_can_be_counted_again(training, member):
    first = credit(training, member, 60)
    ledger.counter([first], reason="Feuille annulée")
    assert ledger.year_total(member, 2026)["total"] == 0
    again = credit(training, member, 60)
    assert again.follows.corrects == first
    ledger.counter([again], reason="Encore")
    credit(training, member, 45)
    assert entries(member) == [60, -60, 60, -60, 45]


def test_the_two_kinds_are_counted_apart(training, member):
    credit(training, member, 60, "associative")
    credit(training, member, 30, "amf")
    assert ledger.year_total(member, 2026) == {"associative": 60, "amf": 30, "total": 90}
    assert set(ledger.standing([member.pk], training=training)) == {
        (member.pk, "associative"),
        (member.pk, "amf"),
    }


def test_zero_minutes_write_nothing(training, member):
    assert credited(training, member, 0) == ledger.Credited(standing={}, written=[])


def test_a_counter_entry_needs_a_reason(training, member):
    entry = credit(training, member, 60)
    with pytest.raises(Refused, match="motif"):
        ledger.counter([entry], reason="  ")


def test_an_entry_is_countered_once(training, member):
    entry = credit(training, member, 60)
    ledger.counter([entry], reason="Une fois")
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.counter([entry], reason="Deux fois")


def test_the_database_refuses_a_second_first_credit(training, member):
    credit(training, member, 60)
    with pytest.raises(IntegrityError), transaction.atomic():
        HoursCredit.objects.create(
            member=member,
            training=training,
            kind="associative",
            minutes=60,
            year=2026,
            session_on=DAY,
        )


def test_crediting_many_takes_as_many_queries_as_crediting_one(training, django_assert_num_queries):
    for count in (1, 30):
        people = [factories.make_member() for _ in range(count)]
        rows = [Entitlement(one.pk, 60) for one in people]
        # savepoint, lock, chains, insert, release
        with django_assert_num_queries(5), transaction.atomic():
            ledger.credit(training=training, kind="associative", session_on=DAY, entitlements=rows)
        larger = [Entitlement(one.pk, 90) for one in people]
        # the same, and the counter-entries
        with django_assert_num_queries(6), transaction.atomic():
            ledger.credit(
                training=training, kind="associative", session_on=DAY, entitlements=larger
            )


def test_only_cif_members_of_the_day_owe_hours(training):
    cif = factories.make_member(cif=True)
    other = factories.make_member(cif=False)
    year = date.today().year
    assert ledger.due(cif, year) == Due(900, 0)
    assert ledger.due(other, year) is None
    assert ledger.due_each([cif.pk, other.pk], year) == {cif.pk: Due(900, 0)}


@pytest.mark.parametrize(
    ("until", "due"), [((6, 30), None), ((12, 31), Due(900, 0)), (None, Due(900, 0))]
)
def test_of_another_year_owe_those_who_were_cif_on_its_last_day(training, until, due):
    last_year = date.today().year - 1
    member = factories.make_member(until=until and date(last_year, *until))
    assert ledger.due(member, last_year) == due


@pytest.mark.parametrize(
    ("associative", "amf", "left"),
    [
        (0, 0, Due(900, 180)),
        (300, 60, Due(540, 120)),
        (900, 0, Due(180, 180)),
        (720, 180, Due(0, 0)),
        (0, 1200, Due(0, 0)),
    ],
)
def test_amf_hours_due_are_left_whatever_the_others_come_to(associative, amf, left):
    totals = {"associative": associative, "amf": amf, "total": associative + amf}
    assert Due(900, 180).left(totals) == left
