"""`make bench-roster`: what a roster costs, beside a floor and beside django-import-export.

Every number comes from this one run; of three repeats the best is kept (one for the slow rival).
"""

import gc
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from bench import ground

SIZES = (100, 1000, 10_000)
KINDS = ("xls", "xlsx")
REPEATS = 3
# Above this many seconds expected, the rival gets 1,000 lines and a rule of three.
RIVAL_PATIENCE = 120


class Stopwatch:
    """Seconds by name."""

    def __init__(self):
        self.seconds = {}

    @contextmanager
    def of(self, name):
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - began

    def around(self, owner, attribute, name):
        """A patch that times each call of a function."""
        real = getattr(owner, attribute)

        def timed(*args, **kwargs):
            with self.of(name):
                return real(*args, **kwargs)

        return mock.patch.object(owner, attribute, timed)


class PeakMemory:
    """How far the resident memory of this process rises above where it began, in MB."""

    def __enter__(self):
        gc.collect()
        # 5: the peak is forgotten (proc(5)).
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        self.before = _status("VmRSS")
        return self

    def __exit__(self, *error):
        self.growth = (_status("VmHWM") - self.before) / 1024


def _status(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(f"{name}:"))


class Queries:
    """Counts the statements, savepoints left out."""

    def __init__(self):
        self.count = 0

    def also_each(self, owner, attribute):
        """A patch that counts each call of a function as one statement more."""
        real = getattr(owner, attribute)

        def counted(*args, **kwargs):
            self.count += 1
            return real(*args, **kwargs)

        return mock.patch.object(owner, attribute, counted)

    def __call__(self, execute, sql, params, many, context):
        self.count += "SAVEPOINT" not in sql
        return execute(sql, params, many, context)


