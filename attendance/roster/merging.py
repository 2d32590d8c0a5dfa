"""Several rows of one person made one line: connections and days are added up. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from common.durations import format_minutes
from common.spreadsheets import fold

from . import missed, sessions
from .moments import union_of
from .people import RosterLine, identity_of
from .questions import PRESENT, SHOWN_ROWS, WHO_CAME, Answers, Question, at_rows, lines, quoted
from .said import Said

# A stay and its length as told agree within so many seconds.
AGREE_SECONDS = 120
NOT_ADDED = (
    "Le temps de cette personne est écrit de plusieurs façons qui ne s’additionnent pas. Corrigez "
    "son temps suivi."
)
SUM, ONCE = "sum", "once"
SAME, OTHER = "same", "other"


class Merger:
    """The rows of a whole list, judged; `lines` are its people in the order of their first row."""

    def __init__(self, rows: Sequence[Said], answers: Answers) -> None:
        self.rows, self.answers = rows, answers
        self.questions: list[Question] = []
        self.is_timed = any(said.is_timed for said in rows)
        self.days = {said.line.session_on for said in rows if said.line.session_on}

    def merge(self) -> list[RosterLine]:
        groups: dict[tuple[str, ...], list[Said]] = defaultdict(list)
        for number, said in enumerate(self.rows):
            line = said.line
            # Without a key nobody can be told from a namesake, but in a list of connections.
            alone = not line.has_key and not self.is_timed
            groups[(str(number),) if alone else identity_of(line)].append(said)
        self._join_nameless(groups)
        merged = []
        twice: list[list[Said]] = []
        torn: list[list[Said]] = []
        for rows in groups.values():
            merged += self._merge(rows, twice, torn)
        self._ask(
            "twice",
            "La même ligne se répète pour {} ({}). Son temps compte-t-il une fois, ou "
            "s’additionne-t-il ?",
            twice,
            [[ONCE, "Une fois"], [SUM, "Il s’additionne"]],
        )
        self._ask(
            "torn",
            "{} : présent sur une ligne, absent sur une autre ({}). Présents ou absents ?",
            torn,
            WHO_CAME,
        )
        return sorted(merged, key=lambda line: line.row_number or 0)

    def _join_nameless(self, groups: dict[tuple[str, ...], list[Said]]) -> None:
        """Rows that bear the name of somebody known, and no key: the same person? Asked."""
        if not self.is_timed:
            return
        keyed: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for key, rows in groups.items():
            if rows[0].line.has_key:
                keyed[name_of(rows[0].line)].append(key)
        asked: list[Said] = []
        for key in list(groups):
            rows = groups[key]
            name = name_of(rows[0].line)
            if rows[0].line.has_key or len(keyed.get(name, ())) != 1 or not name:
                continue
            answer = self.answers.get("nameless", "")
            if answer == SAME:
                groups[keyed[name][0]] += groups.pop(key)
            elif not answer:
                asked += rows
        if asked:
            names = quoted([f"{one.line.last_name} {one.line.first_name}".strip() for one in asked])
            self.questions.append(
                Question(
                    "nameless",
                    f"{names} : {lines(len(asked))} sans e-mail ni numéro "
                    f"({at_rows([said.row.number for said in asked])}), d’une personne qui est "
                    "aussi sur une autre ligne. La même personne ?",
                    [[SAME, "Oui : additionner son temps"], [OTHER, "Non, quelqu’un d’autre"]],
                    [said.row.number for said in asked][:SHOWN_ROWS],
                )
            )

    def _merge(
        self, rows: list[Said], twice: list[list[Said]], torn: list[list[Said]]
    ) -> list[RosterLine]:
        """The line of one person; all the rows, where they say the same without any time."""
        if len(rows) == 1:
            return [self._finish(rows[0].line, rows)]
        let_in = [said for said in rows if not said.is_waiting]
        days = {said.line.session_on for said in rows if said.line.session_on}
        if not any(said.is_timed for said in rows):
            marks = {said.came for said in rows}
            if len(days) > 1:
                return [self._by_days(rows)]
            if len(marks) > 1 and {True, False} <= marks:
                torn.append(rows)
                answer = self.answers.get("torn", "")
                for said in rows if answer else ():
                    said.came = answer == PRESENT
            for said in rows:
                self._finish(said.line, [said])
            return [said.line for said in rows]
        told = [said for said in let_in if said.came is not False]
        alike = len(rows) > 1 and all(said.row.cells == rows[0].row.cells for said in rows[1:])
        if alike and not _agree(rows):
            twice.append(rows)
            if self.answers.get("twice", "") != SUM:
                told = told[:1]
        line = rows[0].line
        line.problem = next((said.line.problem for said in rows if said.line.problem), "")
        line.present = bool(told) and any(said.came is not False for said in told)
        return [self._finish(line, rows, told)]

    def _by_days(self, rows: list[Said]) -> RosterLine:
        """Of so many days of the session, those where the person was there."""
        line = rows[0].line
        there = {said.line.session_on for said in rows if said.came is not False}
        line.present = bool(there)
        if there and len(there) < len(self.days):
            line.share = Fraction(len(there), len(self.days))
        line.rows = [said.row.number for said in rows]
        line.missed = missed.minutes_of([said for said in rows if said.came is not False])
        line.evidence = f"{len(there)} jour{'s' if len(there) > 1 else ''} sur {len(self.days)}"
        if less := _missed_in(rows):
            line.evidence += f", {less}"
        return line

    def _finish(
        self, line: RosterLine, rows: list[Said], told: list[Said] | None = None
    ) -> RosterLine:
        """Give a line its time, its presence and its evidence."""
        line.rows = [said.row.number for said in rows]
        if told is None:
            said = rows[0]
            told = [] if said.is_waiting else rows
            line.present = said.came is not False and not said.is_waiting
        if len({unit for said in told for unit in said.units}) > 1:
            line.problem = line.problem or NOT_ADDED
        seconds = seconds_of(told)
        if not told and any(said.is_timed or said.is_waiting for said in rows):
            seconds = 0
        if not line.present:
            seconds = 0 if seconds is not None else None
        if seconds is not None:
            seconds = max(seconds - sum(said.missed for said in told), 0)
            line.minutes = seconds // 60
            if seconds == 0 and not any(said.came and said.is_explicit for said in told):
                line.present = False
        elif line.present:
            _give_part(line, told)
            line.missed = missed.minutes_of(told)
        line.evidence = _evidence(line, rows, told)
        return line

    def _ask(
        self, key: str, sentence: str, groups: Sequence[list[Said]], options: list[list[str]]
    ) -> None:
        """Ask of people with several rows, unless it was answered; {} in `sentence` is where."""
        if groups and not self.answers.get(key):
            rows = [said.row.number for group in groups for said in group]
            said = sentence.format(_people(len(groups)), at_rows(rows))
            self.questions.append(Question(key, said, options, rows[:SHOWN_ROWS]))


def _give_part(line: RosterLine, told: Sequence[Said]) -> None:
    """Give a line the part of the session, or the half-days, that these rows tell."""
    shares = [said.share for said in told if said.share is not None]
    halves = [said.half_days for said in told if said.half_days is not None]
    slots = [said.slots for said in told if said.slots]
    if shares:
        line.share = min(sum(shares, Fraction(0)), Fraction(1))
    elif halves:
        line.half_days = sum(halves)
    elif slots and slots[0][0] < slots[0][1]:
        line.share = Fraction(*slots[0])


def _people(count: int) -> str:
    return f"{count} personne{'s' if count > 1 else ''}"


def seconds_of(told: Sequence[Said]) -> int | None:
    """The seconds that these rows of one person make; None when none tells any.

    Where the moments of coming and going agree with the lengths told, or alone tell how long,
    what two connections share counts once; else the lengths are added up.
    """
    stays = [stay for said in told for stay in said.stays]
    lengths = [said.seconds for said in told]
    if stays and all(said.seconds is None for said in told):
        return union_of(stays) if not any(said.amounts for said in told) else None
    known = [length for length in lengths if length is not None]
    if not known:
        return None
    together = sum(known)
    if _agree(told) and len(told) > 1:
        apart = sum(end - start for _, start, end in stays)
        return together - (apart - union_of(stays))
    return together


def _agree(rows: Sequence[Said]) -> bool:
    """Whether each row's moments of coming and going make the length that it tells, if any."""
    return all(
        said.stays
        and (
            said.seconds is None
            or abs(sum(end - start for _, start, end in said.stays) - said.seconds) <= AGREE_SECONDS
        )
        for said in rows
    )


