"""A member's right to take a training's QCM, and what may happen to it."""

import random

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from common.engine.prepared import prepared
from common.errors import WrongStatus
from common.legacy_journal import Journalled, JournalRow
from members.models import HoursCredit, Member
from organisms.models import Organism
from trainings.models import AnnualRules, Choice, Training

from .. import deadlines, emails, marking

# Which set, and which order, must not be guessed from the one before.
shuffler = random.SystemRandom()


class InvitationQuerySet(models.QuerySet):
    def open_at(self, now):
        """Those that can still be taken: open, and within their deadline."""
        return self.filter(status=Invitation.Status.OPEN, deadline_at__gte=now)

    def expired_at(self, now):
        """Those whose deadline has passed without a pass; computed, never stored."""
        return self.filter(status=Invitation.Status.OPEN, deadline_at__lt=now)

    def with_insiders(self):
        """Add `is_insider`: the member is one of the organism's people, who can read the answers.

        Told by the e-mail address, which is all that the two sides share: a person's, or the
        organism's own.
        """
        organism = models.OuterRef("training__organism")
        address = models.OuterRef("member__email_key")
        known = Q(people__user__email=address) | Q(key=address)
        found = Organism.objects.annotate(key=Lower("email")).filter(known, pk=organism)
        return self.annotate(is_insider=models.Exists(found))

    def with_year_pass_mark(self):
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

    def facts(self):
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

    def all_attempts(self):
        """Its attempts by number, each with the position of its set, and when that was replaced."""
        return _attempts(self.pk)

    def why_not_start(self, used):
        """Why no attempt can begin, in French; "" when one can. `used`: attempts finished."""
        if self.status == self.Status.PASSED:
            return "Ce QCM est déjà réussi : il n’y a rien de plus à faire."
        if self.status == self.Status.WITHDRAWN:
            return "Ce QCM a été retiré : il n’est plus à passer."
        if self.status == self.Status.FAILED or used >= self.attempts_allowed:
            return "Toutes les tentatives de ce QCM ont été utilisées."
        if self.is_expired:
            day = timezone.localtime(self.deadline_at)
            return f"Le délai pour passer ce QCM est terminé depuis le {day:%d/%m/%Y à %H:%M}."
        return ""

    def start(self):
        """Begin an attempt, or give back the one that is running: two clicks, one attempt.

        Draws the set: one not seen yet first, else the least recently seen, at random among
        equals; then shuffles questions and choices, once. Raises WrongStatus.
        """
        with transaction.atomic():
            invitation = _to_start.first(self.pk)
            attempts = invitation.all_attempts()
            running = next((one for one in attempts if one.status == "started"), None)
            if running:
                running.invitation = invitation
                return running
            used = sum(one.status == "finished" for one in attempts)
            if refusal := invitation.why_not_start(used):
                raise WrongStatus(refusal)
            question_set, order = invitation._draw(attempts)
            return invitation.attempts.create(
                number=len(attempts) + 1,
                question_set_id=question_set,
                order=order,
                total=len(order),
                pass_mark=invitation.pass_mark,
                by_insider=invitation.is_insider,
                rules={"marking": marking.RULE, **invitation.facts()},
                started_at=timezone.now(),
            )

    def _draw(self, attempts):
        """(set id, [[question id, [choice id, …]], …]) of a new attempt."""
        sets = {}
        positions = {}
        for set_pk, position, question, choice in _current_choices(self.training_id):
            sets.setdefault(set_pk, {}).setdefault(question, []).append(choice)
            positions[set_pk] = position
        if not sets:
            raise WrongStatus(
                "Les questions de ce QCM ne sont pas disponibles. Écrivez à l’ANACOFI."
            )
        # By position: a corrected version of a set is no set that was not seen.
        last_seen = {one.question_set.position: one.number for one in attempts}
        seen = {pk: last_seen.get(position, 0) for pk, position in positions.items()}
        earliest = min(seen.values())
        chosen = shuffler.choice([pk for pk in sets if seen[pk] == earliest])
        order = [[question, choices] for question, choices in sets[chosen].items()]
        shuffler.shuffle(order)
        for _, choices in order:
            shuffler.shuffle(choices)
        return chosen, order

    def grant_attempt(self, *, by, comment):
        """Let a member who used all the attempts try once more; mail them.

        A deadline that has passed, or is near, moves to 21 days from now. Raises WrongStatus,
        ValueError without a comment, PermissionDenied.
        """
        if not by.has_perm("qcm.grant_attempt"):
            raise PermissionDenied
        if not comment.strip():
            raise ValueError("Écrivez pourquoi une tentative de plus est accordée.")
        with transaction.atomic():
            invitation = self.lock()
            invitation.require_status(self.Status.FAILED)
            used = invitation.attempts.filter(status="finished").count()
            invitation.attempts_allowed = used + 1
            invitation.deadline_at = max(
                invitation.deadline_at, deadlines.end_of(deadlines.days_after(timezone.now()))
            )
            invitation.move_to(
                self.Status.OPEN,
                by=by,
                comment=comment.strip(),
                update_fields=["attempts_allowed", "deadline_at"],
            )
            emails.attempt_granted(invitation)
        return invitation


# Statements of the pages that every member passes, put together once.


@prepared
def _attempts(invitation):
    Attempt = apps.get_model("qcm", "Attempt")
    return (
        Attempt.objects.select_related("question_set")
        .only(
            *(field.name for field in Attempt._meta.concrete_fields),
            "question_set__position",
            "question_set__replaced_at",
            "question_set__training",
        )
        .filter(invitation=invitation)
        .order_by("number")
    )


@prepared
def _to_start(pk):
    """The invitation under a lock, with what an attempt asks of it and keeps."""
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("member", "training__organism")
        .only(
            *(field.name for field in Invitation._meta.concrete_fields),
            "member__number",
            "member__first_name",
            "member__last_name",
            "training__year",
            "training__title",
            "training__approval_number",
            "training__organism__name",
            "training__organism__siren",
        )
        .with_insiders()
        .with_year_pass_mark()
        .filter(pk=pk)
        .order_by()
    )


@prepared
def _current_choices(training):
    return (
        Choice.objects.filter(
            question__question_set__training=training,
            question__question_set__replaced_at__isnull=True,
        )
        .order_by()
        .values_list("question__question_set", "question__question_set__position", "question", "pk")
    )


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

    class Meta(JournalRow.Meta):
        verbose_name = "journal de l’invitation"
        verbose_name_plural = "journal de l’invitation"
