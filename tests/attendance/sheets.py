"""What the tests of sheets ask again and again."""

from attendance.models import UnrecognisedCount
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
