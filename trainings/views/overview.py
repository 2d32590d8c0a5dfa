"""The three sets as the workshop shows them: what is missing, and what deserves a second look."""

from dataclasses import dataclass, field

from django.conf import settings

from ..questions.remarks import remarks
from ..questions.set_checks import problems
from ..questions.sizing import SETS


@dataclass
class Card:
    """One question of a set; sentences are French."""

    question: object
    number: int
    rank: int
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def label(self):
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
    def count(self):
        return len(self.cards)

    @property
    def wrong(self):
        """The cards with something to complete."""
        return [card for card in self.cards if card.problems]

    @property
    def noted(self):
        """The cards with a remark."""
        return [card for card in self.cards if card.remarks]

    @property
    def remark_count(self):
        """How many remarks there are, on the set and on its questions."""
        return len(self.remarks) + sum(len(card.remarks) for card in self.cards)

    @property
    def complete(self):
        """How many questions lack nothing."""
        return self.count - len(self.wrong)

    @property
    def is_done(self):
        return self.count > 0 and self.complete >= self.owed and not self.wrong

    @property
    def others(self):
        """The numbers of the two other sets."""
        return [number for number in range(1, SETS + 1) if number != self.number]


def overview(training):
    """[SetView] of a training's three sets: three queries, and pure work on their rows."""
    owed = training.questions_owed
    views = {number: SetView(number, owed) for number in range(1, SETS + 1)}
    rows = []
    for one in training.current_sets():
        for rank, question in enumerate(one.questions.all(), start=1):
            views[one.position].cards.append(Card(question, one.position, rank))
            rows.append(question.as_row().in_set(one.position))
    for problem in problems(rows, owed=owed):
        _place(views, problem).problems.append(capitalised(problem.sentence))
    for remark in remarks(rows, similarity=settings.QCM_SIMILARITY_PERCENT):
        _place(views, remark).remarks.append(capitalised(remark.sentence))
    return list(views.values())


def _place(views, found):
    """The card or the set that a problem or a remark is about."""
    view = views[found.set_number]
    return view.cards[found.rank - 1] if found.rank else view


def capitalised(sentence):
    return sentence[:1].upper() + sentence[1:]
