"""What was typed in a question's form, as the sets keep it. Pure."""

import re
from collections.abc import Sequence
from typing import Protocol

from ..questions.rows import ChoiceRow, QuestionRow
from ..questions.set_checks import FIELDS, LETTERS, MAX_CHARACTERS, tidy, tidy_line
from ..questions.sizing import MAX_CHOICES


class Posted(Protocol):
    """What a form posted."""

    def get(self, key: str, default: str, /) -> str: ...
    def getlist(self, key: str, /) -> list[str]: ...


def read_content(data: Posted) -> tuple[QuestionRow, list[str]]:
    """(QuestionRow, errors) of a posted question; the row is whole even with errors.

    `data` has text, theme, explanation, the choices in order, and in `right` the
    indexes of those that are ticked. A choice left blank counts for nothing unless it is ticked;
    « do » may ask to move or to drop a choice.
    """
    right = set(data.getlist("right"))
    choices = [
        ChoiceRow(tidy(text), str(index) in right)
        for index, text in enumerate(data.getlist("choice"))
    ]
    row = QuestionRow(
        text=tidy(data.get("text", "")),
        choices=tuple(_asked(choices, data.get("do", ""))),
        theme=tidy_line(data.get("theme", "")),
        explanation=tidy(data.get("explanation", "")),
    ).filled()
    return row, _too_long(row)


def _asked(choices: Sequence[ChoiceRow], do: str) -> list[ChoiceRow]:
    """The choices after « choice-up-2 », « choice-down-0 » or « choice-drop-1 »."""
    asked = re.fullmatch(r"choice-(up|down|drop)-(\d)", do)
    if not asked or int(asked[2]) >= len(choices):
        return list(choices)
    left, index = list(choices), int(asked[2])
    moved = left.pop(index)
    if asked[1] != "drop":
        left.insert(max(0, index + (1 if asked[1] == "down" else -1)), moved)
    return left


def _too_long(row: QuestionRow) -> list[str]:
    errors = [
        f"{words[:1].upper()}{words[1:]} compte {len(getattr(row, name))} caractères ; "
        f"{MAX_CHARACTERS[name]} au plus."
        for name, words in FIELDS.items()
        if len(getattr(row, name)) > MAX_CHARACTERS[name]
    ]
    if len(row.choices) > MAX_CHOICES:
        errors.append(
            f"Il y a {len(row.choices)} réponses ; une question en a {MAX_CHOICES} au plus."
        )
    errors += [
        f"La réponse {letter} compte {len(text)} caractères ; {MAX_CHARACTERS['choice']} au plus."
        for letter, (text, _) in zip(LETTERS, row.choices, strict=False)
        if len(text) > MAX_CHARACTERS["choice"]
    ]
    return errors
