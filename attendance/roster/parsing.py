"""A workbook's roster, read from its tabs to its people; what was left aside is told. Pure.

Takes a workbook that was read, knows neither the registry nor the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from common.spreadsheets import Cell, Row, Tab, Workbook, cell_text, fold

from . import people, registered, sessions, shown
from .amounts import half_days_in
from .columns import IDENTITY
from .judging import Judge
from .lists import KEY as CONNECTIONS_KEY
from .lists import List, ask_only_there, in_order, is_detail, names_of, only_in, open_of
from .merging import Merger, days_of_people
from .people import RosterLine
from .questions import (
    NOTHING_TOLD,
    PRESENT,
    SHOWN_ROWS,
    WHO_CAME,
    Heard,
    Question,
    Told,
    at_rows,
    lines,
    quoted,
    together,
)
from .roles import Roles, roles_of
from .said import Said
from .sections import ABSENTS, HOSTS, LATER, REGISTERED, section_in, texts_of
from .sessions import TAB, Session
from .table import (
    MOST_COLUMNS,
    Block,
    Table,
    UnreadableRoster,
    best_of,
    cited_numbers,
    tables_of,
)

SHOWN_NOTES = 10
READ, LEAVE = "read", "leave"
# The titles of columns that name what was followed.
TRAININGS = frozenset(
    (
        "formation|formations|intitule|intitule de la formation|nom de la formation|"
        "formation suivie|"
        "titre de la formation|nom de la session|intitule de la session|course|course name|cours|"
        "training|webinar|webinaire|nom du webinaire|titre du webinaire|meeting name|topic|sujet|"
        "nom de la reunion|stage|session"
    ).split("|")
)


@dataclass
class Roster:
    tab: str  # the name of the tab that was read
    lines: list[RosterLine]
    notes: list[str]  # French sentences: what was not taken, and where
    cited: list[str] = field(default_factory=list)  # approval numbers that the file names
    columns: list[list[str]] = field(default_factory=list)  # [title, field or ""] of the header
    sessions: list[Session] = field(default_factory=list)  # when the file holds several
    questions: list[Question] = field(default_factory=list)  # what the list waits for
    layout: str = ""  # what is told of its columns is kept by
    # [layout, key] of each answer remembered of earlier files that this one was read by
    applied: list[list[str]] = field(default_factory=list)


def parse(
    workbook: Workbook,
    *,
    told: Told = NOTHING_TOLD,
    pick: str = "",
    duration: int | None = None,
) -> Roster:
    """The list of a workbook. Raises UnreadableRoster when no visible tab holds one.

    One tab is read: the one whose name and header look most like a list of those present, or
    the one that `pick` (a `Session.key`) names. What is left aside (another list, totals,
    signatures) is told in `notes`, what is not sure asked in `questions`. `told` is what was said
    by hand; `duration` are the minutes of the training, by which units are told apart.
    """
    tables = tables_of(workbook, told)
    picked = [table for table in tables if TAB + table.tab.name == pick]
    table = best_of(picked or tables)
    reading = _Reading(table, told, duration)
    rows = reading.read()
    roster = reading.roster
    roster.cited = cited_numbers(workbook, tables)
    # A list of those present beside one of those invited is no session of its own.
    equals = [other for other in tables if other.rank == table.rank]
    several, dated = days_of_people(rows)
    if 2 * several < max(dated, 1):
        roster.sessions = sessions.sessions_of([said.line for said in rows], equals)
    elif len(equals) > 1:
        roster.sessions = sessions.sessions_of([], equals)
    if pick and not pick.startswith(TAB) and pick != sessions.ALL:
        rows = [said for said in rows if sessions.key_of(said.line) == pick]
    merger = Merger(rows, told.of_file)
    roster.lines = merger.merge()
    roster.questions = together([*roster.questions, *merger.questions])
    people.flag(roster.lines)
    roster.notes += [
        f"Seule la feuille « {table.tab.name} » a été lue ; « {other.tab.name} » contient aussi "
        "une liste. Si elle compte, déposez-la à part."
        for other in tables
        if other is not table and not (roster.sessions and other.rank == table.rank)
    ]
    if not roster.lines:
        header = table.blocks[0].header
        raise UnreadableRoster(
            f"La liste est vide : il n’y a personne sous l’en-tête de la ligne "
            f"{header.number} (feuille « {table.tab.name} »)."
        )
    return roster


class _Reading:
    """One tab while it is read."""

    def __init__(self, table: Table, told: Told, duration: int | None) -> None:
        self.duration = duration
        self.table, self.told = table, told
        self.tab: Tab = table.tab
        self.roster = Roster(tab=table.tab.name, lines=[], notes=[])
        self.left: list[Row] = []  # that name nobody
        self.asked: list[Question] = []  # of the list that is being read

    def read(self) -> list[Said]:
        """The judged rows of the tab's people."""
        lists = [one for block in self._joined() if (one := self._list(block))]
        lists = self._people_first(lists)
        if lists:
            main = max(lists, key=lambda one: len(one.rows))
            self.roster.columns, self.roster.layout = _told_columns(main), main.block.layout
        rows: list[Said] = []
        for one in lists:
            self.roster.notes += one.roles.notes
            self.roster.questions += one.questions
            self.roster.applied += [pair for pair in one.applied if pair not in self.roster.applied]
            rows += one.rows
        self.roster.notes += _left_aside(sorted(self.left, key=lambda row: row.number))
        self._ask_formulas()
        return sorted(rows, key=lambda said: said.row.number)

    def _joined(self) -> list[Block]:
        """The blocks of the tab; those of one layout, at a page break, made one."""
        joined: list[Block] = []
        for block in self.table.blocks:
            before = joined[-1] if joined else None
            if before and before.titles == block.titles and before.section == block.section:
                joined[-1] = replace(before, rows=[*before.rows, *block.rows])
            else:
                joined.append(block)
        return joined

    def _list(self, block: Block) -> List | None:
        """The people below a header; None when it is above nobody."""
        self.asked = []
        answers = Heard(self.told.of(block.layout))
        hidden = self.tab.hidden_columns
        first = roles_of(block.titles, block.rows, answers, hidden=hidden)
        found: list[tuple[RosterLine, Row]] = []
        sections: dict[int, str] = {}
        section, title = block.section, block.section_title
        only_registered: dict[int, str] = {}  # the title above each such row
        for row in _named_as_above(block.rows, first):
            above = section_in(row)
            line = people.line_of(row, first.fields, block.titles)
            # A title may stand in any column, that of the addresses too.
            if line and (above is None or (line.has_key and line.last_name)):
                found.append((line, row))
                sections[row.number] = section
                if section == REGISTERED:
                    only_registered[row.number] = title
            else:
                self.left.append(row)
                if above is not None:
                    section, title = above, " ".join(texts_of(row))
        if not found:
            return None
        found = self._of_one_training(self._without_hidden(found), block.titles)
        roles = roles_of(
            block.titles,
            [row for _, row in found],
            answers,
            hidden=hidden,
            layout=block.layout,
            duration=self.duration,
        )
        judge = Judge(roles, answers, titles=block.titles, layout=block.layout)
        for line, row in found:
            judge.add(line, row, is_below_absents=sections[row.number] == ABSENTS)
        judge.judge()
        self._ask_looks(judge, roles)
        is_open = bool(self.asked or roles.questions or judge.questions)
        if only_registered and judge.tells_nothing and not is_open:
            asked = registered.ask(judge.rows, only_registered, self.told.of_file)
            self.asked += [asked] if asked else []
        self._ask_later([said for said in judge.rows if sections[said.row.number] == LATER])
        days = roles.of("session_on")
        cells = [_cell(row, days[0].index) if days else None for _, row in found]
        sessions.date_lines([line for line, _ in found], cells)
        questions = [*self.asked, *roles.questions, *judge.questions]
        remembered = self.told.by_layout.get(block.layout, {})
        applied = [[block.layout, key] for key in sorted(answers.keys_heard & remembered.keys())]
        return List(block, roles, judge.rows, questions, applied)

    def _ask_looks(self, judge: Judge, roles: Roles) -> None:
        """Of people struck through, or on a colour where no column says who came."""
        if not (self.tab.struck or self.tab.fills):
            return
        who = {column.index for column in roles.columns if column.kind in IDENTITY}
        answers = self.told.of_file
        self.asked += shown.ask_struck(judge.rows, self.tab, who, answers)
        if judge.tells_nothing and not (roles.questions or judge.questions):
            self.asked += shown.ask_colours(judge.rows, self.tab, who, answers)

    def _ask_later(self, rows: list[Said]) -> None:
        """Below « Replay »: were they there?"""
        numbers = [said.row.number for said in rows]
        answer = self.told.of_file.get("later", "")
        for said in rows if answer else ():
            said.came, said.is_explicit = answer == PRESENT, True
            said.word, said.by = "Replay", "titre de la liste"
        if rows and not answer:
            self.asked.append(
                Question(
                    "later",
                    f"{lines(len(rows)).capitalize()} sous un titre de replay ou de rattrapage "
                    f"({at_rows(numbers)}). Présents ou absents ?",
                    WHO_CAME,
                    numbers[:SHOWN_ROWS],
                )
            )

    def _without_hidden(self, found: list[tuple[RosterLine, Row]]) -> list[tuple[RosterLine, Row]]:
        """The people but for those whose row the workbook hides, unless they were said to count."""
        hidden = [row.number for _, row in found if row.number in self.tab.hidden_rows]
        if not hidden:
            return found
        answer = self.told.of_file.get("hidden", "")
        if not answer:
            self.asked.append(
                Question(
                    "hidden",
                    f"{lines(len(hidden)).capitalize()} du fichier "
                    f"{'sont masquées' if len(hidden) > 1 else 'est masquée'}, par un filtre ou "
                    f"à la main ({at_rows(hidden)}). Faut-il les compter ?",
                    [[LEAVE, "Non, les laisser de côté"], [READ, "Oui, les lire aussi"]],
                    hidden[:SHOWN_ROWS],
                )
            )
        if answer == READ:
            return found
        if answer:
            self.roster.notes.append(
                f"{lines(len(hidden)).capitalize()} masquées laissées de côté ({at_rows(hidden)})."
            )
        kept = [one for one in found if one[1].number not in self.tab.hidden_rows]
        return kept or found

    def _of_one_training(
        self, found: list[tuple[RosterLine, Row]], titles: Sequence[str]
    ) -> list[tuple[RosterLine, Row]]:
        """The people of the training that was told, where a column names several."""
        index = next((i for i, title in enumerate(titles) if fold(title) in TRAININGS), None)
        if index is None:
            return found
        texts = [cell_text(_cell(row, index)) for _, row in found]
        names = list(dict.fromkeys(filter(None, texts)))
        if not 2 <= len(names) <= sessions.MOST or any(map(sessions.day_of, names)):
            return found
        answer = self.told.of_file.get("training", "")
        if not answer:
            options = [[str(number), f"« {name[:80]} »"] for number, name in enumerate(names)]
            self.asked.append(
                Question(
                    "training",
                    f"La colonne « {titles[index]} » dit {quoted(names)}. Laquelle est déposée ?",
                    [*options, [sessions.ALL, "Toutes ensemble : c’est une seule session"]],
                )
            )
        kept = [
            one
            for one, text in zip(found, texts, strict=True)
            if answer == str(names.index(text) if text else "")
        ]
        return kept or found

    def _people_first(self, lists: list[List]) -> list[List]:
        """The lists of people, without hosts and without the details of another list."""
        aside: list[List] = []
        for one in [one for one in lists if one.block.section == HOSTS]:
            if len(lists) > 1:
                lists.remove(one)
                aside.append(one)
                self._set_aside(one, "les animateurs")
        if any(one.block.section == "" for one in lists):
            # Of those who came and those registered, the former are the list.
            for one in [one for one in lists if one.block.section == REGISTERED]:
                if registered.tells_nothing(one.rows):
                    lists.remove(one)
                    self._set_aside(one, "les inscrits")
        kept: list[List] = []
        for one in in_order(lists):
            if not any(is_detail(one, other) for other in kept):
                kept.append(one)
        totals = [*kept, *aside]
        kept += [part for one in lists if one not in kept and (part := self._detail(one, totals))]
        return sorted(kept, key=lambda one: one.block.header.number)

    def _detail(self, one: List, totals: Sequence[List]) -> List | None:
        """Of a list set aside for its totals, the people who stand in it alone; None for nobody.

        Its rows are never added to the totals.
        """
        rows = only_in(one, totals)
        if not rows:
            self._set_aside(one, "les mêmes personnes, connexion par connexion")
            return None
        self._set_aside(
            one, "connexion par connexion", f", sauf pour qui n’est que là : {names_of(rows)}"
        )
        asked = ask_only_there(rows, one, self.told.of_file)
        answer = self.told.of_file.get(CONNECTIONS_KEY, "")
        questions = open_of(one, rows) if answer == PRESENT else []
        return replace(one, rows=rows, questions=[asked] if asked else questions)

    def _set_aside(self, one: List, what: str, but: str = "") -> None:
        self.left = [row for row in self.left if row.number != one.block.title_number]
        self.roster.notes.append(
            f"La liste de la ligne {one.block.header.number} ({what}) a été laissée de côté{but}."
        )

    def _ask_formulas(self) -> None:
        count = self.tab.unvalued_formulas
        if count and not self.told.of_file.get("formulas"):
            self.roster.questions.append(
                Question(
                    "formulas",
                    f"{count} cellule{'s contiennent' if count > 1 else ' contient'} une formule "
                    "sans valeur : le portail n’y lit rien. Ouvrez le fichier dans Excel, "
                    "enregistrez-le, puis déposez-le à nouveau.",
                    [[READ, "Ces cellules ne comptent pas : lire le reste"]],
                )
            )


