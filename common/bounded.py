"""Strangers' files are opened by a child process that can be killed, and knows nothing of ours."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

MAX_OUTPUT_BYTES = 64 * 1024 * 1024
# What a child prints, as JSON: its own words, or {"error": code}.
Answer: TypeAlias = dict[str, Any]


def ask(script: Path, *args: str, until: float) -> Answer:
    """The child's answer, or {"error": code} when it died (`crashed`) or was killed (`too_slow`).

    `script` sets its own limits of memory and CPU. `until` is the moment (of `monotonic`) when it
    is killed.
    """
    command = [sys.executable, "-I", str(script), *args]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 - no shell, our own script, a path of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            # No secret of ours is in a stranger's file's reach.
            env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            cwd="/",
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=max(until - monotonic(), 0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return {"error": "too_slow"}
        if code == -signal.SIGXCPU or code == -signal.SIGKILL:
            return {"error": "too_slow"}
        if output.seek(0, os.SEEK_END) > MAX_OUTPUT_BYTES:
            return {"error": "too_big"}
        output.seek(0)
        try:
            answer: Answer = json.loads(output.read())
        except ValueError:
            return {"error": "crashed"}
    return answer
