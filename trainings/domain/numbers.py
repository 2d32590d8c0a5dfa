"""Approval numbers: `AAAA-NNNN`, one counter a year, without gaps or doubles."""

import re
import unicodedata

OURS = re.compile(r"\d{4} ?- ?\d{4,}")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


def next_number(year, counters):
    """Take the year's next number. Call it inside the transaction that gives it.

    The counter's row is locked until that transaction ends: a number is used or never taken.
    """
    counters.get_or_create(year=year)
    counter = counters.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{year}-{counter.last:04d}"


def clean_typed(number):
    """A number that staff type instead (the AMF's own), made plain; empty for none.

    Raises ValueError in French when it looks like one of ours, whatever dash it is typed with.
    """
    number = " ".join(unicodedata.normalize("NFKC", number).translate(DASHES).split())
    if OURS.fullmatch(number):
        raise ValueError(
            f"« {number} » a la forme de nos numéros (AAAA-NNNN). Laissez le champ vide pour que "
            "le prochain soit attribué, ou tapez le numéro de l’AMF."
        )
    return number


def taken(number):
    """What staff are told of a number that another request has."""
    return f"Le numéro d’agrément « {number} » est déjà attribué à une autre formation."
