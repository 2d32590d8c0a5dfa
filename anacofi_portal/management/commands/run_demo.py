"""The web server, a worker with beat and one for e-mails, together, until Ctrl-C."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# One that dies more often than that has a reason that starting again does not mend.
MAX_DEATHS = 3


class Command(BaseCommand):
    help = "Run gunicorn and the Celery workers with beat; Ctrl-C ends all."

    def handle(self, *args, **options):
        port = int(os.environ.get("PORT", "8000"))
        self._require_free(port)
        commands = {
            "serveur": ["gunicorn", "--config", "gunicorn.conf.py", "anacofi_portal.wsgi"],
            "tâches": self._worker("celery", processes=1) + ["-B"],
            # Two, so that a mail which is slow holds up no other.
            "e-mails": self._worker("mail", processes=2),
        }
        # A part that is being started just then is stopped with the others.
        self.asked_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        running = {}
        deaths = dict.fromkeys(commands, 0)
        try:
            for name, command in commands.items():
                running[name] = self._start(command)
            while not self.asked_to_stop:
                time.sleep(0.5)
                for name, process in running.items():
                    if process.poll() is None:
                        continue
                    deaths[name] += 1
                    if deaths[name] > MAX_DEATHS:
                        raise CommandError(f"« {name} » s’est arrêté ({process.returncode}).")
                    self.stderr.write(f"« {name} » s’est arrêté et repart.")
                    # Its own children may have outlived it: a beat, a pool.
                    self._kill(process)
                    running[name] = self._start(commands[name])
            self.stdout.write("\nArrêt…")
        finally:
            self._stop(running.values())

    @staticmethod
    def _worker(queue, *, processes):
        return [
            *["celery", "-A", "anacofi_portal", "--quiet", "worker", "-Q", queue],
            # Two workers of one machine need two names.
            *["-n", f"{queue}@%h", "--concurrency", str(processes), "--loglevel", "WARNING"],
        ]

    @staticmethod
    def _start(command):
        return subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, "-m", *command], cwd=settings.BASE_DIR, start_new_session=True
        )

    def _ask_to_stop(self, number, frame):
        self.asked_to_stop = True

    @staticmethod
    def _require_free(port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CommandError(
                    f"Le port {port} est déjà pris. Choisissez-en un autre : PORT=8001 make demo"
                ) from error

    def _stop(self, processes):
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 15
        for process in processes:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._kill(process)
                process.wait()
            # One that was told to end while it started leaves its children.
            self._kill(process)

    @staticmethod
    def _kill(process):
        """End at once what is left of a part: each leads a group of its own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
