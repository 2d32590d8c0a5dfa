"""The embedded portal's broker: messages as files in a folder, each there whole or not at all.

Kombu's own filesystem transport lets a reader see a message that is still being written, and the
worker that reads it dies. So does one that starts while another makes the file that says which
queues there are.
"""

import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.transport.filesystem import LOCK_EX, lock, unlock
from kombu.transport.virtual import Empty
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def _put(  # type: ignore[override]  # Kombu calls it so here, and « message » above
        self, queue: str, payload: Any, **kwargs: Any
    ) -> None:
        folder = Path(self.data_folder_out)
        # As Kombu names them, in the order of their writing; a reader looks for « .QUEUE.msg ».
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        partial = folder / f"{name}.partial"
        partial.write_text(dumps(payload), encoding="utf-8")
        os.replace(partial, folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        try:
            return super()._get(queue)
        except ValueError as error:
            # Cut off by a full disk or a crash; what it asked for is a row that beat finds.
            logger.warning("A message of the queue %s could not be read: %s", queue, error)
            raise Empty from error

    def _queue_bind(self, *binding: Any) -> None:
        with self._alone():
            super()._queue_bind(*binding)

    def get_table(self, exchange: str) -> Any:
        with self._alone():
            return super().get_table(exchange)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process reads or writes the control folder meanwhile."""
        folder = Path(self.control_folder)
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as file:
            lock(file, LOCK_EX)
            try:
                yield
            finally:
                unlock(file)


class Transport(filesystem.Transport):
    Channel = Channel


def register() -> None:
    """Let broker URLs begin with « folder:// »."""
    TRANSPORT_ALIASES["folder"] = f"{__name__}:Transport"
