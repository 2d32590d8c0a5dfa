"""Print the settings of the PostgreSQL and Redis that tests may use here, or nothing.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` name them; the defaults are a local server's. The Redis
database (number 9) and the next ones, one for each pytest worker, are emptied.
"""

import os

import psycopg
import redis

CANDIDATES = [
    os.environ.get("TEST_DATABASE_URL", ""),
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://root@127.0.0.1:5432/postgres",
]
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


def database_url():
    for url in filter(None, CANDIDATES):
        try:
            with psycopg.connect(url, connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            continue
        return url
    return ""


def has_redis():
    try:
        return redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2).ping()
    except redis.RedisError:
        return False


if (url := database_url()) and has_redis():
    # The shell that runs the tests reads it.
    print(f"DATABASE_URL={url} REDIS_URL={REDIS_URL}")  # noqa: T201
