"""Someone added to a validated list, until a task has counted them."""

from django.conf import settings
from django.db import models

from common.jobs import Job

from .sheet import Sheet


class LateCount(Job):
    """A validated list to be counted again, for who was added; the task deletes it."""

    TO_DO = ("waiting",)

    status = models.CharField(max_length=10, default="waiting", editable=False)
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="+")
    # Whose account is closed is kept for the hours that they add.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "ajout à compter"
        verbose_name_plural = "ajouts à compter"

    def __str__(self) -> str:
        return str(self.sheet)
