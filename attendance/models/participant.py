"""The lines of a list."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from common.derived import DerivedQuerySet, KeepsDerived, SearchField
from common.durations import format_minutes
from common.fields import LineField
from common.spreadsheets import fold
from members.models import HoursCredit, Member
from qcm.models import Invitation
from trainings.models import Training

from .sheet import Sheet


class ParticipantQuerySet(DerivedQuerySet["Participant"]):
    def counted_for(self, training: Training) -> Self:
        """The ticked, recognised lines of the training's validated sheets."""
        return self.filter(
            sheet__training=training,
            sheet__status=Sheet.Status.VALIDATED,
            included=True,
            member__isnull=False,
        )

    def waiting(self) -> Self:
        """The ticked lines of validated sheets that nobody in the registry stands for.

        Not those of a revoked training: whoever they are, nothing would be counted.
        """
        return self.filter(
            sheet__status=Sheet.Status.VALIDATED,
            sheet__training__in=Training.objects.in_force(),
            included=True,
            member__isnull=True,
        )

    def summary(self) -> dict[str, Any]:
        """How many lines of each kind: {"recognised": …, "already": …, "unrecognised": …,
        "unticked": …, "total": …}; the first three are ticked ones.
        """
        state, ticked = Participant.State, models.Q(included=True)
        to_confirm = [state.UNRECOGNISED, state.PROBLEM]
        return self.aggregate(
            total=models.Count("pk"),
            unticked=models.Count("pk", filter=~ticked),
            recognised=models.Count("pk", filter=ticked & models.Q(state=state.RECOGNISED)),
            already=models.Count("pk", filter=ticked & models.Q(state=state.ALREADY_COUNTED)),
            unrecognised=models.Count("pk", filter=ticked & models.Q(state__in=to_confirm)),
        )


class Participant(KeepsDerived):
    """A line of a list: the row as typed, how it was matched, and what validating did with it."""

    class State(models.TextChoices):
        RECOGNISED = "recognised", "reconnu"
        ALREADY_COUNTED = "already", "déjà compté"
        UNRECOGNISED = "unrecognised", "non reconnu"
        PROBLEM = "problem", "à corriger"

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="participants")
    # As the spreadsheet numbers its rows; null when added by hand.
    row_number = models.PositiveIntegerField("ligne", null=True, blank=True)
    # The cells as typed: {"header": "value"}.
    raw = models.JSONField("ligne d’origine", default=dict)
    last_name = LineField("nom", max_length=200, blank=True)
    first_name = LineField("prénom", max_length=200, blank=True)
    email = LineField("e-mail", max_length=254, blank=True)
    member_number = LineField("numéro d’adhérent", max_length=50, blank=True)
    orias = LineField("numéro ORIAS", max_length=50, blank=True)
    firm = LineField("cabinet", max_length=200, blank=True)
    # Null stands for the whole session.
    minutes = models.PositiveIntegerField("minutes suivies", null=True, blank=True)
    # All rows of the file that are of this person, the first among them.
    rows = models.JSONField("lignes du fichier", default=list, blank=True, editable=False)
    # What the file says of presence and time, and where: a French sentence.
    evidence = LineField("preuve", max_length=300, blank=True, editable=False)
    # Corrected by hand: reading the file again leaves the line as it is.
    is_corrected = models.BooleanField("corrigée à la main", default=False, editable=False)
    state = models.CharField("état", max_length=12, choices=State)
    # What is wrong with the line itself: a French sentence for the organism.
    problem = LineField("anomalie", max_length=300, blank=True)
    # The row above that is the same person; told in `problem`, and why the line is unticked.
    same_as = models.PositiveIntegerField(
        "même personne que la ligne", null=True, blank=True, editable=False
    )
    # The file says that the person was not there: unticked for that, whatever else it is.
    is_absent = models.BooleanField("absent d’après le fichier", default=False, editable=False)
    included = models.BooleanField("présent", default=True)
    # Never shown to the organism.
    member = models.ForeignKey(
        Member,
        verbose_name="adhérent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participations",
    )
    matched_by = LineField("reconnu par", max_length=30, blank=True)
    # Why nobody was recognised; it tells of the registry, so the organism never reads it.
    staff_note = models.TextField("pour l’ANACOFI", blank=True, editable=False)
    looked_up_at = models.DateTimeField("cherché le", default=timezone.now, editable=False)
    # Whom the registry has for it since it changed: for staff to confirm.
    offered_member = models.ForeignKey(
        Member,
        verbose_name="adhérent proposé",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    added_by_hand = models.BooleanField("ajouté à la main", default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="modifié par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    changed_at = models.DateTimeField("modifié le", null=True, blank=True)
    associative_credit = models.ForeignKey(
        HoursCredit,
        verbose_name="écriture associative",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    search = SearchField("last_name", "first_name", "email", "member_number", "orias", "firm")
    invitation = models.ForeignKey(
        Invitation,
        verbose_name="invitation au QCM",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="participants",
    )

    objects = ParticipantQuerySet.as_manager()  # type: ignore[misc]  # KeepsDerived has one too

    class Meta:
        verbose_name = "participant"
        verbose_name_plural = "participants"
        # As in the file; those added by hand after them.
        ordering = [models.F("row_number").asc(nulls_last=True), "pk"]
        permissions = [("confirm_participant", "Peut dire qui est une personne non reconnue")]

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def folded_name(self) -> str:
        """The name for comparing."""
        return fold(f"{self.last_name} {self.first_name}")

    @property
    def is_settled(self) -> bool:
        """Whether the line needs nothing: somebody stands for it."""
        return self.state in {self.State.RECOGNISED, self.State.ALREADY_COUNTED}

    @property
    def evidence_tells_minutes(self) -> bool:
        """Whether the evidence begins with the very time that counts."""
        return self.minutes is not None and self.evidence.startswith(
            format_minutes(self.minutes) + ","
        )

    @property
    def other_rows(self) -> list[int]:
        """The rows of the file after the first that are of this person."""
        return [row for row in self.rows if row != self.row_number]

    @property
    def where(self) -> str:
        """Which line of the list it is, in French."""
        return f"ligne {self.row_number}" if self.row_number else "ajouté à la main"

    def may(self, event: str) -> bool:
        """Whether an event of its sheet may happen to this very line; needs the sheet."""
        if not self.sheet.may(event):
            return False
        if event == Sheet.Event.CONFIRM_PARTICIPANT:
            return self.member_id is None and self.sheet.still_counts
        if event == Sheet.Event.TAKE_OFF_PARTICIPANT:
            return self.included and self.member_id is not None
        return True
