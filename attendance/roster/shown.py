"""People struck through or on a colour, where nothing else says who came: asked about. Pure."""

import colorsys
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from common.spreadsheets import Tab, cell_text

from .questions import (
    ABSENT,
    IGNORE,
    PRESENT,
    SHOWN_ROWS,
    WHO_CAME,
    Answers,
    Question,
    at_rows,
    lines,
)
from .said import Said

STRUCK = "struck"
# With more colours than that, nobody remembers which is which.
MOST_COLOURS = 4
# From so many rows on, one row in two on a colour is there for the eye.
ALTERNATING = 4
# So far apart are the parts of a colour that is to be seen.
STRONG = 0x60
ONE_COLOUR = [
    [ABSENT, "Absents (les autres étaient présents)"],
    [PRESENT, "Présents (les autres étaient absents)"],
    [IGNORE, "Cela n’en dit rien : tous étaient présents"],
]
MANY_COLOURS = [
    [IGNORE, "Non : tous étaient présents"],
    [ABSENT, "Oui : je cocherai les présents sur la page"],
]
OF_A_COLOUR = [*WHO_CAME, [IGNORE, "Cela n’en dit rien"]]
# In degrees: up to which a colour is called so.
HUES = (
    *((20, "rouge"), (45, "orange"), (70, "jaune"), (170, "vert"), (265, "bleu")),
    *((345, "violet"), (361, "rouge")),
)


def ask_struck(
    rows: Sequence[Said], tab: Tab, who: Collection[int], answers: Answers
) -> list[Question]:
    """Of people whose name is struck through, unlike the others', and who are not absent."""
    struck = [said for said in rows if _is_struck(said, tab, who)]
    open_ = [said for said in struck if said.came is not False]
    if not open_ or len(struck) == len(rows):
        return []
    if answer := answers.get(STRUCK, ""):
        _tell(open_, answer == PRESENT, "barré")
        return []
    numbers = [said.row.number for said in open_]
    verb = "sont barrées" if len(numbers) > 1 else "est barrée"
    sentence = f"{lines(len(numbers))} {verb} ({at_rows(numbers)}). Présents ou absents ?"
    return [Question(STRUCK, sentence, WHO_CAME, numbers[:SHOWN_ROWS])]


def ask_colours(
    rows: Sequence[Said], tab: Tab, who: Collection[int], answers: Answers
) -> list[Question]:
    """Of people whose name stands on a colour, unlike the others'; not of every other row."""
    colours = [_colour(said, tab.fills.get(said.row.number, {}), who) for said in rows]
    told = set(colours)
    if len(told) < 2 or _alternate(rows, colours):
        return []
    if len(told) > MOST_COLOURS:
        return _ask_many(rows, len(told), answers)
    single = _the_one(rows, colours, told)
    by_colour: dict[str, list[Said]] = defaultdict(list)
    for said, colour in zip(rows, colours, strict=True):
        by_colour[colour if single in {"", colour} else ""].append(said)
    questions = []
    for colour, some in by_colour.items():
        if single and not colour:
            continue
        key = f"fill:{colour or 'none'}"
        answer = answers.get(key, "")
        if not answer:
            questions.append(_of_colour(key, colour, some, is_single=bool(single)))
        elif answer != IGNORE:
            _tell(some, answer == PRESENT, _name_of(colour))
            if single:
                _tell(by_colour[""], answer != PRESENT, f"pas {_name_of(colour)}")
    return questions


def _ask_many(rows: Sequence[Said], count: int, answers: Answers) -> list[Question]:
    answer = answers.get("fill:many", "")
    if answer == ABSENT:
        _tell(rows, False, f"{count} couleurs")
    if answer:
        return []
    sentence = f"Les lignes sont sur {count} couleurs, et aucune colonne ne dit qui est venu."
    return [Question("fill:many", f"{sentence} Ces couleurs le disent-elles ?", MANY_COLOURS)]


def _the_one(rows: Sequence[Said], colours: Sequence[str], told: Collection[str]) -> str:
    """The one colour that stands out of rows without any, or of rows that alternate; or ""."""
    for colour in sorted(filter(None, told)):
        if told == {colour, ""} or _alternate(*_without(rows, colours, colour)):
            return colour
    return ""


def _of_colour(key: str, colour: str, rows: Sequence[Said], *, is_single: bool) -> Question:
    numbers = [said.row.number for said in rows]
    verb = "sont" if len(numbers) > 1 else "est"
    return Question(
        key,
        f"{lines(len(numbers))} {verb} {_name_of(colour)} ({at_rows(numbers)}), et aucune colonne "
        "ne dit qui est venu. Présents ou absents ?",
        ONE_COLOUR if is_single else OF_A_COLOUR,
        numbers[:SHOWN_ROWS],
    )


def _tell(rows: Sequence[Said], came: bool, word: str) -> None:
    for said in rows:
        if said.is_below_absents:
            continue
        said.came, said.is_explicit = came, True
        said.word, said.by = word, "présentation de la ligne"


def _is_struck(said: Said, tab: Tab, who: Collection[int]) -> bool:
    cells = said.row.cells
    return any(
        column in who and column < len(cells) and bool(cell_text(cells[column]))
        for column in tab.struck.get(said.row.number, ())
    )


def _colour(said: Said, fills: Mapping[int, str], who: Collection[int]) -> str:
    """The colour that a name stands on; "" for none."""
    return next((fills[column] for column in sorted(fills) if column in who), "")


def _alternate(rows: Sequence[Said], colours: Sequence[str]) -> bool:
    """Whether the colour changes from each row to the next, between two, for the eye alone."""
    told = set(colours)
    if len(told) != 2 or (len(rows) < ALTERNATING and any(map(_is_strong, told))):
        return False
    parities = (
        [number % 2 for number in range(len(rows))],
        [said.row.number % 2 for said in rows],
    )
    return any(len(set(zip(parity, colours, strict=True))) == 2 for parity in parities)


def _without(
    rows: Sequence[Said], colours: Sequence[str], colour: str
) -> tuple[list[Said], list[str]]:
    kept = [(said, one) for said, one in zip(rows, colours, strict=True) if one != colour]
    return [said for said, _ in kept], [one for _, one in kept]


def _parts(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (0, 2, 4)] if colour else [0]


def _is_strong(colour: str) -> bool:
    """Whether a colour is to be seen, where a pale one only guides the eye."""
    parts = _parts(colour)
    return max(parts) - min(parts) >= STRONG


def _name_of(colour: str) -> str:
    """« surlignée en jaune » of a colour; « sans couleur » of none."""
    if not colour:
        return "sans couleur"
    red, green, blue = _parts(colour)
    hue, _, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if max(red, green, blue) - min(red, green, blue) < 12 or saturation < 0.1:
        return "sur fond gris"
    return f"sur fond {next(name for upto, name in HUES if hue * 360 < upto)}"
