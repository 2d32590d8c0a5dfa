"""The e-mails about members' links and hours, one function each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Model

from common.durations import format_minutes
from mailing import outbox
from trainings.models import Training

from .models import Member, SignInLink

SIGN_IN_LINK = "members.sign_in"


def named(member: Member) -> dict[str, str]:
    """Whose mail it is, in the values of every mail to a member: a mailbox may be several's."""
    return {"name": str(member), "member_number": member.number}


def sign_in_links(links: Sequence[SignInLink], *, left: int = 0) -> None:
    """One mail to the mailbox that these links' members share, with the link of each.

    `left` is how many other members of the mailbox have none in it.
    """
    if len(links) == 1:
        (link,) = links
        outbox.queue(
            "members/email/sign_in",
            link.member.email,
            named(link.member),
            link=(SIGN_IN_LINK, link.nonce),
        )
    elif links:
        outbox.queue(
            "members/email/sign_in_several",
            links[0].member.email,
            {"each": [named(link.member) for link in links], "left": left},
            link=[(SIGN_IN_LINK, link.nonce) for link in links],
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
                    **named(taken.member),
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
