"""A question as a value, and as JSON columns keep it."""

import json

import pytest

from tests.trainings.sets import make_row
from trainings.questions.rows import ChoiceRow, QuestionRow


@pytest.mark.parametrize(
    "row",
    [
        QuestionRow(),
        make_row(0, "Qui ?", [("Moi", True), ("", True), ("", False)], theme="a", explanation="b"),
        make_row(3),
    ],
)
def test_a_question_comes_back_from_json_as_it_was(row):
    assert QuestionRow.from_json(json.loads(json.dumps(row.to_json()))) == row


def test_what_was_stored_before_questions_were_values_is_read():
    stored = {"set": 0, "text": "Qui ?", "choices": [["Moi", True], None, ["Toi", False]]}
    row = QuestionRow.from_json(stored)
    assert row == make_row(0, "Qui ?", [("Moi", True), ("", False), ("Toi", False)])
    assert row.filled() == make_row(0, "Qui ?", [("Moi", True), ("Toi", False)])


def test_a_ticked_choice_without_a_text_is_kept_to_be_told():
    row = make_row(choices=[("Moi", False), ("", True)])
    assert row.filled() == row
    assert [choice.is_blank for choice in (ChoiceRow(), *row.choices)] == [True, False, False]
