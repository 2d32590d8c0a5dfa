"""The e-mails about members' links and hours, one function each."""

from common.durations import format_minutes
from mailing import outbox


def sign_in_links(links):
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


def hours_corrected(rows, *, about=None):
    """To members whose hours were countered: `rows` holds (member, training, minutes, kind label,
    reason, total of the year), minutes being those taken away.
    """
    outbox.queue_many(
        "members/email/hours_corrected",
        [
            (
                member.email,
                {
                    "name": str(member),
                    "title": training.title,
                    "minutes": format_minutes(minutes),
                    "kind": kind,
                    "reason": reason,
                    "total": format_minutes(total),
                    "year": training.year,
                },
                None,
            )
            for member, training, minutes, kind, reason, total in rows
        ],
        about=about,
    )
