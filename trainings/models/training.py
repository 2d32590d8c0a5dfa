"""A validation request and, once approved, the training it stands for."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from common.errors import WrongStatus
from common.legacy_journal import Journalled, JournalRow
from common.spreadsheets import fold
from organisms.models import Organism

from .. import emails
from ..domain.completeness import Completeness
from ..domain.decisions import Decisions
from ..domain.versions import Versions
from ..domain.writing import SetWriting
from ..questions.rows import QuestionRow
from ..questions.sizing import SETS
from .documents import Speaker
from .questions import Choice, Question, QuestionSet


class TrainingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The trainings of the organism the user belongs to."""
        return self.filter(organism__people__user=user)


class Training(Decisions, Versions, SetWriting, Completeness, Journalled):
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
    EDITABLE = frozenset({Status.DRAFT, Status.CHANGES_REQUESTED})
    WITHDRAWABLE = frozenset({Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.SENT_TO_AMF})
    # After one of these a renewal is asked for anew.
    DEAD = (Status.REFUSED, Status.WITHDRAWN, Status.REVOKED)

    status = models.CharField("statut", max_length=20, choices=Status, default=Status.DRAFT)
    organism = models.ForeignKey(
        Organism, verbose_name="organisme", on_delete=models.PROTECT, related_name="trainings"
    )
    year = models.PositiveSmallIntegerField("année civile")
    title = models.CharField("intitulé", max_length=200)
    objectives = models.TextField("objectifs", max_length=8000, blank=True)
    programme = models.TextField("programme", max_length=20000, blank=True)
    audience = models.TextField("public visé", max_length=2000, blank=True)
    teaching_method = models.CharField(
        "modalité pédagogique", max_length=15, choices=Method, blank=True
    )
    # Null in a draft whose duration was not typed yet.
    duration_minutes = models.PositiveIntegerField("durée totale (min)", null=True, blank=True)
    first_session_on = models.DateField("date de la première session", null=True, blank=True)
    first_session_place = models.CharField("lieu", max_length=200, blank=True)
    requested_associative_minutes = models.PositiveIntegerField("heures associatives", default=0)
    requested_amf_minutes = models.PositiveIntegerField("heures AMF", default=0)
    granted_associative_minutes = models.PositiveIntegerField(
        "minutes associatives accordées", null=True, blank=True
    )
    granted_amf_minutes = models.PositiveIntegerField(
        "minutes AMF accordées", null=True, blank=True
    )
    # Null until approved: unique, and an empty string would not be.
    approval_number = models.CharField(
        "numéro d’agrément",
        max_length=30,
        null=True,
        blank=True,
        unique=True,
        error_messages={"unique": "Ce numéro d’agrément est déjà attribué."},
    )
    submitted_at = models.DateTimeField("envoyée le", null=True, blank=True)
    amf_sent_on = models.DateField("soumise à l’AMF le", null=True, blank=True)
    amf_reference = models.CharField("référence AMF", max_length=100, blank=True)
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
    updated_at = models.DateTimeField("modifiée le", auto_now=True)
    # Unaccented, casefolded: SQLite ignores case for ASCII only.
    search = models.TextField(editable=False, blank=True)

    objects = TrainingQuerySet.as_manager()

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

    def __str__(self):
        return self.title

    # --- the organism's verbs -------------------------------------------------------------------

    def submit(self, *, by):
        """Send the request, or send it again once changed.

        Raises WrongStatus, or ValueError when something is missing (see `missing_to_submit`).
        """
        with transaction.atomic():
            training = self.lock()
            training.require_status(*self.EDITABLE)
            missing = training.missing_to_submit()
            if missing:
                raise ValueError(" ".join(missing))
            again = training.submitted_at is not None
            training.submitted_at = timezone.now()
            training.move_to(self.Status.SUBMITTED, by=by, update_fields=["submitted_at"])
            emails.submitted(training, again=again)

    def withdraw(self, *, by):
        """Take the request back before a decision."""
        with transaction.atomic():
            training = self.lock()
            training.require_status(*self.WITHDRAWABLE)
            training.move_to(self.Status.WITHDRAWN, by=by)
            emails.withdrawn(training)

    def delete_draft(self):
        """Delete a draft and its files. Raises WrongStatus for anything else."""
        with transaction.atomic():
            training = self.lock()
            training.require_status(self.Status.DRAFT)
            files = [document.file for document in training.documents.all()]
            training.delete()
            for file in files:
                transaction.on_commit(lambda file=file: file.storage.delete(file.name))

    def renew(self, *, by):
        """A draft for the next year with everything copied; the one there is, if there is one.

        The first session's date is left to be typed. Raises WrongStatus, also before the
        approval's year has begun: the next one could not be sent yet.
        """
        copied = []
        try:
            with transaction.atomic():
                training = self.lock()
                training.require_status(self.Status.APPROVED)
                existing = training.live_renewal()
                if existing:
                    return existing
                if not training.is_renewable:
                    raise WrongStatus(
                        f"Cette formation est validée pour {training.year} : vous pourrez la "
                        f"renouveler à partir du 1er janvier {training.year}."
                    )
                draft = training._blank_copy(by)
                draft.save()
                draft.write_journal(
                    to_status="renouvellement",
                    by=by,
                    comment=f"De l’agrément {training.approval_number} ({training.year})",
                )
                draft.write_speakers(training.speakers.values_list("name", "references"))
                for document in training.documents.all():
                    copied.append(document.copy_to(draft, by=by).file)
                draft.write_sets(training.sets_as_rows())
        except BaseException:
            # The rows are rolled back; files know no transaction.
            for file in copied:
                file.storage.delete(file.name)
            raise
        return draft

    def _blank_copy(self, by):
        """An unsaved draft with what was asked, and nothing of what was decided."""
        draft = Training.objects.get(pk=self.pk)
        draft.pk = None
        draft._state.adding = True
        for name in (
            "granted_associative_minutes",
            "granted_amf_minutes",
            "approval_number",
            "submitted_at",
            "amf_sent_on",
            "decided_at",
            "first_session_on",
        ):
            setattr(draft, name, None)
        draft.amf_reference = ""
        draft.status = self.Status.DRAFT
        draft.year = max(self.year + 1, timezone.localdate().year)
        draft.renewed_from = self
        draft.created_by = by
        draft.refresh_search()
        return draft

    def write_speakers(self, rows):
        """Replace the speakers by these (name, references), in their order."""
        rows = list(rows)
        if rows == list(self.speakers.values_list("name", "references")):
            return
        self.speakers.all().delete()
        Speaker.objects.bulk_create(
            Speaker(training=self, position=position, name=name, references=references)
            for position, (name, references) in enumerate(rows, start=1)
        )

    def write_sets(self, rows):
        """Replace the sets by these `QuestionRow`s. A constant number of queries."""
        rows = list(rows)
        self.question_sets.all().delete()
        if not rows:
            return
        sets = {
            one.position: one
            for one in QuestionSet.objects.bulk_create(
                QuestionSet(training=self, position=number) for number in range(1, SETS + 1)
            )
        }
        ranks = dict.fromkeys(sets, 0)
        questions = []
        for row in rows:
            ranks[row.set_number] += 1
            questions.append(
                Question(
                    question_set=sets[row.set_number],
                    position=ranks[row.set_number],
                    text=row.text,
                    theme=row.theme,
                    explanation=row.explanation,
                )
            )
        Question.objects.bulk_create(questions)
        Choice.objects.bulk_create(
            Choice(question=question, position=rank, text=text, is_right=is_right)
            for question, row in zip(questions, rows, strict=True)
            for rank, (text, is_right) in enumerate(row.choices, start=1)
        )

    def sets_as_rows(self) -> list[QuestionRow]:
        """The questions of the sets that stand, in their order."""
        return [
            question.as_row().in_set(question_set.position)
            for question_set in self.current_sets()
            for question in question_set.questions.all()
        ]

    def current_sets(self):
        """The sets that stand, in their order, with questions and choices: three queries."""
        return self.question_sets.current().prefetch_related("questions__choices")

    # --- questions ------------------------------------------------------------------------------

    @property
    def is_editable(self):
        """Whether the organism may change it: a draft, or sent back for changes."""
        return self.status in self.EDITABLE

    def require_editable(self):
        """Raise WrongStatus, with a sentence for the organism, unless it may be changed."""
        if not self.is_editable:
            raise WrongStatus(
                "Cette demande ne peut plus être modifiée : elle est "
                f"« {self.get_status_display()} »."
            )

    @property
    def is_withdrawable(self):
        return self.status in self.WITHDRAWABLE

    @property
    def is_renewable(self):
        """Whether « Renouveler » makes sense: approved, and its year has begun."""
        return self.status == self.Status.APPROVED and self.year <= timezone.localdate().year

    def live_renewal(self):
        """The request that renews this one, unless it came to nothing; None without one."""
        return self.renewals.exclude(status__in=self.DEAD).first()

    def last_remark(self):
        """What staff wrote when they brought the request to where it is; "" without a word."""
        last = self.journal.filter(to_status=self.status).last()
        return last.comment if last else ""

    def refresh_search(self):
        """Keep the folded column in step; call before saving changed data."""
        self.search = fold(f"{self.title} {self.approval_number or ''} {self.organism.name}")

    @property
    def is_over(self):
        """An approval ends with its calendar year (« échue »); computed, never stored."""
        return self.status == self.Status.APPROVED and timezone.localdate().year > self.year


class TrainingJournal(JournalRow):
    subject = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="journal")

    class Meta(JournalRow.Meta):
        verbose_name = "journal de la demande"
        verbose_name_plural = "journal de la demande"
