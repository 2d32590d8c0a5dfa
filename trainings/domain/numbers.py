"""Approval numbers: `AAAA-NNNN`, one counter a year, without gaps or doubles."""

import re
import unicodedata

from common.errors import Refused

from ..models import ApprovalCounter, Training

OURS = re.compile(r"\d{4} ?- ?\d{4,}")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


def take(year: int, typed: str = "") -> str:
    """The number typed by staff, else the year's next one. Raises Refused.

    Call it inside the transaction that gives the number.
    """
    typed = _plain(typed)
    if not typed:
        return _next(year)
    if is_given(typed):
        raise Refused(taken(typed))
    return typed


def is_given(number: str) -> bool:
    """Whether a training has this number, whatever its case."""
    return Training.objects.filter(approval_number__iexact=number).exists()


def taken(number: str) -> str:
    """What staff are told of a number that another request has."""
    return f"Le numéro d’agrément « {number} » est déjà attribué à une autre formation."


def _next(year: int) -> str:
    """Take the year's next number.

    The counter's row is locked until the transaction ends: a number is used or never taken.
    """
    ApprovalCounter.objects.get_or_create(year=year)
    counter = ApprovalCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{year}-{counter.last:04d}"


def _plain(number: str) -> str:
    """A number that staff type (the AMF's own), made plain; empty for none.

    Raises Refused when it looks like one of ours, whatever dash it is typed with.
    """
    number = " ".join(unicodedata.normalize("NFKC", number).translate(DASHES).split())
    if OURS.fullmatch(number):
        raise Refused(
            f"« {number} » a la forme de nos numéros (AAAA-NNNN). Laissez le champ vide pour que "
            "le prochain soit attribué, ou tapez le numéro de l’AMF."
        )
    return number
