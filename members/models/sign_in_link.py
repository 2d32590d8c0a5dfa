"""Links to « Mes heures », and those that were asked for."""

from datetime import datetime

from django.db import models

from common.fields import LineField
from common.jobs import AskedByAddress

from .member import Member


class SignInLinkQuerySet(models.QuerySet["SignInLink"]):
    def usable(self, now: datetime) -> "SignInLinkQuerySet":
        """Those that still open."""
        return self.filter(used_at__isnull=True, expires_at__gt=now)


class SignInLink(models.Model):
    """A link to « Mes heures », asked for by e-mail: one hour, one use."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sign_in_links")
    # What the signed token carries; the token itself is kept nowhere.
    nonce = LineField(max_length=43, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignInLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien de connexion"
        verbose_name_plural = "liens de connexion"

    def __str__(self) -> str:
        return f"{self.member} ({self.created_at:%d/%m/%Y %H:%M})"


class SignInLinkAsked(AskedByAddress):
    """Links asked for by an address, until a task has looked whose it is."""

    class Meta:
        verbose_name = "lien demandé"
        verbose_name_plural = "liens demandés"
