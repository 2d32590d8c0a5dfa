"""People not recognised wait: whenever the registry has changed, they are looked up again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common import bulk
from members.models import FormerKey, Member, RegistryImport

from .. import emails
from ..models import Participant
from ..roster.people import RosterLine
from . import matching

BATCH = 1000
# Older sheets cannot change any more.
KEPT = timedelta(days=2 * 365)


def offer_again() -> int:
    """Look up the waiting lines that the registry's last change is newer than.

    Those that someone now stands for are offered to staff, who confirm them; nothing is counted
    here. Returns how many are offered now. A constant number of queries per thousand lines.
    """
    changed = max(
        filter(
            None,
            (
                Member.objects.aggregate(last=Max("updated_at"))["last"],
                FormerKey.objects.aggregate(last=Max("noted_at"))["last"],
                RegistryImport.objects.aggregate(last=Max("undone_at"))["last"],
            ),
        ),
        default=None,
    )
    offered = 0
    while changed and (more := _offer_batch(changed)) is not None:
        offered += more
    if offered:
        emails.people_offered(offered)
    return offered


def _offer_batch(changed: datetime) -> int | None:
    """How many of the next waiting lines are offered; None when none waits."""
    now = timezone.now()
    with transaction.atomic():
        waiting = list(
            Participant.objects.waiting()
            .filter(looked_up_at__lt=changed, sheet__validated_at__gt=now - KEPT)
            .select_for_update(of=("self",))
            .order_by("pk")[:BATCH]
        )
        if not waiting:
            return None
        matches = matching.find([_line_of(line) for line in waiting])
        for line, match in zip(waiting, matches, strict=True):
            line.looked_up_at, line.offered_member = now, match.member
            line.staff_note = "" if match.member else match.note
        bulk.update(Participant, waiting, ["looked_up_at", "offered_member", "staff_note"])
    return sum(line.offered_member is not None for line in waiting)


def _line_of(participant: Participant) -> RosterLine:
    return RosterLine(
        participant.row_number,
        last_name=participant.last_name,
        first_name=participant.first_name,
        email=participant.email,
        member_number=participant.member_number,
        orias=participant.orias,
    )
