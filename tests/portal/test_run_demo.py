"""The demo as it runs: a part that dies starts again, Ctrl-C ends all of it."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from anacofi_portal.management.commands import run_demo

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]


def until(true, seconds=120):
    """What `true()` gives once it gives something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def processes():
    """(pid, its parent's, its group's, command line) of each process that there is."""
    for folder in Path("/proc").iterdir():
        try:
            state, parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if state != "Z":
                line = (folder / "cmdline").read_text().replace("\0", " ")
                yield int(folder.name), int(parent), int(group), line
        except (OSError, ValueError, IndexError):
            continue


def children(pid):
    """{pid: command line} of the direct children."""
    return {one: line for one, parent, _, line in processes() if parent == pid}


def group(pid):
    """The processes of the group that this one leads or led."""
    return [one for one, _, leader, _ in processes() if leader == pid]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.read() == b"ok"
    except OSError:
        return False


@pytest.fixture
def demo(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}
    } | {"PORTAL_VAR": str(tmp_path), "PORTAL_DEMO": "1", "PORT": str(port)}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(
        [*manage, "run_demo"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        yield process, port, tmp_path / "log"
    finally:
        # Not killed: its children would outlive it.
        process.terminate()
        process.wait(timeout=60)
        log.close()


def test_a_dead_worker_starts_again_and_ctrl_c_ends_all(demo):
    process, port, log = demo
    until(lambda: answers(f"http://127.0.0.1:{port}/sante/"))

    def worker():
        found = children(process.pid).items()
        return next((pid for pid, line in found if "-B" in line.split()), None)

    first = until(worker)
    until(lambda: len(group(first)) > 1)
    os.kill(first, signal.SIGKILL)
    second = until(lambda: worker() not in {None, first} and worker())
    until(lambda: "repart" in log.read_text())
    # Killed is not yet gone, on a busy machine.
    until(lambda: not group(first))
    running = children(process.pid)
    assert second in running
    assert len(running) == 3
    (mailer,) = [pid for pid, line in running.items() if "-Q mail" in line]
    until(lambda: len(group(mailer)) == 3)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert "Arrêt" in log.read_text()
    until(lambda: not any(group(pid) for pid in running), seconds=10)
    assert not answers(f"http://127.0.0.1:{port}/sante/")


@pytest.fixture
def _signals():
    """The command listens to signals; afterwards they are pytest's again."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
def test_ctrl_c_in_the_middle_of_a_start_leaves_nothing_behind(monkeypatch):
    started = []

    class Interrupted(subprocess.Popen):
        def __init__(self, command, **options):
            super().__init__([sys.executable, "-c", "import time; time.sleep(60)"], **options)
            started.append(self)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(run_demo.subprocess, "Popen", Interrupted)
    monkeypatch.setenv("PORT", "0")
    try:
        call_command("run_demo", stdout=io.StringIO())
        assert [process.poll() for process in started] == [-signal.SIGTERM] * 3
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_port_that_is_taken_is_said(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(CommandError, match=f"Le port {port} est déjà pris"):
            call_command("run_demo")
