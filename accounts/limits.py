"""Limits on what the public pages may be asked, per address and per visitor.

Counted in the cache, which all web processes share, the way allauth counts sign-ins (behind a
proxy, the visitor is the one that `ALLAUTH_TRUSTED_PROXY_COUNT` proxies vouch for).
"""

from allauth.core.internal import ratelimit

HOUR = 3600


def too_many(request, action, *, email="", per_email=3, per_ip=20, period=HOUR):
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
        key=email.strip().lower() or None,
        config={action: rates},
    )
    return used is None
