"""A validation request and, once approved, the training it stands for."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from common.derived import DerivedQuerySet, KeepsDerived, SearchField, found
from common.errors import WrongStatus
from common.fields import LineField
from common.journal import Journalled, JournalRow, event_field
from common.transitions import final, step
from organisms.models import Organism

from ..questions.sizing import questions_per_set


class TrainingQuerySet(DerivedQuerySet["Training"]):
    def visible_to(self, user: User) -> Self:
        """The trainings of the organism the user belongs to."""
        return self.filter(organism__people__user=user)

    def pending(self) -> Self:
        """Those that wait for a decision of the association or of the AMF."""
        return self.filter(status__in=Training.TRANSITIONS[Training.Event.APPROVE].sources)

    def in_force(self) -> Self:
        """Those whose approval stands."""
        return self.filter(status__in=Training.TRANSITIONS[Training.Event.REVOKE].sources)

    def ever_approved(self) -> Self:
        """Those whose approval stands or was revoked: sheets came, sets may have been taken."""
        return self.filter(status__in=Training.TRANSITIONS[Training.Event.CORRECT].sources)

    def live(self) -> Self:
        """Those that did not come to nothing."""
        return self.exclude(status__in=final(Training.TRANSITIONS))

    def matching(self, typed: str) -> Self:
        """Those whose title or number says what was typed: an organism's list is its own."""
        return found(self, typed)


