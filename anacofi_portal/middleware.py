"""Middleware that knows no app."""

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings


class ContentSecurityPolicyMiddleware:
    """Say the content security policy on every page, and /admin/'s own on its pages alone.

    django-csp's middleware puts it together for each answer; ours is the same all day.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = build_policy()
        self.admin_policy = build_policy(update=settings.ADMIN_CSP_EXTRA)

    def __call__(self, request):
        response = self.get_response(request)
        is_admin = request.path.startswith("/admin/")
        response.headers.setdefault(HEADER, self.admin_policy if is_admin else self.policy)
        return response
