"""What attempts say of the questions: taken, share right, choices' shares, time; and which are odd.

The database counts; what comes back is one row for each set of ticks and score that occurred,
whose number does not grow with the attempts. All in integers; shares are whole percents.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, Sum

from trainings.models import Choice, Correction, Question, Training

from .. import marking
from ..models import Answer, Attempt, Regrade
from . import marks

# (right, total, pass mark) of an attempt.
Score = tuple[int, int, int]
# Below this many attempts a question tells nothing.
ENOUGH = 30
# Of those with good scores, so many percent fewer than of the others have it right: odd.
MARGIN = 10

NOBODY = "personne ne la réussit"
GOOD_FAIL = "les meilleurs la manquent"
EVERYONE = "tout le monde la réussit"


@dataclass
class Item:
    """One question in figures.

    `choices` holds (choice, times ticked, share of the attempts, whether it counts as right).
    """

    question: Question
    # The question as it was when it was last corrected (or written): itself, unless copied since.
    first: Question
    taken: int = 0
    answered: int = 0
    right: int = 0
    seconds: int = 0
    # Attempts that reach the pass mark, and how many of them have it right. With sets of four
    # questions the score on the others alone would say little.
    good: int = 0
    good_right: int = 0
    choices: list[tuple[Choice, int, int, bool]] = field(default_factory=list)
    # Of a question that stands: its correction that goes on, the regrade that followed its last
    # one, and whether one can be decided.
    correction: Correction | None = None
    regrade: Regrade | None = None
    may_regrade: bool = False

    @property
    def share_right(self) -> int:
        return marking.percent(self.right, self.taken)

    @property
    def unanswered(self) -> int:
        return self.taken - self.answered

    @property
    def mean_seconds(self) -> int | None:
        """Whole seconds spent on it, of those who answered; None before anyone did."""
        return self.seconds // self.answered if self.answered else None

    @property
    def is_proposed(self) -> bool:
        """Whether the organism proposes a correction, which waits for staff."""
        return self.correction is not None and (
            self.correction.status == Correction.Status.PROPOSED
        )

    @property
    def flag(self) -> str:
        """Why staff should look at it, in French; "" for nothing."""
        return flag_of(self)


@dataclass(frozen=True)
class Analysis:
    """A training's QCM in figures: what stands, what was replaced, and `summary`'s figures."""

    standing: list[Item]
    replaced: list[Item]
    figures: dict[str, Any]

    @property
    def mean_seconds(self) -> int | None:
        """Whole seconds that an attempt took; None before one ended."""
        finished = self.figures["finished"]
        taken = sum(item.seconds for item in [*self.standing, *self.replaced])
        return taken // finished if finished else None

    @property
    def proposed(self) -> int:
        """How many corrections the organism proposes."""
        return sum(item.is_proposed for item in self.standing)

    @property
    def odd(self) -> int:
        """How many questions that stand are to be looked at."""
        return sum(bool(item.flag) for item in self.standing)


def flag_of(item: Item) -> str:
    """What is odd about an item, from ENOUGH attempts on.

    Those with good scores, who passed, fail it when fewer than half of them have it right, or
    when their share is MARGIN percent below that of the others.
    """
    if item.taken < ENOUGH:
        return ""
    if item.right == 0:
        return NOBODY
    if item.right == item.taken:
        return EVERYONE
    others, others_right = item.taken - item.good, item.right - item.good_right
    if item.good and item.good_right * 2 < item.good:
        return GOOD_FAIL
    if item.good and others:
        # good_right / good + MARGIN % < others_right / others, without dividing.
        below = (item.good_right * 100 + MARGIN * item.good) * others
        if below < others_right * 100 * item.good:
            return GOOD_FAIL
    return ""


ORDER = {NOBODY: 0, GOOD_FAIL: 1, EVERYONE: 2, "": 3}


def items(training: Training) -> tuple[list[Item], list[Item]]:
    """(items of the questions that stand, items of those that were corrected); the odd ones first.

    A question that a new version took over unchanged keeps the figures of the versions before.
    Six queries, whatever the number of questions and attempts.
    """
    questions: dict[int, Question] = {}
    for question_set in training.question_sets.prefetch_related("questions__choices"):
        for question in question_set.questions.all():
            question.question_set = question_set
            questions[question.pk] = question
    decided = marks.decisions(training)
    taken, answers = _taken(training), _answers(training)
    standing: list[Item] = []
    replaced: list[Item] = []
    merged: set[int] = set()
    # The last version first: each question takes its unchanged predecessors with it.
    for question in sorted(questions.values(), key=lambda asked: -asked.question_set.version):
        if question.pk in merged:
            continue
        same = _unchanged(question, questions)
        merged |= {version.pk for version in same}
        item = _item(question, same, taken, answers, decided)
        if question.question_set.replaced_at is None:
            standing.append(item)
        elif item.taken:
            replaced.append(item)
    for listed in (standing, replaced):
        listed.sort(
            key=lambda item: (
                ORDER[item.flag],
                item.question.question_set.position,
                item.question.position,
            )
        )
    return standing, replaced


def analyse(training: Training) -> Analysis:
    """The figures of a training's QCM, with what is being done about its questions.

    Eleven queries, whatever the number of questions and attempts.
    """
    standing, replaced = items(training)
    corrections = {
        correction.question_id: correction
        for correction in Correction.objects.live().of_training(training)
    }
    regrades = {
        regrade.question_id: regrade
        for regrade in training.regrades.annotate(changed=Count("changes"))
    }
    taken_before = {item.question.pk for item in replaced}
    for item in standing:
        item.correction = corrections.get(item.question.pk)
        item.regrade = regrades.get(item.first.pk)
        item.may_regrade = item.first.replaces_id in taken_before and not item.regrade
    # What the organism proposes waits for staff: it comes before figures that are odd.
    standing.sort(key=lambda item: not item.is_proposed)
    return Analysis(standing, replaced, summary(training))


def _unchanged(question: Question, questions: Mapping[int, Question]) -> list[Question]:
    """The question and those before it that ask the same, back to the last correction.

    A new theme or explanation asks nothing new.
    """
    same, asked = [question], _asked(question)
    while (before := questions.get(same[-1].replaces_id or 0)) and _asked(before) == asked:
        same.append(before)
    return same


def _asked(question: Question) -> Any:
    row = question.as_row()
    return row.text, row.choices


def _finished(training: Training) -> Q:
    return Q(status=Attempt.Status.FINISHED, question_set__training=training)


def _taken(training: Training) -> dict[int, dict[Score, int]]:
    """{set id: {(right, total, pass mark): attempts}}."""
    scores: dict[int, dict[Score, int]] = {}
    for set_pk, right, total, mark, count in (
        Attempt.objects.filter(_finished(training))
        .order_by()
        .values_list("question_set", "right", "total", "pass_mark")
        .annotate(count=Count("pk"))
    ):
        scores.setdefault(set_pk, {})[right, total, mark] = count
    return scores


def _answers(
    training: Training,
) -> dict[int, list[tuple[list[int], Score, int, int]]]:
    """{question id: [(ticked, (right, total, pass mark), times, seconds in all)]}."""
    answers: dict[int, list[tuple[list[int], Score, int, int]]] = {}
    for question, choices, right, total, mark, count, seconds in (
        Answer.objects.filter(
            attempt__status=Attempt.Status.FINISHED, attempt__question_set__training=training
        )
        .order_by()
        .values_list(
            "question", "choices", "attempt__right", "attempt__total", "attempt__pass_mark"
        )
        .annotate(count=Count("pk"), spent=Sum("seconds"))
    ):
        row = (choices, (right, total, mark), count, seconds)
        answers.setdefault(question, []).append(row)
    return answers


def _item(
    question: Question,
    same: Sequence[Question],
    taken: Mapping[int, Mapping[Score, int]],
    answers: Mapping[int, Sequence[tuple[list[int], Score, int, int]]],
    decided: Sequence[Mapping[str, list[int] | None]],
) -> Item:
    """The figures of a question and of `same`: itself, and itself in the versions before."""
    item = Item(question, same[-1])
    places: Counter[int] = Counter()
    for version in same:
        choices = [choice.pk for choice in version.choices.all()]
        written = {choice.pk for choice in version.choices.all() if choice.is_right}
        right = marking.overlay({version.pk: written}, decided)[version.pk]
        blank = Counter(taken.get(version.question_set_id, {}))
        item.taken += sum(blank.values())
        for ticked, score, count, seconds in answers.get(version.pk, []):
            blank[score] -= count
            if ticked:
                item.answered += count
                item.seconds += seconds
            places.update({choices.index(choice): count for choice in ticked})
            _add(item, score, marking.is_right(right, ticked), count)
        for score, count in blank.items():
            _add(item, score, marking.is_right(right, ()), count)
    # As it is marked now; right for all says nothing of the choices.
    right = marking.overlay({question.pk: None}, decided)[question.pk]
    item.choices = [
        (
            choice,
            places[place],
            marking.percent(places[place], item.taken),
            choice.is_right if right is None else choice.pk in right,
        )
        for place, choice in enumerate(question.choices.all())
    ]
    return item


def _add(item: Item, score: Score, is_right: bool, count: int) -> None:
    """Count attempts of one score, which had the question right or not."""
    right, total, mark = score
    is_good = marking.is_passed(right, total, mark)
    item.right += is_right * count
    item.good += is_good * count
    item.good_right += (is_good and is_right) * count


def summary(training: Training) -> dict[str, Any]:
    """The training's QCM in figures: invitations, attempts, first tries, scores.

    `scores` holds (percent from, attempts, share) for each tenth. Three queries.
    """
    invitations = dict(
        training.invitations.order_by().values_list("status").annotate(count=Count("pk"))
    )
    attempts = Attempt.objects.filter(_finished(training))
    figures = attempts.aggregate(
        # « passed » as a name would hide the column from the filters after it.
        finished=Count("pk"),
        successes=Count("pk", filter=Q(passed=True)),
        first=Count("pk", filter=Q(number=1)),
        first_successes=Count("pk", filter=Q(number=1, passed=True)),
    )
    tenths: Counter[int] = Counter()
    for right, total, count in (
        attempts.order_by().values_list("right", "total").annotate(count=Count("pk"))
    ):
        tenths[min(marking.percent(right, total) // 10, 9)] += count
    most = max(tenths.values(), default=0)
    return {
        "invited": sum(invitations.values()),
        "by_status": invitations,
        **figures,
        "share_passed": marking.percent(figures["successes"], figures["finished"]),
        "share_first": marking.percent(figures["first_successes"], figures["first"]),
        "scores": [
            (tenth * 10, tenths[tenth], tenths[tenth] * 100 // most if most else 0)
            for tenth in range(10)
        ],
    }
