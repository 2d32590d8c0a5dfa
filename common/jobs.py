"""Work that a task does later: a row with a status, claimed by lease, tried a few times.

Any task may be lost, doubled or killed: what is to be done is a row, and beat finds those that
no task seems to be at. A module of the domain says what the work is:

    READING = Work(
        Sheet, task="attendance.tasks.read_sheet", do=read, give_up=mark_unreadable
    )

asks for it with `READING.ask(sheet.pk)`, and its tasks call `READING.run(pk)` and
`READING.sweep()`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from .outage import away

logger = logging.getLogger(__name__)

# A task that died leaves its row to another after this; one step of any work ends well before.
LEASE = timedelta(minutes=3)
MAX_TRIES = 3
# A row that no task took is looked for after this.
LOST_AFTER = timedelta(seconds=45)
# Seconds for which a broker that did not answer is asked nothing.
BROKER_DISTRUST = 10


def ask(task: str, *args: Any) -> None:
    """Ask a worker for a task, by its dotted name, once the transaction has committed.

    A broker that is away is logged and never an error page, and is left alone for some seconds,
    so that pages do not wait for it one after the other: beat finds the row.
    """
    transaction.on_commit(_Request(import_string(task), task, args))


def ask_once(task: str, *args: Any) -> None:
    """The same, unless the transaction has asked for it already."""
    request = _Request(import_string(task), task, args)
    waiting = transaction.get_connection().run_on_commit
    if not any(function == request for _, function, *_ in waiting):
        transaction.on_commit(request)


class _Broker:
    """Until when this process leaves the broker alone, in the seconds of `monotonic`."""

    away_until = 0.0


broker = _Broker()


@dataclass(frozen=True)
class _Request:
    task: Any
    name: str
    args: tuple[Any, ...]

    def __call__(self) -> None:
        if monotonic() < broker.away_until:
            return
        try:
            self.task.delay(*self.args)
        except Exception:  # whatever the broker raised: the row says what is to be done
            broker.away_until = monotonic() + BROKER_DISTRUST
            logger.exception("The broker did not take %s%r; beat will do it", self.name, self.args)


_Job = TypeVar("_Job", bound="Job", covariant=True)


class JobQuerySet(models.QuerySet[_Job]):
    def overdue(self, now: datetime) -> Self:
        """Those still to do although no task seems to be at them."""
        lost = Q(leased_until__isnull=True, asked_at__lt=now - LOST_AFTER)
        return self.filter(lost | Q(leased_until__lt=now), status__in=self.model.TO_DO).order_by(
            "pk"
        )


class Job(models.Model):
    """A row whose work a task does. Subclasses have `status`, and say in which ones it waits."""

    TO_DO: ClassVar[tuple[str, ...]]

    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    asked_at = models.DateTimeField("demandé le", default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def ask_again(self) -> list[str]:
        """Forget earlier tries, in memory; the names of the fields to save."""
        self.leased_until, self.tries, self.asked_at = None, 0, timezone.now()
        return ["leased_until", "tries", "asked_at"]


Row = TypeVar("Row", bound=Job)


@dataclass(frozen=True)
class Work(Generic[Row]):
    """One kind of work: over which rows, by which task, and what to do.

    `do(row)` does a bounded part of it and says whether there is more; it moves the row out of
    its `TO_DO` statuses when the work is done. `give_up(row)` is called after `MAX_TRIES` tries
    that ended in nothing: it leaves a sentence where someone reads it.
    """

    model: type[Row]
    task: str
    do: Callable[[Row], bool | None]
    give_up: Callable[[Row], None]

    def ask(self, pk: int) -> None:
        """Have a task do it, after commit."""
        ask(self.task, pk)

    def run(self, pk: int) -> None:
        """Do a part of the work of one row, unless another task is at it or it is done."""
        if not self._claim(pk):
            self._give_up_if_exhausted(pk)
            return
        row: Any = self._rows().get(pk=pk)
        # While it is this task's: one that outlived its lease leaves the row to the next.
        leased, tries = self._waiting(pk).filter(leased_until=row.leased_until), row.tries
        try:
            more = self.do(row)
        except Exception as error:  # a bug or a service that is down: kept for another, and logged
            if away(error):
                logger.warning("%s of %s waits: %s", self.task, pk, error)
                later = timezone.now() + LOST_AFTER
                leased.update(leased_until=later, tries=F("tries") - 1)
                return
            logger.exception("%s of %s failed (try %s)", self.task, pk, tries)
            if tries < MAX_TRIES:
                # Not at once: what was down may be up again when beat comes by.
                leased.update(leased_until=timezone.now() + LOST_AFTER)
            elif leased.update(leased_until=None):
                self._give_up_if_exhausted(pk)
            return
        # The part that was done counts as no try.
        if more and leased.update(leased_until=None, tries=0, asked_at=timezone.now()):
            self.ask(pk)

    def sweep(self) -> None:
        """Ask again for what was lost, and give up what was tried enough."""
        for pk, tries in self._rows().overdue(timezone.now()).values_list("pk", "tries"):
            if tries >= MAX_TRIES:
                self._give_up_if_exhausted(pk)
            else:
                self.ask(pk)

    def _rows(self) -> "JobQuerySet[Any]":
        return JobQuerySet(self.model)

    def _waiting(self, pk: int) -> "JobQuerySet[Any]":
        return self._rows().filter(pk=pk, status__in=self.model.TO_DO)

    def _claim(self, pk: int) -> bool:
        return self._lease(self._waiting(pk).filter(tries__lt=MAX_TRIES), tries=F("tries") + 1)

    def _give_up_if_exhausted(self, pk: int) -> None:
        """Give up when the tries are used and nobody is at it any more: one task does."""
        if not self._lease(self._waiting(pk).filter(tries__gte=MAX_TRIES)):
            return
        row: Any = self._rows().get(pk=pk)
        logger.error("%s of %s given up after %s tries", self.task, pk, row.tries)
        try:
            self.give_up(row)
        except Exception:  # logged, and tried again by beat when the lease has ended
            logger.exception("%s of %s could not be given up", self.task, pk)

    @staticmethod
    def _lease(rows: "JobQuerySet[Any]", **values: Any) -> bool:
        now = timezone.now()
        free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
        return bool(rows.filter(free).update(leased_until=now + LEASE, **values))


class AskedByAddress(Job):
    """A mail that somebody asks for by an address, known or not: who asks waits for no look-up.

    The request keeps the address, whosever it is, and the task that looks it up deletes the row:
    neither the time of the answer nor its work tells whether anybody has it.
    """

    TO_DO = ("waiting",)

    status = models.CharField(max_length=10, default="waiting", editable=False)
    email = models.EmailField("adresse", max_length=254)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.email
