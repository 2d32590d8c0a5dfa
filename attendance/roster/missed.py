"""The time that somebody missed (late, gone early), to be taken off. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from common.durations import NotADuration, format_minutes
from common.spreadsheets import Cell, cell_text

from .amounts import amount_of
from .identities import Column
from .marks import is_nothing
from .questions import SHOWN_ROWS, Answers, Question, at_rows, lines, quoted, short, title_key
from .said import Said

DEDUCT, LEAVE = "deduct", "leave"
OPTIONS = [[DEDUCT, "Oui, le déduire"], [LEAVE, "Non, il est déjà déduit"]]
UNREADABLE = (
    "« {} » dans « {} » n’est pas un temps à déduire. Corrigez le temps suivi de cette ligne."
)


def hear(rows: Sequence[Said], cells: Sequence[Cell], column: Column) -> None:
    """Give each row the seconds that its cell of this column says were missed."""
    for said, cell in zip(rows, cells, strict=True):
        if said.came is False or is_nothing(cell):
            continue
        try:
            amount = amount_of(cell, unit=column.unit)
        except NotADuration:
            amount = None
        if amount is None or (amount.seconds is None and not amount.is_none):
            problem = UNREADABLE.format(cell_text(cell)[:60], column.title)
            said.line.problem = said.line.problem or problem
        elif amount.seconds:
            said.missed += amount.seconds
            said.missed_by = " + ".join(filter(None, [said.missed_by, column.title]))


def settle(rows: Sequence[Said], answers: Answers, layout: str) -> Question | None:
    """Whether the times followed are without what was missed already; asked where they may not be.

    Hours of coming and going are; so are times that are shorter than the others'.
    """
    for said in rows:
        if said.stays and not said.amounts:
            said.missed = 0
    late = [said for said in rows if said.missed and said.is_timed]
    if not late:
        return None
    title, longest = late[0].missed_by, max(map(_length, rows))
    key = short(f"missed:{title_key(title)}")
    is_less = all(_length(said) < longest for said in late)
    answer = LEAVE if is_less else answers.get(key, "")
    if answer != DEDUCT:
        words = quoted([format_minutes(-(-said.missed // 60)) for said in late])
        for said in late:
            said.missed = 0
        if not answer:
            numbers = [said.row.number for said in late]
            return Question(
                key,
                f"« {title} » parle d’un temps manqué ({words}), que « {late[0].timed_by} » ne "
                f"retranche peut-être pas : {lines(len(late))} ({at_rows(numbers)}). Faut-il le "
                "déduire ?",
                OPTIONS,
                numbers[:SHOWN_ROWS],
                layout,
            )
    return None


def _length(said: Said) -> Fraction:
    """How long, or how much of the session, for comparing with the same list's others."""
    return Fraction(said.seconds if said.seconds is not None else said.share or 0)


def minutes_of(told: Sequence[Said]) -> int:
    """The minutes that these rows say were missed: each begun one."""
    return -(-sum(said.missed for said in told) // 60)
