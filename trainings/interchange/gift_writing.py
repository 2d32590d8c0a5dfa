"""Moodle's GIFT, written so that Moodle and this portal read the same sets. Pure."""

import re
from collections.abc import Iterable

from ..questions.rows import QuestionRow
from ..questions.set_checks import tidy, tidy_line

RESERVED = re.compile(r"[\\#=~{}:]")
# Of so many right answers, the share of each, as Moodle's list of grades has it.
SHARES = {2: "50", 3: "33.33333", 4: "25", 5: "20", 6: "16.66667"}


def to_gift(rows: Iterable[QuestionRow]) -> str:
    """The sets as a GIFT file; each set is a category, each theme a tag."""
    parts: list[str] = []
    number, rank = None, 0
    for row in rows:
        if row.set_number != number:
            number, rank = row.set_number, 0
            parts.append(f"$CATEGORY: Jeu {number}")
        rank += 1
        parts.append(_question(row, rank))
    return "\n\n".join(parts) + "\n" if parts else ""


def _question(row: QuestionRow, rank: int) -> str:
    lines = []
    theme = tidy_line(row.theme)
    if theme:
        escaped = re.sub(r"[\\\]]", r"\\\g<0>", theme)
        lines.append(f"// [tag:{escaped}]")
    # Said to be plain: a text that begins with « [html] » is then no format.
    lines.append(f"::Jeu {row.set_number}, question {rank}::[plain]{_escaped(row.text)} {{")
    right = sum(is_right for _, is_right in row.choices)
    for text, is_right in row.choices:
        sign = "=" if is_right else "~"
        if right > 1:
            sign = f"~%{SHARES.get(right, '1')}%" if is_right else "~%-100%"
        lines.append(f"{sign}{_guarded(text)}")
    if row.explanation:
        lines.append(f"####{_guarded(row.explanation)}")
    return "\n".join([*lines, "}"])


def _guarded(text: str) -> str:
    """A text that begins like a format or a weight says that it is plain."""
    escaped = _escaped(text)
    return f"[plain]{escaped}" if escaped.startswith(("[", "%")) else escaped


def _escaped(text: str) -> str:
    return RESERVED.sub(r"\\\g<0>", tidy(text)).replace("\n", "\\n")
