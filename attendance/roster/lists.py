"""The lists of one tab beside each other: a list of totals wins over its connections. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.spreadsheets import fold
from members.keys import emails_of

from .merging import AGREE_SECONDS, name_of, seconds_of
from .people import RosterLine, identity_of
from .questions import ABSENT, PRESENT, SHOWN_ROWS, Answers, Question, at_rows, quoted
from .roles import Roles
from .said import Said
from .table import Block
from .titles import JOINED, LEFT

KEY = "connections"
OPTIONS = [[PRESENT, "Présents : compter cette liste pour eux"], [ABSENT, "Absents"]]
# What stands above a list of connections, and above one of totals all the same.
CONNECTIONS = re.compile(
    r"\bactivit|\bconn(?:ex|ect)ions?\b|\bjournal\b|\bhistorique\b|\blogs?\b|"
    r"\bentrees et (?:des )?sorties\b|\barrivees et (?:des )?departs\b"
)
TOTALS = re.compile(r"\btota|\bcumul|\bsynthese\b|\brecap|\bresume\b|\bsummary\b")
# « First Join », « Dernier départ »: of somebody's whole time, and not of one connection.
EDGE = frozenset("first last premier premiere dernier derniere earliest latest".split())


@dataclass
class List:
    """The people below the headers of one layout, with what its columns are."""

    block: Block
    roles: Roles
    rows: list[Said]
    questions: list[Question]
    applied: list[list[str]]

    @property
    def is_timed(self) -> bool:
        return any(said.is_timed for said in self.rows)

    @property
    def is_summary(self) -> bool:
        """Whether the list has one row a person."""
        names = [name_of(said.line) for said in self.rows]
        return len(set(names)) == len(names)

    @property
    def is_called_connections(self) -> bool:
        title = fold(self.block.title)
        return bool(CONNECTIONS.search(title)) and not TOTALS.search(title)

    @property
    def is_of_connections(self) -> bool:
        """Whether it says of itself that each row is one connection."""
        titles = [column.title for column in self.roles.of(JOINED, LEFT)]
        is_whole = any(EDGE & set(fold(title).split()) for title in titles)
        in_pairs = bool(self.roles.of(JOINED) and self.roles.of(LEFT))
        return self.is_called_connections or (in_pairs and not is_whole)


def in_order(lists: Iterable[List]) -> list[List]:
    """The lists, those of totals before those of connections, as they stand else."""
    return sorted(
        lists,
        key=lambda one: (one.is_of_connections, not one.is_summary, one.block.header.number),
    )


def is_detail(one: List, whole: List) -> bool:
    """Whether a list says connection by connection what another one says person by person."""
    names = {name_of(said.line) for said in one.rows}
    known = {name_of(said.line) for said in whole.rows}
    if whole.is_summary and 10 * len(names & known) >= 8 * len(names):
        return True
    if not (one.is_timed and whole.is_timed) or one.block.section or whole.block.section:
        return False
    if one.is_called_connections and not whole.is_of_connections:
        return True
    if len(only_in(one, [whole])) == len(one.rows):
        return False
    if one.is_of_connections and not whole.is_of_connections:
        return True
    return not one.is_summary and _add_up(one, whole)


def _add_up(one: List, whole: List) -> bool:
    """Whether the rows of each person of both lists make the time that the other list says."""
    parts, totals = _seconds_by_name(one), _seconds_by_name(whole)
    return all(
        abs((parts[name] or 0) - (totals[name] or 0)) <= AGREE_SECONDS
        for name in parts.keys() & totals.keys()
    )


def _seconds_by_name(one: List) -> dict[str, int | None]:
    rows: dict[str, list[Said]] = defaultdict(list)
    for said in one.rows:
        rows[name_of(said.line)].append(said)
    return {name: seconds_of(of_name) for name, of_name in rows.items()}


def only_in(one: List, others: Iterable[List]) -> list[Said]:
    """The rows of a list whose people stand in none of the others.

    Of one person are rows of one name, but those of namesakes with a key each; and rows with a
    key and a word of their names in common.
    """
    by_name: dict[str, list[set[str]]] = defaultdict(list)
    by_key: dict[str, set[str]] = defaultdict(set)
    for said in (said for other in others for said in other.rows):
        name, keys = name_of(said.line), _keys(said.line)
        by_name[name].append(keys)
        for key in keys:
            by_key[key] |= set(name.split())

    def is_there(line: RosterLine) -> bool:
        name, keys = name_of(line), _keys(line)
        if any(not (keys and known) or keys & known for known in by_name.get(name, ())):
            return True
        return any(by_key[key] & set(name.split()) for key in keys & by_key.keys())

    return [said for said in one.rows if not is_there(said.line)]


def _keys(line: RosterLine) -> set[str]:
    return {*emails_of(line.email), fold(line.member_number), fold(line.orias)} - {""}


def ask_only_there(rows: Sequence[Said], one: List, answers: Answers) -> Question | None:
    """People who stand in a list set aside and in no other: were they there?"""
    open_rows = [said for said in rows if said.came is not False]
    answer = answers.get(KEY, "")
    for said in open_rows if answer == ABSENT else ():
        said.came, said.is_explicit = False, True
        said.word, said.by = one.block.title[:60] or "Connexions", "titre de la liste"
    if answer or not open_rows:
        return None
    numbers = [said.row.number for said in open_rows]
    count = len({identity_of(said.line) for said in open_rows})
    where = "la liste des connexions" if one.is_of_connections else "la liste"
    return Question(
        KEY,
        f"{count} personne{'s ne sont' if count > 1 else ' n’est'} que dans {where} de la ligne "
        f"{one.block.header.number} ({at_rows(numbers)} : {names_of(open_rows)}). "
        "Présents ou absents ?",
        OPTIONS,
        numbers[:SHOWN_ROWS],
    )


def names_of(rows: Sequence[Said]) -> str:
    """« MARTIN Anne », « PETIT Luc »: of whom these rows are."""
    return quoted([f"{said.line.last_name} {said.line.first_name}".strip() for said in rows])


def open_of(one: List, rows: Sequence[Said]) -> list[Question]:
    """The questions of a list that may be of these rows of it."""
    numbers = {said.row.number for said in rows}
    return [
        question
        for question in one.questions
        if not question.rows or len(question.rows) >= SHOWN_ROWS or numbers & set(question.rows)
    ]
