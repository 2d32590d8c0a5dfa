"""Amounts of time as people write them. In code and database they are whole minutes."""

import re

from .errors import Refused

# Amounts of hours that are asked, granted and counted go by these steps.
STEP_MINUTES = 15
NARROW_SPACE = "\u202f"
HOURS_AND_MINUTES = re.compile(r"(\d{1,3})\s*(?:h|:)\s*(\d{1,2})?(?:\s*(?:min|mn|m))?")
MINUTES_ONLY = re.compile(r"(\d{1,4})\s*(?:min|mn|m|minutes)")
DECIMAL_HOURS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*(?:h|heures?)?")


class NotADuration(Refused):
    """What was typed is no amount of time."""


def format_minutes(minutes: int) -> str:
    """Minutes as « 3 h 30 », « 45 min », « 0 h »; a counter-entry keeps its sign."""
    sign = "−" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    if hours == 0 and rest:
        return f"{sign}{rest}{NARROW_SPACE}min"
    text = f"{sign}{hours}{NARROW_SPACE}h"
    return f"{text}{NARROW_SPACE}{rest:02d}" if rest else text


def format_seconds(seconds: int) -> str:
    """Seconds as « 42 s », « 3 min 05 s », and from an hour on as minutes are."""
    if seconds < 60:
        return f"{seconds}{NARROW_SPACE}s"
    if seconds < 3600:
        return f"{seconds // 60}{NARROW_SPACE}min {seconds % 60:02d}{NARROW_SPACE}s"
    return format_minutes(seconds // 60)


def parse_minutes(text: str) -> int:
    """Minutes from « 3 h 30 », « 3,5 », « 3.5 », « 03:30 » or « 45 min ».

    Raises NotADuration.
    """
    cleaned = " ".join(text.replace("\u202f", " ").replace("\xa0", " ").lower().split())
    if cleaned.startswith(("-", "−")):
        raise NotADuration("Une durée ne peut pas être négative.")
    if figures := HOURS_AND_MINUTES.fullmatch(cleaned):
        hours, minutes = int(figures[1]), int(figures[2] or 0)
        if minutes > 59:
            raise NotADuration(f"« {text} » : les minutes vont de 0 à 59.")
        return hours * 60 + minutes
    if figures := MINUTES_ONLY.fullmatch(cleaned):
        return int(figures[1])
    if figures := DECIMAL_HOURS.fullmatch(cleaned):
        hundredths = int((figures[2] or "0").ljust(2, "0"))
        if hundredths * 60 % 100:
            raise NotADuration(f"« {text} » ne fait pas un nombre entier de minutes.")
        return int(figures[1]) * 60 + hundredths * 60 // 100
    raise NotADuration(f"« {text} » n’est pas une durée. Écrivez par exemple « 3 h 30 ».")
