"""Which column of a list is what: by its title, and by the values under it. Pure.

Every column ends as one of: read, told by hand, plainly something else, or asked about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from common.spreadsheets import Row, cell_text, column_letters, fold

from . import titles as said_by
from .amounts import HOURS, MINUTES, amount_of_text, number_of, unit_of
from .columns import IDENTITY, IGNORED, MEASURES, guess
from .profiles import ALMOST_ALL, Profile, is_half_day, profile_of
from .questions import SHOWN_ROWS, Answers, Question, at_rows, column_key, quoted, short
from .titles import Speech, speech_of

# Whoever these columns are of, it is not the participant.
SOMEBODY_ELSE = frozenset(
    "acheteur acheteuse payeur buyer billing facturation account compte contact organisateur host "
    "formateur formatrice intervenant intervenante animateur parrain commercial manager "
    "responsable referent emergency urgence conjoint secretaire assistant assistante".split()
)
THE_PARTICIPANT = frozenset(
    "participant participante attendee stagiaire apprenant adherent votre professionnel "
    "professionnelle pro famille".split()
)
# Yes or no of these is no presence.
HARMLESS = frozenset(
    "invite guest consentement consent rgpd newsletter repas dejeuner diner vegetarien parking "
    "unsubscribed abonne membre adherent cif certificat attestation quiz hotel hebergement "
    "handicap pmr photo image cotisation cgu optin dedicace secret".split()
)
FORMS = frozenset({"heure de debut", "heure de fin", "start time", "completion time"})
ASKED_KINDS = [
    ["presence", "Qui était présent"],
    ["minutes", "Le temps suivi, en minutes"],
    ["hours", "Le temps suivi, en heures"],
    ["share", "La part suivie, en %"],
    [IGNORED, "Autre chose : ne pas lire"],
]


@dataclass(frozen=True)
class Column:
    """A column that is read: what of, and how."""

    index: int
    title: str
    kind: str
    is_slot: bool = False
    is_told: bool = False
    unit: str = ""  # of a bare number, in a column of time
    is_vague: bool = False


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
) -> Roles:
    """What each column with these (different) titles is, above these rows of people."""
    return _Chooser(titles, rows, answers, hidden, layout).choose()


class _Chooser:
    """One list's columns while they are given their roles."""

    def __init__(
        self,
        titles: Sequence[str],
        rows: Sequence[Row],
        answers: Answers,
        hidden: frozenset[int],
        layout: str,
    ) -> None:
        self.titles, self.rows, self.answers, self.hidden = titles, rows, answers, hidden
        self.layout = layout
        self.roles = Roles()
        self.profiles = {index: profile_of(index, rows) for index in range(len(titles))}
        self.told: dict[int, str] = {}
        self._days_have_hours = False  # bare numbers above one, under days as titles
        for index, title in enumerate(titles):
            if kind := answers.get(column_key(title), ""):
                self.told[index] = kind

    def choose(self) -> Roles:
        identity = self._identity()
        for column in identity.values():
            self.roles.columns.append(column)
        taken = {column.index for column in identity.values()}
        speeches = {
            index: speech
            for index, title in enumerate(self.titles)
            if index not in taken and (speech := self._speech(index, title))
        }
        self._session_day(speeches)
        self._moments(speeches)
        self._time(speeches)
        self._presence(speeches)
        self._rest(taken, speeches)
        self.roles.columns.sort(key=lambda column: column.index)
        return self.roles

    # --- Who ---------------------------------------------------------------------------------

    def _identity(self) -> dict[str, Column]:
        """The one column of each kind that names people, or gives a key of theirs."""
        best: dict[str, tuple[tuple[int, ...], Column]] = {}
        twins: dict[str, list[Column]] = {}
        for index, title in enumerate(self.titles):
            kind = self.told.get(index) or guess(fold(title))
            if kind not in IDENTITY:
                continue
            column = Column(index, title, kind, is_told=index in self.told)
            if index in self.hidden and not column.is_told:
                self._note_hidden(column)
                continue
            twins.setdefault(kind, []).append(column)
            score = self._score(column)
            if kind not in best or score > best[kind][0]:
                best[kind] = (score, column)
        chosen = {kind: column for kind, (_, column) in best.items()}
        if {"last_name", "first_name"} <= chosen.keys() and not self._is_told("full_name"):
            # « Nom » and « Prénom » say it better than « Participant », where they are filled.
            if self.profiles[chosen["last_name"].index].filled or "full_name" not in chosen:
                chosen.pop("full_name", None)
            else:
                chosen.pop("last_name"), chosen.pop("first_name")
        self._note_twins(chosen, twins)
        return chosen

    def _is_told(self, kind: str) -> bool:
        return kind in self.told.values()

    def _score(self, column: Column) -> tuple[int, ...]:
        """Of two columns of one kind, the one with more of this is read."""
        profile = self.profiles[column.index]
        words = set(fold(column.title).split())
        good = profile.addresses if column.kind == "email" else profile.filled
        rows = max(len(self.rows), 1)
        return (
            column.is_told,
            not words & SOMEBODY_ELSE,
            good * 2 >= rows,
            bool(words & THE_PARTICIPANT) if good else 0,
            good > 0,
            -column.index,
        )

    def _note_twins(self, chosen: Mapping[str, Column], twins: Mapping[str, list[Column]]) -> None:
        for kind, columns in twins.items():
            if kind not in chosen or kind == "full_name":
                continue
            read = chosen[kind]
            for other in columns:
                if other is read or not self.profiles[other.index].filled:
                    continue
                if set(fold(other.title).split()) & SOMEBODY_ELSE:
                    continue
                self.roles.notes.append(
                    f"Deux colonnes disent la même chose : « {read.title} » (colonne "
                    f"{column_letters(read.index)}) est lue, « {other.title} » (colonne "
                    f"{column_letters(other.index)}) ne l’est pas."
                )

    def _note_hidden(self, column: Column) -> None:
        self.roles.notes.append(
            f"La colonne masquée « {column.title} » ({column_letters(column.index)}) n’est pas lue."
        )

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
        if fold(title) in FORMS:
            return Speech(said_by.ELSE)
        return speech_of(title)

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
        """What is this column? Of a hidden one too."""
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
        joined = [i for i, speech in speeches.items() if speech.kind == said_by.JOINED]
        left = [i for i, speech in speeches.items() if speech.kind == said_by.LEFT]
        pairs = len(left) == len(joined)
        for index in joined + left:
            if self._is_hidden(index):
                continue
            if pairs:
                self._add(index, speeches[index].kind, speeches[index])
            elif index in joined and not left:
                speeches[index] = Speech(said_by.PRESENCE, 1)
            else:
                self._ask_column(index, "arrivées et départs ne vont pas par deux.")
        for index, speech in speeches.items():
            if speech.kind == said_by.WAITING:
                self._add(index, said_by.WAITING, speech)

    def _time(self, speeches: dict[int, Speech]) -> None:
        """The column, or the columns of parts to be added up, that tell the time followed."""
        self._days_have_hours = any(
            speech.kind == said_by.SLOT
            and self.profiles[index].is_mostly("numbers")
            and self.profiles[index].largest > 1
            for index, speech in speeches.items()
        )
        for index, speech in speeches.items():
            speeches[index] = self._by_its_values(speech, self.profiles[index])
        candidates = [i for i, speech in speeches.items() if speech.kind == said_by.MINUTES]
        visible = [index for index in candidates if not self._is_hidden(index)]
        for index in set(candidates) - set(visible):
            self._hidden_speech(index, bool(visible))
        chosen = self._choose_time(visible, speeches)
        for index in chosen:
            told = self.told.get(index, "")
            cells = [row.cells[index] for row in self.rows if index < len(row.cells)]
            unit = {"hours": HOURS, "minutes": MINUTES}.get(told) or unit_of(
                self.titles[index], cells
            )
            self._add(index, said_by.MINUTES, speeches[index], unit=unit)
        if not chosen:
            self._shares(speeches)

    def _by_its_values(self, speech: Speech, profile: Profile) -> Speech:
        """What a title that leaves it to the values says, above these values."""
        if speech.kind == said_by.MINUTES and speech.is_vague:
            lasts = profile.is_mostly("lengths", "clocks")
            return speech if lasts else Speech(said_by.ELSE)
        if speech.kind != said_by.SLOT:
            return speech
        if profile.is_mostly("lengths"):
            return replace(speech, kind=said_by.MINUTES)
        if profile.is_mostly("numbers") and (profile.largest > 1 or self._days_have_hours):
            return replace(speech, kind=said_by.MINUTES)
        if profile.is_mostly("shares"):
            return replace(speech, kind=said_by.SHARE)
        if profile.is_mostly("marks", least=1) or profile.is_mostly("clocks"):
            return replace(speech, kind=said_by.PRESENCE, weight=1)
        if profile.is_mostly("marks", "registered", "short"):
            # A word that is not known is asked about.
            return replace(speech, kind=said_by.PRESENCE, weight=1)
        # A day as a title, above what is no presence.
        return Speech(said_by.ELSE)

    def _shares(self, speeches: Mapping[int, Speech]) -> None:
        """The column of the part that each followed, or the columns of its days."""
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
        if len(candidates) < 2:
            return candidates
        best = max(speeches[index].weight for index in candidates)
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

    def _say_the_same(self, indexes: Sequence[int]) -> bool:
        first, *others = (self._seconds(index) for index in indexes)
        return all(other == first for other in others)

    def _seconds(self, index: int) -> list[int | None]:
        cells = [row.cells[index] if index < len(row.cells) else None for row in self.rows]
        unit = unit_of(self.titles[index], cells)
        seconds: list[int | None] = []
        for cell in cells:
            number = number_of(cell)
            if number is not None:
                seconds.append(round(number * (3600 if unit == HOURS else 60)))
            else:
                amount = amount_of_text(cell_text(cell))
                seconds.append(amount.seconds if amount else None)
        return seconds

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
            self._note_hidden(Column(index, self.titles[index], ""))
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
            elif profile.is_mostly("shares") and not self.roles.of("minutes", "share"):
                self._add(index, said_by.SHARE, speech)
            elif profile.is_mostly("lengths") and not self.roles.of("minutes", "share"):
                self._add(index, said_by.MINUTES, speech, unit=unit_of(self.titles[index], ()))
            else:
                self._add(index, said_by.PRESENCE, speech)

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
        elif profile.is_mostly("clocks"):
            self._ask_column(index, "ce sont des heures.")
        elif words & HARMLESS or self.roles.of(said_by.PRESENCE, said_by.ABSENCE):
            return
        elif profile.is_mostly("signs"):
            self._ask_column(index, "ce sont des coches.")
        elif profile.is_mostly("yes_or_no") and not self.roles.of(said_by.MINUTES):
            self._ask_column(index, "ce sont des oui ou des non.")