class Training(Journalled, KeepsDerived):
    """A training submitted for validation. Amounts of time are whole minutes."""

    class Status(models.TextChoices):
        DRAFT = "draft", "brouillon"
        SUBMITTED = "submitted", "envoyée"
        CHANGES_REQUESTED = "changes_requested", "à modifier"
        SENT_TO_AMF = "sent_to_amf", "soumise à l’AMF"
        APPROVED = "approved", "validée"
        REFUSED = "refused", "refusée"
        WITHDRAWN = "withdrawn", "retirée"
        REVOKED = "revoked", "révoquée"

    class Method(models.TextChoices):
        FACE_TO_FACE = "face_to_face", "présentiel"
        REMOTE = "remote", "distanciel (classe virtuelle)"
        E_LEARNING = "e_learning", "e-learning"
        MIXED = "mixed", "mixte"

    # Without a place of their own.
    ONLINE_METHODS = frozenset({Method.REMOTE, Method.E_LEARNING})

    class Event(models.TextChoices):
        CREATE = "create", "brouillon"
        COPY = "copy", "renouvellement"  # on the draft that renews an approval
        EDIT = "edit", "modifiée"
        DELETE = "delete", "supprimée"
        SUBMIT = "submit", "envoyée"
        WITHDRAW = "withdraw", "retirée"
        REQUEST_CHANGES = "request_changes", "à modifier"
        SEND_TO_AMF = "send_to_amf", "soumise à l’AMF"
        APPROVE = "approve", "validée"
        REFUSE = "refuse", "refusée"
        GRANT_AMF = "grant_amf", "heures AMF accordées"
        REVOKE = "revoke", "révoquée"
        RENEW = "renew", "renouvelée"
        ASK_CORRECTION = "ask_correction", "correction demandée"
        PROPOSE_CORRECTION = "propose_correction", "correction proposée"
        DISMISS_CORRECTION = "dismiss_correction", "correction abandonnée"
        CORRECT = "correct", "question corrigée"
        REGRADE = "regrade", "QCM recalculé"

    TRANSITIONS = {
        Event.COPY: step(Status.DRAFT),
        Event.EDIT: step(Status.DRAFT, Status.CHANGES_REQUESTED),
        Event.DELETE: step(Status.DRAFT),
        Event.SUBMIT: step(Status.DRAFT, Status.CHANGES_REQUESTED, to=Status.SUBMITTED),
        Event.WITHDRAW: step(
            Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.SENT_TO_AMF, to=Status.WITHDRAWN
        ),
        Event.REQUEST_CHANGES: step(
            Status.SUBMITTED, Status.SENT_TO_AMF, to=Status.CHANGES_REQUESTED
        ),
        Event.SEND_TO_AMF: step(Status.SUBMITTED, to=Status.SENT_TO_AMF),
        Event.APPROVE: step(Status.SUBMITTED, Status.SENT_TO_AMF, to=Status.APPROVED),
        Event.REFUSE: step(Status.SUBMITTED, Status.SENT_TO_AMF, to=Status.REFUSED),
        Event.GRANT_AMF: step(Status.SENT_TO_AMF),
        Event.REVOKE: step(Status.APPROVED, to=Status.REVOKED),
        Event.RENEW: step(Status.APPROVED),
        # Of frozen sets: members may have taken them, and after a revocation their marks stay.
        Event.ASK_CORRECTION: step(Status.APPROVED, Status.REVOKED),
        Event.PROPOSE_CORRECTION: step(Status.APPROVED, Status.REVOKED),
        Event.DISMISS_CORRECTION: step(Status.APPROVED, Status.REVOKED),
        Event.CORRECT: step(Status.APPROVED, Status.REVOKED),
        Event.REGRADE: step(Status.APPROVED, Status.REVOKED),
    }

    status = models.CharField("statut", max_length=20, choices=Status, default=Status.DRAFT)
    organism = models.ForeignKey(
        Organism, verbose_name="organisme", on_delete=models.PROTECT, related_name="trainings"
    )
    year = models.PositiveSmallIntegerField("année civile")
    title = LineField("intitulé", max_length=200)
    objectives = models.TextField("objectifs", max_length=8000, blank=True)
    programme = models.TextField("programme", max_length=20000, blank=True)
    audience = models.TextField("public visé", max_length=2000, blank=True)
    teaching_method = models.CharField(
        "modalité pédagogique", max_length=15, choices=Method, blank=True
    )
    # Null in a draft whose duration was not typed yet.
    duration_minutes = models.PositiveIntegerField("durée totale (min)", null=True, blank=True)
    first_session_on = models.DateField("date de la première session", null=True, blank=True)
    first_session_place = LineField("lieu", max_length=200, blank=True)
    requested_associative_minutes = models.PositiveIntegerField("heures associatives", default=0)
    requested_amf_minutes = models.PositiveIntegerField("heures AMF", default=0)
    granted_associative_minutes = models.PositiveIntegerField(
        "minutes associatives accordées", null=True, blank=True
    )
    granted_amf_minutes = models.PositiveIntegerField(
        "minutes AMF accordées", null=True, blank=True
    )
    # Null until approved: unique, and an empty string would not be.
    approval_number = LineField(  # type: ignore[misc]  # none before it is given one
        "numéro d’agrément",
        max_length=30,
        null=True,
        blank=True,
        unique=True,
        error_messages={"unique": "Ce numéro d’agrément est déjà attribué."},
    )
    submitted_at = models.DateTimeField("envoyée le", null=True, blank=True)
    amf_sent_on = models.DateField("soumise à l’AMF le", null=True, blank=True)
    amf_reference = LineField("référence AMF", max_length=100, blank=True)
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    renewed_from = models.ForeignKey(
        "self",
        verbose_name="renouvellement de",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="renewals",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="créée par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    # Of its form and status alone: documents and questions do not move it.
    updated_at = models.DateTimeField("modifiée le", auto_now=True)
    # Staff search the organism by its own column, so that a new name finds its trainings.
    search = SearchField("title", "approval_number")

    objects: ClassVar = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de validation"
        verbose_name_plural = "demandes de validation"
        ordering = ["-created_at", "-pk"]
        permissions = [("decide_training", "Peut décider d’une demande de validation")]
        indexes = [models.Index(fields=["organism", "status"], name="trainings_by_organism")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["approved", "revoked"], approval_number__isnull=False)
                | (~Q(status__in=["approved", "revoked"]) & Q(approval_number__isnull=True)),
                name="trainings_number_when_approved",
                violation_error_message="Une formation validée, et elle seule, porte un agrément.",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", submitted_at__isnull=True)
                | (~Q(status="draft") & Q(submitted_at__isnull=False)),
                name="trainings_date_when_submitted",
                violation_error_message="Une demande envoyée, et elle seule, porte sa date.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "refused", "revoked"])
                | Q(decided_at__isnull=False),
                name="trainings_date_when_decided",
                violation_error_message="Une demande décidée porte la date de la décision.",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent_to_amf") | Q(amf_sent_on__isnull=False),
                name="trainings_date_when_sent_to_amf",
                violation_error_message="Une demande soumise à l’AMF porte la date de l’envoi.",
            ),
            models.UniqueConstraint(
                fields=["renewed_from"],
                condition=~Q(status__in=["refused", "withdrawn", "revoked"]),
                name="trainings_renewed_once",
                violation_error_message="Cette formation est déjà renouvelée.",
            ),
            models.CheckConstraint(
                condition=Q(duration_minutes__isnull=True)
                | Q(
                    requested_associative_minutes__lte=F("duration_minutes"),
                    requested_amf_minutes__lte=F("duration_minutes"),
                ),
                name="trainings_hours_within_duration",
                violation_error_message="Les heures demandées dépassent la durée totale.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "revoked"])
                | Q(
                    granted_associative_minutes__lte=F("requested_associative_minutes"),
                    granted_amf_minutes__lte=F("requested_amf_minutes"),
                ),
                name="trainings_granted_within_asked",
                violation_error_message="Les heures accordées dépassent les heures demandées.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    # --- what may happen ------------------------------------------------------------------------

    @property
    def is_editable(self) -> bool:
        """Whether the organism may change it: a draft, or sent back for changes."""
        return self.may(self.Event.EDIT)

    def require_editable(self) -> None:
        """Raise WrongStatus, with a sentence for the organism, unless it may be changed."""
        if not self.is_editable:
            raise WrongStatus(
                "Cette demande ne peut plus être modifiée : elle est "
                f"« {self.get_status_display()} »."
            )

    @property
    def is_deletable(self) -> bool:
        return self.may(self.Event.DELETE)

    @property
    def is_withdrawable(self) -> bool:
        return self.may(self.Event.WITHDRAW)

    @property
    def is_under_review(self) -> bool:
        """Whether it waits for a decision of the association or of the AMF."""
        return self.may(self.Event.APPROVE)

    @property
    def is_renewable(self) -> bool:
        """Whether « Renouveler » makes sense: approved, and its year has begun."""
        return self.may(self.Event.RENEW) and self.year <= timezone.localdate().year

    @property
    def is_in_force(self) -> bool:
        """Whether its approval stands: it takes sheets, and what they count."""
        return self.may(self.Event.REVOKE)

    @property
    def is_revoked(self) -> bool:
        return self.status == self.Status.REVOKED

    @property
    def is_over(self) -> bool:
        """An approval ends with its calendar year (« échue »); computed, never stored."""
        return self.is_in_force and timezone.localdate().year > self.year

    # --- what is asked and known ----------------------------------------------------------------

    @property
    def questions_owed(self) -> int:
        """Questions owed in each of the three sets, for the AMF minutes asked."""
        return questions_per_set(self.requested_amf_minutes)

    @property
    def was_refused_by_amf(self) -> bool:
        """Whether AMF hours were asked of the AMF, and the approval came without any."""
        return bool(
            self.granted_amf_minutes == 0 and self.requested_amf_minutes and self.amf_sent_on
        )

    def live_renewal(self) -> "Training | None":
        """The request that renews this one, unless it came to nothing; None without one."""
        return self.renewals.live().first()

    def last_remark(self) -> str:
        """What staff wrote when they brought the request to where it is; "" without a word."""
        last = self.journal.filter(to_status=self.status).last()
        return last.comment if last else ""


class TrainingJournal(JournalRow):
    subject = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="journal")
    event = event_field(Training.Event)

    class Meta(JournalRow.Meta):
        verbose_name = "journal de la demande"
        verbose_name_plural = "journal de la demande"
