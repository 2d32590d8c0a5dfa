"""A second file says otherwise than the list who was there: asked, and never dropped."""

import pytest

from attendance import tasks
from attendance.domain import participants
from attendance.domain import second as second_readings
from common.errors import WrongStatus
from tests.attendance.test_revising import second
from tests.factories import make_member, make_sheet, row_of
from tests.files import ROSTER_HEADER, make_xlsx


@pytest.fixture
def known():
    return [make_member(last_name=name, first_name="Jean") for name in ("ALBERT", "BRUN")]


def people(known, *marks):
    rows = [[*row_of(one), mark] for one, mark in zip(known, marks, strict=True)]
    return make_xlsx([[*ROSTER_HEADER, "Présent"], *rows])


@pytest.fixture
def of_two(training, known):
    return make_sheet(training, content=people(known, "oui", "non"))


def included(sheet):
    return {line.last_name: line.included for line in sheet.participants.all()}


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        ("keep", {"ALBERT": True, "BRUN": False}),
        ("take", {"ALBERT": False, "BRUN": True}),
    ],
)
def test_who_is_said_otherwise_by_a_second_file_is_asked_about(of_two, known, owner, answer, after):
    one = second(of_two.training, "complete", people(known, "non", "oui"), owner, of_two)
    (question,) = one.questions
    assert question["sentence"] == (
        "2 personnes sont dites autrement dans les deux fichiers (ALBERT Jean : présent dans la "
        "liste, absent dans ce fichier ; BRUN Jean : absent dans la liste, présent dans ce "
        "fichier). Lequel croire ?"
    )
    with pytest.raises(WrongStatus):
        second_readings.apply(one, by=owner)
    assert included(of_two) == {"ALBERT": True, "BRUN": False}
    second_readings.answer(one, {"otherwise": answer}, by=owner)
    tasks.read_second(one.pk)
    one.refresh_from_db()
    assert one.questions == []
    second_readings.apply(one, by=owner)
    assert included(of_two) == after


def test_a_second_file_that_agrees_or_meets_a_person_s_word_asks_nothing(of_two, known, owner):
    agreeing = second(of_two.training, "complete", people(known, "oui", "non"), owner, of_two)
    assert agreeing.questions == []
    brun = of_two.participants.get(last_name="BRUN")
    participants.tick(of_two, [brun.pk], among=[brun.pk], by=owner)
    told = second(of_two.training, "complete", people(known, "oui", "non"), owner, of_two)
    assert told.questions == []
