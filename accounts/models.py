"""People who sign in with a password: staff and organisms' people. Members are not users."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from common.addresses import stored
from common.derived import KeepsDerived, SearchField
from common.fields import AddressField, LineField
from common.jobs import AskedByAddress
from common.journal import JournalRow, event_field


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user; without a password it cannot sign in until one is chosen by a mailed link."""
        user = self.model(email=stored(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=stored(email or "").strip().lower())


class User(KeepsDerived, AbstractBaseUser, PermissionsMixin):
    """The e-mail, in its canonical form (`common.addresses`), is the login."""

    email = AddressField(
        "adresse e-mail", unique=True, error_messages={"unique": "Cette adresse est déjà utilisée."}
    )
    first_name = LineField("prénom", max_length=100, blank=True)
    last_name = LineField("nom", max_length=100, blank=True)
    is_staff = models.BooleanField("personnel ANACOFI", default=False)
    is_active = models.BooleanField("actif", default=True)
    date_joined = models.DateTimeField("créé le", default=timezone.now)

    search = SearchField("last_name", "first_name", "email")

    objects = UserManager()  # type: ignore[assignment, misc]  # KeepsDerived has one too

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"
        ordering = ["search", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_any_case",
                violation_error_message="Cette adresse est déjà utilisée.",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email


class UserJournal(JournalRow):
    """What was done to a colleague's account, and by whom."""

    class Event(models.TextChoices):
        OPEN = "open", "compte ouvert"
        CHANGE = "change", "compte modifié"
        RESET_FACTOR = "reset_factor", "double authentification retirée"
        DEACTIVATE = "deactivate", "compte désactivé"
        REACTIVATE = "reactivate", "compte réactivé"

    subject = models.ForeignKey(User, on_delete=models.CASCADE, related_name="journal")
    event = event_field(Event)

    class Meta(JournalRow.Meta):
        verbose_name = "journal du compte"
        verbose_name_plural = "journal du compte"


class PasswordAsked(AskedByAddress):
    """A link to another password, asked for by an address until a task has looked whose it is."""

    class Meta:
        verbose_name = "mot de passe redemandé"
        verbose_name_plural = "mots de passe redemandés"
