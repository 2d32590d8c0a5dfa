"""What pages outside this app show of the mail server."""

from django import template

from mailing import pauses
from mailing.models import MailServer

register = template.Library()


@register.simple_tag
def mail_server_away() -> MailServer | None:
    """The mail server while it is away."""
    return pauses.away()
