"""Work that is done once whatever befalls its tasks, and given up before it costs too much."""

import logging
from datetime import timedelta

import pytest
from celery import shared_task
from django.utils import timezone

from common import jobs
from common.jobs import LEASE, LOST_AFTER, MAX_TRIES, Work
from tests.common.models import Errand
from tests.together import together

pytestmark = pytest.mark.django_db
Status = Errand.Status
asked = []


class Task:
    """In the place of a Celery task: it notes what it was asked for."""

    @staticmethod
    def delay(*args):
        asked.append(args)


class AwayTask:
    @staticmethod
    def delay(*args):
        raise OSError("the broker is away")


@pytest.fixture(autouse=True)
def _nothing_asked():
    asked.clear()


@pytest.fixture
def errand():
    return Errand.objects.create()


@pytest.fixture
def given_up():
    return []


@pytest.fixture
def work_of(given_up):
    """A function: the work that does this to each errand."""

    def make(do):
        def give_up(errand):
            given_up.append(errand.pk)
            errand.status = Status.FAILED
            errand.save()

        return Work(Errand, task=f"{__name__}.Task", do=do, give_up=give_up)

    return make


def finish(errand):
    errand.status, errand.parts = Status.DONE, errand.parts + 1
    errand.save()


def crash(errand):
    raise RuntimeError("a service is down")


def pass_time(**times):
    """As if the leases and requests had been taken earlier by this much."""
    for errand in Errand.objects.all():
        if errand.leased_until:
            errand.leased_until -= timedelta(**times)
        errand.asked_at -= timedelta(**times)
        errand.save()


