"""Links to « Mes heures »: mailed to who asks, each good for one sign-in."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from common.errors import WrongStatus
from common.jobs import Work

from .. import emails
from ..keys import email_key
from ..models import Member, SignInLink, SignInLinkAsked

LINK_LIFE = timedelta(hours=1)
# Members who share a mailbox and get a link each; the mail says so when there are more.
MOST = 100


def ask_links(email: str) -> None:
    """Have their links mailed to the members of this mailbox, by a task.

    The same work whether there is any: nothing that can be measured tells.
    """
    with transaction.atomic():
        SENDING.ask(SignInLinkAsked.objects.create(email=email).pk)


def _send(asked: SignInLinkAsked) -> None:
    with transaction.atomic():
        send_links(asked.email)
        asked.delete()


def _give_up(asked: SignInLinkAsked) -> None:
    # Logged already; whoever waits for the mail asks again.
    asked.delete()


SENDING = Work(SignInLinkAsked, task="members.tasks.send_links", do=_send, give_up=_give_up)


def send_links(email: str) -> None:
    """Mail their links to the members of this mailbox; nobody is told whether there is any."""
    key, now = email_key(email), timezone.now()
    if not key:
        return
    with transaction.atomic():
        members = list(Member.objects.filter(email_key=key))
        links = SignInLink.objects.bulk_create(
            SignInLink(member=member, nonce=secrets.token_urlsafe(32), expires_at=now + LINK_LIFE)
            for member in members[:MOST]
        )
        emails.sign_in_links(links, left=len(members[MOST:]))


def usable(nonce: str | None) -> SignInLink | None:
    """The link of this nonce that still opens, with its member."""
    links = SignInLink.objects.usable(timezone.now()).select_related("member")
    return links.filter(nonce=nonce or "").first()


def use(link: SignInLink) -> Member:
    """Let the member in by their link; once. Raises WrongStatus when someone did already."""
    now = timezone.now()
    # The condition stands in the update: of two clicks, one enters by the link.
    if not SignInLink.objects.filter(pk=link.pk).usable(now).update(used_at=now):
        raise WrongStatus("Ce lien a déjà servi.")
    return link.member
