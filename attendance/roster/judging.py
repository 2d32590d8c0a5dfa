"""What a row says of its person: there or not, how long; what it leaves open is asked. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from common.durations import NotADuration
from common.spreadsheets import Cell, Row, cell_text, fold

from . import arrivals, doubts, missed
from . import titles as said_by
from .amounts import Amount, amount_of, half_days_in, number_of, share_of
from .columns import IGNORED
from .identities import Column
from .marked import slots_of
from .marks import Mark, is_partly, is_plain, mark_of, mark_of_absence
from .moments import moment_of, seconds_between
from .people import RosterLine, is_signed_by
from .questions import (
    ABSENT,
    ASKED_KINDS,
    IGNORE,
    PRESENT,
    SHOWN_ROWS,
    WHO_CAME,
    Answers,
    Question,
    at_rows,
    column_key,
    lines,
    quoted,
    short,
    title_key,
)
from .registered import tells_nothing
from .remarks import asked_of, doubt_in, note_in_name
from .roles import Roles
from .said import Said

# More different words than that are no words of presence: the column itself is asked about.
MOST_WORDS = 8
OF_ROWS = ("late:", "long:", "words:")  # what is answered of these is of one file alone
ANSWERED = {PRESENT: Mark.PRESENT, ABSENT: Mark.ABSENT}
SCANNED = frozenset({"checked in", "scanne", "scannee", "pointe", "pointee"})


class Judge:
    """The rows of one list, and what its columns say of them as a whole."""

    def __init__(
        self, roles: Roles, answers: Answers, *, titles: Sequence[str], layout: str = ""
    ) -> None:
        self.roles, self.answers, self.titles, self.layout = roles, answers, titles, layout
        self.rows: list[Said] = []
        self.questions: list[Question] = []
        self.tells_nothing = False  # no column says who came, or for how long
        # By key: what each column says, and the rows where they disagree so.
        self._disagreeing: dict[str, tuple[list[str], list[Said]]] = {}

    def add(self, line: RosterLine, row: Row, *, is_below_absents: bool = False) -> None:
        """Another row of the list; it may stand below a title « Absents »."""
        self.rows.append(Said(row, line, is_below_absents=is_below_absents))

    def judge(self) -> None:
        """Say of each row what its columns, read as a whole, say of it."""
        self._time()
        self._stays()
        self._presence()
        self.tells_nothing = tells_nothing(self.rows)
        for said in self.rows:
            if said.is_below_absents:
                said.came, said.is_explicit = False, True
                said.word, said.by = "Absents", "titre de la liste"
        self._remarks()
        self._agree()
        self._missed()

    # --- Cells ---------------------------------------------------------------------------------

    def _cells(self, column: Column) -> list[Cell]:
        index = column.index
        return [
            said.row.cells[index] if index < len(said.row.cells) else None for said in self.rows
        ]

    def _ask(
        self,
        key: str,
        sentence: str,
        rows: Iterable[Said],
        options: list[list[str]] | None = None,
    ) -> str:
        """The answer to a question, asked if it has none: "" until then."""
        key = short(key)
        if answer := self.answers.get(key, ""):
            return answer
        layout = "" if key.startswith(OF_ROWS) else self.layout
        numbers = [said.row.number for said in rows][:SHOWN_ROWS]
        self.questions.append(Question(key, sentence, options or WHO_CAME, numbers, layout))
        return ""

    # --- Time ----------------------------------------------------------------------------------

    def _time(self) -> None:
        for column in self.roles.of(said_by.MINUTES, said_by.SHARE):
            cells = self._cells(column)
            read = self._reader(column, cells)
            for said, cell in zip(self.rows, cells, strict=True):
                try:
                    amount = read(cell)
                except NotADuration as error:
                    # « Absent » where others have a time says it as well.
                    mark = mark_of(cell)
                    if mark is Mark.ABSENT or (mark is Mark.PRESENT and is_plain(cell)):
                        said.came, said.is_explicit = mark is Mark.PRESENT, True
                        said.word, said.by = self._word(said, column), column.title
                    else:
                        said.line.problem = str(error)
                    continue
                if amount is not None:
                    said.amounts.append(amount)
                    said.timed_by = " + ".join(filter(None, [said.timed_by, column.title]))
        if any(said.amounts for said in self.rows):
            for said in self.rows:
                said.is_blank = not said.amounts and not said.line.problem

    def _reader(self, column: Column, cells: Sequence[Cell]) -> Callable[[Cell], Amount | None]:
        if column.kind == said_by.MINUTES:
            return lambda cell: amount_of(cell, unit=column.unit)
        numbers = [number for cell in cells if (number := number_of(cell)) is not None]
        of_hundred = any(number > 1 for number in numbers)
        return lambda cell: share_of(cell, of_hundred=of_hundred)

    def _stays(self) -> None:
        """From when to when, by the columns of coming and going, pair by pair."""
        joined, left = self.roles.of(said_by.JOINED), self.roles.of(said_by.LEFT)
        for come, go in zip(joined, left, strict=True):
            for said, start, end in zip(self.rows, self._cells(come), self._cells(go), strict=True):
                first, last = moment_of(start), moment_of(end)
                if first and last:
                    length = seconds_between(first, last)
                    said.stays.append((first[0], first[1], first[1] + length))
                elif bool(first) != bool(last) and not self.roles.of(said_by.MINUTES):
                    missing = "de départ" if first else "d’arrivée"
                    said.line.problem = said.line.problem or f"L’heure {missing} manque."
        timed = self.roles.of(said_by.MINUTES, said_by.SHARE)
        if joined and not timed and any(said.stays for said in self.rows):
            for said in self.rows:
                said.is_blank = not said.stays and not said.line.problem
                said.timed_by = f"{joined[0].title} – {left[0].title}"
        for column in self.roles.of(said_by.WAITING):
            for said, cell in zip(self.rows, self._cells(column), strict=True):
                said.is_waiting = mark_of(cell) is Mark.PRESENT

    # --- Presence --------------------------------------------------------------------------------

    def _presence(self) -> None:
        columns = self.roles.of(said_by.PRESENCE)
        marks = {column.index: self._marks(column) for column in columns}
        speaking = [c for c in columns if {Mark.PRESENT, Mark.ABSENT} & set(marks[c.index])]
        for column in columns:
            if column not in speaking:
                self._ask_mute(column, marks[column.index], is_alone=not speaking)
        slots, slots_speak = slots_of(speaking, columns, marks)
        whole = [column for column in speaking if not column.is_slot]
        if len(slots) == 1:
            whole, slots = [*whole, *slots], []
        absences = {c.index: self._absences(c) for c in self.roles.of(said_by.ABSENCE)}
        silent = self._arrivals(whole, marks, is_told=bool(slots))
        said_marks: dict[int, list[tuple[Column, Mark, bool]]] = defaultdict(list)
        for column in [*whole, *self.roles.of(said_by.ABSENCE)]:
            of_column = marks.get(column.index) or absences[column.index]
            is_used = Mark.PRESENT in of_column and column.index not in silent
            cells = self._cells(column)
            for number, mark in enumerate(of_column):
                if mark is Mark.NOTHING and is_used and not cell_text(cells[number]):
                    said_marks[number].append((column, Mark.ABSENT, False))
                elif mark in {Mark.PRESENT, Mark.ABSENT}:
                    said_marks[number].append((column, mark, True))
        for number, said in enumerate(self.rows):
            if slots:
                there = [
                    marks[c.index][number] is Mark.PRESENT
                    or (marks[c.index][number] is Mark.NOTHING and not slots_speak)
                    for c in slots
                ]
                said.slots = (sum(there), len(slots))
                mark = Mark.PRESENT if any(there) else Mark.ABSENT
                said_marks[number].append(
                    (
                        slots[0],
                        mark,
                        mark is Mark.PRESENT
                        or any(marks[c.index][number] is not Mark.NOTHING for c in slots),
                    )
                )
            self._hear(said, said_marks[number])
        self._half_days(whole)

    def _arrivals(
        self, columns: Sequence[Column], marks: dict[int, list[Mark]], *, is_told: bool
    ) -> set[int]:
        """The hours of coming where an empty cell says nothing; of few and alone, asked about."""
        is_told = is_told or any(said.is_timed for said in self.rows)
        silent = arrivals.silent_of(columns, is_told=is_told)
        for column in columns:
            of_column = marks[column.index]
            if not arrivals.is_open(column, of_column, silent):
                continue
            blank = [n for n, mark in enumerate(of_column) if mark is Mark.NOTHING]
            rows = [self.rows[n] for n in blank]
            where = at_rows([said.row.number for said in rows])
            sentence = arrivals.asked_of(column.title, len(blank), len(of_column), where)
            answer = self._ask(f"late:{title_key(column.title)}", sentence, rows, arrivals.OTHERS)
            if answer == PRESENT:
                for number in blank:
                    of_column[number] = Mark.PRESENT
        return silent

    def _half_days(self, columns: Sequence[Column]) -> None:
        """« Matin » in a column of presence is half a day, where no column tells the time."""
        if any(said.is_timed for said in self.rows):
            return
        for column in columns:
            for said, cell in zip(self.rows, self._cells(column), strict=True):
                halves = half_days_in(cell_text(cell)) if said.came else None
                if halves:
                    said.amounts, said.timed_by = [Amount(half_days=halves)], column.title

    def _hear(self, said: Said, heard: Sequence[tuple[Column, Mark, bool]]) -> None:
        """What the columns say together of one row; that they disagree is asked."""
        if not heard:
            return
        marks = {mark for _, mark, _ in heard}
        column, mark, said.is_explicit = max(heard, key=lambda one: (one[2], one[1] is Mark.ABSENT))
        said.word, said.by = self._word(said, column), column.title
        if len(marks) == 1:
            said.came = mark is Mark.PRESENT
            return
        told = [doubts.what_is_said(one.title, [self._word(said, one)]) for one, _, _ in heard]
        key = "disagree:" + "|".join(
            f"{title_key(one.title)}={fold(self._word(said, one))}" for one, _, _ in heard
        )
        self._disagreeing.setdefault(key, (told, []))[1].append(said)

    def _word(self, said: Said, column: Column) -> str:
        cells = said.row.cells
        return cell_text(cells[column.index])[:60] if column.index < len(cells) else ""

    def _marks(self, column: Column) -> list[Mark]:
        """What each cell of a column about presence says, the words asked about included."""
        cells = self._cells(column)
        folded = [fold(cell_text(cell)) for cell in cells]
        is_scan = not SCANNED.isdisjoint(folded)
        has_present_letter = self._has_present_letter()
        marks: list[Mark] = []
        for cell, word in zip(cells, folded, strict=True):
            mark = mark_of(cell)
            if mark is Mark.REGISTERED and is_scan:
                # Of a list of tickets: those that nobody scanned.
                mark = Mark.ABSENT
            elif word == "e" and not has_present_letter:
                mark = Mark.UNKNOWN
            elif mark is Mark.UNKNOWN and self._is_there(self.rows[len(marks)], cell, column):
                mark = Mark.PRESENT
            elif word == "r" and has_present_letter:
                # Of the letters P, R, E, A: late, and there.
                mark = Mark.PRESENT
            marks.append(mark)
        unknown = self._unknown(column, cells, marks)
        for number, mark in unknown.items():
            marks[number] = mark
        return marks

    def _is_there(self, said: Said, cell: Cell, column: Column) -> bool:
        """Whether a cell that is no word of presence alone is one in its row.

        « ½ journée »; the initials of its person; « parti à 15 h » beside the time followed.
        """
        text = cell_text(cell)
        if not column.is_slot and half_days_in(text):
            return True
        if said.is_timed and not said.is_zero and is_partly(text):
            return True
        return is_signed_by(text, said.line)

    def _has_present_letter(self) -> bool:
        """Whether the list says who came by « P », so that « R » and « E » are letters of it."""
        return any(
            fold(cell_text(cell)) in {"p", "pr"}
            for column in self.roles.of(said_by.PRESENCE)
            for cell in self._cells(column)
        )

    def _unknown(
        self, column: Column, cells: Sequence[Cell], marks: Sequence[Mark]
    ) -> dict[int, Mark]:
        """What was answered of the words that are not known; those not answered are asked."""
        known = set(marks) & {Mark.PRESENT, Mark.ABSENT}
        others = [
            column
            for column in self.roles.of(
                said_by.PRESENCE, said_by.MINUTES, said_by.SHARE, said_by.JOINED
            )
            if not column.is_vague or column.kind == said_by.MINUTES
        ]
        asked: dict[str, list[int]] = defaultdict(list)
        for number, (cell, mark) in enumerate(zip(cells, marks, strict=True)):
            is_open = mark is Mark.UNKNOWN or (
                mark is Mark.REGISTERED and not any(other != column for other in others)
            )
            # Of the reason of an absence, where nothing else says who came.
            is_alone = column.kind == said_by.ABSENCE and not others
            is_asked = known or mark is Mark.REGISTERED or not column.is_vague or is_alone
            if is_open and is_asked:
                asked[cell_text(cell)].append(number)
        told: dict[int, Mark] = {}
        is_many = len(asked) > MOST_WORDS
        are_numbers = bool(asked) and _are_numbers(asked) and (not known or len(asked) > 1)
        if (is_many or are_numbers) and not column.is_told:
            self._ask_column(column, asked)
            return told
        if is_many:
            return self._unknown_together(column, asked)
        for word, numbers in asked.items():
            answer = self._ask(
                f"word:{title_key(column.title)}:{fold(word) or word}",
                f"Colonne « {column.title} », « {word[:80]} » : {lines(len(numbers))} "
                f"({at_rows([self.rows[number].row.number for number in numbers])}). "
                f"{asked_of(word)}",
                (self.rows[number] for number in numbers),
                [*WHO_CAME, [IGNORE, "Cela n’en dit rien"]],
            )
            told.update(dict.fromkeys(numbers, ANSWERED.get(answer, Mark.REGISTERED)))
        return told

    def _unknown_together(self, column: Column, asked: dict[str, list[int]]) -> dict[int, Mark]:
        """As `_unknown`, of a column said to be of presence where nearly each cell is another.

        As the names that people signed by.
        """
        numbers = sorted(number for of_word in asked.values() for number in of_word)
        rows = [self.rows[number] for number in numbers]
        answer = self._ask(
            f"words:{title_key(column.title)}",
            f"La colonne « {column.title} » contient {quoted(list(asked))} : {lines(len(rows))} "
            f"({at_rows([said.row.number for said in rows])}). Présents ou absents ?",
            rows,
            [*WHO_CAME, [IGNORE, "Cela n’en dit rien"]],
        )
        return dict.fromkeys(numbers, ANSWERED.get(answer, Mark.REGISTERED))

    def _ask_column(self, column: Column, asked: dict[str, list[int]]) -> None:
        if column.is_told:
            return
        rows = [self.rows[number] for numbers in asked.values() for number in numbers]
        self._ask(
            column_key(column.title),
            f"La colonne « {column.title} » contient {quoted(list(asked))} "
            f"({lines(len(rows))}). Que dit-elle ?",
            rows,
            ASKED_KINDS,
        )

    def _ask_mute(self, column: Column, marks: Sequence[Mark], *, is_alone: bool) -> None:
        """Of a column that might be about presence, and holds no word of it: what is it?"""
        words: dict[str, list[int]] = defaultdict(list)
        for number, (cell, mark) in enumerate(zip(self._cells(column), marks, strict=True)):
            if mark is Mark.UNKNOWN:
                words[cell_text(cell)].append(number)
        if words and column.is_vague and is_alone and not self.roles.of(said_by.MINUTES):
            self._ask_column(column, words)

    def _absences(self, column: Column) -> list[Mark]:
        """What a column of absences says: a mark there is of somebody absent."""
        marks = [mark_of_absence(cell, column.title) for cell in self._cells(column)]
        for number, mark in self._unknown(column, self._cells(column), marks).items():
            marks[number] = mark
        # An absence said « présent » is a presence; that nobody is said absent says nothing.
        return [mark if mark is Mark.ABSENT else Mark.NOTHING for mark in marks]

    def _remarks(self) -> None:
        """« Absent l’après-midi » in a column that is not read, of somebody not absent: asked."""
        read = {column.index for column in self.roles.columns}
        named = {one.index for one in self.roles.of("last_name", "first_name", "full_name")}
        asked: dict[tuple[str, str], list[Said]] = defaultdict(list)
        for said in self.rows:
            if said.came is False:
                continue
            for index, cell in enumerate(said.row.cells):
                cell = note_in_name(cell) if index in named else cell
                is_read = index in read and index not in named
                if is_read or not doubt_in(cell, is_timed=said.is_timed):
                    continue
                title = self._title(index)
                if self.answers.get(column_key(title)) != IGNORED:
                    asked[title, cell_text(cell)].append(said)
        for (title, word), rows in asked.items():
            answer = self._ask(
                f"word:{title_key(title)}:{fold(word)}",
                f"Colonne « {title} », « {word[:80]} » : {lines(len(rows))} "
                f"({at_rows([said.row.number for said in rows])}). {asked_of(word)}",
                rows,
                [*WHO_CAME, [IGNORE, "Cela n’en dit rien"]],
            )
            for said in rows:
                if answer == ABSENT:
                    said.came, said.is_explicit, said.word, said.by = False, True, word, title

    def _title(self, index: int) -> str:
        return self.titles[index] if index < len(self.titles) else f"Colonne {index + 1}"

    # --- Both ------------------------------------------------------------------------------------

    def _agree(self) -> None:
        """Where two columns disagree, or one is silent of somebody, the organism says who came."""
        for key, (told, rows) in self._disagreeing.items():
            answer = self._ask(
                key,
                f"{' ; '.join(told)} : {lines(len(rows))} "
                f"({at_rows([said.row.number for said in rows])}). Présents ou absents ?",
                rows,
            )
            for said in rows:
                said.came, said.is_explicit = answer == PRESENT, True
        groups: dict[tuple[str, str], list[Said]] = defaultdict(list)
        for said in self.rows:
            if not said.is_waiting and (group := self._doubt_of(said)):
                groups[group].append(said)
        for (kind, title), rows in groups.items():
            self._ask_time(kind, title, rows)

    def _doubt_of(self, said: Said) -> tuple[str, str] | None:
        """(what is not sure of a row's time beside its presence, the column) or None."""
        kind = doubts.kind_of(said, self.rows)
        if not kind and said.is_zero:
            said.came = False
        titles = {"blank": self._timed_by, "timed": said.by}
        return (kind, titles.get(kind, said.timed_by)) if kind else None

    def _missed(self) -> None:
        """What coming late or leaving early takes off."""
        columns = self.roles.of(said_by.MISSED_TIME)
        for column in columns:
            missed.hear(self.rows, self._cells(column), column)
        if columns and (asked := missed.settle(self.rows, self.answers, self.layout)):
            self.questions.append(asked)

    @property
    def _timed_by(self) -> str:
        return next((said.timed_by for said in self.rows if said.timed_by), "")

    def _ask_time(self, kind: str, title: str, rows: list[Said]) -> None:
        doubt = doubts.doubt(kind, title, rows, [self._word_of_time(said) for said in rows])
        answer = self._ask(doubt.key, doubt.sentence, rows, doubt.options)
        for said in rows:
            if answer == ABSENT:
                said.came, said.amounts, said.stays = False, [Amount(seconds=0)], []
            elif answer == PRESENT:
                said.came = True
                if kind != "timed":
                    said.amounts, said.stays, said.is_blank = [], [], False

    def _word_of_time(self, said: Said) -> str:
        """The cells that tell a row's time: its length, else from when to when."""
        kinds = (said_by.MINUTES, said_by.SHARE) if said.amounts else (said_by.JOINED, said_by.LEFT)
        words = [self._word(said, column) for column in self.roles.of(*kinds)]
        return (" + " if said.amounts else " – ").join(filter(None, words))


def _are_numbers(words: Iterable[str]) -> bool:
    return all(number_of(word) is not None for word in words)
