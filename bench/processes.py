"""The servers of the QCM's bench, and the CPU seconds that they and the database spend."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parents[1]
# How often the database's processes are read: what one of them spends after its last reading and
# before its end is not seen.
PAUSE = 0.25


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port):
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    sys.exit(f"Rien ne répond au port {port} : le banc s'arrête.")


@contextlib.contextmanager
def process(command, port, **options):
    """A server that runs until the end of the block; its id."""
    one = subprocess.Popen(command, cwd=ROOT, **options)
    try:
        wait_for(port)
        yield one.pid
    finally:
        one.send_signal(signal.SIGTERM)
        try:
            one.wait(30)
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()


def redis_server(folder, port):
    """A Redis of the bench's own, so that nobody's data or work mingles with it."""
    program = shutil.which("redis-server")
    if not program:
        sys.exit("Le banc veut le programme redis-server : rien n'a tourné.")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command = [program, *options, "--dir", str(folder)]
    return process(command, port, stdout=subprocess.DEVNULL)


def web_server(port, environment):
    """gunicorn as production runs it: its own file, two workers."""
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "anacofi_portal.wsgi"]
    own = {"BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "2"}
    return process(command, port, env=os.environ | environment | own)


def _times(pid):
    """(seconds of the process and of its dead children, parent) from /proc, or None when gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    own, children = (sum(map(int, fields[at : at + 2])) / TICK for at in (11, 13))
    return own, children, int(fields[1])


def tree_seconds(pid):
    """CPU seconds of a process, of its children, and of those that it buried."""
    own, buried, _ = _times(pid)
    living = (_times(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return own + buried + sum(one[0] + one[1] for one in living if one and one[2] == pid)


class Database:
    """CPU seconds of PostgreSQL, from /proc: a thread reads what each of its processes spent.

    `backends` are those of the bench's database; `shared` those that serve every database
    (WAL writer, checkpointer, background writer), other people's work included.
    """

    def __init__(self, server, name):
        self.server, self.name = server, name
        self.seconds = {"backends": {}, "shared": {}}
        self.stopped = threading.Event()

    def __enter__(self):
        self.connection = psycopg.connect(self.server, autocommit=True)
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.lock = threading.Lock()
        self.read()
        if not any(self.seconds["shared"].values()):
            sys.exit("Le banc veut PostgreSQL sur cette machine : ses processus ne se voient pas.")
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.stopped.set()
        self.thread.join()
        self.connection.close()

    def _watch(self):
        while not self.stopped.wait(PAUSE):
            self.read()

    def read(self):
        """(seconds of the backends, seconds of the shared processes), since ever."""
        with self.lock:
            rows = self.connection.execute(
                "SELECT pid, backend_type = 'client backend' OR datname IS NOT NULL "
                "FROM pg_stat_activity WHERE (datname = %s OR datname IS NULL) "
                "AND pid <> pg_backend_pid()",
                [self.name],
            )
            for pid, is_own in rows:
                if times := _times(pid):
                    self.seconds["backends" if is_own else "shared"][pid] = times[0]
            return tuple(sum(self.seconds[kind].values()) for kind in ("backends", "shared"))
