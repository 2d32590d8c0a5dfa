"""`make bench-qcm`: what an attempt costs the server and the database, beside a bare view.

Whole attempts by 1, 16 and 64 members at once: open the link, start, save four answers one by
one, finish, read the result. The server is gunicorn as production runs it (two workers, Redis for
sessions and cache), the floor another one with the same settings and middleware, and one view
that reads a row and writes it; both are measured in turns, in the same run. Then all of it again
with a million finished attempts in the database.

CPU is what /proc says (utime + stime): of gunicorn's master, workers and buried workers, of the
bench's own PostgreSQL backends, and of a Redis of the bench's own. The members are a process
apart that is not counted, nor are PostgreSQL's shared processes, which serve other databases too:
they stand in a column of their own.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from bench import ground, processes, qcm_ground

SITE = "banc.example"
TOGETHER = (1, 16, 64)
# Attempts by members at once: enough for /proc's hundredths of a second.
ATTEMPTS = {1: 100, 16: 320, 64: 512}
WARM_UP = 48
# Of one attempt, redirects included.
REQUESTS = 11
SMALL, LARGE = 1000, 1_000_000
# How many attempts one member has finished in the large database.
EACH = qcm_ground.PAST_TRAININGS
STEPS = (
    ("link", "lien"),
    ("door", "accueil"),
    ("start", "commencer"),
    ("questions", "questions"),
    ("save", "réponse"),
    ("finish", "terminer"),
    ("confirm", "correction"),
    ("result", "résultat"),
    ("floor", "plancher"),
)


def settings_of(redis_port):
    """Production's environment; what is never reached is named all the same."""
    return {
        "PORTAL_ENV": "production",
        "ALLOWED_HOSTS": SITE,
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/13",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "S3_BUCKET": "banc",
        "ALLAUTH_TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "ERROR",
    }


class Bench:
    """The running servers, and what a crowd of members costs them."""

    def __init__(self, stack, folder, database, kinds):
        """`kinds`: {name: what its server's environment says besides production's}."""
        self.redis_port = processes.free_port()
        self.redis = stack.enter_context(processes.redis_server(folder, self.redis_port))
        self.ports, self.servers = {}, {}
        for name, own in kinds.items():
            self.ports[name] = processes.free_port()
            environment = settings_of(self.redis_port) | own
            self.servers[name] = stack.enter_context(
                processes.web_server(self.ports[name], environment)
            )
        self.database = database

    def _seconds(self, name):
        backends, shared = self.database.read()
        return {
            "server": processes.tree_seconds(self.servers[name]),
            "database": backends,
            "redis": processes.tree_seconds(self.redis),
            "shared": shared,
        }

    def run(self, name, together, job):
        """What the crowd saw, and the CPU seconds that it cost."""
        job |= {"host": "127.0.0.1", "port": self.ports[name], "site": SITE, "together": together}
        before = self._seconds(name)
        command = [sys.executable, "-m", "bench.qcm_client"]
        done = subprocess.run(
            command, input=json.dumps(job), check=True, capture_output=True, text=True
        )
        after = self._seconds(name)
        seen = json.loads(done.stdout)
        return seen | {"cpu": {part: after[part] - before[part] for part in after}}


def percentile(times, percent):
    """Milliseconds below which `percent` of these seconds lie."""
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


def measure(bench, right, finished):
    """One row for each crowd, all on links that nobody opened yet."""
    from qcm.models import Invitation

    links = iter(qcm_ground.links())
    rows_to_visit = list(Invitation.objects.order_by("-pk").values_list("pk", flat=True)[:1000])

    def take(together, count):
        job = {"links": [next(links) for _ in range(count)], "right": right}
        return bench.run("qcm", together, job)

    def visit(together, count):
        paths = [f"/{pk}/" for pk in rows_to_visit[:count]]
        return bench.run("floor", together, {"paths": paths, "requests": REQUESTS})

    take(8, WARM_UP)
    visit(8, WARM_UP)
    found = []
    for together in TOGETHER:
        seen, floor = take(together, ATTEMPTS[together]), visit(together, ATTEMPTS[together])
        for one in seen["errors"][:3] + floor["errors"][:3]:
            print(f"erreur, {together} à la fois : {one}")
        found.append({"members": together, "finished": finished, "seen": seen, "floor": floor})
        print(line_of(found[-1]), flush=True)
    return found


COLUMNS = (
    "terminées avant",
    "à la fois",
    "tentatives",
    "erreurs",
    "tentatives/s",
    "requêtes",
    "ko",
    "serveur ms",
    "base ms",
    "Redis ms",
    "CPU ms",
    "plancher ms",
    "CPU/plancher",
    "p95 ms",
    "partagé ms",
)


