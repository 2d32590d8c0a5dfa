"""A training organism: its data, and what staff decide about its account."""

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import User
from common.errors import WrongStatus
from common.legacy_journal import Journalled, JournalRow
from common.spreadsheets import fold

from .. import emails

# Fields whose change is journalled and told to staff.
IDENTITY_FIELDS = ("type", "siren", "trainer_number", "member_number")


def may_be_added(user):
    """Whether an address with this user (or None) may become someone of an organism."""
    return user is None or not (user.is_staff or hasattr(user, "person"))


class OrganismQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The organism the user belongs to, if any; staff use the admin."""
        return self.filter(people__user=user)


class Organism(Journalled):
    """A training organism (organisme de formation)."""

    class Status(models.TextChoices):
        PENDING = "pending", "en attente d’activation"
        ACTIVE = "active", "actif"
        REFUSED = "refused", "refusé"
        SUSPENDED = "suspended", "suspendu"

    class Type(models.TextChoices):
        PARTNER = "partner", "Société partenaire"
        COMPANY = "company", "Société"
        PUBLIC = "public", "Établissement public"
        MEMBER_COMPANY = "member_company", "Entreprise membre pour ses membres"

    # Those whose people sign in.
    SIGNED_IN_STATUSES = frozenset({Status.ACTIVE, Status.SUSPENDED})

    status = models.CharField("statut", max_length=12, choices=Status, default=Status.PENDING)
    name = models.CharField("nom de l’organisme de formation", max_length=200)
    email = models.EmailField("e-mail de l’organisme de formation")
    description = models.TextField("description de l’organisme de formation", max_length=4000)
    type = models.CharField("type de l’organisme de formation", max_length=20, choices=Type)
    # The KBIS number is the SIREN: nine digits, without spaces.
    siren = models.CharField("numéro KBIS (SIREN)", max_length=9, blank=True)
    trainer_number = models.CharField("numéro du formateur", max_length=11, blank=True)
    member_number = models.CharField("numéro d’adhérent ANACOFI", max_length=20, blank=True)
    representative_first_name = models.CharField("prénom du représentant", max_length=100)
    representative_last_name = models.CharField("nom du représentant", max_length=100)
    # Unaccented, casefolded: SQLite ignores case for ASCII only.
    search = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField("demandé le", auto_now_add=True)
    decided_at = models.DateTimeField("décidé le", null=True, blank=True)

    objects = OrganismQuerySet.as_manager()

    class Meta:
        verbose_name = "organisme de formation"
        verbose_name_plural = "organismes de formation"
        ordering = ["name", "pk"]
        permissions = [
            ("decide_organism", "Peut activer, refuser, suspendre et réactiver un organisme")
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(status="pending"),
                name="organisms_one_pending_by_email",
                violation_error_message="Une demande est déjà en cours pour cette adresse.",
            ),
            models.CheckConstraint(
                condition=~Q(type__in=["partner", "company", "member_company"]) | ~Q(siren=""),
                name="organisms_siren_by_type",
                violation_error_message="Le numéro KBIS est obligatoire pour ce type d’organisme.",
            ),
            models.CheckConstraint(
                condition=~Q(type="company") | ~Q(trainer_number=""),
                name="organisms_trainer_number_by_type",
                violation_error_message="Le numéro du formateur est obligatoire pour une société.",
            ),
            models.CheckConstraint(
                condition=~Q(type="member_company") | ~Q(member_number=""),
                name="organisms_member_number_by_type",
                violation_error_message=(
                    "Le numéro d’adhérent ANACOFI est obligatoire pour ce type d’organisme."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    # --- verbs --------------------------------------------------------------------------------

    @classmethod
    def register(cls, **values):
        """Ask for an account: a pending organism, told to itself and to staff; None when known.

        Whoever asks sees no difference: only the owner of a known address is told, by e-mail.
        """
        values["email"] = values["email"].lower()
        with transaction.atomic():
            user = User.objects.filter(email=values["email"]).first()
            pending = cls.objects.filter(email=values["email"], status=cls.Status.PENDING).exists()
            if pending or not may_be_added(user):
                emails.address_known(values["email"], values["name"], pending=pending)
                return None
            organism = cls(status=cls.Status.PENDING, **values)
            organism.refresh_search()
            try:
                with transaction.atomic():
                    organism.save(force_insert=True)
            except IntegrityError:
                # The same form twice at once: the first one counts.
                return None
            organism.write_journal(to_status=cls.Status.PENDING, by_label=organism.representative)
            emails.account_asked(organism)
        return organism

    def activate(self, *, by):
        """Open the account: its representative gets a user, and a link to choose a password.

        Raises WrongStatus, also when the address is another organism's or a staff member's.
        """
        with transaction.atomic():
            organism = self.lock()
            organism.require_status(self.Status.PENDING)
            organism.decided_at = timezone.now()
            organism.move_to(self.Status.ACTIVE, by=by, update_fields=["decided_at"])
            user = organism.add_person(
                organism.email,
                first_name=organism.representative_first_name,
                last_name=organism.representative_last_name,
                role="administrator",
            )
            emails.activated(organism, user)

    def refuse(self, *, by, comment):
        """Refuse the account, with a reason that the organism reads."""
        with transaction.atomic():
            organism = self.lock()
            organism.require_status(self.Status.PENDING)
            organism.decided_at = timezone.now()
            organism.move_to(
                self.Status.REFUSED, by=by, comment=comment, update_fields=["decided_at"]
            )
            emails.refused(organism, comment)

    def suspend(self, *, by, comment):
        """Let the organism read and change nothing; its members' open QCMs go on."""
        with transaction.atomic():
            organism = self.lock()
            organism.require_status(self.Status.ACTIVE)
            organism.move_to(self.Status.SUSPENDED, by=by, comment=comment)
            emails.suspended(organism, comment)

    def reactivate(self, *, by):
        """End a suspension."""
        with transaction.atomic():
            organism = self.lock()
            organism.require_status(self.Status.SUSPENDED)
            organism.move_to(self.Status.ACTIVE, by=by)
            emails.reactivated(organism)

    def change_data(self, *, by, **values):
        """Change the organism's own data; a change of type or number is told to staff."""
        with transaction.atomic():
            organism = self.lock()
            organism.require_status(self.Status.ACTIVE)
            changes = organism.changes_of_identity(values)
            for name, value in values.items():
                setattr(organism, name, value)
            organism.refresh_search()
            organism.save(update_fields=[*values, "search"])
            if changes:
                organism.write_journal(
                    to_status="données modifiées", by=by, comment="\n".join(changes)
                )
                emails.identity_changed(organism, changes, by)

    def changes_of_identity(self, values):
        """A French sentence for each change of type or number that `values` would make."""
        sentences = []
        for name in IDENTITY_FIELDS:
            old, new = getattr(self, name), values.get(name, getattr(self, name))
            if old == new:
                continue
            field = self._meta.get_field(name)
            shown = dict(field.flatchoices)
            label = field.verbose_name[:1].upper() + field.verbose_name[1:]
            # Non-breaking spaces inside the quotes.
            sentences.append(
                f"{label}\xa0: «\xa0{shown.get(old, old) or 'vide'}\xa0» devient "
                f"«\xa0{shown.get(new, new) or 'vide'}\xa0»"
            )
        return sentences

    def add_person(self, email, *, first_name, last_name, role):
        """The user with this address, made or found, in this organism.

        Raises WrongStatus when the address belongs to staff or to somebody's organism.
        """
        user = User.objects.filter(email=email.lower()).first()
        if not may_be_added(user):
            raise WrongStatus(
                f"L’adresse {email} a déjà un compte sur le portail, et un compte appartient à un "
                "seul organisme. Une autre adresse est nécessaire."
            )
        if user is None:
            user = User.objects.create_user(email, first_name=first_name, last_name=last_name)
        else:
            # Someone who left another organism: the account is theirs, and opens again.
            user.first_name, user.last_name, user.is_active = first_name, last_name, True
            user.save(update_fields=["first_name", "last_name", "is_active"])
        self.people.create(user=user, role=role)
        return user

    # --- questions ----------------------------------------------------------------------------

    @property
    def representative(self):
        return f"{self.representative_first_name} {self.representative_last_name}".strip()

    def refresh_search(self):
        """Keep the folded column in step; call before saving changed data."""
        self.search = fold(
            f"{self.name} {self.email} {self.siren} {self.trainer_number} {self.member_number} "
            f"{self.representative}"
        )

    @property
    def is_suspended(self):
        return self.status == self.Status.SUSPENDED

    @property
    def may_write(self):
        """Only an active organism changes anything; a suspended one signs in and reads."""
        return self.status == self.Status.ACTIVE


class OrganismJournal(JournalRow):
    subject = models.ForeignKey(Organism, on_delete=models.CASCADE, related_name="journal")

    class Meta(JournalRow.Meta):
        verbose_name = "journal de l’organisme"
        verbose_name_plural = "journal de l’organisme"
