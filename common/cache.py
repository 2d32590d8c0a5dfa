"""The cache: Redis, and the database's table while Redis is away.

What counts attempts at signing in must count while Redis is down, and no page may wait for it: a
call that fails goes to the table instead, and for a minute all calls do.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# Seconds that one call may wait for Redis.
PATIENCE = 1
# Seconds that a process leaves a Redis alone which did not answer; what is kept of a session
# (`common.sessions`) lives no longer, so that nothing is found again that an outage left behind.
DISTRUST = 60


class RedisElseTable(BaseCache):
    """A cache in Redis at `LOCATION`; in the table `OPTIONS["TABLE"]` while it is away."""

    # When this process trusts each Redis again, in the seconds of `monotonic`.
    _distrusted_until: dict[str, float] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = dict(params.get("OPTIONS", {}))
        table = options.pop("TABLE")
        self.server = server
        impatient = {
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            "retry": Retry(NoBackoff(), 0),
        }
        self.redis = RedisCache(server, params | {"OPTIONS": impatient})
        self.table = DatabaseCache(table, params | {"OPTIONS": options})

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if monotonic() >= self._distrusted_until.get(self.server, 0):
            try:
                return getattr(self.redis, name)(*args, **kwargs)
            except (RedisError, OSError) as error:
                self._distrusted_until[self.server] = monotonic() + DISTRUST
                logger.warning("Redis is away, the cache is in the database: %s", error)
        return getattr(self.table, name)(*args, **kwargs)


def _handed_on(name: str) -> Callable[..., Any]:
    def method(self: RedisElseTable, *args: Any, **kwargs: Any) -> Any:
        return self._call(name, *args, **kwargs)

    return method


# Each whole in one of the two, those that BaseCache would make of several calls too.
for _name in (
    *("add", "get", "set", "touch", "delete", "clear", "incr", "has_key"),
    *("get_many", "set_many", "delete_many"),
):
    setattr(RedisElseTable, _name, _handed_on(_name))
