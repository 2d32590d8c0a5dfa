"""A member's right to take a training's QCM, and what may happen to it."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from common.journal import Journalled, JournalRow, event_field
from common.transitions import step
from members.models import HoursCredit, Member
from organisms.models import Organism
from trainings.models import AnnualRules, Training

from .. import deadlines


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, now: datetime) -> Self:
        """Those that can still be taken: open, and within their deadline."""
        return self.filter(status=Invitation.Status.OPEN, deadline_at__gte=now)

    def expired_at(self, now: datetime) -> Self:
        """Those whose deadline has passed without a pass; computed, never stored."""
        return self.filter(status=Invitation.Status.OPEN, deadline_at__lt=now)

    def with_insiders(self) -> Self:
        """Add `is_insider`: the member is one of the organism's people, who can read the answers.

        Told by the e-mail address, which is all that the two sides share: a person's, or the
        organism's own.
        """
        organism = models.OuterRef("training__organism")
        address = models.OuterRef("member__email_key")
        known = Q(people__user__email=address) | Q(key=address)
        related = Organism.objects.annotate(key=Lower("email")).filter(known, pk=organism)
        return self.annotate(is_insider=models.Exists(related))

    def with_year_pass_mark(self) -> Self:
        """Add `year_pass_mark`: that of the training's year, None before its rules are written."""
        rules = AnnualRules.objects.filter(year=models.OuterRef("training__year")).order_by()
        return self.annotate(year_pass_mark=models.Subquery(rules.values("pass_mark")))


