"""The three sets as the workshop shows them: what is missing, and what deserves a second look."""

from dataclasses import dataclass, field

from django.conf import settings

from ..models import Question, Training
from ..questions.remarks import Remark, remarks
from ..questions.set_checks import Problem, problems
from ..questions.sizing import SETS
from .sets import current


@dataclass
class Card:
    """One question of a set; sentences are French."""

    question: Question
    number: int
    rank: int
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What the question is called in a list."""
        return f"Question {self.rank}"


@dataclass
class SetView:
    """One set; `problems` and `remarks` are of the whole set."""

    number: int
    owed: int
    cards: list[Card] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.cards)

    @property
    def wrong(self) -> list[Card]:
        """The cards with something to complete."""
        return [card for card in self.cards if card.problems]

    @property
    def noted(self) -> list[Card]:
        """The cards with a remark."""
        return [card for card in self.cards if card.remarks]

    @property
    def remark_count(self) -> int:
        """How many remarks there are, on the set and on its questions."""
        return len(self.remarks) + sum(len(card.remarks) for card in self.cards)

    @property
    def complete(self) -> int:
        """How many questions lack nothing."""
        return self.count - len(self.wrong)

    @property
    def is_done(self) -> bool:
        return self.count > 0 and self.complete >= self.owed and not self.wrong

    @property
    def others(self) -> list[int]:
        """The numbers of the two other sets."""
        return [number for number in range(1, SETS + 1) if number != self.number]


def overview(training: Training) -> list[SetView]:
    """The training's three sets: three queries, and pure work on their rows."""
    owed = training.questions_owed
    views = {number: SetView(number, owed) for number in range(1, SETS + 1)}
    rows = []
    for question_set in current(training):
        number = question_set.position
        for rank, question in enumerate(question_set.questions.all(), start=1):
            views[number].cards.append(Card(question, number, rank))
            rows.append(question.as_row().in_set(number))
    for problem in problems(rows, owed=owed):
        _place(views, problem).problems.append(capitalised(problem.sentence))
    for remark in remarks(rows, similarity=settings.QCM_SIMILARITY_PERCENT):
        _place(views, remark).remarks.append(capitalised(remark.sentence))
    return list(views.values())


def _place(views: dict[int, SetView], said: Problem | Remark) -> Card | SetView:
    """The card or the set that a problem or a remark is about."""
    view = views[said.set_number]
    return view.cards[said.rank - 1] if said.rank else view


def capitalised(sentence: str) -> str:
    """The sentence as it begins when nothing stands before it."""
    return sentence[:1].upper() + sentence[1:]
