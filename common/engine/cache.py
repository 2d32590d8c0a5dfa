"""The cache in Redis, where sessions live."""

from functools import cached_property
from typing import Any

from django.core.cache.backends import redis


class OneClient(redis.RedisCacheClient):
    """Django's, which makes a client anew for each command, a tenth of a millisecond each time.

    A client holds the pool and no connection: threads may share it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        place = self._get_connection_pool_index(write)  # type: ignore[attr-defined]
        if place not in self._clients:
            self._clients[place] = super().get_client(key, write=write)
        return self._clients[place]


class RedisCache(redis.RedisCache):
    @cached_property
    def _cache(self) -> OneClient:
        return OneClient(self._servers, **self._options)  # type: ignore[attr-defined]
