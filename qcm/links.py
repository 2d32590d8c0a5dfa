"""Personal links to QCMs, minted while the e-mail is sent.

A link opens what it was made for only, any number of times; until when is asked of the
invitation itself.
"""

from django.conf import settings
from django.urls import reverse

from mailing.links import link_maker
from members import links

INVITATION = "qcm.invitation"
REMINDER = "qcm.reminder"


@link_maker("qcm.take")
def invitation_url(invitation_pk: int) -> str:
    """The absolute URL that opens this invitation alone."""
    return links.url("qcm:open", INVITATION, invitation_pk)


def read_invitation(token: str) -> int | None:
    """The invitation's id; None for a token that was cut, forged or made for something else."""
    return links.read(INVITATION, token)


@link_maker("qcm.reminder")
def reminder_url(invitation_pks: list[int]) -> str:
    """The absolute URL that opens these invitations, all of one member."""
    return links.url("qcm:open_reminder", REMINDER, invitation_pks)


def read_reminder(token: str) -> list[int]:
    """The invitations' ids; none for a bad token."""
    return links.read(REMINDER, token) or []


@link_maker("qcm.invitation_admin")
def admin_url(invitation_pk: int) -> str:
    """The absolute URL of an invitation in the admin, for mails to staff."""
    return settings.SITE_URL + reverse("admin:qcm_invitation_change", args=[invitation_pk])
