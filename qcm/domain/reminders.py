"""Reminding members of the QCMs they have still to take: once for each occasion."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from .. import emails
from ..deadlines import PARIS
from ..models import Invitation, Reminder

Kind = Reminder.Kind
# Members whose reminders are written in one transaction.
BATCH = 200
DAYS_AFTER = {Kind.DAY_7: 7, Kind.DAY_21: 21}
DAYS_BEFORE = 10


def occasions(invited_on: date, deadline_on: date, today: date) -> list[Kind]:
    """The kinds of reminder whose day has come (dates in Paris), passed ones included."""
    kinds = [kind for kind, days in DAYS_AFTER.items() if today >= invited_on + timedelta(days)]
    if today >= deadline_on - timedelta(DAYS_BEFORE):
        kinds.append(Kind.BEFORE_10)
    return kinds


def due(invitation: Invitation, today: date) -> list[Kind]:
    """The kinds that this invitation has come to and was not reminded for."""
    sent = {row.kind for row in invitation.reminders.all()}
    come = occasions(
        invitation.invited_at.astimezone(PARIS).date(),
        invitation.deadline_at.astimezone(PARIS).date(),
        today,
    )
    return [kind for kind in come if kind not in sent]


def send_due() -> int:
    """Queue one mail for each member who is due one; the number of mails."""
    now = timezone.now()
    today = timezone.localdate()
    members = sorted(
        {
            invitation.member_id
            for invitation in Invitation.objects.open_at(now).prefetch_related("reminders")
            if due(invitation, today)
        }
    )
    return sum(
        _remind(members[start : start + BATCH], now, today)
        for start in range(0, len(members), BATCH)
    )


def _remind(members: list[int], now: datetime, today: date) -> int:
    """Remind these members, unless another run did meanwhile.

    A mail lists all that the member has to take, and stands for every occasion that has come.
    """
    with transaction.atomic():
        locked = list(
            Invitation.objects.open_at(now)
            .select_for_update(of=("self",))
            .filter(member__in=members)
            # As whoever withdraws or invites many: in another order the two would wait in a ring.
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        by_member: dict[int, list[Invitation]] = {}
        rows = []
        for invitation in (
            Invitation.objects.filter(pk__in=locked)
            .select_related("member", "training")
            .prefetch_related("reminders")
            .order_by("deadline_at", "pk")
        ):
            by_member.setdefault(invitation.member_id, []).append(invitation)
            rows += [
                Reminder(invitation=invitation, kind=kind, sent_on=today)
                for kind in due(invitation, today)
            ]
        Reminder.objects.bulk_create(rows, batch_size=500)
        reminded = {row.invitation.member_id for row in rows}
        chosen = [by_member[pk] for pk in by_member if pk in reminded]
        if chosen:
            emails.reminders(chosen)
    return len(chosen)
