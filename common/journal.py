"""Rows that have a status, and the journal of what happened to them. Knows no app."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from .errors import WrongStatus
from .fields import LineField
from .transitions import Transitions


def event_field(events: type[models.TextChoices]) -> "models.CharField[Any, Any]":
    """The column of a journal that holds what happened, as a code of `events`."""
    return models.CharField("événement", max_length=30, choices=events)


class JournalRow(models.Model):
    """Something that happened to a subject; never edited or deleted.

    Subclasses add `subject`, a foreign key whose related name is « journal », and `event`, an
    `event_field`.
    """

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
    by_label = LineField("auteur", max_length=200, blank=True)
    # Both blank where the status stayed as it was.
    from_status = LineField("de", max_length=30, blank=True)
    to_status = LineField("à", max_length=30, blank=True)
    # What a person said about it, or what changed.
    comment = models.TextField("commentaire", blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.label}"

    @property
    def label(self) -> str:
        """What happened, in French."""
        text: str = self.get_event_display()  # type: ignore[attr-defined]
        return text[:1].upper() + text[1:]

    @property
    def is_by_staff(self) -> bool:
        """Whether it was the association's doing; needs `by` selected along."""
        return self.by is not None and self.by.is_staff


class Stateful(models.Model):
    """A row with a `status`, which the events of its table move and nothing else.

    Subclasses have `Status`, `Event`, `TRANSITIONS` and a field `status`.
    """

    TRANSITIONS: ClassVar[Transitions]
    status: Any

    class Meta:
        abstract = True

    def lock(self) -> Self:
        """The same row read afresh under a lock; call it inside `transaction.atomic()`."""
        return type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)

    def may(self, event: str) -> bool:
        """Whether the event may happen in the present status."""
        return self.status in self.TRANSITIONS[event].sources

    def require(self, event: str) -> None:
        """Raise WrongStatus, with the status that was found, unless the event may happen."""
        if not self.may(event):
            shown = self.get_status_display()  # type: ignore[attr-defined]
            raise WrongStatus(
                f"Cette action n’est plus possible : le statut est maintenant « {shown} »."
            )

    def take(self, event: str) -> str:
        """Let the event happen to the row in memory; the status before. Raises WrongStatus.

        For verbs over many rows, which save them together; others `move`.
        """
        self.require(event)
        previous: str = self.status
        self.status = self.TRANSITIONS[event].target or previous
        return previous


class Journalled(Stateful):
    """A row with a status and a journal of what happened to it."""

    class Meta:
        abstract = True

    def move(
        self,
        event: str,
        *,
        by: Any = None,
        by_label: str = "",
        comment: str = "",
        update_fields: tuple[str, ...] | list[str] = (),
    ) -> JournalRow:
        """Let the event happen: set the status, save it with `update_fields`, journal.

        Raises WrongStatus when the table does not allow it.
        """
        previous = self.take(event)
        moved = ["status"] if self.TRANSITIONS[event].target else []
        if fields := [*moved, *update_fields]:
            self.save(update_fields=fields)
        return self.write_journal(
            event,
            from_status=previous if moved else "",
            by=by,
            by_label=by_label,
            comment=comment,
        )

    def write_journal(self, event: str, **said: Any) -> JournalRow:
        """Write a row of the journal; arguments as `journal_row`'s."""
        row = self.journal_row(event, **said)
        row.save(force_insert=True)
        return row

    def journal_row(
        self,
        event: str,
        *,
        from_status: str = "",
        by: Any = None,
        by_label: str = "",
        comment: str = "",
    ) -> JournalRow:
        """An unsaved row of the journal, for an event that has moved `status` already.

        An event without a step, or with one, is told with the status reached; one that leaves
        the status as it is, without any.
        """
        step = self.TRANSITIONS.get(event)
        stays = step is not None and step.target is None
        journal: Any = self._meta.get_field("journal").related_model
        row: JournalRow = journal(
            subject=self,
            event=event,
            by=by,
            by_label=by_label or (str(by) if by else "Portail"),
            from_status="" if stays else from_status,
            to_status="" if stays else self.status,
            comment=comment,
        )
        return row
