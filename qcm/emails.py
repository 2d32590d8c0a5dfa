"""The e-mails of the QCM, each a row of the outbox in the transaction of what it tells.

Values are what the templates need and no more; times are written as they are read, in Paris.
"""

from functools import lru_cache

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from mailing import outbox
from members.domain import ledger
from members.emails import named

LINK = "qcm.take"
REMINDER_LINK = "qcm.reminder"


@lru_cache(maxsize=64)
def moment(at):
    """An aware time as « 31 janvier 2027 à 23:59 »; thousands of mails hold the same one."""
    return date_format(timezone.localtime(at), r"j F Y \à H:i")


@lru_cache(maxsize=64)
def day(on):
    """A day as « 31 janvier 2027 »."""
    return date_format(on, "j F Y")


def _values(invitation):
    return {
        **named(invitation.member),
        "title": invitation.training.title,
        "minutes": invitation.minutes,
        "deadline": moment(invitation.deadline_at),
    }


def invited(invitations, *, pass_mark):
    """QCM to take. The members and the training are read already; one query for all."""
    if invitations:
        outbox.queue_many(
            "qcm/email/invited",
            [
                (
                    invitation.member.email,
                    {
                        **_values(invitation),
                        "session_on": day(invitation.session_on),
                        "attempts": invitation.attempts_allowed,
                        "pass_mark": pass_mark,
                    },
                    (LINK, invitation.pk),
                )
                for invitation in invitations
            ],
            about=invitations[0].training,
        )


def withdrawn(invitations, *, reason):
    """A QCM that is no longer to take."""
    if invitations:
        outbox.queue_many(
            "qcm/email/withdrawn",
            [
                (invitation.member.email, {**_values(invitation), "reason": reason}, None)
                for invitation in invitations
            ],
            about=invitations[0].training,
        )


def uncounted(invitations, *, reason):
    """The AMF hours of a passed QCM no longer count; the pass is kept."""
    _about_hours("qcm/email/uncounted", invitations, reason=reason)


def recounted(invitations):
    """The AMF hours of a QCM that was passed before are counted (again, or more of them)."""
    _about_hours("qcm/email/recounted", invitations)


def regraded_passed(invitations, *, reason):
    """A regrade made a failure a pass: the hours are counted."""
    _about_hours("qcm/email/regraded_passed", invitations, reason=reason)


def regraded_failed(invitations, *, reason):
    """A regrade took a pass back, with its hours; an attempt is left, by the personal link."""
    _about_hours("qcm/email/regraded_failed", invitations, with_link=True, reason=reason)


def _about_hours(template, invitations, *, with_link=False, **values):
    if not invitations:
        return
    training = invitations[0].training
    totals = ledger.year_totals([invitation.member_id for invitation in invitations], training.year)
    outbox.queue_many(
        template,
        [
            (
                invitation.member.email,
                {
                    **_values(invitation),
                    **values,
                    "year": training.year,
                    "year_minutes": totals[invitation.member_id]["total"],
                },
                (LINK, invitation.pk) if with_link else None,
            )
            for invitation in invitations
        ],
        about=training,
    )


def _result(attempt):
    return {
        **_values(attempt.invitation),
        "right": attempt.right,
        "total": attempt.total,
        "percent": attempt.percent,
        "pass_mark": attempt.pass_mark,
    }


def passed(attempt):
    """Passed: the score, the hours, and the year's total."""
    invitation = attempt.invitation
    year = invitation.training.year
    total = ledger.year_total(invitation.member, year)["total"]
    outbox.queue(
        "qcm/email/passed",
        invitation.member.email,
        {**_result(attempt), "year": year, "year_minutes": total},
        about=invitation,
    )


def failed(attempt, *, left):
    """Failed: the score and the attempts left; the link, when another can begin."""
    invitation = attempt.invitation
    again = bool(left) and not invitation.is_expired
    outbox.queue(
        "qcm/email/failed",
        invitation.member.email,
        {**_result(attempt), "left": left, "again": again},
        about=invitation,
        link=(LINK, invitation.pk) if again else None,
    )


def attempts_exhausted(attempt):
    """The last attempt failed: staff may grant one more."""
    invitation = attempt.invitation
    outbox.queue_many(
        "qcm/email/attempts_exhausted",
        [
            (
                address,
                {
                    **_result(attempt),
                    "member": str(invitation.member),
                    "attempts": invitation.attempts_allowed,
                },
                ("qcm.invitation_admin", invitation.pk),
            )
            for address in settings.STAFF_EMAILS
        ],
        about=invitation,
    )


def attempt_granted(invitation):
    """Staff let the member try once more."""
    outbox.queue(
        "qcm/email/attempt_granted",
        invitation.member.email,
        _values(invitation),
        about=invitation,
        link=(LINK, invitation.pk),
    )


def reminders(by_member):
    """QCMs still to take, one mail a member: lists of invitations, the nearest deadline first."""
    outbox.queue_many(
        "qcm/email/reminder",
        [
            (
                invitations[0].member.email,
                {
                    **named(invitations[0].member),
                    "items": [
                        {
                            "title": invitation.training.title,
                            "minutes": invitation.minutes,
                            "deadline": moment(invitation.deadline_at),
                        }
                        for invitation in invitations
                    ],
                },
                (LINK, invitations[0].pk)
                if len(invitations) == 1
                else (REMINDER_LINK, [invitation.pk for invitation in invitations]),
            )
            for invitations in by_member
        ],
    )
