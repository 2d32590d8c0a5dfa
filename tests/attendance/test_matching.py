import pytest

from attendance.domain import matching
from attendance.roster.people import RosterLine
from tests import factories


def line(**fields):
    return RosterLine(row_number=2, **fields)


def who(**fields):
    match = matching.find([line(**fields)])[0]
    return match and match.member


@pytest.fixture
def member(db):
    return factories.make_member(
        number="A00123",
        last_name="LEFÈVRE-MARTIN",
        first_name="Hélène",
        email="helene@cabinet.example",
        orias="07492117",
    )


@pytest.mark.parametrize("number", ["A00123", "123", "00123", "a 00123", "123.0"])
def test_a_number_written_in_any_way_is_known(member, number):
    assert who(last_name="Lefèvre-Martin", member_number=number) == member


def test_an_email_in_capitals_is_known(member):
    assert who(last_name="Lefèvre-Martin", email="HELENE@CABINET.EXAMPLE") == member


def test_an_orias_number_that_lost_its_zero_is_known(member):
    assert who(last_name="Lefèvre-Martin", orias="7492117") == member


@pytest.mark.parametrize(
    "last_name",
    ["Lefevre Martin", "LEFEVRE-MARTIN", "Martin-Lefèvre", "lefevremartin", "Lefèvre", "MARTIN"],
)
def test_a_family_name_agrees_whatever_its_spelling(member, last_name):
    assert who(last_name=last_name, member_number="A00123") == member


@pytest.mark.parametrize("last_name", ["Durand", "Lefe", "Hélène", "L", "Martinez"])
def test_a_known_number_without_the_family_name_is_not_recognised(member, last_name):
    assert who(last_name=last_name, member_number="A00123") is None


def test_a_family_name_alone_is_not_recognised(member):
    assert who(last_name="Lefèvre-Martin") is None


@pytest.mark.parametrize(
    "full_name", ["LEFÈVRE-MARTIN Hélène", "Hélène Lefèvre Martin", "Lefèvre-Martin, Hélène"]
)
def test_both_names_in_one_cell_are_recognised_in_any_order(member, full_name):
    assert who(last_name="x", full_name=full_name, member_number="123") == member


def test_names_in_each_others_column_are_recognised(member):
    assert who(last_name="Hélène", first_name="Lefèvre-Martin", member_number="123") == member


def test_a_particle_alone_is_not_a_family_name(db):
    member = factories.make_member(number="A7", last_name="LE GOFF")
    assert who(last_name="Le", member_number="A7") is None
    assert who(last_name="Goff", member_number="A7") == member
    assert who(last_name="LEGOFF", member_number="A7") == member


def test_two_who_share_a_mailbox_are_told_apart_by_their_family_name(db):
    one = factories.make_member(last_name="DURAND", email="cabinet@exemple.test")
    two = factories.make_member(last_name="PETIT", email="cabinet@exemple.test")
    assert who(last_name="Durand", email="cabinet@exemple.test") == one
    assert who(last_name="Petit", email="cabinet@exemple.test") == two


def test_two_of_one_family_who_share_a_mailbox_are_told_apart_by_their_first_name(db):
    shared = {"last_name": "DURAND", "email": "cabinet@exemple.test"}
    factories.make_member(first_name="Anne", **shared)
    paul = factories.make_member(first_name="Paul", **shared)
    assert who(first_name="Paul", **shared) == paul
    assert who(first_name="Luc", **shared) is None


def test_a_mistyped_number_gives_way_to_an_email_with_the_right_name(member):
    other = factories.make_member(number="A00124", last_name="AUTRE")
    assert who(last_name="Lefèvre", member_number="A00124", email=member.email) == member
    assert who(last_name="Autre", member_number="A00124", email=member.email) == other


def test_what_recognised_a_line_is_said(member):
    match = matching.find(
        [line(last_name="Lefèvre", member_number="123", email="helene@cabinet.example")]
    )[0]
    assert match.by == "numéro, e-mail"


@pytest.mark.parametrize("lines", [1, 500])
def test_matching_takes_three_queries_for_each_500_lines(member, lines, django_assert_num_queries):
    rows = [
        line(last_name="X", member_number=f"A{n}", email=f"x{n}@exemple.test", orias=f"{n:08}")
        for n in range(123, 123 + lines)
    ]
    # Numbers, ORIAS numbers and e-mails together; the same as former ones; former names.
    with django_assert_num_queries(3):
        matching.find(rows)
    with django_assert_num_queries(2):
        matching.find([line(last_name="X", member_number="B777")])
