"""Middleware that knows no app."""

from django.conf import settings


class AdminContentSecurityPolicyMiddleware:
    """Give /admin/, and nothing else, what its theme needs of the content security policy."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_update = settings.ADMIN_CSP_EXTRA
        return response
