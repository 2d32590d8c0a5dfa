"""The journal as it was before events: each app leaves it for `common.journal`."""

from django.conf import settings
from django.db import models

from .errors import WrongStatus


class JournalRow(models.Model):
    """One transition of a subject. Subclasses add `subject`, a foreign key named `journal`."""

    at = models.DateTimeField("date", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # Kept beside the key: the row must still say who once the account is gone, and a member or
    # the portal itself has no account.
    by_label = models.CharField("auteur", max_length=200, blank=True)
    from_status = models.CharField("de", max_length=30, blank=True)
    to_status = models.CharField("à", max_length=30)
    comment = models.TextField("commentaire", blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.at:%d/%m/%Y %H:%M} {self.from_status} → {self.to_status}"

    @property
    def label(self):
        """What happened, in French: the status reached, or the remark's own words."""
        choices = dict(type(self)._meta.get_field("subject").related_model.Status.choices)
        text = choices.get(self.to_status, self.to_status)
        return text[:1].upper() + text[1:]

    @property
    def is_by_staff(self):
        """Whether it was the association's doing; needs `by` selected along."""
        return self.by is not None and self.by.is_staff


class Journalled(models.Model):
    """A row with a `status` whose verbs lock it, check it and journal what they do."""

    class Meta:
        abstract = True

    def lock(self):
        """The same row read afresh under a lock; call it inside `transaction.atomic()`."""
        return type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)

    def require_status(self, *statuses):
        """Raise WrongStatus, with the status that was found, unless it is one of these."""
        if self.status not in statuses:
            raise WrongStatus(
                "Cette action n’est plus possible : le statut est maintenant "
                f"« {self.get_status_display()} »."
            )

    def move_to(self, status, *, by=None, by_label="", comment="", update_fields=()):
        """Set the status, save it with `update_fields`, and write the journal row."""
        previous, self.status = self.status, status
        self.save(update_fields=["status", *update_fields])
        return self.write_journal(
            from_status=previous, to_status=status, by=by, by_label=by_label, comment=comment
        )

    def write_journal(self, *, to_status, from_status="", by=None, by_label="", comment=""):
        """Write a journal row without changing the status (a remark, a change of data)."""
        return self.journal.create(
            by=by,
            by_label=by_label or (str(by) if by else "Portail"),
            from_status=from_status,
            to_status=to_status,
            comment=comment,
        )
