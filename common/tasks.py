"""Tasks of the ground."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from . import stored_files


@shared_task  # type: ignore[untyped-decorator]  # Celery tells no types
def sweep_stored_files() -> None:
    """Delete the stored files that no row holds; once a night, by beat."""
    stored_files.sweep()


@shared_task  # type: ignore[untyped-decorator]  # Celery tells no types
def clear_sessions() -> None:
    """Delete the sessions that have ended by themselves; once a night, by beat."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
