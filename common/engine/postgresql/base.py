"""The wrapper that settings name; Django looks for it under this module's name."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, which asks « SELECT 1 » of a kept connection at the start of each request.

    A server that hangs up says so on the socket: as long as nothing arrived there, the
    connection is as it was left, and the question is spared.
    """

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and not self._something_arrived():
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _something_arrived(self) -> bool:
        try:
            poll = select.poll()
            poll.register(self.connection.fileno(), select.POLLIN | select.POLLPRI)
        except self.Database.Error:
            # Closed on our side: Django's own check finds that out.
            return True
        return bool(poll.poll(0))
