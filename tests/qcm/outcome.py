"""What must hold of an invitation, whatever was clicked, by whom and in which order."""

from django.db.models import Sum

from mailing.models import Message
from members.models import HoursCredit
from qcm import marking
from qcm.domain import marks
from tests.qcm.conftest import right_choices


def mails(invitation, name):
    """How many of these e-mails were written to the member."""
    return Message.objects.filter(template=f"qcm/email/{name}", to=invitation.member.email).count()


def assert_one_outcome(invitation, *, told=None):
    """At most one started attempt; for each end one mark and one e-mail; one credit for a pass.

    `told` is what each attempt's member was told is saved, {attempt id: {question id: choices}};
    without it the marks are compared with the answers as they stand, none saved after the end.
    """
    attempts = list(invitation.attempts.order_by("number"))
    assert [one.number for one in attempts] == list(range(1, len(attempts) + 1))
    assert sum(one.is_started for one in attempts) <= 1
    finished = [one for one in attempts if one.status == "finished"]
    assert len(finished) <= invitation.attempts_allowed
    for one in finished:
        ticked = marks.ticked(one) if told is None else told.get(one.pk, {})
        mark = marking.mark(right_choices(one), ticked, one.pass_mark)
        assert (one.right, one.total, one.passed) == (mark.right, mark.total, mark.passed)
        assert sorted(one.wrong) == sorted(mark.wrong)
        if told is None:
            times = one.answers.values_list("saved_at", flat=True)
            assert all(at <= one.finished_at for at in times)
    passes = sum(one.passed for one in finished)
    assert passes <= 1
    assert (mails(invitation, "passed"), mails(invitation, "failed")) == (
        passes,
        len(finished) - passes,
    )
    entries = HoursCredit.objects.filter(member=invitation.member, training=invitation.training)
    standing = entries.filter(corrects__isnull=True, corrected_by__isnull=True)
    counted = entries.aggregate(minutes=Sum("minutes"))["minutes"] or 0
    is_passed = invitation.status == "passed"
    assert is_passed <= bool(passes)
    assert [one.pk for one in standing] == [invitation.credit_id] * is_passed
    assert counted == invitation.minutes * is_passed
