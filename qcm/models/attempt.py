"""One try at one set: what was asked, what was ticked, and the mark it got, once."""

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from common.engine.prepared import prepared
from common.errors import WrongStatus
from members.domain import ledger
from members.models import HoursCredit, Member
from trainings.models import Choice, QuestionSet

from .. import deadlines, emails, marking, pace
from .answer import Answer, ticked
from .invitation import Invitation


class ForeignAnswer(ValueError):
    """An answer names a question or a choice that this attempt did not show. French sentence."""


class AttemptQuerySet(models.QuerySet):
    def running(self):
        """The one that is started, if any; at most one by constraint in an invitation."""
        return self.filter(status=Attempt.Status.STARTED).order_by("number").first()

    def overdue_at(self, now):
        """Started ones whose time has run out: they are finished as they are."""
        return self.filter(
            status=Attempt.Status.STARTED, invitation__deadline_at__lt=now - deadlines.OVERTIME
        )


class Attempt(models.Model):
    """One try at one set, in an order drawn once. Rules are kept as they were."""

    class Status(models.TextChoices):
        STARTED = "started", "en cours"
        FINISHED = "finished", "terminée"
        INTERRUPTED = "interrupted", "interrompue"

    invitation = models.ForeignKey(
        Invitation, verbose_name="invitation", on_delete=models.PROTECT, related_name="attempts"
    )
    number = models.PositiveSmallIntegerField("tentative")
    status = models.CharField("statut", max_length=11, choices=Status, default=Status.STARTED)
    question_set = models.ForeignKey(
        QuestionSet, verbose_name="jeu", on_delete=models.PROTECT, related_name="+"
    )
    # [[question id, [choice id, …]], …] in the order shown.
    order = models.JSONField("ordre", default=list)
    pass_mark = models.PositiveSmallIntegerField("seuil (%)")
    # The other rules as they were: {"marking", "attempts", "deadline"}.
    rules = models.JSONField("règles d’alors", default=dict)
    # Whether the member was then one of the organism's people, who can read the answers.
    by_insider = models.BooleanField("personne de l’organisme", default=False)
    started_at = models.DateTimeField("commencée le")
    finished_at = models.DateTimeField("terminée le", null=True, blank=True)
    right = models.PositiveSmallIntegerField("bonnes réponses", null=True, blank=True)
    total = models.PositiveSmallIntegerField("questions")
    passed = models.BooleanField("réussie", null=True, blank=True)
    # Ids of the questions that were missed.
    wrong = models.JSONField("questions manquées", default=list, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = "tentative"
        verbose_name_plural = "tentatives"
        ordering = ["invitation", "number"]
        indexes = [
            models.Index(fields=["status"], condition=Q(status="started"), name="qcm_started")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "number"], name="qcm_attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(status="started"),
                name="qcm_one_started_attempt",
                violation_error_message="Une tentative est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="started",
                    finished_at__isnull=True,
                    right__isnull=True,
                    passed__isnull=True,
                )
                | Q(
                    status="finished",
                    finished_at__isnull=False,
                    right__isnull=False,
                    passed__isnull=False,
                )
                | Q(
                    status="interrupted",
                    finished_at__isnull=False,
                    right__isnull=True,
                    passed__isnull=True,
                ),
                name="qcm_finished_attempt_is_marked",
                violation_error_message="Une tentative terminée porte son résultat.",
            ),
            models.CheckConstraint(
                condition=Q(right__isnull=True) | Q(right__lte=models.F("total")),
                name="qcm_right_within_total",
                violation_error_message="Il ne peut y avoir plus de bonnes réponses que demandé.",
            ),
        ]

    def __str__(self):
        return f"Tentative {self.number} – {self.invitation}"

    @property
    def is_started(self):
        return self.status == self.Status.STARTED

    @property
    def is_overdue(self):
        """Whether its time has run out although nobody finished it."""
        return self.is_started and timezone.now() > self.invitation.attempt_end

    @property
    def percent(self):
        """The score in whole percents, rounded down; None before it is marked."""
        return None if self.right is None else marking.percent(self.right, self.total)

    def ticked(self):
        """What is ticked: {question id: [choice id, …]}."""
        return {question: choices for question, choices, _ in ticked(self.pk)}

    def save_answer(self, question, choices):
        """Keep what is ticked for one question; the time it was saved (aware).

        Saving the same thing twice changes nothing but the time. Raises WrongStatus after the
        end, and ForeignAnswer for a question or a choice of elsewhere.
        """
        return self.save_answers({question: choices})

    def save_answers(self, answers):
        """The same for several questions: {question id: [choice id, …]}.

        The time since the last answer (or the start) is added to theirs, in equal parts.
        Only its id and its invitation's are read of this object, so that a view need not fetch
        it first; raises DoesNotExist when the two do not belong together.
        """
        attempt, now = self._to_answer(answers)
        if not answers:
            return now
        since = attempt.last_saved_at or attempt.started_at
        parts = pace.shared(pace.spent(since, now), len(answers))
        rows = [
            Answer(
                attempt_id=self.pk,
                question_id=pk,
                choices=sorted(set(choices)),
                saved_at=now,
                seconds=seconds,
            )
            for (pk, choices), seconds in zip(answers.items(), parts, strict=True)
        ]
        if not Answer.keep(rows):
            # It ended between the two statements: reading it again says how.
            self._to_answer(answers)
        return now

    def _to_answer(self, answers):
        """(the attempt as it stands, now): what these answers need, or the reason against them.

        Without a lock: what was asked never changes, and writing looks at the status again.
        """
        attempt, now = _to_answer.first(self.pk, self.invitation_id), timezone.now()
        if not attempt:
            raise Attempt.DoesNotExist
        attempt._require_running(now)
        attempt._require_own(answers)
        return attempt, now

    def save_form(self, answers):
        """Keep a whole page of answers, and give a new time only to those that changed."""
        before = self.ticked()
        changed = {pk: own for pk, own in answers.items() if sorted(set(own)) != before.get(pk, [])}
        if changed:
            self.save_answers(changed)

    def _require_running(self, now):
        if self.status == self.Status.FINISHED:
            raise WrongStatus(
                "Cette tentative est terminée : les réponses ne peuvent plus changer."
            )
        if self.status == self.Status.INTERRUPTED:
            raise WrongStatus("Ce QCM a été retiré : il n’est plus à passer.")
        if now > self.invitation.attempt_end:
            raise WrongStatus(
                "Le temps de cette tentative est écoulé : les réponses ne peuvent plus changer."
            )

    def _require_own(self, answers):
        shown = dict(self.order)
        for question, choices in answers.items():
            if question not in shown:
                raise ForeignAnswer("Cette question ne fait pas partie de votre QCM.")
            if not set(choices) <= set(shown[question]):
                raise ForeignAnswer("Cette réponse ne fait pas partie de la question.")

    def unanswered(self):
        """[(rank from 1, question id), …] of the questions without a tick, in the order shown."""
        ticked = self.ticked()
        return [
            (rank, question)
            for rank, (question, _) in enumerate(self.order, start=1)
            if not ticked.get(question)
        ]

    def key(self):
        """The right choices of each question asked: {question id: {choice id, …}}.

        None stands for a question that counts as right for all. Of the version that was taken,
        but for what staff decided since on questions that were corrected.
        """
        key, replaced = self.own_key()
        return marking.overlay(key, self._regrade_keys()) if replaced else key

    def own_key(self):
        """(the key of the version that was taken, whether that version was replaced since)."""
        key = {question: set() for question, _ in self.order}
        replaced = False
        for question, choice, replaced_at in _right_choices(self.question_set_id):
            key[question].add(choice)
            replaced = replaced or replaced_at is not None
        return key, replaced

    def _regrade_keys(self):
        """What staff decided on corrected questions of this training, the oldest first."""
        return self.invitation.training.regrades.order_by("pk").values_list("key", flat=True)

    def finish(self):
        """Mark it, once, as it is saved; the attempt as it then stands.

        Whoever comes second (a double click, another tab, a retry) gets the same result, and
        nothing more happens. A pass credits the hours and mails; a failure mails; the last
        failure tells staff. Raises WrongStatus when the QCM was withdrawn. As `save_answers`,
        it reads two ids only of this object, and raises DoesNotExist.
        """
        with transaction.atomic():
            # The member first, then the invitation, as wherever they are locked.
            _lock_member_of(self.invitation_id)
            attempt = _to_finish.first(self.pk, self.invitation_id)
            if not attempt:
                raise Attempt.DoesNotExist
            invitation = attempt.invitation
            if attempt.status == self.Status.FINISHED:
                return attempt
            if attempt.status == self.Status.INTERRUPTED:
                raise WrongStatus("Ce QCM a été retiré : il n’est plus à passer.")
            mark = marking.mark(attempt.key(), attempt.ticked(), attempt.pass_mark)
            attempt.status = self.Status.FINISHED
            attempt.finished_at = min(timezone.now(), invitation.attempt_end)
            attempt.right, attempt.total, attempt.passed = mark.right, mark.total, mark.passed
            attempt.wrong = list(mark.wrong)
            attempt.save(
                update_fields=["status", "finished_at", "right", "total", "passed", "wrong"]
            )
            if mark.passed:
                attempt._count(invitation)
            else:
                attempt._fail(invitation)
        return attempt

    def _count(self, invitation):
        """Write the hours of a pass to the ledger, and say so."""
        entries = ledger.credit(
            training=invitation.training,
            kind=HoursCredit.Kind.AMF,
            session_on=invitation.session_on,
            entitlements=[ledger.Entitlement(invitation.member_id, invitation.minutes)],
        )
        invitation.credit = entries[invitation.member_id]
        invitation.passed_at = self.finished_at
        invitation.move_to(
            Invitation.Status.PASSED,
            by_label=str(invitation.member),
            comment=self.summary,
            update_fields=["credit", "passed_at"],
        )
        emails.passed(self)

    def _fail(self, invitation):
        """Say what a failure means; the last one closes the QCM and tells staff."""
        used = invitation.attempts.filter(status=self.Status.FINISHED).count()
        left = max(invitation.attempts_allowed - used, 0)
        if left:
            invitation.write_journal(
                from_status=invitation.status,
                to_status=invitation.status,
                by_label=str(invitation.member),
                comment=self.summary,
            )
        else:
            invitation.move_to(
                Invitation.Status.FAILED, by_label=str(invitation.member), comment=self.summary
            )
            emails.attempts_exhausted(self)
        emails.failed(self, left=left)

    @property
    def summary(self):
        """The result in one line, for journals and lists."""
        if self.right is None:
            return f"Tentative {self.number} : {self.get_status_display()}"
        return (
            f"Tentative {self.number} : {self.right} / {self.total} ({self.percent} %), "
            f"seuil {self.pass_mark} %"
        )


