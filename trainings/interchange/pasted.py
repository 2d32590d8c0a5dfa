"""Questions out of a text typed for people, such as one pasted out of Word. Pure."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from common.spreadsheets import fold

from ..questions.set_checks import tidy, tidy_line
from . import markup
from .parsed import Gathering, ParsedSets, shortened
from .pasted_lines import PastedLine, classify, pairs_of, unstarred, wide_parts
from .pasted_questions import Draft, gather, join

STRIPPED = re.compile(
    r"[\s*✓✔☑☒✅]*[(\[]?(?:(?:\d{1,3}|[A-Ja-j])\s?[.)\]°/:–—-]{1,3})?[\s•●○▪■◦‣∙·☐□*+–—-]*"
)


def parse(text: str, html: str = "") -> ParsedSets:
    """The sets of a pasted text; `html` is the same as the clipboard's text/html.

    The text decides, since it may have been edited after it was pasted; the HTML tells what is
    bold, and the numbers of lists that the text lacks. Raises UnreadableSets beyond the number of
    questions.
    """
    shown = markup.lines_of(html) if html else []
    if not text.strip():
        text = "\n".join(f"{line.marker} {line.text}".strip() for line in shown)
    reader = PastedReader()
    for line in _lines(text, shown):
        reader.read(line)
    return reader.finish()


def _lines(text: str, shown: Sequence[markup.MarkupLine]) -> Iterator[PastedLine]:
    """The text's lines, each with its twin's boldness and list marker."""
    twins: defaultdict[str, deque[markup.MarkupLine]] = defaultdict(deque)
    for shown_line in shown:
        twins[_key(shown_line.text)].append(shown_line)
    # No tidying of ends and tabs yet: a line keeps its number, a symbol its tab.
    for number, raw in enumerate(re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text), start=1):
        raw = raw.replace("\0", " ")
        parts = wide_parts(raw)
        if len(parts) > 1:
            yield from (classify(number, part) for part in parts)
            continue
        line = classify(number, tidy(raw) if "\t" not in raw else raw)
        waiting = twins.get(_key(raw)) if raw.strip() else None
        if waiting:
            twin = waiting.popleft()
            if line.kind == "plain" and twin.marker:
                line = classify(number, f"{twin.marker} {line.text}")
            # The letter itself may be of another weight.
            marker = STRIPPED.match(twin.text)
            line.bold = twin.bold_after(marker.end() if marker else 0)
        yield line


def _key(text: str) -> str:
    """A line without its marker, for finding it again in the HTML."""
    return fold(STRIPPED.sub("", text, count=1)) or fold(text)


class PastedReader:
    """Gathers the questions line by line; what a line is depends on those above it."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.drafts: list[Draft] = []
        self.set_number = 0
        self.theme = ""
        self.themes_first: bool | None = None
        self.current: Draft | None = None
        # What a plain line goes on: "text", "choice", "explanation"; after "named", it explains
        # the answer, unless choices follow and make a question of it.
        self.last = ""
        self.blank = True
        self.loose: list[tuple[int, str]] = []  # plain lines that may become a question
        self.explains: Draft | None = None  # whose answer they explain otherwise
        self.pages: list[int] = []  # lines that hold a page's number
        self.key: int | None = None  # inside a list of answers: the set it is about
        self.pairs: list[tuple[int, int, int, str]] = []  # line, set, question's number, letters

    def wrong(self, number: int, sentence: str) -> None:
        self.gathering.wrong(number, f"ligne {number}", sentence)

    def read(self, line: PastedLine) -> None:
        if line.kind == "blank":
            self.blank = True
            return
        if line.kind == "page":
            self.pages.append(line.number)
            return
        pairs = line.pairs
        if line.kind in {"question", "plain"} and (self.key is not None or line.kind == "plain"):
            # « 1. B » under « Corrigé », or a line of several such.
            source = f"{line.key} {line.text}" if line.kind == "question" else line.text
            pairs = pairs_of(source)
            if self.key is None and len(pairs) < 2:
                pairs = []
        if line.kind == "heading" and line.text and pairs_of(line.text):
            number = int(line.key)
            self.pairs += [(line.number, number, *pair) for pair in pairs_of(line.text)]
        elif pairs and line.kind in {"answer", "question", "plain"}:
            self.key = self.set_number if self.key is None else self.key
            self.pairs += [(line.number, self.key, *pair) for pair in pairs]
        elif line.kind == "heading" and self.key is not None and int(line.key) <= self.set_number:
            # « Jeu 1 » again, among the answers that end the text.
            self.key = int(line.key)
        else:
            if line.kind != "answer":
                self.key = None
            getattr(self, f"read_{line.kind}")(line)
        self.blank = False

    def read_heading(self, line: PastedLine) -> None:
        number = int(line.key)
        if not 1 <= number <= 3:
            self.wrong(line.number, f"il n’y a pas de jeu {number} ; écrivez 1, 2 ou 3.")
            number = 0
        self.drop_loose()
        self.set_number, self.current, self.last = number, None, ""
        self.theme, self.themes_first = "", None
        if line.text:
            self.gathering.note(
                line.number,
                f"Ligne {line.number} : « {shortened(line.text, 200)} », à côté du numéro du jeu, "
                "a été laissé de côté.",
            )

    def read_question(self, line: PastedLine) -> None:
        # « 1) » below « Question 1 : » is a choice.
        current = self.current
        if current and current.worded and not line.worded:
            number = int(line.key)
            if number == len(current.choices) + 1:
                line.kind, line.key = "choice", chr(64 + number) if number <= 26 else "Z"
                line.text, starred = unstarred(line.text)
                line.starred |= starred
                self.read_choice(line)
                return
        self.drop_loose()
        self.begin(line.number, int(line.key), line.text, worded=line.worded)

    def begin(self, line: int, number: int, text: str, *, worded: bool = False) -> None:
        self.current = Draft(line, number, self.set_number, text, worded=worded)
        if self.themes_first is None:
            self.themes_first = bool(self.theme)
        self.current.theme = self.theme
        self.drafts.append(self.current)
        self.last = "text"

    def read_choice(self, line: PastedLine) -> None:
        self.take_loose(line)
        if self.current is None:
            self.wrong(
                line.number,
                "cette réponse vient avant toute question. Commencez chaque question par son "
                "numéro, par exemple « 1. ».",
            )
            return
        self.current.add_choice(line)
        self.last = "choice"

    def read_bullet(self, line: PastedLine) -> None:
        listed = not self.loose or self.loose[-1][1].startswith("- ")
        if self.last == "named" and listed:
            # A list below the answer goes on with what is said of it.
            line.text = f"- {line.text}"
            self.read_plain(line)
        else:
            self.read_choice(line)

    def take_loose(self, line: PastedLine) -> None:
        """Loose lines before a first choice are a question without a number."""
        first = line.key == "A" or line.kind == "bullet"
        if self.loose and first:
            text = ""
            for _, part in self.loose:
                text = join(text, part)
            self.begin(self.loose[0][0], 0, text)
            self.loose, self.explains = [], None
        else:
            self.drop_loose()

    def drop_loose(self) -> None:
        """Loose lines that became no question: the explanation of an answer, or nothing known."""
        if self.explains:
            for _, part in self.loose:
                self.explains.explanation = join(self.explains.explanation, part)
        elif self.loose:
            first, last = self.loose[0][0], self.loose[-1][0]
            place = f"Ligne {first}" if first == last else f"Lignes {first} à {last}"
            shown = shortened(" ".join(text for _, text in self.loose), 200)
            self.gathering.note(
                first,
                f"{place} : « {shown} » n’est ni une question ni une réponse, laissé de côté.",
            )
        self.loose, self.explains = [], None

    def read_plain(self, line: PastedLine) -> None:
        current = self.current
        begun = current is not None and (bool(current.choices) or self.last != "text")
        if current is None or self.loose or (begun and self.blank):
            if self.blank and self.loose:
                self.drop_loose()
            self.loose.append((line.number, line.text))
        elif self.last == "named":
            self.explains = current
            self.loose.append((line.number, line.text))
        elif self.last == "explanation":
            current.explanation = join(current.explanation, line.text)
        elif self.last == "choice":
            current.go_on(line)
        else:
            current.text = join(current.text, line.text)

    def read_source(self, line: PastedLine) -> None:
        """« Source : … » belongs to what explains the question above it."""
        self.drop_loose()
        if self.current is None:
            self.loose.append((line.number, line.text))
            self.drop_loose()
            return
        self.current.explanation = join(self.current.explanation, line.text)
        self.last = "explanation"

    def read_theme(self, line: PastedLine) -> None:
        self.drop_loose()
        theme = tidy_line(line.text)
        if self.current is None or (self.themes_first and not self.current.named):
            # Above the questions that it is about, until the next one.
            self.theme = theme
            if self.themes_first is None:
                self.themes_first = True
        else:
            self.current.theme = theme

    def read_explanation(self, line: PastedLine) -> None:
        self.drop_loose()
        if self.current is None:
            self.wrong(line.number, "cette explication vient avant toute question.")
            return
        self.current.explanation = join(self.current.explanation, line.text)
        self.last = "explanation"

    def read_answer(self, line: PastedLine) -> None:
        self.drop_loose()
        if not line.text:
            # The letters stand on the lines below.
            self.key = self.set_number
            return
        if self.current is None:
            self.wrong(line.number, "cette réponse vient avant toute question.")
            return
        self.current.named.append((line.number, line.text))
        self.last = "named"

    def finish(self) -> ParsedSets:
        """Give each question the answers that a list below names; the sets."""
        self.drop_loose()
        if self.pages:
            lines = ", ".join(str(number) for number in self.pages[:20])
            lines += ", …" if len(self.pages) > 20 else ""
            self.gathering.note(
                self.pages[0],
                f"Ligne {lines} : un numéro de page, laissé de côté."
                if len(self.pages) == 1
                else f"Lignes {lines} : des numéros de page, laissés de côté.",
            )
        by_number: defaultdict[int, list[Draft]] = defaultdict(list)
        for draft in self.drafts:
            by_number[draft.number].append(draft)
        by_place = {(draft.set_number, draft.number): draft for draft in self.drafts}
        for line, set_number, number, letters in self.pairs:
            named = by_place.get((set_number, number))
            if named is None and len(by_number[number]) == 1:
                named = by_number[number][0]
            if named is None:
                self.wrong(line, f"le corrigé nomme la question {number}, introuvable.")
            else:
                named.named.append((line, letters))
        for draft in self.drafts:
            gather(draft, self.gathering)
        return self.gathering.sets()
