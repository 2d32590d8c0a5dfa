"""Python beside the running portal, for journeys: it runs each line that it reads, a JSON string.

It answers each with a line of JSON: what the code left in `answer`, or the `error`.
"""

import contextlib
import json
import os
import sys
import traceback

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anacofi_portal.settings")
django.setup()

from django.db import close_old_connections  # noqa: E402 - after the settings

# What the code prints goes to the log; standard output is for answers.
replies = sys.stdout
with contextlib.redirect_stdout(sys.stderr):
    for line in sys.stdin:
        close_old_connections()
        names = {}
        try:
            exec(json.loads(line), names)
            reply = {"answer": names.get("answer")}
        except Exception:  # noqa: BLE001 - whatever it is, the journey is told
            reply = {"error": traceback.format_exc()}
        print(json.dumps(reply), file=replies, flush=True)