def forget():
    """Empty everything that a validated sheet writes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE attendance_sheet, attendance_unrecognisedcount, members_hourscredit, "
            "qcm_invitation, mailing_message CASCADE"
        )


def make_sheet(training, owner, kind, content):
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from attendance.models import Sheet

    day = timezone.localdate()
    sheet = Sheet(
        training=training,
        starts_on=day,
        ends_on=day,
        place="Paris",
        scan="scan.pdf",
        scan_name="scan.pdf",
        scan_type="application/pdf",
        scan_sha256="0" * 64,
        roster_name=f"presents.{kind}",
        roster_sha256=hashlib.sha256(content).hexdigest(),
        deposited_by=owner,
    )
    sheet.roster.save(sheet.roster_name, ContentFile(content), save=False)
    sheet.save()
    return sheet


def run_whole(training, owner, kind, content):
    """Read and validate one roster as the portal does: {name: number}."""
    from django.db import connection

    from attendance.domain import counting, matching, reading
    from attendance.roster import parsing
    from common import bulk

    forget()
    sheet = make_sheet(training, owner, kind, content)
    watch, queries, memory = Stopwatch(), Queries(), PeakMemory()
    with ExitStack() as stack:
        stack.enter_context(watch.around(reading, "read_workbook", "reading"))
        stack.enter_context(watch.around(parsing, "parse", "parsing"))
        stack.enter_context(watch.around(matching, "find", "finding"))
        stack.enter_context(watch.around(reading, "record", "recording"))
        stack.enter_context(connection.execute_wrapper(queries))
        # A COPY goes by that wrapper unseen.
        stack.enter_context(queries.also_each(bulk, "insert"))
        stack.enter_context(memory)
        with watch.of("whole"):
            reading.READING.run(sheet.pk)
            sheet.refresh_from_db()
            with watch.of("validating"):
                counting.validate(sheet, by=owner)
    found = watch.seconds
    found["matching"] = found["parsing"] + found["finding"]
    found["storing"] = found["recording"] - found["finding"]
    return {**found, "queries": queries.count, "memory": memory.growth}


def measure_memory(files, folder):
    """{(lines, kind): (MB grown by the first run, by the second)} of a worker just started."""
    grown = {}
    small = min(files)
    for key, content in files.items():
        paths = [folder / "small", folder / "roster"]
        paths[0].write_bytes(files[small])
        paths[1].write_bytes(content)
        command = [sys.executable, "-m", "bench.roster", "memory", small[1], key[1], *paths]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        grown[key] = json.loads(done.stdout)
    return grown


def memory_of_a_worker(small_kind, kind, small, path):
    """In a process of its own: what a small roster loads, the file does not grow."""
    import django

    django.setup()
    from accounts.models import User
    from trainings.models import Training

    training, owner = Training.objects.get(), User.objects.get()
    run_whole(training, owner, small_kind, Path(small).read_bytes())
    content = Path(path).read_bytes()
    runs = [run_whole(training, owner, kind, content)["memory"] for _ in range(2)]
    print(json.dumps(runs))


def run_floor(kind, content):
    """The reader alone in this process, and the rows just written in one statement a table."""
    from django.db import transaction

    from attendance.models import Participant, Sheet, SheetJournal
    from mailing.models import Message
    from members.models import HoursCredit
    from qcm.models import Invitation, InvitationJournal

    sheets = list(Sheet.objects.all())
    tables = [HoursCredit, Invitation, Participant, SheetJournal, InvitationJournal, Message]
    rows = {table: list(table.objects.all()) for table in tables}
    forget()
    Sheet.objects.bulk_create(sheets)
    gc.collect()
    began = time.perf_counter()
    read_alone(kind, content)
    with transaction.atomic():
        for table, instances in rows.items():
            table.objects.bulk_create(instances)
    return time.perf_counter() - began


def read_alone(kind, content):
    """Every cell by the reader that the portal asks first."""
    if kind == "xls":
        import xlrd

        sheet = xlrd.open_workbook(file_contents=content).sheet_by_index(0)
        return [sheet.row_values(number) for number in range(sheet.nrows)]
    return read_with_calamine(content)


def read_with_calamine(content):
    import io

    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


def read_with_openpyxl(content):
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def seconds_of(function, *args):
    began = time.perf_counter()
    function(*args)
    return time.perf_counter() - began


def run_rival(training, owner, kind, content):
    from bench import rival

    forget()
    sheet = make_sheet(training, owner, kind, content)
    began = time.perf_counter()
    rival.load(sheet, kind, content)
    return time.perf_counter() - began


def measure(training, owner, files, grown):
    """One row of numbers for each size and format."""
    found, last = [], {}
    for (lines, kind), content in files.items():
        runs, floors, readers = [], [], {"calamine": [], "openpyxl": []}
        for _ in range(REPEATS):
            runs.append(run_whole(training, owner, kind, content))
            floors.append(run_floor(kind, content))
            if kind == "xlsx":
                readers["calamine"].append(seconds_of(read_with_calamine, content))
                readers["openpyxl"].append(seconds_of(read_with_openpyxl, content))
        best = min(runs, key=lambda one: one["whole"])
        # What the first roster took from the system, the next finds again.
        best["memory"], best["again"] = grown[lines, kind]
        row = {"lines": lines, "format": kind, **best, "floor": min(floors)}
        row["capped"] = last.get(kind, 0) * 10 > RIVAL_PATIENCE
        if row["capped"]:
            row["rival"] = last[kind] * 10
        else:
            row["rival"] = last[kind] = run_rival(training, owner, kind, content)
        row |= {name: min(times) for name, times in readers.items() if times}
        found.append(row)
        print(line_of(row), flush=True)
    return found


COLUMNS = (
    ("lines", "{:,}", "lignes"),
    ("format", "{}", "format"),
    ("reading", "{:.3f}", "lecture"),
    ("matching", "{:.3f}", "reconnaissance"),
    ("storing", "{:.3f}", "écriture"),
    ("list", "{:.3f}", "liste"),
    ("validating", "{:.3f}", "validation"),
    ("whole", "{:.3f}", "tout"),
    ("floor", "{:.3f}", "plancher"),
    ("over_floor", "{:.2f}", "tout/plancher"),
    ("rival", "{:.3f}", "import-export"),
    ("times_faster", "{:.1f}", "import-export/tout"),
    ("list_faster", "{:.1f}", "import-export/liste"),
    ("queries", "{}", "requêtes"),
    ("per_thousand", "{:.1f}", "req./1000"),
    ("memory", "{:.1f}", "mémoire Mo"),
    ("again", "{:.1f}", "puis Mo"),
)


def line_of(row):
    # What the rival does too: from the file to a list of participants.
    until_list = row["whole"] - row["validating"]
    values = row | {
        "list": until_list,
        "list_faster": row["rival"] / until_list,
        "over_floor": row["whole"] / row["floor"],
        "times_faster": row["rival"] / row["whole"],
        "per_thousand": row["queries"] * 1000 / row["lines"],
    }
    shown = [pattern.format(values[name]).rjust(len(title)) for name, pattern, title in COLUMNS]
    return "| " + " | ".join(shown) + " |" + (" extrapolé de 1 000" if row["capped"] else "")


def main():
    with ground.database() as folder:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
        print(
            f"{os.cpu_count()} cœurs, Python {platform.python_version()}, PostgreSQL {version}, "
            f"registre de {ground.MEMBERS:,} adhérents ; secondes, le meilleur de {REPEATS}"
        )
        files = ground.make_files(SIZES, KINDS)
        training, owner = ground.make_training()
        print("| " + " | ".join(title for *_, title in COLUMNS) + " |")
        print("|" + "|".join("-" * (len(title) + 2) for *_, title in COLUMNS) + "|", flush=True)
        found = measure(training, owner, files, measure_memory(files, folder))
    print()
    for row in found:
        if "openpyxl" in row:
            ratio = row["openpyxl"] / row["calamine"]
            print(
                f"lecteur .xlsx, {row['lines']:,} lignes : openpyxl {row['openpyxl']:.3f} s, "
                f"calamine {row['calamine']:.3f} s, soit {ratio:.0f} fois"
            )
    rows = [
        {
            "lines": row["lines"],
            "format": row["format"],
            "whole_s": round(row["whole"], 3),
            "floor_s": round(row["floor"], 3),
            "import_export_s": round(row["rival"], 3),
        }
        for row in found
    ]
    print(json.dumps({"rows": rows}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["memory"]:
        memory_of_a_worker(*sys.argv[2:])
    else:
        main()
