"""How many unrecognised lines an organism may look up in a day: the registry stays secret."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common.errors import WrongStatus
from organisms.models import Organism

from .. import emails
from ..models import UnrecognisedCount

LIMIT_REACHED = (
    "Plus de 200 lignes n’ont pas été reconnues aujourd’hui, tous fichiers et ajouts réunis : vos "
    "listes ne sont plus lues avant demain, celle-ci comprise. L’ANACOFI est prévenue et peut "
    "lever cette limite. Ne gardez dans vos fichiers que des adhérents de l’ANACOFI."
)


def take(organism: Organism, lines: int) -> bool:
    """Count these lines for today; whether the organism may still see what it looked up.

    Once above the limit, nothing more is shown that day, recognised or not: otherwise each
    refusal would tell something. Staff are told, once. Must be committed even when refused.
    """
    with transaction.atomic():
        today = timezone.localdate()
        UnrecognisedCount.objects.get_or_create(organism=organism, day=today)
        count = UnrecognisedCount.objects.select_for_update().get(organism=organism, day=today)
        if count.is_above:
            return False
        count.lines += lines
        count.save(update_fields=["lines"])
        if not count.is_above:
            return True
        emails.limit_reached(organism, count.lines)
    return False


def lift(count: UnrecognisedCount, *, by: User) -> None:
    """Count anew from zero: staff found that the organism meant no harm. Raises WrongStatus."""
    with transaction.atomic():
        count = UnrecognisedCount.objects.select_for_update().get(pk=count.pk)
        if not count.is_above:
            raise WrongStatus("Cette limite n’est pas atteinte : il n’y a rien à lever.")
        count.lines, count.lifted_by, count.lifted_at = 0, by, timezone.now()
        count.save(update_fields=["lines", "lifted_by", "lifted_at"])
