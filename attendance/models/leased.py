"""What a task reads: by one task at a time, a few times at most."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

# A task that died leaves its row to another after this; read_workbook ends well before.
READING_LEASE = timedelta(minutes=3)
MAX_READINGS = 3
READING = "reading"
# A task that was lost is looked for after this.
LOST_AFTER = timedelta(seconds=45)
GAVE_UP = (
    "Le fichier n’a pas pu être lu. Ouvrez-le dans Excel, enregistrez-le au format "
    "« Classeur Excel (.xlsx) », puis déposez-le à nouveau."
)


class LeasedQuerySet(models.QuerySet):
    def overdue(self, now):
        """Still being read although no task seems to be at it."""
        return self.filter(status=READING).filter(
            Q(reading_until__isnull=True, deposited_at__lt=now - LOST_AFTER)
            | Q(reading_until__lt=now)
        )


class Leased(models.Model):
    """A roster to read. Subclasses have `status`, `roster`, `mark_unreadable()` and `record()`."""

    reading_until = models.DateTimeField(null=True, blank=True, editable=False)
    readings = models.PositiveSmallIntegerField(default=0, editable=False)
    deposited_at = models.DateTimeField("déposée le", auto_now_add=True)

    class Meta:
        abstract = True

    def claim(self):
        """Whether this task may read it now; no other may until the lease ends."""
        now = timezone.now()
        free = Q(reading_until__isnull=True) | Q(reading_until__lt=now)
        taken = (
            type(self)
            .objects.filter(free, pk=self.pk, status=READING, readings__lt=MAX_READINGS)
            .update(reading_until=now + READING_LEASE, readings=F("readings") + 1)
        )
        return bool(taken)

    def give_up(self):
        """Stop after several readings that ended in nothing."""
        now = timezone.now()
        ended = type(self).objects.filter(pk=self.pk, readings__gte=MAX_READINGS)
        if ended.exclude(reading_until__gt=now).exists():
            self.mark_unreadable(GAVE_UP, of=self.roster.name)
