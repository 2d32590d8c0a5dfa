"""What the tests of sheets ask again and again."""

from attendance import tasks
from attendance.domain import participants
from attendance.models import LateCount, UnrecognisedCount
from mailing.models import Message


def states(sheet):
    return list(sheet.participants.values_list("state", flat=True))


def mails(template):
    return Message.objects.filter(template=f"attendance/email/{template}")


def unknown(number, *, first=0):
    return [
        [f"INCONNU{n}", "Jean", f"inconnu{n}@exemple.test", "", ""]
        for n in range(first, first + number)
    ]


def counted(**of):
    """How many lines count for the day: of the organism, or of whom `of` says."""
    counts = UnrecognisedCount.objects.filter(**(of or {"organism__isnull": False}))
    return sum(counts.values_list("lines", flat=True))


def count_late():
    """Do what the task does for who was added to a validated list."""
    for late in LateCount.objects.all():
        tasks.count_late(late.pk)


def add(sheet, line, *, by):
    """The line added by hand, and counted."""
    added = participants.add(sheet, line, by=by)
    count_late()
    return added
