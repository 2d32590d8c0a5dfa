"""A question as a value: what import, checks, the workshop, versions and export hand on. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self


class ChoiceRow(NamedTuple):
    """One choice; the blank one keeps the place of a choice that was taken out."""

    text: str = ""
    is_right: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing; one that is ticked without a text is wrong instead."""
        return not self.text and not self.is_right


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question, complete or not. `set_number` is 0 where nothing says it."""

    text: str = ""
    choices: tuple[ChoiceRow, ...] = ()
    theme: str = ""
    explanation: str = ""
    set_number: int = 0

    def in_set(self, number: int) -> Self:
        """The same question, in the set of this number."""
        return replace(self, set_number=number)

    def filled(self) -> Self:
        """The same question without the places of choices that were taken out."""
        return replace(
            self, choices=tuple(choice for choice in self.choices if not choice.is_blank)
        )

    def to_json(self) -> dict[str, Any]:
        """The question as a JSON column keeps it."""
        stored: dict[str, Any] = {
            "text": self.text,
            "theme": self.theme,
            "explanation": self.explanation,
            "choices": [[choice.text, choice.is_right] for choice in self.choices],
        }
        return {"set": self.set_number, **stored} if self.set_number else stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The question out of a JSON column; a choice kept as null was taken out."""
        return cls(
            text=stored.get("text", ""),
            choices=tuple(ChoiceRow(*(choice or ())) for choice in stored.get("choices", ())),
            theme=stored.get("theme", ""),
            explanation=stored.get("explanation", ""),
            set_number=stored.get("set", 0),
        )
