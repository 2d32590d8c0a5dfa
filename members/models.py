"""The registry of members, and the ledger of their hours."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.durations import format_minutes
from common.files import PrivateFileField
from common.spreadsheets import fold
from trainings.models import Training

from . import keys


class Member(models.Model):
    """A member (adhérent). The key is the member number; a member is never deleted."""

    number = models.CharField(
        "numéro d’adhérent",
        max_length=20,
        unique=True,
        error_messages={"unique": "Ce numéro d’adhérent existe déjà."},
    )
    title = models.CharField("civilité", max_length=20, blank=True)
    last_name = models.CharField("nom", max_length=100)
    first_name = models.CharField("prénom", max_length=100, blank=True)
    # Two members may share a mailbox; one without e-mail is listed to staff.
    email = models.EmailField("e-mail", blank=True)
    firm = models.CharField("cabinet", max_length=200, blank=True)
    orias = models.CharField("numéro ORIAS", max_length=8, blank=True)
    # The keys that rosters are matched on, kept by `members.keys` whenever the row is written:
    # the number without prefix and zeros, the e-mail in lower case, and the folded family name.
    number_key = models.CharField(max_length=20, editable=False, db_index=True)
    email_key = models.CharField(max_length=254, editable=False, blank=True, db_index=True)
    orias_key = models.CharField(max_length=8, editable=False, blank=True, db_index=True)
    last_name_key = models.CharField(max_length=100, editable=False, blank=True)
    search = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    updated_at = models.DateTimeField("modifié le", auto_now=True)

    class Meta:
        verbose_name = "adhérent"
        verbose_name_plural = "adhérents"
        ordering = ["last_name", "first_name", "number"]
        permissions = [("import_registry", "Peut importer le fichier des adhérents")]

    def __str__(self):
        return f"{self.first_name} {self.last_name}".strip()

    def refresh_keys(self):
        """Keep the compared columns in step; call before saving changed data."""
        self.number_key = keys.number_key(self.number)
        self.email_key = keys.email_key(self.email)
        self.orias_key = keys.orias_key(self.orias)
        self.last_name_key = keys.last_name_key(self.last_name)
        self.search = fold(
            f"{self.last_name} {self.first_name} {self.number} {self.email} {self.firm} "
            f"{self.orias}"
        )


class FormerKey(models.Model):
    """What a member was known by before: rosters of old files and old habits still say it."""

    class Kind(models.TextChoices):
        NUMBER = "number_key", "ancien numéro d’adhérent"
        EMAIL = "email_key", "ancien e-mail"
        ORIAS = "orias_key", "ancien numéro ORIAS"
        LAST_NAME = "last_name_key", "ancien nom de famille"

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="former_keys")
    kind = models.CharField("nature", max_length=13, choices=Kind)
    # In the compared form of its kind (see `members.keys`).
    value = models.CharField("valeur", max_length=254, db_index=True)
    noted_at = models.DateTimeField("noté le", auto_now_add=True)

    class Meta:
        verbose_name = "ancien identifiant"
        verbose_name_plural = "anciens identifiants"
        ordering = ["member", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "value"],
                name="members_former_key_once",
                violation_error_message="Cet ancien identifiant est déjà noté.",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} : {self.value}"

    def save(self, *args, **kwargs):
        self.value = keys.KEY_OF[self.kind](self.value)
        super().save(*args, **kwargs)


class Membership(models.Model):
    """A span of days during which someone was a member, or an ANACOFI-CIF member."""

    class Kind(models.TextChoices):
        MEMBER = "member", "adhérent ANACOFI"
        CIF = "cif", "adhérent ANACOFI-CIF"

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    kind = models.CharField("adhésion", max_length=6, choices=Kind)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True, help_text="Dernier jour compris.")

    class Meta:
        verbose_name = "adhésion"
        verbose_name_plural = "adhésions"
        ordering = ["member", "kind", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=Q(ends_on__isnull=True),
                name="members_one_open_membership",
                violation_error_message="Une adhésion de cette nature est déjà en cours.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="members_membership_ends_after_start",
                violation_error_message="La fin de l’adhésion précède son début.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} depuis le {self.starts_on:%d/%m/%Y}"


class HoursCredit(models.Model):
    """One entry of the ledger: minutes counted for a member. Never edited or deleted: the
    database refuses.

    A credit has positive minutes. A counter-entry (`corrects` set) has the opposite minutes of
    the one it counters. A replacement (`follows` set) follows such a counter-entry. All written
    by `members.domain.ledger` alone.
    """

    class Kind(models.TextChoices):
        ASSOCIATIVE = "associative", "associatives"
        AMF = "amf", "AMF"

    member = models.ForeignKey(
        Member, verbose_name="adhérent", on_delete=models.PROTECT, related_name="credits"
    )
    training = models.ForeignKey(
        Training, verbose_name="formation", on_delete=models.PROTECT, related_name="credits"
    )
    kind = models.CharField("nature", max_length=12, choices=Kind)
    minutes = models.IntegerField("minutes")
    # The calendar year of the session, which is the year of the approval.
    year = models.PositiveSmallIntegerField("année")
    session_on = models.DateField("session du")
    corrects = models.OneToOneField(
        "self",
        verbose_name="annule",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )
    follows = models.OneToOneField(
        "self",
        verbose_name="remplace",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
    )
    reason = models.TextField("motif", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="par",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField("écrit le", auto_now_add=True)

    class Meta:
        verbose_name = "écriture d’heures"
        verbose_name_plural = "écritures d’heures"
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["member", "year"], name="members_credit_by_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "training", "kind"],
                condition=Q(corrects__isnull=True, follows__isnull=True),
                name="members_one_first_credit",
                violation_error_message="Ces heures sont déjà comptées.",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, minutes__gt=0)
                | (Q(corrects__isnull=False, minutes__lt=0) & ~Q(reason="")),
                name="members_counter_entry_is_negative_with_reason",
                violation_error_message="Une contre-écriture est négative et porte un motif.",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(follows__isnull=True),
                name="members_counter_or_replacement",
                violation_error_message="Une écriture annule ou remplace, pas les deux.",
            ),
        ]

    def __str__(self):
        return f"{self.member} : {format_minutes(self.minutes)} {self.get_kind_display()}"


class SignInLink(models.Model):
    """A link to « Mes heures », asked for by e-mail: one hour, one use."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sign_in_links")
    # What the signed token carries; the token itself is kept nowhere.
    nonce = models.CharField(max_length=43, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "lien de connexion"
        verbose_name_plural = "liens de connexion"

    def __str__(self):
        return f"{self.member} ({self.created_at:%d/%m/%Y %H:%M})"


class RegistryImport(models.Model):
    """A registry file: read by a task, its effects counted, then confirmed by staff."""

    class State(models.TextChoices):
        READING = "reading", "lecture en cours"
        READY = "ready", "à confirmer"
        UNREADABLE = "unreadable", "illisible"
        APPLIED = "applied", "importé"
        ABANDONED = "abandoned", "abandonné"

    state = models.CharField("état", max_length=10, choices=State, default=State.READING)
    file = PrivateFileField("fichier")
    name = models.CharField("nom du fichier", max_length=255)
    # A file tells of what happened since the one before: who came may have come at any time.
    arrivals_on = models.DateField(
        "arrivées comptées depuis le",
        help_text="Les nouveaux adhérents le sont depuis ce jour : les sessions d’avant ne leur "
        "comptent pas. En général, le lendemain de l’import précédent.",
    )
    effective_on = models.DateField(
        "date d’effet", help_text="Les départs du fichier prennent cette date."
    )
    error = models.TextField("erreur", blank=True)
    # The rows as read, and what applying them would change, computed again when confirmed.
    rows = models.JSONField(default=list, editable=False)
    summary = models.JSONField("bilan", default=dict, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField("déposé le", auto_now_add=True)
    applied_at = models.DateTimeField("importé le", null=True, blank=True)

    class Meta:
        verbose_name = "import du fichier des adhérents"
        verbose_name_plural = "imports du fichier des adhérents"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(arrivals_on__lte=models.F("effective_on")),
                name="members_import_arrivals_first",
                violation_error_message="Les arrivées ne peuvent pas suivre la date d’effet.",
            )
        ]

    def __str__(self):
        return self.name
