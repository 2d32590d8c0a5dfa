"""Files that attack or confuse readers, through the real pages and the real reading task."""

import resource

import pytest

from common.spreadsheets.child import opening
from tests.corpus import samples
from tests.factories import make_training
from tests.files import ROSTER_HEADER, make_xlsx

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.no_cover,
    pytest.mark.skipif(not samples.SAMPLES.exists(), reason="the shared samples are not here"),
]
GOOD = make_xlsx([ROSTER_HEADER, ["DUPONT", "Jean", "jean@exemple.test", "1", ""]])
SMALL = [path for path in samples.HOSTILE if path.stat().st_size < 100_000]
# Of the process that answers and reads, over hundreds of files, once it is warm.
GROWTH_KB = 64 * 1024


@pytest.fixture
def training(organism):
    return make_training(organism, status="approved")


def resident_kb():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.name)
def test_a_small_hostile_file_gives_a_list_or_a_sentence(signed_in, training, path):
    samples.check(*samples.send(signed_in, training, path.name, path.read_bytes()))


@pytest.mark.corpus
def test_every_sample_gives_a_list_or_a_sentence_and_leaves_nothing_behind(signed_in, training):
    failures, outcomes, started = {}, {}, None
    for number, path in enumerate(samples.ALL):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        outcome, what = samples.send(signed_in, training, path.name, path.read_bytes())
        done = resource.getrusage(resource.RUSAGE_CHILDREN)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        try:
            samples.check(outcome, what)
        except AssertionError as error:
            failures[path.name] = str(error)
        # Two readers at most, each within its processor time (and the second that the kernel
        # takes to say so).
        processor = done.ru_utime - used.ru_utime + done.ru_stime - used.ru_stime
        if processor > 2 * (opening.CPU_SECONDS + 1):
            failures[path.name] = f"{processor:.0f} s of processor time"
        if number == 20:
            started = resident_kb()
        if number % 20 == 0:
            assert samples.send(signed_in, training, "bon.xlsx", GOOD) == ("list", 1), path.name
    assert failures == {}
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 <= opening.MEMORY_BYTES
    assert samples.send(signed_in, training, "bon.xlsx", GOOD) == ("list", 1)
    growth = resident_kb() - started
    print(f"\n{len(samples.ALL)} files: {outcomes}; the process grew by {growth / 1024:.1f} MB")  # noqa: T201 - the counts that a person reads
    assert growth < GROWTH_KB
