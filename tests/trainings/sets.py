"""Sets of questions, as Hypothesis thinks of them."""

from hypothesis import strategies as st

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


@st.composite
def rows_of(draw, texts=FILLED):
    """One question that has nothing wrong, as `sets_as_rows` gives it."""
    choices = draw(st.lists(texts, min_size=2, max_size=6, unique_by=choice_key))
    right = draw(st.sets(st.sampled_from(range(len(choices))), min_size=1))
    return {
        "set": draw(st.integers(1, 3)),
        "text": draw(texts),
        "theme": tidy_line(draw(TEXTS))[:200].strip(),
        "explanation": draw(TEXTS),
        "choices": [(text, index in right) for index, text in enumerate(choices)],
    }


SETS = st.lists(
    rows_of(), min_size=1, max_size=5, unique_by=lambda row: question_key(row["text"])
).map(lambda rows: sorted(rows, key=lambda row: row["set"]))