def _named_as_above(rows: Sequence[Row], roles: Roles) -> Iterable[Row]:
    """The rows; one that names nobody and tells a half-day is of the person above.

    As where the cells of the name are merged over the half-days of a day.
    """
    who = [column.index for column in roles.columns if column.kind in IDENTITY]
    before: Row | None = None
    for row in rows:
        is_named = any(cell_text(_cell(row, index)) for index in who)
        if before and not is_named and any(half_days_in(cell_text(cell)) for cell in row.cells):
            width = max(len(row.cells), *(index + 1 for index in who))
            row = Row(row.number, [_cell(before if i in who else row, i) for i in range(width)])
            is_named = True
        before = row if is_named else None
        yield row


def _cell(row: Row, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else None


def _told_columns(one: List) -> list[list[str]]:
    """[title, field or ""] of each column with a title, to be told or corrected by hand."""
    kinds = {
        column.index: "hours" if column.unit == "hours" else column.kind
        for column in one.roles.columns
    }
    return [
        [title, kinds.get(index, "")]
        for index, title in enumerate(one.block.titles)
        if index in kinds or not fold(title).startswith("colonne ")
    ][:MOST_COLUMNS]


def _left_aside(rows: Sequence[Row]) -> Iterable[str]:
    """A sentence for each row that names nobody, the last of many only counted."""
    rows = [
        row for row in rows if any(sign.isalnum() for cell in row.cells for sign in cell_text(cell))
    ]
    for row in rows[:SHOWN_NOTES]:
        text = " ".join(filter(None, map(cell_text, row.cells)))[:80]
        yield f"Ligne {row.number} laissée de côté : « {text} »."
    if (more := len(rows) - SHOWN_NOTES) > 0:
        line_word = "autres lignes" if more > 1 else "autre ligne"
        yield f"… et {more} {line_word} sans nom de personne."