class Invitation(Journalled):
    """A member's right to take a training's QCM, so that its AMF hours count."""

    class Status(models.TextChoices):
        OPEN = "open", "à passer"
        PASSED = "passed", "réussi"
        FAILED = "failed", "échoué"
        WITHDRAWN = "withdrawn", "retiré"

    class Event(models.TextChoices):
        INVITE = "invite", "à passer"
        INVITE_AGAIN = "invite_again", "à passer"
        RESTORE_PASS = "restore_pass", "réussi"
        RESTORE_FAILURE = "restore_failure", "échoué"
        RENEW = "renew", "nouveau délai"
        RAISE = "raise", "heures augmentées"
        LOWER = "lower", "heures diminuées"
        WITHDRAW = "withdraw", "retiré"
        START = "start", "tentative commencée"
        FAIL_ATTEMPT = "fail_attempt", "tentative non réussie"
        PASS = "pass", "réussi"
        FAIL = "fail", "échoué"
        GRANT_ATTEMPT = "grant_attempt", "à passer"
        READ_ATTEMPT = "read_attempt", "tentative consultée"
        EXPORT_ATTEMPT = "export_attempt", "tentative exportée en PDF"
        REGRADE_PASS = "regrade_pass", "réussi"
        REGRADE_FAIL = "regrade_fail", "à passer"
        # Nothing counts now; a sheet validated again finds the result as it is.
        REGRADE_WITHDRAWN = "regrade_withdrawn", "recalculé"

    TRANSITIONS = {
        # INVITE writes the row: it has no status before.
        Event.INVITE_AGAIN: step(Status.WITHDRAWN, to=Status.OPEN),
        Event.RESTORE_PASS: step(Status.WITHDRAWN, to=Status.PASSED),
        Event.RESTORE_FAILURE: step(Status.WITHDRAWN, to=Status.FAILED),
        Event.RENEW: step(Status.OPEN),
        Event.RAISE: step(Status.OPEN, Status.FAILED, Status.PASSED),
        Event.LOWER: step(*Status),
        Event.WITHDRAW: step(Status.OPEN, Status.FAILED, Status.PASSED, to=Status.WITHDRAWN),
        Event.START: step(Status.OPEN),  # told by its end alone
        Event.FAIL_ATTEMPT: step(Status.OPEN),
        Event.PASS: step(Status.OPEN, to=Status.PASSED),
        Event.FAIL: step(Status.OPEN, to=Status.FAILED),
        Event.GRANT_ATTEMPT: step(Status.FAILED, to=Status.OPEN),
        Event.READ_ATTEMPT: step(*Status),
        Event.EXPORT_ATTEMPT: step(*Status),
        Event.REGRADE_PASS: step(Status.OPEN, Status.FAILED, to=Status.PASSED),
        Event.REGRADE_FAIL: step(Status.PASSED, to=Status.OPEN),
        Event.REGRADE_WITHDRAWN: step(Status.WITHDRAWN),
    }

    status = models.CharField("statut", max_length=10, choices=Status, default=Status.OPEN)
    member = models.ForeignKey(
        Member,
        verbose_name="adhérent",
        on_delete=models.PROTECT,
        related_name="invitations",
        db_index=False,
    )
    training = models.ForeignKey(
        Training, verbose_name="formation", on_delete=models.PROTECT, related_name="invitations"
    )
    # AMF minutes that passing counts.
    minutes = models.PositiveIntegerField("minutes AMF")
    session_on = models.DateField("session du")
    invited_at = models.DateTimeField("invité le")
    deadline_at = models.DateTimeField("à passer avant le")
    attempts_allowed = models.PositiveSmallIntegerField("tentatives accordées")
    # Kept when a passed QCM is withdrawn, so that a sheet validated again credits it at once.
    passed_at = models.DateTimeField("réussi le", null=True, blank=True)
    credit = models.ForeignKey(
        HoursCredit,
        verbose_name="écriture",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    # Of `with_insiders` and `with_year_pass_mark`.
    is_insider: bool
    year_pass_mark: int | None

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation au QCM"
        verbose_name_plural = "invitations aux QCM"
        ordering = ["-invited_at", "-pk"]
        permissions = [("grant_attempt", "Peut accorder une tentative de plus")]
        indexes = [models.Index(fields=["status", "deadline_at"], name="qcm_open_by_deadline")]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "training"],
                name="qcm_one_invitation",
                violation_error_message="Cet adhérent est déjà invité à ce QCM.",
            ),
            models.CheckConstraint(
                condition=Q(status="passed", passed_at__isnull=False)
                | (~Q(status="passed") & Q(passed_at__isnull=True))
                | Q(status="withdrawn"),
                name="qcm_passed_has_a_date",
                violation_error_message="Un QCM réussi porte sa date.",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0),
                name="qcm_minutes_above_zero",
                violation_error_message="Un QCM compte au moins une minute.",
            ),
        ]

    def __str__(self):
        return f"{self.member} – {self.training}"

    def lock(self):
        """The same row under a lock, with its member and training; inside a transaction."""
        return (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("member", "training")
            .get(pk=self.pk)
        )

    @property
    def attempt_end(self):
        """When an attempt started in time ends by itself (aware)."""
        return deadlines.attempt_end(self.deadline_at)

    @property
    def is_expired(self):
        """Still to take, and too late to begin; computed, never stored."""
        return self.status == self.Status.OPEN and timezone.now() > self.deadline_at

    @property
    def status_label(self):
        return "délai passé" if self.is_expired else self.get_status_display()

    @property
    def pass_mark(self):
        """What an attempt that begins now has to reach (percent); of `with_year_pass_mark`."""
        return self.year_pass_mark or AnnualRules.for_year(self.training.year).pass_mark

    def facts(self) -> dict[str, Any]:
        """What an attempt keeps of its invitation as it stands (JSON): evidence of that day.

        Needs the member, the training and its organism.
        """
        organism = self.training.organism
        return {
            "attempts": self.attempts_allowed,
            "invited": self.invited_at.isoformat(),
            "deadline": self.deadline_at.isoformat(),
            "session_on": self.session_on.isoformat(),
            "minutes": self.minutes,
            "member": str(self.member),
            "member_number": self.member.number,
            "training": self.training.title,
            "approval_number": self.training.approval_number or "",
            "organism": organism.name,
            "siren": organism.siren,
        }

    def why_not_start(self, used: int) -> str:
        """Why no attempt can begin, in French; "" when one can. `used`: attempts finished."""
        if self.status == self.Status.PASSED:
            return "Ce QCM est déjà réussi : il n’y a rien de plus à faire."
        if self.status == self.Status.WITHDRAWN:
            return "Ce QCM a été retiré : il n’est plus à passer."
        if not self.may(self.Event.START) or used >= self.attempts_allowed:
            return "Toutes les tentatives de ce QCM ont été utilisées."
        if self.is_expired:
            day = timezone.localtime(self.deadline_at)
            return f"Le délai pour passer ce QCM est terminé depuis le {day:%d/%m/%Y à %H:%M}."
        return ""

    def attempts_left(self, used: int) -> int:
        """How many attempts more were allowed. `used`: attempts finished."""
        return max(self.attempts_allowed - used, 0)


class Reminder(models.Model):
    """A reminder that was sent; unique, since beat may run twice."""

    class Kind(models.TextChoices):
        DAY_7 = "day_7", "7 jours après l’invitation"
        DAY_21 = "day_21", "21 jours après l’invitation"
        BEFORE_10 = "before_10", "10 jours avant le délai"

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField("rappel", max_length=20, choices=Kind)
    sent_on = models.DateField("envoyé le")

    class Meta:
        verbose_name = "rappel"
        verbose_name_plural = "rappels"
        constraints = [
            models.UniqueConstraint(fields=["invitation", "kind"], name="qcm_one_reminder")
        ]

    def __str__(self):
        return f"{self.get_kind_display()} – {self.invitation}"


class InvitationJournal(JournalRow):
    subject = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="journal")
    event = event_field(Invitation.Event)

    class Meta(JournalRow.Meta):
        verbose_name = "journal de l’invitation"
        verbose_name_plural = "journal de l’invitation"
