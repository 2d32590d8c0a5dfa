"""The portal as it really runs, for journeys: gunicorn, Celery workers with beat, own folders."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from email import message_from_bytes, policy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Seconds; a busy machine is no failure.
PATIENCE = 120
STAFF_EMAIL, STAFF_PASSWORD = "officier@anacofi.test", "une-phrase-de-passe-solide"
PREPARE = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
call_command("createsuperuser", interactive=False, email="{STAFF_EMAIL}")
"""


class Stack:
    """A running portal below `folder`; `url` is its address. `ask` runs code beside it."""

    def __init__(self, folder, database_url="", redis_url=""):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "PORTAL_VAR": str(folder),
            "PORTAL_DEMO": "1",
            "SITE_URL": self.url,
            "PORT": str(self.port),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "STAFF_EMAILS": STAFF_EMAIL,
            "DJANGO_SUPERUSER_PASSWORD": STAFF_PASSWORD,
        }
        for name in ("DATABASE_URL", "REDIS_URL"):
            if not self.environment[name]:
                del self.environment[name]
        self.processes = []

    def ask(self, code):
        """What this code, run beside the portal, leaves in `answer`."""
        self.beside.stdin.write(json.dumps(code) + "\n")
        self.beside.stdin.flush()
        line = self.beside.stdout.readline()
        assert line, self.log()
        reply = json.loads(line)
        assert "error" not in reply, reply["error"]
        return reply["answer"]

    def start(self):
        log = (self.folder / "stack.log").open("wb")
        # Django is loaded once for all that is asked of it.
        self.beside = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.beside"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        self.processes.append(self.beside)
        self.ask(PREPARE)
        worker = ["celery", "-A", "anacofi_portal", "worker", "--concurrency=1", "-l", "WARNING"]
        for command in (
            ["gunicorn", "--config", "gunicorn.conf.py", "anacofi_portal.wsgi:application"],
            [*worker, "-Q", "celery", "-n", "celery@%h", "-B"],
            [*worker, "-Q", "mail", "-n", "mail@%h"],
        ):
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
        log.close()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert all(one.poll() is None for one in self.processes), self.log()
            try:
                with urllib.request.urlopen(f"{self.url}/sante/", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"The portal did not start:\n{self.log()}")

    def log(self):
        return (self.folder / "stack.log").read_text(errors="replace")

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                pipe.close()

    def mails(self):
        """Every delivered e-mail, oldest first."""
        files = sorted((self.folder / "mail").glob("*.eml"), key=lambda one: one.stat().st_mtime_ns)
        return [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]

    def wait_for_mail(self, to, containing):
        """The newest mail to this address whose subject or text holds these words."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for mail in reversed(self.mails()):
                if to in mail["To"] and containing in f"{mail['Subject']}\n{text_of(mail)}":
                    return mail
            time.sleep(0.2)
        seen = [f"{mail['To']}: {mail['Subject']}" for mail in self.mails()]
        raise AssertionError(f"No mail to {to} with « {containing} » among {seen}\n{self.log()}")


def text_of(mail):
    return mail.get_body(preferencelist=("plain",)).get_content()


def link_in(mail):
    """The personal link of the mail's text: the longest of its links."""
    found = re.findall(r"https?://\S+", text_of(mail))
    assert found, text_of(mail)
    return max(found, key=len).rstrip(".,;")
