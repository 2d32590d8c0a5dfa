"""What the member's pages show, gathered in a constant number of queries."""

from django.db.models import Count
from django.utils import timezone
from django.utils.formats import date_format

from common.engine.prepared import prepared
from trainings.models import Choice, Question, QuestionSet

from ..models import Attempt, Regrade
from ..models.answer import ticked as answers_of


@prepared
def _set_sizes(training):
    return (
        QuestionSet.objects.current()
        .filter(training=training)
        .order_by()
        .annotate(size=Count("questions"))
        .values_list("size", flat=True)
    )


@prepared
def _wordings(question_set):
    return (
        Choice.objects.filter(question__question_set=question_set)
        .order_by()
        .values_list("question_id", "question__text", "pk", "text")
    )


def entry(invitation, attempts, running):
    """The door. `attempts` are all of the invitation's, by number."""
    finished = [one for one in attempts if one.status == Attempt.Status.FINISHED]
    sizes = sorted({size for size in _set_sizes(invitation.training_id) if size}) or [0]
    return {
        "invitation": invitation,
        "running": running,
        "finished": finished,
        "left": max(invitation.attempts_allowed - len(finished), 0),
        "fewest": sizes[0],
        "most": sizes[-1],
        "pass_mark": running.pass_mark if running else invitation.pass_mark,
        "overtime": bool(running) and timezone.now() > invitation.deadline_at,
    }


def questions(attempt):
    """The questions in the order shown, each with its choices and what is ticked."""
    texts, choices = {}, {}
    for pk, text, choice, wording in _wordings(attempt.question_set_id):
        texts[pk], choices[choice] = text, wording
    answers = {pk: (ticked, at) for pk, ticked, at in answers_of(attempt.pk)}
    shown = []
    for rank, (pk, own) in enumerate(attempt.order, start=1):
        ticked, at = answers.get(pk, ([], None))
        shown.append(
            {
                "rank": rank,
                "pk": pk,
                "text": texts[pk],
                "saved_at": at,
                "answered": bool(ticked),
                "choices": [
                    {"pk": choice, "text": choices[choice], "ticked": choice in ticked}
                    for choice in own
                ],
            }
        )
    return shown


def attempt(invitation, running):
    """The page of questions."""
    shown = questions(running)
    return {
        "invitation": invitation,
        "attempt": running,
        "questions": shown,
        "answered": sum(one["answered"] for one in shown),
    }


def ticked(data, attempt):
    """The answers of the page's form: a question without a tick is one that was left empty.

    What is not a number is left for `save_answers` to refuse, as a choice of elsewhere.
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
    finished = [one for one in attempts if one.status == Attempt.Status.FINISHED]
    last = finished[-1]
    missed = {}
    for theme, explanation in (
        Question.objects.filter(pk__in=last.wrong)
        .order_by("position")
        .values_list("theme", "explanation")
    ):
        if theme or explanation:
            missed.setdefault(theme, []).append(explanation)
    left = max(invitation.attempts_allowed - len(finished), 0)
    return {
        "invitation": invitation,
        "attempt": last,
        "running": any(one.is_started for one in attempts),
        "recounts": recounts(last),
        "missed": [
            (theme, [text for text in explanations if text])
            for theme, explanations in missed.items()
        ],
        "earlier": finished[:-1],
        "left": left,
        "again": bool(left)
        and invitation.status == invitation.Status.OPEN
        and not invitation.is_expired,
    }


def recounts(attempt):
    """What corrections made of a finished attempt, told to its member: French sentences."""
    if not attempt.question_set.replaced_at:
        return []
    asked = {str(question) for question, _ in attempt.order}
    changes = {one.regrade_id: one for one in attempt.mark_changes.all()}
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
