"""What a cell says of time: seconds, a share of the session, or so many half-days. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache

from common.durations import NotADuration, parse_minutes
from common.spreadsheets import Cell, Percent, cell_text, fold

from .titles import counts_days

HOURS, MINUTES, SECONDS, MINUTES_SECONDS = "hours", "minutes", "seconds", "mm:ss"
# Days of presence, and halves of them; days of 24 hours, as a spreadsheet counts time.
DAYS_UNIT, HALF_DAYS_UNIT, EXCEL_DAYS = "days", "half_days", "excel_days"
# Nobody follows a session for more hours than that: a larger bare number is minutes.
MOST_HOURS = 24
NUMBER = re.compile(r"\d{1,6}(?:[.,]\d+)?")
CLOCK = re.compile(r"(?:(\d{1,3})(?:[.j]|\s*days?,?)\s*)?(\d{1,3}):(\d{2}):(\d{2})(?:[.,]\d+)?")
PAIR = re.compile(r"(\d{1,3}):(\d{2})")
WORDS = re.compile(
    r"(?:(\d{1,3})\s*(?:h|hr|hrs|hours?|heures?)\.?)?[\s,]*(?:et\s*|and\s*)?"
    r"(?:(\d{1,4})\s*(?:m|mn|min|mins|minutes?|’|')\.?(?![a-z]))?[\s,]*(?:et\s*|and\s*)?"
    r"(?:(\d{1,6})\s*(?:s|sec|secs|seconde?s?|seconds?|”|\")\.?)?"
)
HOURS_THEN = re.compile(
    r"(\d{1,3})\s*(?:h|heures?|hours?)\s*(\d{1,2})(?:\s*(?:m|mn|min))?(?:\s*(\d{1,2})\s*s?)?"
)
ISO = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?", re.IGNORECASE)
SHARE = re.compile(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*(?:%|pour cent|percent)")
FRACTION = re.compile(r"(\d{1,2})\s*(?:/|sur)\s*(\d{1,2})")
NONE = frozenset("-|--|---|–|—|−|n/a|na|néant|neant|aucun|aucune|none|nil|0 h|/".split("|"))
HALF_DAYS = {
    **dict.fromkeys(
        ("journee", "1 journee", "journee entiere", "journee complete", "jour", "1 jour", "1 j")
        + ("full day", "une journee", "matin et apres midi", "matin apres midi", "2 demi journees"),
        2,
    ),
    **dict.fromkeys(
        ("matin", "matinee", "apres midi", "demi journee", "1 2 journee", "une demi journee")
        + ("1 demi journee", "half day", "am", "pm", "0 5 jour", "0 5 journee", "1 2 jour"),
        1,
    ),
}
AROUND_HALF_DAYS = frozenset(
    "present presente presents e oui seulement uniquement le la l toute que en presence".split()
)
WHOLE = frozenset(
    "tout|toute|totalite|la totalite|integralite|toute la session|session entiere|toute la duree|"
    "complet|complete|entiere|toute la formation".split("|")
)
# « ~2h », « environ 2 h », « 7h (complet) »: what stands around a time and changes nothing of it.
AROUND = re.compile(
    r"^(?:~|≈|≃|env\.|environ\b|approx\.?|±)\s*|"
    r"\s*\((?:complet|complète|complete|total|totale|totalité|entier|entière|journée complète|"
    r"en entier|toute la session|présence complète|environ|env\.|approx\.?)\)$"
)
SPELLED = {
    word: number
    for number, word in enumerate(
        "une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze".split(), 1
    )
} | {"un": 1, "quinze": 15, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50}
HALF_HOURS = {"1 demi heure": 30, "3 quarts d heure": 45, "1 quart d heure": 15}
# « 3 600 »: a space at the thousands.
SPACED = re.compile(r"[1-9]\d{0,2} \d{3}(?:[.,]\d+)?")
DAYS = re.compile(r"(\d{1,2})(?:[.,](\d))?\s*(?:j|jours?|journees?|days?)")
WRITTEN_DAY = re.compile(
    r"^(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)?\s*\d{1,2}/\d{1,2}(?:/\d{2,4})?)"
    r"\s*(?=[^\d\s])|\s*\d{1,2}/\d{1,2}/\d{2,4}$"
)
HALVES = re.compile(r"(\d{1,2})\s*demi[ -]?journ[ée]es?")


@dataclass(frozen=True)
class Amount:
    """How long, in the one unit that was written; all None for « -- », which is none at all."""

    seconds: int | None = None
    share: Fraction | None = None  # of the session
    half_days: int | None = None

    @property
    def is_none(self) -> bool:
        return not (self.seconds or self.share or self.half_days)


def unit_of(title: str, cells: Iterable[Cell]) -> str:
    """What a bare number means in a column: its title says it, else its largest number does."""
    if told := unit_in(title):
        return told
    numbers = [number for cell in cells if (number := number_of(cell)) is not None]
    return MINUTES if numbers and max(numbers) > MOST_HOURS else HOURS


def unit_in(title: str) -> str:
    """The unit that a title says its bare numbers are in; "" when it says none."""
    folded = fold(title)
    words = set(folded.split())
    if {"hh", "mm"} <= words or "h mm" in folded:
        return HOURS
    if {"mm", "ss"} <= words:
        return MINUTES_SECONDS
    if words & {"minute", "minutes", "min", "mn", "mins"}:
        return MINUTES
    if words & {"seconde", "secondes", "second", "seconds", "sec"}:
        return SECONDS
    if re.search(r"\s\(s\)", title):
        return SECONDS
    if words & {"heure", "heures", "h", "hour", "hours", "hrs"}:
        return HOURS
    if counts_days(folded):
        return HALF_DAYS_UNIT if "demi" in words else DAYS_UNIT
    return ""


def amount_of(cell: Cell, *, unit: str) -> Amount | None:
    """The time that a cell tells, or None when it is empty.

    Raises NotADuration when it holds something else.
    """
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, Percent):
        return Amount(share=_exact(float(cell)))
    if isinstance(cell, date | time):
        return Amount(seconds=_seconds_of_clock(cell))
    if (number := number_of(cell)) is not None:
        if unit in {DAYS_UNIT, HALF_DAYS_UNIT}:
            return Amount(half_days=round(number * (2 if unit == DAYS_UNIT else 1)))
        return Amount(seconds=_seconds(number, unit))
    text = cell_text(cell)
    if not text:
        return None
    if unit == MINUTES_SECONDS and (pair := PAIR.fullmatch(text)):
        return Amount(seconds=int(pair[1]) * 60 + int(pair[2]))
    amount = amount_of_text(text)
    if amount is None:
        raise NotADuration(
            f"La durée « {text[:60]} » n’est pas lisible. Écrivez par exemple « 3 h 30 »."
        )
    return amount


@lru_cache(maxsize=4096)
def amount_of_text(text: str) -> Amount | None:
    """The time that a text tells by itself, with its unit; None when it tells none."""
    lowered = AROUND.sub("", text.lower().strip())
    if lowered in NONE:
        return Amount()
    if share := SHARE.fullmatch(lowered):
        return Amount(share=Fraction(share[1].replace(",", ".")) / 100)
    if clock := CLOCK.fullmatch(lowered):
        days, hours, minutes, seconds = (int(figures or 0) for figures in clock.groups())
        return Amount(seconds=((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    if then := HOURS_THEN.fullmatch(lowered):
        hours, minutes, seconds = (int(figures or 0) for figures in then.groups())
        if minutes < 60 and seconds < 60:
            return Amount(seconds=(hours * 60 + minutes) * 60 + seconds)
        return None
    words = WORDS.fullmatch(lowered)
    if words and any(words.groups()):
        hours, minutes, seconds = (int(figures or 0) for figures in words.groups())
        return Amount(seconds=(hours * 60 + minutes) * 60 + seconds)
    if len(text) > 2 and (iso := ISO.fullmatch(text)) and any(iso.groups()):
        days, hours, minutes, seconds = (int(figures or 0) for figures in iso.groups())
        return Amount(seconds=((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return _days_of(lowered) or _typed(lowered) or _spelled(lowered)


def _spelled(lowered: str) -> Amount | None:
    """« sept heures », « deux heures et demie », « une demi-heure »; else None."""
    words = fold(lowered).split()
    if not words or words[0] not in SPELLED or len(words) > 5:
        return None
    said = " ".join(str(SPELLED.get(word, word)) for word in words)
    if said in HALF_HOURS:
        return Amount(seconds=HALF_HOURS[said] * 60)
    said = said.replace("heure et demie", "h 30").replace("heures et demie", "h 30")
    said = re.sub(r"heures? et quart$", "h 15", said)
    found = WORDS.fullmatch(said) or HOURS_THEN.fullmatch(said)
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(figures or 0) for figures in found.groups())
    return Amount(seconds=(hours * 60 + minutes) * 60 + seconds)


def _days_of(lowered: str) -> Amount | None:
    """« journée », « ½ journée », « 12/11 matin », « 2 jours », « la totalité »; else None."""
    folded = fold(WRITTEN_DAY.sub("", lowered).replace("½", "1/2"))
    if folded in WHOLE:
        return Amount(share=Fraction(1))
    if folded in HALF_DAYS:
        return Amount(half_days=HALF_DAYS[folded])
    if (days := DAYS.fullmatch(lowered)) and days[2] in (None, "0", "5"):
        return Amount(half_days=int(days[1]) * 2 + (days[2] == "5"))
    if halves := HALVES.fullmatch(lowered):
        return Amount(half_days=int(halves[1]))
    return None


def half_days_in(text: str) -> int | None:
    """The half-days that a text of presence tells: one for « présente le matin seulement »."""
    words = fold(text.replace("½", "1/2")).split()
    return HALF_DAYS.get(" ".join(word for word in words if word not in AROUND_HALF_DAYS))


def _typed(text: str) -> Amount | None:
    try:
        return Amount(seconds=parse_minutes(text) * 60)
    except NotADuration:
        return None


def has_unit(cell: Cell) -> bool:
    """Whether the cell tells a time by itself: « 1h 23m », « 00:45:10 », « ½ journée »."""
    if isinstance(cell, str):
        text = cell_text(cell)
        if not text or NUMBER.fullmatch(text) or PAIR.fullmatch(text):
            return False
        amount = amount_of_text(text)
        return amount is not None and amount != Amount() and amount.share is None
    return isinstance(cell, datetime) and cell.year <= 1900


def is_share(cell: Cell) -> bool:
    """Whether the cell is written as a percentage."""
    return isinstance(cell, Percent) or bool(SHARE.fullmatch(cell_text(cell).lower()))


def share_of(cell: Cell, *, of_hundred: bool) -> Amount | None:
    """The share of the session in a cell of a column of shares; None when it is empty.

    A bare number is a share of a hundred, or of one. Raises NotADuration.
    """
    if (part := part_in(cell)) is not None:
        return Amount(share=part)
    number = number_of(cell)
    if number is None or isinstance(cell, Percent):
        return amount_of(cell, unit=HOURS)
    return Amount(share=_exact(number) / (100 if of_hundred else 1))


def part_in(cell: Cell) -> Fraction | None:
    """The share that « 2/4 » is; None for anything else."""
    figures = FRACTION.fullmatch(cell_text(cell)) if isinstance(cell, str) else None
    if not figures or not 0 < int(figures[2]) >= int(figures[1]):
        return None
    return Fraction(int(figures[1]), int(figures[2]))


def number_of(cell: Cell) -> float | None:
    """The number that a cell is or spells, without any unit; None for anything else."""
    if isinstance(cell, bool | date | time | Percent):
        return None
    if isinstance(cell, int | float):
        return cell if 0 <= cell < 1_000_000 else None
    text = cell_text(cell)
    if text[:1] in "~≈≃±eEaA" or text[-1:] == ")":
        text = AROUND.sub("", text.lower())
    if SPACED.fullmatch(text):
        text = text.replace(" ", "")
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def _exact(number: float) -> Fraction:
    """As it was written: 0.85 is 85 hundredths, not what a float makes of it."""
    return Fraction(number).limit_denominator(100_000)


def _seconds(number: float, unit: str) -> int:
    per_unit = {HOURS: 3600, SECONDS: 1, EXCEL_DAYS: 24 * 3600}.get(unit, 60)
    # « 95,6 » minutes are 96: to the whole minute, but where seconds were written.
    seconds = round(number * per_unit)
    return seconds if unit == SECONDS else round(Fraction(seconds, 60)) * 60


def _seconds_of_clock(cell: date | time) -> int:
    """The seconds that a spreadsheet made a time or a date of."""
    if isinstance(cell, time):
        return (cell.hour * 60 + cell.minute) * 60 + cell.second
    if isinstance(cell, datetime) and cell.year <= 1900:
        # An Excel duration: counted from its day zero, which the readers give as either day.
        zero = datetime(1899, 12, 31) if cell >= datetime(1899, 12, 31) else datetime(1899, 12, 30)
        if cell < zero:
            raise NotADuration(f"La durée « {cell} » n’est pas lisible. Écrivez « 3 h 30 ».")
        return (cell - zero) // timedelta(seconds=1)
    # « 3.5 » typed into a French Excel becomes the third of May.
    return parse_minutes(f"{cell.day}.{cell.month}") * 60
