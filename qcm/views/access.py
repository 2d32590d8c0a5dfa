"""Which invitations this browser may see: those whose personal link it opened.

A link never signs anyone in. It puts the invitation's id into a session key of its own, beside
the others that were opened here: a member may have several QCMs to take, in several tabs.
"""

from common.engine.prepared import prepared
from members import links

from ..models import Attempt, Invitation

SESSION_KEY = "qcm_invitations"
# A browser that opened more forgets the oldest; their links open them again.
MOST = 50


def remember(request, pks):
    """Let this browser see these invitations."""
    known = opened(request)
    if set(pks) <= set(known):
        return
    if request.session.session_key:
        # The session's key changes, so that one planted beforehand reaches nothing.
        request.session.cycle_key()
    request.session[SESSION_KEY] = [*(pk for pk in known if pk not in pks), *pks][-MOST:]


def opened(request):
    """The ids of the invitations that this browser may see, the last opened last."""
    return request.session.get(SESSION_KEY, [])


def hours_member(request):
    """The id of the member who is at « Mes heures » in this browser, or None."""
    return links.session_subject(request, links.SIGN_IN)


# Of trainings and organisms only what is shown: the long texts stay in the database.


@prepared
def _invitation(pk):
    return (
        Invitation.objects.select_related("member", "training__organism")
        .only(
            *(field.name for field in Invitation._meta.concrete_fields),
            "member__first_name",
            "member__last_name",
            "training__title",
            "training__year",
            "training__organism__name",
        )
        .with_year_pass_mark()
        .filter(pk=pk)
    )


@prepared
def _running(pk):
    return (
        Attempt.objects.select_related("invitation__training")
        .only(
            "number",
            "status",
            "order",
            "question_set",
            "invitation__deadline_at",
            "invitation__training__title",
        )
        .filter(invitation=pk, status=Attempt.Status.STARTED)
        .order_by()
    )


def invitation(pk):
    """The invitation with what its pages show of its member, training and organism, or None."""
    return _invitation.first(pk)


def running(pk):
    """The invitation's running attempt with invitation and training, or None."""
    return _running.first(pk)
