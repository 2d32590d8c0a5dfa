"""The registry is no oracle: what an organism that tries people learns stays below the day's limit.

Each attack reads what it is shown and counts how many right answers that gives it.
"""

import pytest
from django.urls import reverse

from attendance.models import Participant, UnrecognisedCount
from members.names import TOO_MANY_WORDS
from tests.factories import make_member, make_sheet

# The family names that most people bear.
FREQUENT = (
    "MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFEBVRE "
    "LEROY ROUX DAVID BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU"
).split()


def counted():
    """How many lines of the organism count for the day."""
    count = UnrecognisedCount.objects.filter(organism__isnull=False).first()
    return count.lines if count else 0


def learnt(sheet):
    """How many of a list's lines were said to be a member's."""
    return sheet.participants.filter(member__isnull=False).exclude(problem=TOO_MANY_WORDS).count()


# --- names ----------------------------------------------------------------------------------------


@pytest.fixture
def members(db):
    """A hundred members, four of each frequent name."""
    return [
        make_member(last_name=FREQUENT[rank % 25], first_name="", number=f"A{rank:05}", cif=False)
        for rank in range(100)
    ]


@pytest.mark.parametrize("between", [" ", "/", ", ", " née ", " ou ", "-", ") ("])
def test_a_cell_of_all_frequent_names_finds_nobodys_number(training, members, between):
    many = between.join(FREQUENT)[:200]
    sheet = make_sheet(training, rows=[[many, "", "", one.number, ""] for one in members])
    assert learnt(sheet) == 0
    assert set(sheet.participants.values_list("problem", flat=True)) == {TOO_MANY_WORDS}
    assert set(sheet.participants.values_list("state", flat=True)) == {Participant.State.PROBLEM}


@pytest.mark.parametrize("between", [" ", "/", ", ", " ou ", "-"])
def test_as_many_names_as_a_person_may_have_are_not_tried_in_turn(training, members, between):
    six = between.join(FREQUENT[:6])
    sheet = make_sheet(training, rows=[[six, "", "", one.number, ""] for one in members])
    # The first of them may be a family name before given ones, as « Nom » alone has them.
    assert learnt(sheet) <= len(members) / 25
    assert counted() >= len(members) - len(members) / 25


def test_letters_apart_spell_no_list_of_names(training, members):
    spelt = " ".join("".join(FREQUENT[:10]))
    sheet = make_sheet(training, rows=[[spelt, "", "", one.number, ""] for one in members])
    assert learnt(sheet) == 0


def test_the_form_says_that_a_name_has_too_many_words(client, training, owner, members):
    client.force_login(owner)
    sheet = make_sheet(training, rows=[["INCONNU", "Luc", "luc@exemple.test", "", ""]])
    page = client.post(
        reverse("attendance:add", args=[sheet.pk]),
        {"last_name": " ".join(FREQUENT[:7]), "member_number": "A00001"},
    )
    assert page.context["form"].errors["last_name"] == [TOO_MANY_WORDS]
    assert " ".join(FREQUENT[:7]) in page.content.decode()
    assert sheet.participants.count() == 1
