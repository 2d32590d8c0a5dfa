"""What every template may read."""

from django.conf import settings


def portal(request):
    """`demo` (bool) and `max_upload_bytes` (int, bytes)."""
    return {"demo": settings.DEMO, "max_upload_bytes": settings.MAX_UPLOAD_BYTES}
