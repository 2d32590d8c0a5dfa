"""What each of the engine's tricks is worth: `python -m bench.tricks`, as `make bench-qcm` runs.

One portal as it is, one without each trick (`bench.plain`), and the floor, all on one database and
measured in turns, round after round, so that what else the machine does falls on all alike. CPU
is counted as `bench.qcm` says; a trick's worth is the difference of the medians.
"""

import argparse
import os
import statistics
from contextlib import ExitStack
from pathlib import Path

from bench import ground, processes, qcm, qcm_ground

# `binding`: statements bound and prepared by the server, two settings of the driver.
TRICKS = ("prepared", "guarded", "binding")
TOGETHER = 16
ATTEMPTS = 96


def options():
    parser = argparse.ArgumentParser(prog="python -m bench.tricks")
    parser.add_argument("--rounds", type=int, default=5, help="tours de mesure (5)")
    parser.add_argument("tricks", nargs="*", help=f"parmi {', '.join(TRICKS)} ; sinon tous")
    chosen = parser.parse_args()
    if unknown := set(chosen.tricks) - set(TRICKS):
        parser.error(f"inconnu : {', '.join(sorted(unknown))}")
    return chosen.rounds, chosen.tricks or TRICKS


def servers_of(tricks):
    """{name: what its environment says besides production's}."""
    plain = {"DJANGO_SETTINGS_MODULE": "bench.plain"}
    without = {f"sans {trick}": plain | {"BENCH_WITHOUT": trick} for trick in tricks}
    every = {"sans aucun": plain | {"BENCH_WITHOUT": ",".join(tricks)}} if len(tricks) > 1 else {}
    return {"tel quel": {}} | without | every


def floors_of(tricks):
    """The floor, and the floor of a portal without these: it stands on some of them too."""
    floor = {"DJANGO_SETTINGS_MODULE": "bench.floor"}
    return {"plancher": floor, "plancher sans aucun": floor | {"BENCH_WITHOUT": ",".join(tricks)}}


def main():
    rounds, tricks = options()
    os.environ["SECRET_KEY"] = "un-secret-du-banc-qui-ne-garde-rien-d-autre"
    os.environ["SITE_URL"] = f"https://{qcm.SITE}"
    with ExitStack() as stack:
        folder = stack.enter_context(ground.database("bench_qcm_tricks"))
        from django.core.management import call_command

        from trainings.models import Choice

        call_command("collectstatic", interactive=False, verbosity=0)
        opened, past = qcm_ground.make_trainings()
        right = list(Choice.objects.filter(is_right=True).values_list("pk", flat=True))
        server = os.environ["DATABASE_URL"]
        database = stack.enter_context(processes.Database(server, Path(server).name))
        kinds = servers_of(tricks)
        bench = qcm.Bench(stack, folder, database, kinds | floors_of(tricks))
        qcm_ground.fill(past, qcm.SMALL, qcm.SMALL)
        qcm_ground.invite_all(opened, qcm.SMALL)
        qcm_ground.tidy()
        report(measure(bench, list(kinds), rounds, right))


def measure(bench, kinds, rounds, right):
    """{name: [CPU milliseconds of an attempt, one for each round]}; the floors among them."""
    from qcm.models import Invitation

    links = iter(qcm_ground.links())
    rows = list(Invitation.objects.order_by("-pk").values_list("pk", flat=True)[:ATTEMPTS])
    paths = [f"/{pk}/" for pk in rows]

    def take(name, count):
        job = {"links": [next(links) for _ in range(count)], "right": right}
        return bench.run(name, TOGETHER, job)

    def visit(name, count):
        return bench.run(name, TOGETHER, {"paths": paths[:count], "requests": qcm.REQUESTS})

    floors = ("plancher", "plancher sans aucun")

    for name in kinds:
        take(name, TOGETHER)
    for name in floors:
        visit(name, TOGETHER)
    spent = {name: [] for name in [*kinds, *floors]}
    for turn in range(rounds):
        for name in kinds[turn % len(kinds) :] + kinds[: turn % len(kinds)]:
            seen = take(name, ATTEMPTS)
            if seen["errors"]:
                print(f"erreur, {name} : {seen['errors'][0]}")
            spent[name].append(qcm.cpu_of(seen)["whole"])
        for name in floors:
            spent[name].append(qcm.cpu_of(visit(name, ATTEMPTS))["whole"])
    return spent


def report(spent):
    floor = statistics.median(spent["plancher"])
    as_it_is = statistics.median(spent["tel quel"])
    print("| | CPU ms | de ‥ à | / plancher | de plus, ms |")
    print("|---|---:|---:|---:|---:|")
    for name, times in spent.items():
        middle = statistics.median(times)
        print(
            f"| {name} | {middle:.1f} | {min(times):.1f} ‥ {max(times):.1f} "
            f"| {middle / floor:.2f} | {middle - as_it_is:+.1f} |"
        )


if __name__ == "__main__":
    main()
