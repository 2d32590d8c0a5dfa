"""What attempts say of the questions: taken, share right, choices' shares, time; and which are odd.

The database counts; what comes back is one row for each set of ticks and score that occurred,
whose number does not grow with the attempts. All in integers; shares are whole percents.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from .. import marking
from ..models import Answer, Attempt

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

    question: object
    # The question as it was when it was last corrected (or written): itself, unless copied since.
    first: object = None
    taken: int = 0
    answered: int = 0
    right: int = 0
    seconds: int = 0
    # Attempts that reach the pass mark, and how many of them have it right. With sets of four
    # questions the score on the others alone would say little.
    good: int = 0
    good_right: int = 0
    choices: list = field(default_factory=list)

    @property
    def share_right(self):
        return marking.percent(self.right, self.taken)

    @property
    def unanswered(self):
        return self.taken - self.answered

    @property
    def mean_seconds(self):
        """Whole seconds spent on it, of those who answered; None before anyone did."""
        return self.seconds // self.answered if self.answered else None

    @property
    def flag(self):
        """Why staff should look at it, in French; "" for nothing."""
        return flag_of(self)


def flag_of(item) -> str:
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


def items(training):
    """(items of the questions that stand, items of those that were corrected); the odd ones first.

    A question that a new version took over unchanged keeps the figures of the versions before.
    Six queries, whatever the number of questions and attempts.
    """
    questions = {}
    for one in training.question_sets.prefetch_related("questions__choices"):
        for question in one.questions.all():
            question.question_set = one
            questions[question.pk] = question
    decided = list(training.regrades.order_by("pk").values_list("key", flat=True))
    taken, answers = _taken(training), _answers(training)
    standing, replaced, merged = [], [], set()
    # The last version first: each question takes its unchanged predecessors with it.
    for question in sorted(questions.values(), key=lambda one: -one.question_set.version):
        if question.pk in merged:
            continue
        same = _unchanged(question, questions)
        merged |= {one.pk for one in same}
        item = _item(question, same, taken, answers, decided)
        if question.question_set.replaced_at is None:
            standing.append(item)
        elif item.taken:
            replaced.append(item)
    for found in (standing, replaced):
        found.sort(
            key=lambda item: (
                ORDER[item.flag],
                item.question.question_set.position,
                item.question.position,
            )
        )
    return standing, replaced


def _unchanged(question, questions):
    """The question and those before it that ask the same, back to the last correction.

    A new theme or explanation asks nothing new.
    """
    same, asked = [question], _asked(question)
    while (before := questions.get(same[-1].replaces_id)) and _asked(before) == asked:
        same.append(before)
    return same


def _asked(question):
    row = question.as_row()
    return row.text, row.choices


def _finished(training):
    return Q(status=Attempt.Status.FINISHED, question_set__training=training)


def _taken(training):
    """{set id: {(right, total, pass mark): attempts}}."""
    found = {}
    for set_pk, right, total, mark, count in (
        Attempt.objects.filter(_finished(training))
        .order_by()
        .values_list("question_set", "right", "total", "pass_mark")
        .annotate(count=Count("pk"))
    ):
        found.setdefault(set_pk, {})[right, total, mark] = count
    return found


def _answers(training):
    """{question id: [(ticked, (right, total, pass mark), times, seconds in all)]}."""
    found = {}
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
        found.setdefault(question, []).append(row)
    return found


def _item(question, same, taken, answers, decided):
    """The figures of a question and of `same`: itself, and itself in the versions before."""
    item, places = Item(question, same[-1]), Counter()
    for one in same:
        choices = [choice.pk for choice in one.choices.all()]
        key = {one.pk: {choice.pk for choice in one.choices.all() if choice.is_right}}
        key = marking.overlay(key, decided)[one.pk]
        blank = Counter(taken.get(one.question_set_id, {}))
        item.taken += sum(blank.values())
        for own, score, count, seconds in answers.get(one.pk, []):
            blank[score] -= count
            if own:
                item.answered += count
                item.seconds += seconds
            places.update({choices.index(choice): count for choice in own})
            _add(item, score, marking.is_right(key, own), count)
        for score, count in blank.items():
            _add(item, score, marking.is_right(key, ()), count)
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


def _add(item, score, is_right, count):
    """Count attempts of one score, which had the question right or not."""
    right, total, mark = score
    is_good = marking.is_passed(right, total, mark)
    item.right += is_right * count
    item.good += is_good * count
    item.good_right += (is_good and is_right) * count


def summary(training):
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
    tenths = Counter()
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
