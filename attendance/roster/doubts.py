"""Of a row's time beside its presence: what is not sure, and how it is asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from .questions import ABSENT, PRESENT, WHO_CAME, at_rows, lines, quoted, title_key
from .said import Said

WHOLE = [[PRESENT, "Présents tout du long"], [ABSENT, "Absents"]]


@dataclass(frozen=True)
class Doubt:
    """A question about rows that one column leaves open in one way."""

    key: str
    sentence: str
    options: list[list[str]]


def kind_of(said: Said, rows: Sequence[Said]) -> str:
    """What is not sure of a row's time beside its presence, among these rows; "" for nothing."""
    if said.is_blank and said.came is not False:
        return "blank"
    if said.came is not False and not said.amounts and said.stays_too_long:
        return "long"
    if said.is_zero:
        return "zero" if said.came and said.is_explicit else ""
    is_timed_absence = said.came is False and said.is_timed
    return "timed" if is_timed_absence and not _is_planned(said, rows) else ""


def _is_planned(said: Said, rows: Sequence[Said]) -> bool:
    """Whether the time beside an absence is no time followed.

    It is the half-day of the row, or as long for all the list: what was planned.
    """
    if said.stays:
        return False
    if all(amount.half_days for amount in said.amounts):
        return True
    return all(one.amounts == said.amounts for one in rows) and len(rows) > 1


def doubt(kind: str, title: str, rows: Sequence[Said], times: Sequence[str]) -> Doubt:
    """The question about these rows; `times` are the cells that tell their time."""
    where = f"{lines(len(rows))} ({at_rows([said.row.number for said in rows])})"
    key = f"{kind}:{title_key(title)}"
    if kind == "blank":
        sentence = f"« {title} » ne dit rien de {where}. Présents tout du long, ou absents ?"
        return Doubt(key, sentence, WHOLE)
    if kind == "long":
        sentence = (
            f"« {title} » dit plus de 24 heures d’affilée : {where}. Présents tout du long, ou "
            "absents ? Le temps suivi se corrige ensuite sur la ligne."
        )
        return Doubt(key, sentence, WHOLE)
    words = [said.word for said in rows]
    if kind == "zero":
        says = what_is_said(rows[0].by, words)
        return Doubt(key, f"« {title} » dit zéro, mais {says} : {where}.", WHOLE)
    sentence = (
        f"{what_is_said(title, words)}, mais {what_is_said(rows[0].timed_by, times)} : {where}. "
        "Présents ou absents ?"
    )
    return Doubt(key, sentence, WHO_CAME)


def what_is_said(title: str, words: Sequence[str]) -> str:
    """« Présence » dit « oui », or est vide, or both: what cells of a column say."""
    if not any(words):
        return f"« {title} » est vide"
    return f"« {title} » dit {quoted(words)}" + ("" if all(words) else " ou est vide")