def cpu_of(seen):
    """CPU milliseconds of one attempt by part, and of all that are counted."""
    parts = {part: 1000 * spent / max(seen["done"], 1) for part, spent in seen["cpu"].items()}
    return parts | {"whole": parts["server"] + parts["database"] + parts["redis"]}


def requests_of(seen):
    return [time for times in seen["times"].values() for time in times]


def line_of(row):
    seen, own, floor = row["seen"], cpu_of(row["seen"]), cpu_of(row["floor"])["whole"]
    done = max(seen["done"], 1)
    values = (
        f"{row['finished']:,}",
        str(row["members"]),
        str(seen["done"]),
        str(len(seen["errors"])),
        f"{seen['done'] / seen['seconds']:.1f}",
        f"{seen['requests'] / done:.1f}",
        f"{seen['bytes'] / done / 1000:.0f}",
        f"{own['server']:.1f}",
        f"{own['database']:.1f}",
        f"{own['redis']:.1f}",
        f"{own['whole']:.1f}",
        f"{floor:.1f}",
        f"{own['whole'] / max(floor, 0.1):.2f}",
        f"{percentile(requests_of(seen), 95):.1f}",
        f"{own['shared']:.1f}",
    )
    return table_line(values, COLUMNS)


def table_line(values, titles):
    cells = (value.rjust(len(title)) for value, title in zip(values, titles, strict=True))
    return "| " + " | ".join(cells) + " |"


def print_steps(found):
    """p50 / p95 / p99 in milliseconds of each request, one column a crowd."""
    titles = ["étape     "] + [f"{one['finished']:,} : {one['members']} à la fois" for one in found]
    print("\n" + table_line(titles, titles))
    print("|" + "|".join("-" * (len(title) + 2) for title in titles) + "|")
    for step, name in STEPS:
        cells = [name]
        for one in found:
            times = one["floor" if step == "floor" else "seen"]["times"].get(step)
            shown = [f"{percentile(times, p):.0f}" for p in (50, 95, 99)] if times else []
            cells.append(" / ".join(shown) or "–")
        print(table_line(cells, titles))


def summary(row):
    return {
        "members": row["members"],
        "attempts": row["seen"]["done"],
        "errors": len(row["seen"]["errors"]),
        "cpu_ms_per_attempt": round(cpu_of(row["seen"])["whole"], 1),
        "floor_cpu_ms": round(cpu_of(row["floor"])["whole"], 1),
        "p95_ms": round(percentile(requests_of(row["seen"]), 95), 1),
        "finished_before": row["finished"],
    }


def options():
    parser = argparse.ArgumentParser(prog="python -m bench.qcm")
    parser.add_argument(
        "--attempts",
        type=int,
        default=LARGE,
        help=f"tentatives terminées de la grande base ({LARGE:,}) ; 0 : la petite seulement",
    )
    chosen = parser.parse_args().attempts
    if chosen and chosen < 2 * SMALL * EACH:
        parser.error(f"--attempts : 0, ou {2 * SMALL * EACH} au moins.")
    return chosen


def main():
    large = options()
    # The parent mints the links that the servers read.
    os.environ["SECRET_KEY"] = "un-secret-du-banc-qui-ne-garde-rien-d-autre"
    os.environ["SITE_URL"] = f"https://{SITE}"
    with ExitStack() as stack:
        folder = stack.enter_context(ground.database("bench_qcm"))
        from django.core.management import call_command
        from django.db import connection

        from trainings.models import Choice

        call_command("collectstatic", interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
        print(f"{os.cpu_count()} cœurs, Python {platform.python_version()}, PostgreSQL {version}")
        opened, past = qcm_ground.make_trainings()
        right = list(Choice.objects.filter(is_right=True).values_list("pk", flat=True))
        server = os.environ["DATABASE_URL"]
        name = Path(server).name
        database = stack.enter_context(processes.Database(server, name))
        kinds = {"qcm": {}, "floor": {"DJANGO_SETTINGS_MODULE": "bench.floor"}}
        bench = Bench(stack, folder, database, kinds)
        print("| " + " | ".join(COLUMNS) + " |")
        print("|" + "|".join("-" * (len(title) + 2) for title in COLUMNS) + "|", flush=True)
        # Each database has open trainings of its own: a member is invited to one once.
        half = len(opened) // 2
        qcm_ground.fill(past, SMALL, SMALL)
        qcm_ground.invite_all(opened[:half], SMALL)
        qcm_ground.tidy()
        found = measure(bench, right, SMALL)
        if large:
            qcm_ground.fill(past, large // EACH, large, had=SMALL)
            qcm_ground.invite_all(opened[half:], large // EACH)
            qcm_ground.tidy()
            found += measure(bench, right, large)
    print_steps(found)
    print(json.dumps({"rows": [summary(row) for row in found]}))


if __name__ == "__main__":
    main()