def _evidence(line: RosterLine, rows: Sequence[Said], told: Sequence[Said]) -> str:
    """« 2 h 45, 3 connexions, d’après « Durée (minutes) » »; "" when the file says nothing."""
    parts = []
    timed = next((said for said in rows if said.timed_by and said.is_timed), None)
    spoken = next((said for said in rows if said.by), None)
    if line.minutes is not None and timed:
        parts.append(format_minutes(line.minutes))
    elif line.share is not None and timed:
        parts.append(f"{float(line.share * 100):.4g} %".replace(".", ","))
    elif line.half_days is not None:
        parts.append(f"{line.half_days} demi-journée{'s' if line.half_days > 1 else ''}")
    if len(rows) > 1:
        parts.append(f"{len(rows)} {'connexions' if timed and timed.stays else 'lignes'}")
    if any(said.is_waiting for said in rows):
        parts.append("salle d’attente non comptée")
    if timed:
        parts.append(f"d’après « {timed.timed_by} »")
    slots = next((said.slots for said in told if said.slots), None)
    if slots and not timed:
        parts.append(f"{slots[0]} partie{'s' if slots[0] > 1 else ''} sur {slots[1]}")
    if spoken and spoken.slots is None:
        word = f"« {spoken.word} »" if spoken.word else "rien"
        parts.append(f"{word} dans « {spoken.by} »")
    if line.present and (less := _missed_in(told)):
        parts.append(less)
    return ", ".join(parts)


def _missed_in(told: Sequence[Said]) -> str:
    """« moins 10 min (« Retard ») »; "" where nothing is taken off."""
    titles = list(dict.fromkeys(said.missed_by for said in told if said.missed))
    if not titles:
        return ""
    return f"moins {format_minutes(missed.minutes_of(told))} ({quoted(titles)})"


def days_of_people(rows: Sequence[Said]) -> tuple[int, int]:
    """(people with rows on several days, people with a day)."""
    days: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for said in rows:
        if said.line.session_on:
            days[identity_of(said.line)].add(sessions.key_of(said.line))
    return sum(len(some) > 1 for some in days.values()), len(days)


def name_of(line: RosterLine) -> str:
    """The name for comparing, whatever the order of its words."""
    return " ".join(sorted(fold(f"{line.last_name} {line.first_name}").split()))
