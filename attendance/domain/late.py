"""Counting who was added to a validated list: by a task, whoever they are.

Hours, an invitation and mails are more work for a member than for a stranger: within the request,
its time would tell the one from the other, and what else an organism is never told.
"""

from django.db import transaction

from accounts.models import User
from common.jobs import Work

from ..models import LateCount, Sheet
from .counting import count_more

NOT_COUNTED = "L’ajout n’a pas pu être compté : l’ANACOFI recompte la feuille."


def ask(sheet: Sheet, *, by: User) -> None:
    """Have those added to this validated list counted; inside the transaction that adds them."""
    COUNTING.ask(LateCount.objects.create(sheet=sheet, by=by).pk)


def _count(late: LateCount) -> None:
    """Count them, unless the list was cancelled or the approval revoked meanwhile."""
    with transaction.atomic():
        sheet = late.sheet.lock()
        if sheet.counts_at_once:
            sheet.training = sheet.training.lock()
            if sheet.still_counts:
                count_more(sheet, late.by)
        late.delete()


def _give_up(late: LateCount) -> None:
    """Leave a sentence in the sheet's journal: staff have « Recompter »."""
    with transaction.atomic():
        late.sheet.write_journal(Sheet.Event.ADD_PARTICIPANT, by=None, comment=NOT_COUNTED)
        late.delete()


COUNTING = Work(LateCount, task="attendance.tasks.count_late", do=_count, give_up=_give_up)
