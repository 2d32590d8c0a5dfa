"""Tasks of the ground."""

from celery import shared_task

from . import stored_files


@shared_task  # type: ignore[untyped-decorator]  # Celery tells no types
def sweep_stored_files() -> None:
    """Delete the stored files that no row holds; once a night, by beat."""
    stored_files.sweep()
