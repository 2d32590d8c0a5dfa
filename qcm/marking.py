"""Marking, pure and in integers: no Django, no float, no rounding.

A question is right when exactly its right choices are ticked. An attempt is passed when
`right * 100 >= pass_mark * total`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

# Kept with each attempt: how it was marked, should another rule come.
RULE = "exact"


@dataclass(frozen=True)
class Mark:
    """The result of one attempt; `wrong` holds the ids of the questions that were missed."""

    right: int
    total: int
    passed: bool
    wrong: tuple[int, ...] = ()


def is_right(right_choices: Collection[int] | None, ticked: Collection[int]) -> bool:
    """Whether exactly the right choices are ticked; a question without any is never right.

    None stands for a question that counts as right for all.
    """
    if right_choices is None:
        return True
    return bool(right_choices) and set(right_choices) == set(ticked)


def is_passed(right: int, total: int, pass_mark: int) -> bool:
    """Whether `right` of `total` questions reach `pass_mark` (in percent, 1 to 100)."""
    return total > 0 and right * 100 >= pass_mark * total


def percent(right: int, total: int) -> int:
    """The score in whole percents, rounded down: what is shown never reaches a mark missed."""
    return right * 100 // total if total else 0


def overlay(
    key: Mapping[int, Collection[int] | None], decided: Iterable[Mapping[str, list[int] | None]]
) -> dict[int, Collection[int] | None]:
    """The key with what was decided since on its questions; a later decision wins.

    Decisions come from JSON, where the ids of questions are text.
    """
    new: dict[int, Collection[int] | None] = dict(key)
    for decision in decided:
        for question, choices in decision.items():
            if int(question) in new:
                new[int(question)] = None if choices is None else set(choices)
    return new


def mark(
    key: Mapping[int, Collection[int] | None], ticked: Mapping[int, Collection[int]], pass_mark: int
) -> Mark:
    """Mark an attempt.

    `key` gives the right choices of every question asked (None: right for all), `ticked` the
    choices ticked of those that were answered; a question that was not answered is wrong.
    """
    wrong = tuple(
        question
        for question, right_choices in key.items()
        if not is_right(right_choices, ticked.get(question, ()))
    )
    right = len(key) - len(wrong)
    return Mark(right, len(key), is_passed(right, len(key), pass_mark), wrong)
