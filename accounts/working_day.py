"""How long a staff session lasts: a working day, or two hours without a request.

The lengths are `STAFF_SESSION_SECONDS` and `STAFF_IDLE_SECONDS`; moments are in the session.
"""

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

SINCE, SEEN = "staff_since", "staff_seen"
# The moment of the last request is written down at most so often, in seconds.
SEEN_EVERY = 60


def begin(request, user, **signal):
    """Note when staff signed in (`user_logged_in`)."""
    if user.is_staff:
        request.session[SINCE] = request.session[SEEN] = _now()


def is_over(session: SessionBase) -> bool:
    """Whether whoever has this session is to sign in again."""
    now = _now()
    return (
        now - session.get(SINCE, now) > settings.STAFF_SESSION_SECONDS
        or now - session.get(SEEN, now) > settings.STAFF_IDLE_SECONDS
    )


def go_on(session: SessionBase) -> None:
    """Note that a request was made, of a session from before this was noted too."""
    now = _now()
    session.setdefault(SINCE, now)
    if now - session.get(SEEN, 0) >= SEEN_EVERY:
        session[SEEN] = now


def _now() -> int:
    return int(timezone.now().timestamp())
