"""The link of an invitation: a signed key, minted at sending, dead once the invitation is."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mailing.links import link_maker

from .models import Invite

SALT = "organisms.invite"
LIFETIME = timedelta(days=7)


@link_maker("organisms.invite")
def invite_url(invite_pk: int) -> str:
    """The absolute URL at which the invited person chooses a password."""
    key = signing.dumps(invite_pk, salt=SALT)
    return f"{settings.SITE_URL}{reverse('organisms:accept', args=[key])}"


def invite_from(key: str) -> Invite | None:
    """The invitation a key stands for, or None: forged, too old, taken or cancelled."""
    try:
        pk = signing.loads(key, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    return Invite.objects.select_related("organism").filter(pk=pk).first()
