"""Questions as values: one by hand, and sets of them as Hypothesis thinks of them."""

from dataclasses import replace

from hypothesis import strategies as st

from trainings.questions.rows import ChoiceRow, QuestionRow
from trainings.questions.set_checks import choice_key, question_key, tidy, tidy_line

# The signs that one of the forms gives a meaning to come up more often than by chance.
SIGNS = st.sampled_from(
    [*"{}=~#:\\%[]\"'*+-@<>&;,._|$/0123456789", "\n", "\r\n", "\t", "\u00a0", "\u202f", "é", "à"]
)
WORDS = st.sampled_from(
    [
        "[html]",
        "[plain]",
        "%50%",
        "%-100%",
        "->",
        "####",
        "//",
        "::",
        "$CATEGORY: jeu 3",
        "{T}",
        "_x0041_",
        "#N/A",
        "'=",
        "&amp;",
        "<b>",
        "<!--",
        "\\n",
        "2026-01-02",
        "TRUE",
        "A) ",
        "1. ",
        "Réponse : B",
        "Jeu 2",
        "=1+1",
    ]
)
TEXTS = st.lists(st.one_of(SIGNS, WORDS, st.characters(codec="utf-8"), st.text(max_size=6))).map(
    lambda parts: tidy("".join(parts))[:300].strip()
)
FILLED = TEXTS.filter(bool)


def make_choices(*choices):
    """(text, whether it is right) of each, as a question holds them."""
    return tuple(ChoiceRow(text, is_right) for text, is_right in choices)


def make_row(
    number=1,
    text="Qui ?",
    choices=(("Moi", True), ("Toi", False)),
    *,
    theme="",
    explanation="",
):
    """A question of a set; its choices as pairs."""
    return QuestionRow(text, make_choices(*choices), theme, explanation, number)


def marked(question, right):
    """A stored question as a value, its right choices those at these places, from 1."""
    row = question.as_row()
    choices = [(text, place in right) for place, (text, _) in enumerate(row.choices, start=1)]
    return replace(row, choices=make_choices(*choices))


@st.composite
def rows_of(draw, texts=FILLED):
    """One question that has nothing wrong."""
    choices = draw(st.lists(texts, min_size=2, max_size=6, unique_by=choice_key))
    right = draw(st.sets(st.sampled_from(range(len(choices))), min_size=1))
    return make_row(
        draw(st.integers(1, 3)),
        draw(texts),
        [(text, index in right) for index, text in enumerate(choices)],
        theme=tidy_line(draw(TEXTS))[:200].strip(),
        explanation=draw(TEXTS),
    )


SETS = st.lists(
    rows_of(), min_size=1, max_size=5, unique_by=lambda row: question_key(row.text)
).map(lambda rows: sorted(rows, key=lambda row: row.set_number))
