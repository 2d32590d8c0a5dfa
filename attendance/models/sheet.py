"""The sheet of one session, and what an organism may do with it."""

from dataclasses import asdict
from datetime import date, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from common import bulk
from common.errors import WrongStatus
from common.files import PrivateFileField
from common.legacy_journal import Journalled, JournalRow
from common.spreadsheets import fold
from trainings.models import Training

from .. import emails
from ..domain import matching, reading
from ..domain.counting import Counting, require_approved
from ..domain.splitting import Splitting
from ..roster.followed import ABSENT
from .leased import Leased, LeasedQuerySet

# A participant forgotten on a validated list can be added for so long.
FORGOTTEN_FOR = timedelta(days=30)

LIMIT_REACHED = (
    "Plus de 200 lignes n’ont pas été reconnues aujourd’hui, tous fichiers et ajouts réunis : vos "
    "listes ne sont plus lues avant demain, celle-ci comprise. L’ANACOFI est prévenue et peut "
    "lever cette limite. Ne gardez dans vos fichiers que des adhérents de l’ANACOFI."
)


class SheetQuerySet(LeasedQuerySet):
    def visible_to(self, user):
        return self.filter(training__organism__people__user=user)


class Sheet(Counting, Splitting, Journalled, Leased):
    """The attendance sheet (feuille de présence) of one session of an approved training."""

    class Status(models.TextChoices):
        READING = "reading", "lecture en cours"
        UNREADABLE = "unreadable", "illisible"
        DRAFT = "draft", "liste à valider"
        VALIDATED = "validated", "validée"
        CANCELLED = "cancelled", "annulée"

    status = models.CharField("statut", max_length=10, choices=Status, default=Status.READING)
    training = models.ForeignKey(
        Training, verbose_name="formation", on_delete=models.PROTECT, related_name="sheets"
    )
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour")
    place = models.CharField("lieu", max_length=200, blank=True)
    scan = PrivateFileField("scan de la feuille d’émargement")
    scan_name = models.CharField("nom du scan", max_length=255)
    scan_type = models.CharField("type du scan", max_length=100)
    scan_sha256 = models.CharField("empreinte du scan", max_length=64)
    roster = PrivateFileField("fichier des présents")
    roster_name = models.CharField("nom du fichier", max_length=255)
    roster_sha256 = models.CharField("empreinte du fichier", max_length=64)
    # Why the roster could not be read: a French sentence for the organism.
    error = models.TextField("erreur", blank=True)
    # What reading left aside (totals, another list): French sentences for the organism.
    notes = models.JSONField("remarques de lecture", default=list, blank=True)
    tab = models.CharField("feuille lue", max_length=255, blank=True)
    # [[title, field or ""], …] of the file's header, or of the row most like one.
    columns = models.JSONField("colonnes", default=list, blank=True, editable=False)
    # The sessions that the file holds, when there are several, and the one kept here.
    sessions = models.JSONField("sessions du fichier", default=list, blank=True, editable=False)
    picked = models.CharField("session gardée", max_length=300, blank=True, editable=False)
    # Approval numbers that the file names, its own among them.
    cited = models.JSONField("agréments cités", default=list, blank=True, editable=False)
    deposited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="déposée par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    read_at = models.DateTimeField("lue le", null=True, blank=True)
    validated_at = models.DateTimeField("validée le", null=True, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "feuille de présence"
        verbose_name_plural = "feuilles de présence"
        ordering = ["-deposited_at", "-pk"]
        permissions = [
            ("cancel_sheet", "Peut annuler une feuille validée"),
            ("recount_sheet", "Peut recompter une feuille validée"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="attendance_ends_after_start",
                violation_error_message="Le dernier jour précède le premier.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["validated", "cancelled"], validated_at__isnull=False)
                | (~Q(status__in=["validated", "cancelled"]) & Q(validated_at__isnull=True)),
                name="attendance_validated_has_a_date",
                violation_error_message="Une feuille validée porte sa date de validation.",
            ),
        ]

    def __str__(self):
        return f"{self.training} – {self.starts_on:%d/%m/%Y}"

    # --- the organism's verbs -------------------------------------------------------------------

    @classmethod
    def deposit(cls, training, *, starts_on, ends_on, place, scan, roster, by):
        """A sheet whose roster is then read by a task; `scan` and `roster` are DepositedFiles.

        Raises WrongStatus unless the training is approved, ValueError for the dates, both in
        French.
        """
        with transaction.atomic():
            training = training.lock()
            require_open(training)
            if error := date_error(training, starts_on, ends_on):
                raise ValueError(error)
            scan.take()
            roster.take()
            sheet = cls(
                training=training,
                starts_on=starts_on,
                ends_on=ends_on,
                place=place,
                scan=scan.file.name,
                scan_name=scan.name,
                scan_type=scan.content_type,
                scan_sha256=scan.sha256,
                roster=roster.file.name,
                roster_name=roster.name,
                roster_sha256=roster.sha256,
                deposited_by=by,
            )
            sheet.save()
            sheet.write_journal(to_status=cls.Status.READING, by=by)
            transaction.on_commit(lambda: reading.read_soon(sheet.pk))
        return sheet

    def replace_roster(self, roster, *, by):
        """Give another file (a DepositedFile) in place of one that is unreadable or wrong."""
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.UNREADABLE, self.Status.DRAFT)
            require_open(sheet.training)
            roster.take()
            old = sheet.roster.name
            sheet.participants.all().delete()
            sheet.roster = roster.file.name
            sheet.roster_name, sheet.roster_sha256 = roster.name, roster.sha256
            sheet.error, sheet.notes, sheet.tab, sheet.picked = "", [], "", ""
            sheet.reading_until, sheet.readings, sheet.read_at = None, 0, None
            sheet.move_to(
                self.Status.READING,
                by=by,
                comment=f"Autre fichier : {roster.name}",
                update_fields=[
                    "roster",
                    "roster_name",
                    "roster_sha256",
                    "error",
                    "notes",
                    "tab",
                    "picked",
                    "reading_until",
                    "readings",
                    "read_at",
                ],
            )
            transaction.on_commit(lambda: sheet.roster.storage.delete(old))
            transaction.on_commit(lambda: reading.read_soon(sheet.pk))

    def change_session(self, *, starts_on, ends_on, place, by):
        """Correct the session's days and place before validating; WrongStatus, ValueError."""
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.UNREADABLE, self.Status.DRAFT)
            if error := date_error(sheet.training, starts_on, ends_on):
                raise ValueError(error)
            sheet.starts_on, sheet.ends_on, sheet.place = starts_on, ends_on, place
            sheet.save(update_fields=["starts_on", "ends_on", "place"])
            sheet.write_journal(
                to_status="session corrigée",
                by=by,
                comment=f"{starts_on:%d/%m/%Y} – {ends_on:%d/%m/%Y}, {place}".rstrip(", "),
            )

    def discard(self):
        """Delete a sheet of which nothing was counted, and its files."""
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.UNREADABLE, self.Status.DRAFT)
            storage, names = sheet.scan.storage, [sheet.scan.name, sheet.roster.name]
            names += sheet.second_readings.values_list("roster", flat=True)
            sheet.delete()
            transaction.on_commit(lambda: [storage.delete(name) for name in names])

    def tick(self, ticked, *, among, by):
        """Tick these lines (ids) and untick the others of `among`; what changed is signed."""
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.DRAFT)
            lines = sheet.participants.filter(pk__in=among)
            signed = {"changed_by": by, "changed_at": timezone.now()}
            lines.filter(pk__in=ticked, included=False).update(included=True, **signed)
            lines.exclude(pk__in=ticked).filter(included=True).update(included=False, **signed)

    def add_participant(self, line, *, by):
        """Add a line (`roster.Line`) typed by hand; the participant.

        On a validated list it is counted at once, for 30 days. Raises WrongStatus: not a list to
        complete, the day's limit, or already on this list.
        """
        self.require_completable()
        match = matching.find([line])[0]
        counts = self._count_model()
        if not counts.take(self.training.organism, 0 if match.member else 1):
            raise WrongStatus(LIMIT_REACHED)
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_completable()
            twin = match.member and sheet.participants.filter(member=match.member).first()
            if twin and sheet.status == self.Status.VALIDATED and not twin.included:
                return sheet._tick_again(twin, by)
            if twin:
                raise WrongStatus(f"Cette personne est déjà sur la liste ({twin.where}).")
            participant = sheet.participants_of([line], [match])[0]
            participant.added_by_hand = True
            participant.changed_by, participant.changed_at = by, timezone.now()
            participant.save()
            sheet.write_journal(to_status="participant ajouté", by=by, comment=str(participant))
            if sheet.status == self.Status.VALIDATED:
                sheet.training = sheet.training.lock()
                require_approved(sheet.training)
                sheet.count_more(by)
        return participant

    def _tick_again(self, participant, by):
        """Count someone unticked when the list was validated, unless staff took them off."""
        # Not by what it counted for: that would tell who is no member.
        if participant.changed_by and participant.changed_by.is_staff:
            raise WrongStatus(
                "L’ANACOFI a retiré cette personne de la liste : écrivez-lui pour l’y remettre."
            )
        participant.included, participant.problem = True, ""
        participant.changed_by, participant.changed_at = by, timezone.now()
        participant.save()
        self.write_journal(to_status="participant ajouté", by=by, comment=str(participant))
        self.training = self.training.lock()
        require_approved(self.training)
        self.count_more(by)
        return participant

    def ask_removal(self, participant, *, by, reason):
        """Ask staff to take someone off a validated list. Raises WrongStatus, ValueError."""
        reason = reason.strip()
        if not reason:
            raise ValueError("Dites à l’ANACOFI pourquoi cette personne est à retirer.")
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.VALIDATED)
            sheet.write_journal(
                to_status="retrait demandé", by=by, comment=f"{participant} : {reason}"
            )
            emails.removal_asked(sheet, participant, reason)

    def edit_participant(self, participant, line, *, by):
        """Correct what a line says (a `roster.Line` typed by hand): it is looked up anew.

        The row as it came stays beside it. Raises WrongStatus: not a draft, the day's limit, or
        someone who is on this list already.
        """
        self.require_status(self.Status.DRAFT)
        match = matching.find([line])[0]
        if not self._count_model().take(self.training.organism, 0 if match.member else 1):
            raise WrongStatus(LIMIT_REACHED)
        with transaction.atomic():
            sheet = self.lock()
            sheet.require_status(self.Status.DRAFT)
            participant = sheet.participants.filter(pk=participant.pk).first()
            if participant is None:
                raise WrongStatus("Cette ligne n’est plus sur la liste.")
            others = sheet.participants.exclude(pk=participant.pk)
            if twin := match.member and others.filter(member=match.member).first():
                raise WrongStatus(f"Cette personne est déjà sur la liste ({twin.where}).")
            edited = sheet.participants_of([line], [match])[0]
            edited.pk, edited.raw = participant.pk, participant.raw
            edited.row_number, edited.included = participant.row_number, participant.included
            edited.added_by_hand = participant.added_by_hand
            edited.changed_by, edited.changed_at = by, timezone.now()
            edited.save()
        return edited

    # --- what the reading task does ---------------------------------------------------------------

    def mark_unreadable(self, error, *, of, columns=()):
        """Say why the roster gives no list. `of` is the stored name of the file that was read.

        `columns` holds the titles whose meaning can be told by hand.
        """
        with transaction.atomic():
            sheet = self.lock()
            if sheet.status != self.Status.READING or sheet.roster.name != of:
                return
            sheet.error, sheet.read_at, sheet.reading_until = error, timezone.now(), None
            sheet.columns, sheet.sessions = list(columns), []
            sheet.move_to(
                self.Status.UNREADABLE,
                comment=error,
                update_fields=["error", "columns", "sessions", "read_at", "reading_until"],
            )

    def record(self, roster, *, of):
        """Keep the lines that were read (a `roster.Roster`), matched with the registry.

        A constant number of queries for any number of lines (but for batches of 500).
        """
        matches = matching.find(roster.lines)
        unrecognised = matching.count_unrecognised(roster.lines, matches)
        with transaction.atomic():
            sheet = self.lock()
            if sheet.status != self.Status.READING or sheet.roster.name != of:
                return
            if not self._count_model().take(sheet.training.organism, unrecognised):
                sheet.mark_unreadable(LIMIT_REACHED, of=of)
                return
            participants = sheet.participants_of(roster.lines, matches)
            sheet.participants.all().delete()
            bulk.insert(sheet.participants.model, participants)
            sheet.tab, sheet.notes = roster.tab[:255], roster.notes
            sheet.cited, sheet.columns = roster.cited, roster.columns
            sheet.sessions = [asdict(one) for one in roster.sessions]
            sheet.read_at, sheet.reading_until = timezone.now(), None
            sheet.move_to(
                self.Status.DRAFT,
                update_fields=[
                    "tab",
                    "notes",
                    "cited",
                    "columns",
                    "sessions",
                    "read_at",
                    "reading_until",
                ],
            )

    def participants_of(self, lines, matches):
        """Unsaved participants; who was counted by another sheet, or stands above, is said so."""
        model = self._meta.get_field("participants").related_model
        State = model.State
        counted = set(
            model.objects.counted_for(self.training)
            .exclude(sheet_id=self.pk)
            .values_list("member", flat=True)
        )
        rows, seen = [], {}
        for line, match in zip(lines, matches, strict=True):
            member = match.member if not line.problem else None
            above = line.same_as or (seen.get(member.pk) if member else None)
            problem, state = line.problem, State.UNRECOGNISED
            absent = not line.present and not problem and not above
            if problem:
                state = State.PROBLEM
            elif above:
                problem = f"Même personne qu’à la ligne {above}."
                state = State.ALREADY_COUNTED if member else State.UNRECOGNISED
            elif member:
                state = State.ALREADY_COUNTED if member.pk in counted else State.RECOGNISED
                seen[member.pk] = line.row_number
            rows.append(
                model(
                    sheet_id=self.pk,
                    row_number=line.row_number,
                    raw=line.raw,
                    last_name=line.last_name,
                    first_name=line.first_name,
                    email=line.email,
                    member_number=line.member_number,
                    orias=line.orias,
                    firm=line.firm,
                    minutes=line.minutes,
                    search=fold(
                        f"{line.last_name} {line.first_name} {line.email} {line.member_number} "
                        f"{line.orias} {line.firm}"
                    ),
                    state=state,
                    problem=ABSENT if absent else problem[:300],
                    included=line.present and not above,
                    member_id=member.pk if member else None,
                    matched_by=match.by if member else "",
                    staff_note="" if member else match.note,
                )
            )
        return rows

    # --- questions --------------------------------------------------------------------------------

    @staticmethod
    def _count_model():
        from .participant import UnrecognisedCount

        return UnrecognisedCount

    @property
    def is_completable(self):
        """Whether « Ajouter un participant » works: to validate, or validated lately."""
        if self.status == self.Status.DRAFT:
            return True
        lately = timezone.now() - FORGOTTEN_FOR
        return self.status == self.Status.VALIDATED and self.validated_at > lately

    def require_completable(self):
        """Raise WrongStatus, in French, unless someone can still be added."""
        if self.status == self.Status.VALIDATED and not self.is_completable:
            raise WrongStatus(
                f"Cette liste est validée depuis plus de {FORGOTTEN_FOR.days} jours : écrivez à "
                "l’ANACOFI pour ajouter quelqu’un."
            )
        self.require_status(self.Status.DRAFT, self.Status.VALIDATED)

    @property
    def is_replaceable(self):
        """Whether another roster can be given, or the sheet thrown away."""
        return self.status in {self.Status.UNREADABLE, self.Status.DRAFT}

    def same_file(self, column):
        """An earlier sheet of the organism, not cancelled, with the same file; or None.

        `column` is `roster_sha256` or `scan_sha256`.
        """
        return (
            Sheet.objects.filter(
                training__organism=self.training.organism_id, **{column: getattr(self, column)}
            )
            .exclude(status=self.Status.CANCELLED)
            .filter(pk__lt=self.pk)
            # The portal itself made sheets of the sessions of one file.
            .exclude(~Q(picked="") & ~Q(picked=self.picked), training=self.training_id)
            .select_related("training")
            .order_by("pk")
            .first()
        )


