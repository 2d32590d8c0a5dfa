"""What happens to an invitation, an attempt or a regrade at hand, by the verbs that take ids."""

from qcm.domain import attempts, regrading
from qcm.models import Regrade


def start(invitation):
    """« Commencer »; the attempt that runs."""
    return attempts.start(invitation.pk)


def save(attempt, answers):
    """Tick {question id: [choice id, …]}; when it was saved."""
    return attempts.save_answers(attempt.pk, attempt.invitation_id, answers)


def finish(attempt):
    """« Terminer »; the attempt as marked."""
    return attempts.finish(attempt.pk, attempt.invitation_id)


def mark_again(regrade):
    """Let its tasks run, one after the other, to the end."""
    while Regrade.objects.get(pk=regrade.pk).status == "waiting":
        regrading.WORK.run(regrade.pk)
