"""Sessions: rows of the database, each kept in the cache for a minute.

The database decides who is signed in and what a personal link opened; an answer of the cache, or
none, is never a no. What is kept there is short-lived: an end of a session that the cache did not
hear of is heard of a minute later.
"""

import re
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.core.cache import cache
from django.utils import timezone

from .cache import DISTRUST

PREFIX = "session."
SECOND = timedelta(seconds=1)
# As Django makes them.
KEY = re.compile(r"[a-z0-9]{32}")


class SessionStore(DatabaseSessions):
    """As Django's `cached_db`, but a copy lives for a minute."""

    def load(self) -> dict[str, Any]:
        key, now = self.session_key or "", timezone.now()
        if not KEY.fullmatch(key):
            self._session_key = None  # a visitor's invention
            return {}
        kept: dict[str, Any] | None = cache.get(PREFIX + key)
        if kept is not None:
            return kept
        row = self.model.objects.filter(session_key=key, expire_date__gt=now).first()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row.session_data)
        self._keep(data, (row.expire_date - now) // SECOND)
        return data

    def save(self, must_create: bool = False) -> None:
        super().save(must_create)
        self._keep(dict(self.items()), self.get_expiry_age())

    def delete(self, session_key: str | None = None) -> None:
        super().delete(session_key)
        cache.delete(f"{PREFIX}{session_key or self.session_key}")

    def _keep(self, data: dict[str, Any], seconds_left: int) -> None:
        # Not for longer than the session lasts.
        cache.set(f"{PREFIX}{self.session_key}", data, min(DISTRUST, seconds_left))
