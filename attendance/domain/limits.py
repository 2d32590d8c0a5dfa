"""How many unrecognised lines may be looked up in a day: the registry stays secret.

Whatever page shows what a line is asks `take` first, with all that is asked.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from common import bulk
from common.errors import WrongStatus
from organisms.models import Organism

from .. import emails
from ..models import UnrecognisedCount
from .matching import Asked

LIMIT_REACHED = (
    "Plus de 200 lignes n’ont pas été reconnues aujourd’hui, tous fichiers et ajouts réunis : vos "
    "listes ne sont plus lues avant demain, celle-ci comprise. L’ANACOFI est prévenue et peut "
    "lever cette limite : déposez alors à nouveau le même fichier, ce que vous avez déjà corrigé "
    "ou répondu est gardé. Ne gardez dans vos fichiers que des adhérents de l’ANACOFI."
)
TYPED_LIMIT_REACHED = (
    "Plus de 200 lignes n’ont pas été reconnues aujourd’hui, tous fichiers et ajouts réunis : rien "
    "n’est plus cherché avant demain. L’ANACOFI est prévenue et peut lever cette limite. Gardez "
    "cette page ouverte, ou notez ce que vous avez tapé, et enregistrez à nouveau demain."
)
FILE_LIMIT_REACHED = (
    "Plus de 200 lignes n’ont pas été reconnues aujourd’hui, tous fichiers et ajouts réunis : rien "
    "n’est plus cherché avant demain. L’ANACOFI est prévenue et peut lever cette limite. Votre "
    "fichier reste ici : appliquez-le à ce moment-là."
)


def take(organism: Organism, asked: Sequence[Asked], *, by: User | None) -> bool:
    """Count what was asked today; whether its answers may be shown.

    `by` is the account that asks: the limit holds for it too, over all its organisms.
    Once above the limit, nothing more is shown that day, recognised or not: otherwise each
    refusal would tell something. Staff are told, once. What was asked and answered already that
    day is not counted twice. Must be committed even when refused. Below the limit, the same
    statements whatever was asked.
    """
    today = timezone.localdate()
    wanted = [UnrecognisedCount(organism=organism, day=today)]
    of = Q(organism=organism)
    if by is not None:
        wanted.append(UnrecognisedCount(account=by, day=today))
        of |= Q(account=by)
    with transaction.atomic():
        UnrecognisedCount.objects.bulk_create(wanted, ignore_conflicts=True)
        counts = _locked(Q(of, day=today))
        if any(count.is_above for count in counts):
            return False
        new = {count: _new_to(count, asked) for count in counts}
        for count, keys in new.items():
            count.lines += len(keys)
        above = [count for count in counts if count.is_above]
        for count, keys in new.items():
            if not above:
                count.asked = [*count.asked, *keys]
        bulk.update(UnrecognisedCount, counts, ["lines", "asked"])
        if above:
            # The organism's own comes first, where both are.
            most = min(above, key=lambda count: count.organism is None)
            emails.limit_reached(organism, most.lines, most.account)
    return not above


def _locked(which: Q) -> list[UnrecognisedCount]:
    """These counts, each locked, in one order everywhere."""
    return list(UnrecognisedCount.objects.filter(which).order_by("pk").select_for_update())


def _new_to(count: UnrecognisedCount, asked: Sequence[Asked]) -> list[str]:
    """The keys of what was not asked yet, each once."""
    known = set(count.asked)
    new = dict.fromkeys(one.key for one in asked if known.isdisjoint({one.key, one.within}))
    # In one file too, the wider question answers the narrower one.
    wider = {one.key: one.within for one in asked}
    return [key for key in new if wider[key] == key or wider[key] not in new]


def lift(count: UnrecognisedCount, *, by: User) -> None:
    """Count anew from zero: staff found that no harm was meant. Raises WrongStatus.

    With an organism, its people count anew too.
    """
    with transaction.atomic():
        which = Q(pk=count.pk)
        if count.organism:
            which |= Q(day=count.day, account__in=count.organism.people.values("user"))
        counts = _locked(which)
        (chosen,) = [one for one in counts if one.pk == count.pk]
        if not chosen.is_above:
            raise WrongStatus("Cette limite n’est pas atteinte : il n’y a rien à lever.")
        UnrecognisedCount.objects.filter(pk__in=[one.pk for one in counts if one.is_above]).update(
            lines=0, lifted_by=by, lifted_at=timezone.now()
        )


def forget_asked(*, before: date) -> None:
    """Keep of earlier days how many lines there were, and no trace of whom they named."""
    UnrecognisedCount.objects.filter(day__lt=before).exclude(asked=[]).update(asked=[])
