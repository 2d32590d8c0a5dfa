"""The e-mails about members' links and hours, one function each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model

from common.durations import format_minutes
from mailing import outbox
from trainings.models import Training

from .models import Member, SignInLink


def sign_in_links(links: Iterable[SignInLink]) -> None:
    """One mail for each link asked for; members who share a mailbox get one each."""
    outbox.queue_many(
        "members/email/sign_in",
        [
            (
                link.member.email,
                {"name": str(link.member), "number": link.member.number},
                ("members.sign_in", link.nonce),
            )
            for link in links
        ],
    )


@dataclass(frozen=True)
class HoursTakenBack:
    """Minutes of one kind that a member no longer has, and the minutes of the year left."""

    member: Member
    training: Training
    minutes: int
    kind: str  # as people read it
    reason: str
    total: int


def hours_corrected(taken_back: Iterable[HoursTakenBack], *, about: Model | None = None) -> None:
    """To members whose hours were countered."""
    outbox.queue_many(
        "members/email/hours_corrected",
        [
            (
                taken.member.email,
                {
                    "name": str(taken.member),
                    "title": taken.training.title,
                    "minutes": format_minutes(taken.minutes),
                    "kind": taken.kind,
                    "reason": taken.reason,
                    "total": format_minutes(taken.total),
                    "year": taken.training.year,
                },
                None,
            )
            for taken in taken_back
        ],
        about=about,
    )