# --- Statements of the pages that every member passes, put together once ----------------------


@prepared
def _to_answer(pk, invitation):
    """The attempt with what saving an answer asks of it."""
    return (
        Attempt.objects.select_related("invitation")
        .only("status", "order", "started_at", "invitation__deadline_at")
        .annotate(last_saved_at=Answer.last_saved_at())
        .filter(pk=pk, invitation=invitation)
        .order_by()
    )


@prepared
def _lock_member_of(invitation):
    """Has whoever else credits the invitation's member wait."""
    own = Invitation.objects.filter(pk=invitation).order_by().values("member")
    return Member.objects.select_for_update().filter(pk__in=own).order_by().values_list("pk")


@prepared
def _to_finish(pk, invitation):
    """The attempt and its invitation under a lock, with what a mark writes and mails."""
    return (
        Attempt.objects.select_for_update(of=("invitation", "self"))
        .select_related("invitation__member", "invitation__training")
        .only(
            *(field.name for field in Attempt._meta.concrete_fields),
            *(f"invitation__{field.name}" for field in Invitation._meta.concrete_fields),
            "invitation__member__number",
            "invitation__member__first_name",
            "invitation__member__last_name",
            "invitation__member__email",
            "invitation__training__title",
            "invitation__training__year",
        )
        .filter(pk=pk, invitation=invitation)
        .order_by()
    )


@prepared
def _right_choices(question_set):
    return (
        Choice.objects.filter(question__question_set=question_set, is_right=True)
        .order_by()
        .values_list("question_id", "pk", "question__question_set__replaced_at")
    )
