"""Which columns of a list name its people: of several of one kind, the one to be read. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from common.spreadsheets import column_letters, fold

from .columns import IDENTITY, guess
from .profiles import Profile

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


class Identities:
    """The columns that name the people of one list; what of the others is told in `notes`."""

    def __init__(
        self,
        titles: Sequence[str],
        rows: int,
        profiles: Mapping[int, Profile],
        told: Mapping[int, str],
        hidden: Collection[int],
    ) -> None:
        self.titles, self.rows, self.profiles = titles, rows, profiles
        self.told, self.hidden = told, hidden
        self.notes: list[str] = []

    def choose(self) -> list[Column]:
        """The one column of each kind that names people, or gives a key of theirs."""
        best: dict[str, tuple[tuple[int, ...], Column]] = {}
        twins: dict[str, list[Column]] = {}
        for index, title in enumerate(self.titles):
            kind = self.told.get(index) or guess(fold(title))
            if kind not in IDENTITY:
                continue
            column = Column(index, title, kind, is_told=index in self.told)
            if index in self.hidden and not column.is_told:
                self.notes.append(hidden_note(column))
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
        return list(chosen.values())

    def _is_told(self, kind: str) -> bool:
        return kind in self.told.values()

    def _score(self, column: Column) -> tuple[int, ...]:
        """Of two columns of one kind, the one with more of this is read."""
        profile = self.profiles[column.index]
        words = set(fold(column.title).split())
        good = profile.addresses if column.kind == "email" else profile.filled
        rows = max(self.rows, 1)
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
                self.notes.append(
                    f"Deux colonnes disent la même chose : « {read.title} » (colonne "
                    f"{column_letters(read.index)}) est lue, « {other.title} » (colonne "
                    f"{column_letters(other.index)}) ne l’est pas."
                )


def hidden_note(column: Column) -> str:
    """That a hidden column is not read, in French."""
    return f"La colonne masquée « {column.title} » ({column_letters(column.index)}) n’est pas lue."
