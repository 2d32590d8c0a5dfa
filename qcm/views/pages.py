"""What the member's pages show, gathered in a constant number of queries."""

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format

from common.engine.prepared import prepared
from trainings.models import Question, QuestionSet

from ..domain import questions
from ..models import Regrade


@prepared
def _set_sizes(training):
    return (
        QuestionSet.objects.current()
        .filter(training=training)
        .order_by()
        .annotate(size=Count("questions"))
        .values_list("size", flat=True)
    )


def entry(invitation, attempts, running):
    """The door. `attempts` are all of the invitation's, by number."""
    finished = [attempt for attempt in attempts if attempt.is_finished]
    sizes = sorted({size for size in _set_sizes(invitation.training_id) if size}) or [0]
    return {
        "invitation": invitation,
        "running": running,
        "finished": finished,
        "left": invitation.attempts_left(len(finished)),
        "fewest": sizes[0],
        "most": sizes[-1],
        "pass_mark": running.pass_mark if running else invitation.pass_mark,
        "overtime": bool(running) and timezone.now() > invitation.deadline_at,
    }


def attempt(invitation, running):
    """The page of questions."""
    shown = questions.shown(running)
    return {
        "invitation": invitation,
        "attempt": running,
        "questions": shown,
        "answered": sum(question["answered"] for question in shown),
    }


def ticked(data, attempt):
    """The answers of the page's form: a question without a tick is one that was left empty.

    What is not a number is left for the verb to refuse, as a choice of elsewhere.
    """
    return {
        question: [number(value) or 0 for value in data.getlist(f"q{question}")]
        for question, _ in attempt.order
    }


def number(text):
    """The number that a form's field holds, or None for what is no id."""
    try:
        value = int(text)
    except ValueError:
        return None
    return value if abs(value) < 2**63 else None


def result(invitation, attempts):
    """The last result: its score, and the themes and explanations of what was missed."""
    finished = [attempt for attempt in attempts if attempt.is_finished]
    last = finished[-1]
    missed = {}
    for theme, explanation in (
        Question.objects.filter(pk__in=last.wrong)
        .order_by("position")
        .values_list("theme", "explanation")
    ):
        if theme or explanation:
            missed.setdefault(theme, []).append(explanation)
    left = invitation.attempts_left(len(finished))
    return {
        "invitation": invitation,
        "attempt": last,
        "running": any(attempt.is_started for attempt in attempts),
        "recounts": recounts(last),
        "missed": [
            (theme, [text for text in explanations if text])
            for theme, explanations in missed.items()
        ],
        "earlier": finished[:-1],
        "left": left,
        "again": not invitation.why_not_start(len(finished)),
    }


def recounts(attempt):
    """What corrections made of a finished attempt, told to its member: French sentences."""
    if not attempt.question_set.replaced_at:
        return []
    asked = {str(question) for question, _ in attempt.order}
    changes = {change.regrade_id: change for change in attempt.mark_changes.all()}
    decided = Regrade.objects.filter(training=attempt.question_set.training_id).order_by("pk")
    told = []
    for regrade in decided:
        change = changes.get(regrade.pk)
        if change:
            day = date_format(timezone.localtime(change.at), "j F Y")
            before = f"{change.right_before} sur {attempt.total}"
            was = ", et le QCM réussi" if change.passed_before and not change.passed_after else ""
            told.append(
                f"Une question a été corrigée, et votre note recalculée le {day} : elle était de "
                f"{before}{was}. Motif : {regrade.reason}"
            )
        elif regrade.made_at <= attempt.finished_at and asked & set(regrade.key):
            told.append(
                "Une question a été corrigée pendant votre tentative. Elle est comptée "
                f"{regrade.get_mode_display()}. Motif : {regrade.reason}"
            )
    return told
