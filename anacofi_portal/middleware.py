"""Middleware that knows the names of pages, and no app’s code."""

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings

# Nobody's own: these may be kept by a browser that has no session here.
PUBLIC = {
    "home",
    "health",
    "organisms:register",
    "organisms:registered",
    "members:ask",
    "members:asked",
}
PRIVATE = "private, no-store"


class BrowserHeadersMiddleware:
    """Say on every page what it may do, and on all but the public ones that nobody keeps it.

    The content security policy is /admin/'s own on its pages alone. django-csp's middleware puts
    it together for each answer; ours is the same all day.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = build_policy()
        self.admin_policy = build_policy(update=settings.ADMIN_CSP_EXTRA)

    def __call__(self, request):
        response = self.get_response(request)
        is_admin = request.path.startswith("/admin/")
        response.headers.setdefault(HEADER, self.admin_policy if is_admin else self.policy)
        response.headers["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        if not _is_public(request):
            response.headers["Cache-Control"] = PRIVATE
        return response


def _is_public(request):
    """Whether the page is the same for everybody, and this browser nobody in particular."""
    match = request.resolver_match
    known = settings.SESSION_COOKIE_NAME in request.COOKIES
    return match is not None and match.view_name in PUBLIC and not known