def test_what_is_asked_for_is_asked_once_the_transaction_has_committed(
    errand, work_of, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        work_of(finish).ask(errand.pk)
        assert asked == []
    assert asked == [(errand.pk,)]


def test_a_broker_that_is_away_is_logged_and_stops_nothing(
    caplog, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        jobs.ask(f"{__name__}.Task", 2)
        jobs.ask(f"{__name__}.AwayTask", 1)
    assert asked == [(2,)]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "AwayTask(1,)" in record.getMessage()
    assert "the broker is away" in caplog.text


def test_a_task_of_a_name_that_does_not_exist_is_a_bug_and_seen_at_once():
    with pytest.raises(ImportError):
        jobs.ask("common.tasks.that_nobody_wrote", 1)


def test_a_task_asked_for_twice_in_a_transaction_may_be_asked_once(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        jobs.ask_once(f"{__name__}.Task")
        jobs.ask_once(f"{__name__}.Task")
        jobs.ask_once(f"{__name__}.Task", 1)
    assert asked == [(), (1,)]


def test_work_that_is_done_is_done_once(errand, work_of):
    work = work_of(finish)
    work.run(errand.pk)
    work.run(errand.pk)
    errand.refresh_from_db()
    assert (errand.status, errand.parts, errand.tries) == (Status.DONE, 1, 1)


def test_while_a_task_is_at_it_another_does_nothing(errand, work_of, given_up):
    done = []

    def twice(row):
        done.append(row.pk)
        work.run(row.pk)
        finish(row)

    work = work_of(twice)
    work.run(errand.pk)
    assert (done, given_up) == ([errand.pk], [])


@pytest.mark.usefixtures("needs_postgresql")
@pytest.mark.django_db(transaction=True)
def test_of_two_tasks_at_the_same_instant_one_does_the_work(work_of):
    for _ in range(5):
        errand = Errand.objects.create()
        done = []

        def do(row, done=done):
            done.append(row.pk)
            finish(row)

        work = work_of(do)
        assert together(*[lambda: work.run(errand.pk)] * 3) == [None] * 3  # noqa: B023
        assert done == [errand.pk]


@pytest.mark.usefixtures("needs_postgresql")
@pytest.mark.django_db(transaction=True)
def test_of_two_tasks_at_the_same_instant_one_gives_up(work_of, given_up):
    work = work_of(finish)
    for _ in range(5):
        given_up.clear()
        errand = Errand.objects.create(tries=MAX_TRIES)
        assert together(*[lambda: work.run(errand.pk)] * 3) == [None] * 3  # noqa: B023
        assert given_up == [errand.pk]


def test_a_row_that_is_gone_is_no_error(work_of):
    work_of(crash).run(0)


def test_a_task_that_died_leaves_its_row_to_another_once_its_lease_has_ended(errand, work_of):
    class Killed(BaseException):
        pass

    def die(row):
        raise Killed

    with pytest.raises(Killed):
        work_of(die).run(errand.pk)
    work_of(finish).run(errand.pk)
    errand.refresh_from_db()
    assert errand.status == Status.WAITING
    pass_time(seconds=LEASE.total_seconds() + 1)
    work_of(finish).run(errand.pk)
    errand.refresh_from_db()
    assert (errand.status, errand.tries) == (Status.DONE, 2)


def test_a_crash_is_logged_and_tried_again_a_little_later(errand, work_of, given_up, caplog):
    work_of(crash).run(errand.pk)
    assert "a service is down" in caplog.text
    work_of(finish).run(errand.pk)
    errand.refresh_from_db()
    assert errand.status == Status.WAITING
    pass_time(seconds=LOST_AFTER.total_seconds() + 1)
    work_of(finish).run(errand.pk)
    errand.refresh_from_db()
    assert (errand.status, errand.tries, given_up) == (Status.DONE, 2, [])


def test_what_crashes_each_time_is_given_up_once(errand, work_of, given_up, caplog):
    work = work_of(crash)
    for _ in range(MAX_TRIES + 2):
        work.run(errand.pk)
        pass_time(seconds=LEASE.total_seconds() + 1)
        work.sweep()
    errand.refresh_from_db()
    assert (given_up, errand.status, errand.tries) == ([errand.pk], Status.FAILED, MAX_TRIES)
    assert f"{work.task} of {errand.pk} given up after {MAX_TRIES} tries" in caplog.messages


def test_what_dies_each_time_is_given_up_by_the_sweep(errand, work_of, given_up):
    Errand.objects.update(tries=MAX_TRIES, leased_until=timezone.now() + LEASE)
    work = work_of(finish)
    work.run(errand.pk)
    work.sweep()
    assert given_up == []  # somebody is still at the last try
    pass_time(seconds=LEASE.total_seconds() + 1)
    work.sweep()
    work.sweep()
    assert (given_up, asked) == ([errand.pk], [])


def test_giving_up_that_fails_is_tried_again_by_a_later_sweep(errand):
    tries = []

    def give_up(row):
        tries.append(row.pk)
        if len(tries) == 1:
            raise RuntimeError("the database went away")
        finish(row)

    work = Work(Errand, task=f"{__name__}.Task", do=crash, give_up=give_up)
    Errand.objects.update(tries=MAX_TRIES, leased_until=timezone.now())
    pass_time(seconds=LEASE.total_seconds() + 1)
    work.sweep()
    work.sweep()
    assert tries == [errand.pk]
    pass_time(seconds=LEASE.total_seconds() + 1)
    work.sweep()
    assert tries == [errand.pk] * 2
    assert not Errand.objects.filter(status=Status.WAITING).exists()


def test_work_in_parts_hands_on_and_a_part_that_was_done_is_no_try(
    errand, work_of, django_capture_on_commit_callbacks
):
    def part(row):
        row.parts += 1
        row.status = Status.DONE if row.parts == MAX_TRIES + 2 else Status.STARTED
        row.save(update_fields=["parts", "status"])
        return row.status == Status.STARTED

    work = work_of(part)
    for number in range(1, MAX_TRIES + 2):
        with django_capture_on_commit_callbacks(execute=True):
            work.run(errand.pk)
        errand.refresh_from_db()
        assert (errand.parts, errand.tries, errand.leased_until) == (number, 0, None)
        assert asked == [(errand.pk,)] * number
    work.run(errand.pk)
    errand.refresh_from_db()
    assert (errand.status, len(asked)) == (Status.DONE, MAX_TRIES + 1)


def test_the_sweep_asks_again_for_what_no_task_is_at(work_of, django_capture_on_commit_callbacks):
    now = timezone.now()
    long_ago = now - LOST_AFTER - timedelta(seconds=1)
    lost = Errand.objects.create(asked_at=long_ago)
    died = Errand.objects.create(status=Status.STARTED, leased_until=long_ago, tries=1)
    Errand.objects.create()  # asked for just now
    Errand.objects.create(asked_at=long_ago, leased_until=now + LEASE, tries=1)
    Errand.objects.create(asked_at=long_ago, status=Status.DONE)
    with django_capture_on_commit_callbacks(execute=True):
        work_of(finish).sweep()
    assert asked == [(lost.pk,), (died.pk,)]


def test_what_is_asked_again_starts_from_no_tries(errand, work_of):
    errand.tries, errand.leased_until = MAX_TRIES, timezone.now() + LEASE
    errand.save(update_fields=errand.ask_again())
    work_of(finish).run(errand.pk)
    errand.refresh_from_db()
    assert errand.status == Status.DONE


@pytest.mark.parametrize("tries", [0, MAX_TRIES - 2])
@pytest.mark.parametrize("ending", [crash, lambda errand: True], ids=["fails", "has_more"])
def test_a_task_that_outlived_its_lease_leaves_the_row_to_the_one_that_has_it(
    errand, work_of, given_up, tries, ending
):
    Errand.objects.update(tries=tries)
    seen = []

    def late(row):
        pass_time(seconds=LEASE.total_seconds() + 1)
        assert work_of(finish)._claim(row.pk)
        seen.append(Errand.objects.values_list("leased_until", "tries").get())
        return ending(row)

    work_of(late).run(errand.pk)
    assert seen == [Errand.objects.values_list("leased_until", "tries").get()]
    assert (asked, given_up) == ([], [])


@shared_task
def finish_errand(pk):
    """A real task, as an app has it."""
    REAL.run(pk)


REAL = Work(Errand, task=f"{__name__}.finish_errand", do=finish, give_up=finish)


def test_a_real_task_does_the_work(errand, settings, django_capture_on_commit_callbacks):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    with django_capture_on_commit_callbacks(execute=True):
        REAL.ask(errand.pk)
    errand.refresh_from_db()
    assert errand.status == Status.DONE
