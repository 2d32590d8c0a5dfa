"""Settings of the portal without some of the engine's tricks: BENCH_WITHOUT names them."""

import os

from anacofi_portal.settings import *  # noqa: F403
from anacofi_portal.settings import CACHES, DATABASES, INSTALLED_APPS

WITHOUT = os.environ.get("BENCH_WITHOUT", "").split(",")

if "postgresql" in WITHOUT:
    DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
if "binding" in WITHOUT:
    for option in ("server_side_binding", "prepare_threshold"):
        DATABASES["default"]["OPTIONS"].pop(option)
if "cache" in WITHOUT:
    CACHES["default"]["BACKEND"] = "django.core.cache.backends.redis.RedisCache"
INSTALLED_APPS = [*INSTALLED_APPS, "bench.django_way.DjangoWay"]
