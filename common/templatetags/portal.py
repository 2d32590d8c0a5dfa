"""Filters and tags of the portal's templates."""

from collections.abc import Sized

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from ..addresses import shown
from ..durations import NARROW_SPACE, format_minutes, format_seconds

register = template.Library()

# One colour for each meaning, whatever the subject: what waits, what is done, what is refused.
BADGE_COLOURS = {
    "draft": "grey",
    "pending": "amber",
    "submitted": "blue",
    "changes_requested": "amber",
    "sent_to_amf": "blue",
    "approved": "green",
    "active": "green",
    "passed": "green",
    "validated": "green",
    "recognised": "green",
    "already": "blue",
    "unrecognised": "amber",
    "problem": "red",
    "refused": "red",
    "revoked": "red",
    "failed": "red",
    "unreadable": "red",
    "suspended": "red",
    "reading": "blue",
    "open": "blue",
}
MESSAGE_ICONS = {"success": "success", "warning": "warning", "error": "error"}


@register.filter
def duration(minutes: int | None) -> str:
    """Minutes as « 3 h 30 »; nothing for None."""
    return "" if minutes is None else format_minutes(minutes)


@register.filter
def clock(seconds: int | None) -> str:
    """Seconds as « 3 min 05 s »; nothing for None."""
    return "" if seconds is None else format_seconds(seconds)


@register.filter
def pluralize(number: int | Sized, endings: str = "s") -> str:
    """Django's own filter with the French rule, where zero is singular. « s » or « elle,elles »."""
    singular, _, plural = endings.rpartition(",")
    count = number if isinstance(number, int) else len(number)
    return plural if abs(count) >= 2 else singular


@register.filter
def address(email: str) -> str:
    """An e-mail address as people write it: its domain in letters."""
    return shown(email)


@register.filter
def at_most(value: int, limit: int) -> int:
    """The value, kept between 0 and the limit: what a gauge can show."""
    return max(0, min(value, limit))


@register.filter
def remaining(done: int, due: int) -> int:
    """What is still to do, never below zero."""
    return max(0, due - done)


@register.filter
def filesize_fr(size: int | None) -> str:
    """Bytes as « 640 octets », « 12 Ko », « 3,4 Mo »; nothing for None."""
    if size is None:
        return ""
    if size < 1024:
        return f"{size}{NARROW_SPACE}octet{'s' if size > 1 else ''}"
    for unit, name in ((1024**3, "Go"), (1024**2, "Mo")):
        if size >= unit:
            tenths = size * 10 // unit
            return f"{tenths // 10},{tenths % 10}{NARROW_SPACE}{name}"
    return f"{size // 1024}{NARROW_SPACE}Ko"


@register.filter
def message_icon(level_tag: str) -> str:
    """The icon that goes with a message of this level."""
    return MESSAGE_ICONS.get(level_tag, "info")


@register.simple_tag
def badge(status: str, label: str) -> SafeString:
    """A status badge: the key gives the colour, the label is what is read."""
    colour = BADGE_COLOURS.get(status, "grey")
    return format_html('<span class="status status-{}">{}</span>', colour, capfirst(label))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of the sprite `static/img/icons.svg`."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )
