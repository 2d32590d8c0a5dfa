"""What the tests of the workshop type, and what they find."""

from django.urls import reverse

from tests.trainings.sets import make_choices
from trainings.models import Question
from trainings.questions.rows import QuestionRow

CONTENT = QuestionRow(
    text="Quand le document est-il remis ?",
    choices=make_choices(("Avant", True), ("Après", False)),
    theme="Conseil",
    explanation="Avant toute prestation.",
)


def ranked(training, number=1):
    """The questions of a set in their order, and their positions."""
    found = Question.objects.filter(
        question_set__training=training, question_set__position=number
    ).order_by("position")
    assert [one.position for one in found] == list(range(1, len(found) + 1))
    return [one.pk for one in found]


def url(name, training, *args):
    return reverse(f"trainings:{name}", args=[training.pk, *args])


def typed(content=CONTENT, **more):
    return {
        "text": content.text,
        "theme": content.theme,
        "explanation": content.explanation,
        "choice": [text for text, _ in content.choices],
        "right": [str(index) for index, (_, right) in enumerate(content.choices) if right],
        "set": "1",
        "revision": "1",
    } | more
