"""Settings of the portal without some of the engine's tricks: BENCH_WITHOUT names them."""

import os

from anacofi_portal.settings import *  # noqa: F403
from anacofi_portal.settings import DATABASES, INSTALLED_APPS

WITHOUT = os.environ.get("BENCH_WITHOUT", "").split(",")

if "binding" in WITHOUT:
    for option in ("server_side_binding", "prepare_threshold"):
        DATABASES["default"]["OPTIONS"].pop(option)
INSTALLED_APPS = [*INSTALLED_APPS, "bench.django_way.DjangoWay"]
