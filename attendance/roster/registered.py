"""A list of those registered that says nothing of who came: were they all there? Pure."""

from collections.abc import Mapping, Sequence

from .questions import ABSENT, PRESENT, SHOWN_ROWS, Answers, Question, at_rows, lines, quoted
from .said import Said

KEY = "registered"
OPTIONS = [
    [PRESENT, "Oui, tous étaient présents"],
    [ABSENT, "Non : je cocherai les présents sur la page"],
]


def tells_nothing(rows: Sequence[Said]) -> bool:
    """Whether no column of a list says of anybody whether, or how long, they were there."""
    return not any(said.came is not None or said.is_timed or said.slots for said in rows)


def ask(rows: Sequence[Said], titles: Mapping[int, str], answers: Answers) -> Question | None:
    """Those below a title « Liste des inscrits » ({number of the row: title}): all present?"""
    asked = [said for said in rows if said.row.number in titles]
    answer = answers.get(KEY, "")
    if not any(said.came is None for said in asked):
        # What their rows look like has told already.
        return None
    for said in asked if answer else ():
        if said.came is None:
            said.came, said.is_explicit = answer == PRESENT, True
            said.word, said.by = titles[said.row.number], "titre de la liste"
    if answer or not asked:
        return None
    numbers = [said.row.number for said in asked]
    names = quoted([titles[number] for number in numbers])
    return Question(
        KEY,
        f"La liste est intitulée {names}, et aucune colonne ne dit qui est venu "
        f"({lines(len(asked))} : {at_rows(numbers)}). Étaient-ils tous présents ?",
        OPTIONS,
        numbers[:SHOWN_ROWS],
    )
