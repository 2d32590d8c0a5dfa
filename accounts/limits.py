"""Limits on what the public pages may be asked, per address and per visitor.

Counted in the cache, which all web processes share, the way allauth counts sign-ins (behind a
proxy, the visitor is the one that `ALLAUTH_TRUSTED_PROXY_COUNT` proxies vouch for).
"""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

from common.addresses import stored

HOUR = 3600


def too_many(
    request: HttpRequest,
    action: str,
    *,
    email: str = "",
    per_email: int = 3,
    per_ip: int = 20,
    period: int = HOUR,
) -> bool:
    """Whether this POST is above the limit of its action; counts it when it is not.

    `per_email` and `per_ip` are numbers of requests in `period` seconds.
    """
    rates = f"{per_ip}/{period}s/ip"
    if email:
        rates += f",{per_email}/{period}s/key"
    used = ratelimit.consume(
        request,
        app="portal",
        action=action,
        key=stored(email).strip().lower() or None,
        config={action: rates},
    )
    return used is None
