"""What every reader of QCM sets hands back, and why a text cannot be read at all. Pure."""

from dataclasses import dataclass, field


class Unreadable(ValueError):
    """A file or a text that gives no questions; `str()` is a French sentence."""


@dataclass
class ParsedQuestion:
    """One question as its source gives it; `right` holds indexes in `choices`.

    `set_number` is 0 when the source does not say; `where` is such as « ligne 12 ».
    """

    set_number: int
    text: str
    choices: list[str]
    right: set[int]
    theme: str = ""
    explanation: str = ""
    where: str = ""

    def as_row(self):
        """The dictionary that `Training.write_sets` takes."""
        return {
            "set": self.set_number,
            "text": self.text,
            "theme": self.theme,
            "explanation": self.explanation,
            "choices": [(text, index in self.right) for index, text in enumerate(self.choices)],
        }


@dataclass
class ParsedSets:
    """The questions, every error (nothing may be written while one stands), and the notes."""

    questions: list[ParsedQuestion] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