def last_day_for(year):
    """The last day on which sheets of a year are accepted."""
    return date(year + 1, 3, 31)


def require_open(training):
    """Raise WrongStatus, in French, unless sheets of this training are accepted today."""
    if training.status == Training.Status.REVOKED:
        raise WrongStatus(
            "L’agrément de cette formation a été révoqué : elle ne reçoit plus de feuille."
        )
    if training.status != Training.Status.APPROVED:
        raise WrongStatus(
            "Seule une formation validée reçoit des feuilles de présence ; celle-ci est "
            f"« {training.get_status_display()} »."
        )
    limit = last_day_for(training.year)
    if timezone.localdate() > limit:
        raise WrongStatus(
            f"Les feuilles de présence de {training.year} étaient acceptées jusqu’au "
            f"{limit:%d/%m/%Y}."
        )


def date_error(training, starts_on, ends_on):
    """What is wrong with a session's days, in French; "" when nothing is."""
    if ends_on < starts_on:
        return "Le dernier jour précède le premier."
    if starts_on.year != training.year or ends_on.year != training.year:
        return (
            f"L’agrément vaut pour {training.year} : la session doit avoir lieu entre le "
            f"01/01/{training.year} et le 31/12/{training.year}."
        )
    if ends_on > timezone.localdate():
        return (
            f"La session se termine le {ends_on:%d/%m/%Y}, dans le futur. Déposez la feuille "
            "une fois la session terminée."
        )
    return ""


class SheetJournal(JournalRow):
    subject = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="journal")

    class Meta(JournalRow.Meta):
        verbose_name = "journal de la feuille"
        verbose_name_plural = "journal de la feuille"
