"""Which column of a list is what: by its title, and by the values under it. Pure.

Every column ends as one of: read, told by hand, plainly something else, or asked about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from common.spreadsheets import Row, fold

from . import arrivals, marked
from . import titles as said_by
from .amounts import HOURS, MINUTES, unit_in, unit_of
from .columns import IDENTITY, IGNORED, MEASURES, guess
from .identities import Column, Identities, hidden_note
from .moments import moment_of
from .profiles import ALMOST_ALL, Profile, is_half_day, marks_in, moments_in, profile_of
from .questions import (
    ASKED_KINDS,
    SHOWN_ROWS,
    Answers,
    Question,
    at_rows,
    column_key,
    quoted,
    short,
)
from .titles import Speech, speech_of, speech_of_moment
from .units import are_parts_of_one, seconds_in, unit_or_question

WHOLE = frozenset({"100 %", "100%", "100"})
LATE_SECONDS = 3600
# Nobody signs before six in the morning.
NO_SIGNATURE = 6 * 3600
# « Retard : 3 » may be minutes, hours, or how often.
LEAST_MINUTES = 5


@dataclass
class Roles:
    """What the columns of one list are."""

    columns: list[Column] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Column]:
        return [column for column in self.columns if column.kind in kinds]

    @property
    def fields(self) -> dict[int, str]:
        """{index: kind} of what is read."""
        return {column.index: column.kind for column in self.columns}


def roles_of(
    titles: Sequence[str],
    rows: Sequence[Row],
    answers: Answers,
    *,
    hidden: frozenset[int] = frozenset(),
    layout: str = "",
    duration: int | None = None,
) -> Roles:
    """What each column with these (different) titles is, above these rows of people."""
    return _Chooser(titles, rows, answers, hidden, layout, duration).choose()


class _Chooser:
    """One list's columns while they are given their roles."""

    def __init__(
        self,
        titles: Sequence[str],
        rows: Sequence[Row],
        answers: Answers,
        hidden: frozenset[int],
        layout: str,
        duration: int | None,
    ) -> None:
        self.titles, self.rows, self.answers, self.hidden = titles, rows, answers, hidden
        self.layout, self.duration = layout, duration
        self.roles = Roles()
        self.profiles = {index: profile_of(index, rows) for index in range(len(titles))}
        self.told: dict[int, str] = {}
        self._arrivals: set[int] = set()  # of coming, without a column of going
        self._days_have_lengths = False  # « 03:30 » below a day is how long, not when
        self._days_have_hours = False  # bare numbers above one, under days as titles
        for index, title in enumerate(titles):
            if kind := answers.get(column_key(title), ""):
                self.told[index] = kind

    def choose(self) -> Roles:
        who = Identities(self.titles, len(self.rows), self.profiles, self.told, self.hidden)
        self.roles.columns += who.choose()
        self.roles.notes += who.notes
        taken = {column.index for column in self.roles.columns}
        speeches = {
            index: speech
            for index, title in enumerate(self.titles)
            if index not in taken and (speech := self._speech(index, title))
        }
        speeches |= marked.speeches_of(self.titles, self.profiles, taken | self.told.keys())
        self._session_day(speeches)
        self._missed(speeches)
        self._moments(speeches)
        self._time(speeches)
        self._presence(speeches)
        self._counts(taken)
        self._rest(taken, speeches)
        self.roles.columns.sort(key=lambda column: column.index)
        return self.roles

    # --- Presence and time ---------------------------------------------------------------------

    def _speech(self, index: int, title: str) -> Speech | None:
        """What a column that names nobody says; None for one that is not to be read."""
        told = self.told.get(index, "")
        if told == IGNORED or told in IDENTITY:
            return None
        if told:
            return Speech(MEASURES.get(told, told), 100)
        if not self.profiles[index].filled:
            return None
        if fold(title) in said_by.EDGES:
            # Of the session, or of whoever filled in a form; of each where the hours differ.
            if not self._hours_differ():
                return Speech(said_by.ELSE)
            return Speech(said_by.JOINED if fold(title) in said_by.STARTS else said_by.LEFT)
        return speech_of(title)

    def _hours_differ(self) -> bool:
        """Whether columns of beginning and end hold other hours of day from row to row."""
        columns = [
            i for i, title in enumerate(self.titles) if fold(title) in said_by.STARTS | said_by.ENDS
        ]
        profiles = [self.profiles[i] for i in columns]
        return all(profile.is_mostly("clocks") for profile in profiles) and any(
            len(set(profile.values)) > 1 for profile in profiles
        )

    def _add(self, index: int, kind: str, speech: Speech, *, unit: str = "") -> None:
        self.roles.columns.append(
            Column(
                index,
                self.titles[index],
                kind,
                is_slot=speech.is_slot,
                is_told=index in self.told,
                unit=unit,
                is_vague=speech.is_vague,
            )
        )

    def _ask_column(self, index: int, why: str) -> None:
        """What is this column? Of a hidden one too, but not of one that was told."""
        if index in self.told:
            return
        title, profile = self.titles[index], self.profiles[index]
        self.roles.questions.append(
            Question(
                key=column_key(title),
                sentence=f"La colonne « {title} »{' masquée' if index in self.hidden else ''} "
                f"contient {quoted(profile.values)} ({at_rows(profile.rows)}) : {why} "
                "Que dit-elle ?",
                options=ASKED_KINDS,
                rows=profile.rows[:SHOWN_ROWS],
                layout=self.layout,
            )
        )

    def _is_hidden(self, index: int) -> bool:
        return index in self.hidden and index not in self.told

    def _session_day(self, speeches: dict[int, Speech]) -> None:
        days = [index for index, speech in speeches.items() if speech.kind == said_by.SESSION_ON]
        told = [index for index in days if index in self.told]
        for index in (told or days)[:1]:
            if not self._is_hidden(index):
                self._add(index, said_by.SESSION_ON, speeches[index])

    def _moments(self, speeches: dict[int, Speech]) -> None:
        """Coming and going: read in pairs; coming alone is a sign of presence."""
        seen = {i: one.kind for i, one in speeches.items() if not self._is_hidden(i)}
        joined = [i for i, kind in seen.items() if kind == said_by.JOINED]
        left = [i for i, kind in seen.items() if kind == said_by.LEFT]
        lengths = [
            self.profiles[i]
            for i, kind in seen.items()
            if kind == said_by.MINUTES and not speeches[i].is_vague
        ]
        for index in joined + left:
            if len(left) == len(joined):
                self._add(index, speeches[index].kind, speeches[index])
            elif index in joined and not left:
                self._arrival(index, speeches)
            elif not arrivals.is_length_told(self.profiles[index], lengths):
                self._ask_column(index, "arrivées et départs ne vont pas par deux.")
        for index, speech in speeches.items():
            if speech.kind == said_by.WAITING:
                self._add(index, said_by.WAITING, speech)

    def _missed(self, speeches: dict[int, Speech]) -> None:
        """How long somebody was not there, where the values are lengths of time."""
        for index in [i for i, one in speeches.items() if one.kind == said_by.MISSED_TIME]:
            title, profile = self.titles[index], self.profiles[index]
            is_few = profile.is_mostly("numbers") and profile.largest < LEAST_MINUTES
            is_length = profile.is_mostly("lengths", "numbers")
            is_moment = (profile.earliest or 0) >= NO_SIGNATURE
            if speeches[index].is_vague and (is_moment or not is_length):
                # « Retard » ticked, « Départ anticipé » at some hour: another thing.
                speech = speech_of_moment(title)
                speeches.pop(index) if speech is None else speeches.update({index: speech})
            elif self._is_hidden(index):
                self._hidden_speech(index, False)
            elif is_few and profile.largest and not unit_in(title) and index not in self.told:
                self._ask_column(index, "est-ce un retard, et de combien ?")
            else:
                unit = unit_in(title) or MINUTES
                self._add(index, said_by.MISSED_TIME, speeches[index], unit=unit)

    def _arrival(self, index: int, speeches: dict[int, Speech]) -> None:
        """Coming alone is a sign of presence, but where some came an hour after the others."""
        profile = self.profiles[index]
        cells = [cell for row in self.rows for cell in row.cells[index : index + 1]]
        found = [moment[1] for cell in cells if (moment := moment_of(cell))]
        if found and max(found) - min(found) >= LATE_SECONDS and profile.is_mostly("clocks"):
            speeches[index] = Speech(said_by.ELSE)
            self._ask_column(index, "certains sont arrivés bien après les autres.")
        else:
            speeches[index] = Speech(said_by.PRESENCE, 1)
            self._arrivals.add(index)

    def _time(self, speeches: dict[int, Speech]) -> None:
        """The column, or the columns of parts to be added up, that tell the time followed."""
        self._days_have_hours = any(
            speech.kind == said_by.SLOT
            and self.profiles[index].is_mostly("numbers")
            and self.profiles[index].largest > 1
            for index, speech in speeches.items()
        )
        clocks = [
            self.profiles[index]
            for index, speech in speeches.items()
            if speech.kind == said_by.SLOT and self.profiles[index].is_mostly("clocks")
        ]
        self._days_have_lengths = any((one.earliest or 0) < NO_SIGNATURE for one in clocks)
        for index, speech in speeches.items():
            speeches[index] = self._by_its_values(speech, self.profiles[index])
        candidates = [i for i, speech in speeches.items() if speech.kind == said_by.MINUTES]
        visible = [index for index in candidates if not self._is_hidden(index)]
        for index in set(candidates) - set(visible):
            self._hidden_speech(index, bool(visible))
        chosen = self._choose_time(visible, speeches)
        for index in chosen:
            unit = self._unit(index, [i for i in chosen if speeches[i].is_slot] or [index])
            self._add(index, said_by.MINUTES, speeches[index], unit=unit)
        if not chosen:
            self._shares(speeches)

    def _unit(self, index: int, together: Sequence[int]) -> str:
        """What a bare number means, by these columns together; asked where nothing tells."""
        if told := {"hours": HOURS, "minutes": MINUTES}.get(self.told.get(index, "")):
            return told
        cells = [cell for one in together for row in self.rows for cell in row.cells[one : one + 1]]
        unit, question = unit_or_question(
            self.titles[index], cells, self.answers, self.layout, self.duration
        )
        if question:
            self.roles.questions.append(question)
        return unit

    def _by_its_values(self, speech: Speech, profile: Profile) -> Speech:
        """What a title that leaves it to the values says, above these values."""
        if speech.kind == said_by.MINUTES and speech.is_vague:
            lasts = profile.is_mostly("lengths", "clocks")
            return speech if lasts else Speech(said_by.ELSE)
        if speech.kind != said_by.SLOT:
            return speech
        if profile.is_mostly("lengths"):
            return replace(speech, kind=said_by.MINUTES)
        is_counted = not speech.is_slot or profile.largest > 1 or self._days_have_hours
        if profile.is_mostly("numbers") and is_counted:
            return replace(speech, kind=said_by.MINUTES)
        if profile.is_mostly("shares"):
            return replace(speech, kind=said_by.SHARE)
        if self._days_have_lengths and profile.is_mostly("clocks"):
            return replace(speech, kind=said_by.MINUTES)
        if profile.is_mostly("marks", least=1) or profile.is_mostly("clocks"):
            return replace(speech, kind=said_by.PRESENCE, weight=1)
        if profile.is_mostly("marks", "registered", "short"):
            # A word that is not known is asked about.
            return replace(speech, kind=said_by.PRESENCE, weight=1)
        # A day as a title, above what is no presence.
        return Speech(said_by.ELSE)

    def _shares(self, speeches: dict[int, Speech]) -> None:
        """The column of the part that each followed, or the columns of its days."""
        for index, speech in speeches.items():
            profile = self.profiles[index]
            words = profile.is_mostly("marks", "registered") and not profile.is_mostly("numbers")
            if speech.kind == said_by.SHARE and not speech.is_vague and words:
                # « Assiduité » in words.
                speeches[index] = Speech(said_by.PRESENCE, 1)
        shares = [
            index
            for index, speech in speeches.items()
            if speech.kind == said_by.SHARE and self._is_share(index, speech)
        ]
        if shares:
            best = max(shares, key=lambda index: (index in self.told, speeches[index].weight))
            same = [i for i in shares if i == best or speeches[i].is_slot]
            for index in same if speeches[best].is_slot else [best]:
                if self._is_hidden(index):
                    self._hidden_speech(index, False)
                else:
                    self._add(index, said_by.SHARE, speeches[index])
            return
        for index in [i for i, one in speeches.items() if one.kind == said_by.PROGRESS]:
            profile = self.profiles[index]
            # Who all went through to the end were there, whatever it is of.
            is_open = len(set(profile.values)) > 1 or profile.values[0] not in WHOLE
            if is_open and profile.is_mostly("shares", "numbers"):
                self._ask_column(index, "c’est peut-être l’avancement d’un parcours.")

    def _is_share(self, index: int, speech: Speech) -> bool:
        profile = self.profiles[index]
        written = profile.is_mostly("shares")
        return (
            index in self.told
            or written
            or (not speech.is_vague and profile.is_mostly("shares", "numbers"))
        )

    def _choose_time(self, candidates: list[int], speeches: Mapping[int, Speech]) -> list[int]:
        """Which of the columns of time are read; what of the others, is said or asked."""
        if told := [index for index in candidates if index in self.told]:
            return told
        # « Matin » beside « 1 h » says when, and not how long.
        long = [i for i in candidates if not all(map(is_half_day, self.profiles[i].values))]
        candidates = long or candidates
        if len(candidates) < 2 or self._are_parts(candidates):
            return candidates
        whole = [i for i in candidates if not speeches[i].is_slot]
        slots = [i for i in candidates if speeches[i].is_slot]
        if slots and all(speeches[i].weight < 3 for i in whole):
            whole = [i for i in whole if "total" in fold(self.titles[i])]
        if not whole:
            return slots
        best = max(speeches[index].weight for index in whole)
        heaviest = [index for index in whole if speeches[index].weight == best]
        if len(heaviest) > 1 and not self._say_the_same(heaviest):
            return self._ask_which(heaviest)
        read = heaviest[0]
        for other in whole:
            if other not in heaviest and not self._say_the_same([read, other]):
                self.roles.notes.append(
                    f"Deux colonnes parlent de temps : « {self.titles[read]} » est lue, "
                    f"« {self.titles[other]} » ne l’est pas."
                )
        return [read]

    def _are_parts(self, candidates: Sequence[int]) -> bool:
        values = [self.profiles[index].values for index in candidates]
        return are_parts_of_one([self.titles[index] for index in candidates], values)

    def _say_the_same(self, indexes: Sequence[int]) -> bool:
        first, *others = (
            seconds_in(
                self.titles[index],
                [row.cells[index] if index < len(row.cells) else None for row in self.rows],
            )
            for index in indexes
        )
        return all(other == first for other in others)

    def _ask_which(self, indexes: Sequence[int]) -> list[int]:
        """Which of several columns of time is the one; answered, that one, or all added up."""
        names = [self.titles[index] for index in indexes]
        key = short("time:" + "|".join(map(fold, names)))
        answer = self.answers.get(key, "")
        if answer == "sum":
            return list(indexes)
        if answer in {str(number) for number in range(len(names))}:
            return [indexes[int(answer)]]
        self.roles.questions.append(
            Question(
                key=key,
                sentence=f"{len(names)} colonnes parlent de temps : {quoted(names)}. Laquelle dit "
                "le temps que chacun a suivi ?",
                options=[
                    *([str(number), f"« {name} »"] for number, name in enumerate(names)),
                    ["sum", "Toutes, additionnées"],
                ],
                layout=self.layout,
            )
        )
        return [indexes[0]]

    def _hidden_speech(self, index: int, is_said_elsewhere: bool) -> None:
        if is_said_elsewhere:
            self.roles.notes.append(hidden_note(Column(index, self.titles[index], "")))
        else:
            self._ask_column(index, "elle pourrait dire la présence ou le temps suivi.")

    def _presence(self, speeches: dict[int, Speech]) -> None:
        """The columns that say who came, or who did not."""
        found = [
            index
            for index, speech in speeches.items()
            if speech.kind in {said_by.PRESENCE, said_by.ABSENCE}
        ]
        visible = [index for index in found if not self._is_hidden(index)]
        for index in found:
            speech, profile = speeches[index], self.profiles[index]
            if index not in visible:
                self._hidden_speech(index, bool(visible or self.roles.of(said_by.MINUTES)))
            elif speech.kind == said_by.ABSENCE:
                self._add(index, said_by.ABSENCE, speech)
            elif profile.is_mostly("shares", "parts") and not self.roles.of("minutes", "share"):
                self._add(index, said_by.SHARE, speech)
            elif self._tells_a_length(index) and not self.roles.of("minutes", "share"):
                self._add(index, said_by.MINUTES, speech, unit=unit_of(self.titles[index], ()))
            else:
                self._add(index, said_by.PRESENCE, speech)
        if any(column.is_slot for column in self.roles.of(said_by.PRESENCE)):
            self._empty_days()

    def _empty_days(self) -> None:
        """Days below which nothing stands, beside days with marks: nobody may have been absent."""
        for index, title in enumerate(self.titles):
            speech = speech_of(title)
            is_read = self.profiles[index].filled or self._is_hidden(index) or index in self.told
            is_day = speech is not None and speech.kind == said_by.SLOT and speech.is_slot
            if is_day and not is_read:
                self._add(index, said_by.PRESENCE, Speech(said_by.PRESENCE, 1, is_slot=True))

    def _tells_a_length(self, index: int) -> bool:
        """Whether « 3h30 » in a column about presence is how long, and not when."""
        return index not in self._arrivals and self.profiles[index].is_mostly("lengths")

    def _counts(self, taken: set[int]) -> None:
        """How often or how long somebody was there, or was not, where nothing else tells: asked."""
        if self.roles.of(said_by.MINUTES, said_by.SHARE, said_by.JOINED):
            return
        is_told = bool(self.roles.of(said_by.PRESENCE))
        lates = {column.index for column in self.roles.of(said_by.MISSED_TIME)}
        for index, title in enumerate(self.titles):
            words, profile = set(fold(title).split()), self.profiles[index]
            about = words & (said_by.CAME | said_by.MISSED | {"retard", "retards"})
            counted = words & (said_by.COUNT | said_by.SURE_LENGTH)
            is_read = index in taken or index in self.told or index in lates
            if is_read or not (about and counted):
                continue
            if is_told and not (words & said_by.MISSED and words & said_by.SURE_LENGTH):
                # Who is said present was there, late or not; of hours missed, it says nothing.
                continue
            if profile.largest or profile.is_mostly("lengths"):
                self.roles.columns = [c for c in self.roles.columns if c.index != index]
                self._ask_column(index, "ce sont des présences ou des absences comptées.")

    # --- What no title told ---------------------------------------------------------------------

    def _rest(self, taken: set[int], speeches: Mapping[int, Speech]) -> None:
        """Read the columns that speak by their values alone where that is sure, else ask."""
        read = taken | {column.index for column in self.roles.columns}
        asked = {question.key for question in self.roles.questions}
        for index, title in enumerate(self.titles):
            profile = self.profiles[index]
            if index in read or index in self.told or not profile.filled:
                continue
            if index in speeches or column_key(title) in asked:
                continue
            if guess(fold(title)) or set(fold(title).split()) & said_by.OTHER_RATE:
                continue
            self._by_values(index, profile)

    def _by_values(self, index: int, profile: Profile) -> None:
        words = set(fold(self.titles[index]).split())
        is_timed = bool(self.roles.of(said_by.MINUTES))
        # Few words in a column of remarks say nothing of who has none.
        is_of_all = 2 * profile.filled >= len(self.rows)
        if is_of_all and profile.is_mostly("plain"):
            if profile.is_mostly("plain", least=ALMOST_ALL) and not self._is_hidden(index):
                self._add(index, said_by.PRESENCE, Speech(said_by.PRESENCE))
            else:
                self._ask_column(index, "ce sont des mots de présence.")
        elif profile.is_mostly("lengths"):
            # « Journée » of everybody is what they bought.
            if len(set(profile.values)) > 1 or not is_half_day(profile.values[0]):
                self._ask_column(index, "ce sont des durées.")
        elif profile.is_mostly("shares"):
            self._ask_column(index, "ce sont des pourcentages.")
        elif why := moments_in(profile, is_timed=is_timed):
            self._ask_column(index, why)
        elif words & said_by.HARMLESS or self.roles.of(said_by.PRESENCE, said_by.ABSENCE):
            return
        elif why := marks_in(profile, is_timed=is_timed):
            self._ask_column(index, why)
