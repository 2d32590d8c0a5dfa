"""What a roster says: where its header is, which column is what, and one line per person.

Pure: takes a workbook that was read, knows neither the registry nor the database.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from common.durations import NotADuration
from common.errors import Refused
from common.spreadsheets import cell_text, column_letters, fold
from members.keys import email_key

from . import followed, sessions
from .headers import HEADER_ROWS, KEYS, columns_of, find_header, is_header
from .sessions import TAB, Session

SHOWN_NOTES = 10
MOST_COLUMNS = 40
# A longer cell is read as no title.
LONGEST_TITLE = 80
APPROVAL_NUMBER = re.compile(r"(?<![\d-])\d{4}-\d{4,6}(?![\d-])")

ABSENT = frozenset(
    ("non", "n", "no", "absent", "absente", "abs", "a", "excuse", "excusee", "excuse e", "0")
    + ("absent excuse", "absente excusee", "faux", "false", "annule", "annulee", "no show")
    + ("non present", "non presente", "pas venu", "pas venue", "desiste", "desistee", "ko")
)
PRESENT = frozenset(
    ("oui", "o", "yes", "y", "x", "1", "ok", "p", "present", "presente", "vrai", "true")
    + ("signe", "emarge")
)

# What stands below a list: totals, dates, signatures.
FOOTER = re.compile(
    r"(sous )?tota(l|ux)\b|nombre\b|nb\b|effectif|fait (a|le)\b|signatures?\b|cachet|certifi|"
    r"je soussigne|(le |la )?(formateur|formatrice|responsable|directeur|directrice)\b|"
    r"intervenante?\b|legende|page \d|edite|imprime|genere|moyenne|date\b|lieu\b|"
    r"(observation|commentaire|remarque)s?\b|visa\b|nota\b|nb de"
)
# A sheet called this holds those who came; called that, those who did not, or might.
GOOD_TAB = re.compile(r"present|presence|emarge|participant|stagiaire|attend")
BAD_TAB = re.compile(r"inscri|absent|invit|annul|attente|regist")


class UnreadableRoster(Refused):
    """No list was found; `str()` is a French sentence that says what to do.

    `columns` holds the titles of the row most like a header: their meaning can be told by hand.
    """

    def __init__(self, sentence, columns=()):
        super().__init__(sentence)
        self.columns = [[title, ""] for title in columns]


@dataclass
class Line:
    """One person as typed. `problem` says in French what is wrong with the line itself."""

    row_number: int | None
    raw: dict = field(default_factory=dict)
    last_name: str = ""
    first_name: str = ""
    full_name: str = ""  # when one cell holds both names
    email: str = ""
    member_number: str = ""
    orias: str = ""
    firm: str = ""
    minutes: int | None = None  # minutes followed; None: not told, so the whole
    present: bool = True
    problem: str = ""
    same_as: int | None = None  # the row of the same person above
    # Of a file that the portal annotated: what it said of the line, and its row then.
    session_on: date | None = None
    result: str = ""
    origin: int | None = None

    @property
    def has_key(self):
        return bool(self.email or self.member_number or self.orias)


@dataclass
class Block:
    """The lines below one header, with what their columns say of presence and of time."""

    columns: dict
    titles: list
    lines: list = field(default_factory=list)
    presence: list = field(default_factory=list)
    followed: list = field(default_factory=list)
    days: list = field(default_factory=list)


@dataclass
class Roster:
    tab: str  # the name of the sheet that was read
    lines: list[Line]
    notes: list[str]  # French sentences: what was not taken, and where
    cited: list[str] = field(default_factory=list)  # approval numbers that the file names
    columns: list = field(default_factory=list)  # [[title, field or ""], …] of the header
    sessions: list[Session] = field(default_factory=list)  # when the file holds several


MODEL_HINT = (
    "Partez du modèle que le portail propose : une ligne d’en-tête « Nom, Prénom, E-mail, "
    "N° adhérent, Cabinet », puis une ligne par personne."
)


def parse(workbook, *, meanings=None, pick="") -> Roster:
    """The list of a workbook. Raises UnreadableRoster when no visible sheet holds one.

    One sheet is read: the one whose name and header look most like a list of those present, or
    the one that `pick` (a `Session.key`) names. What is left aside (another list, totals,
    signatures) is told in `notes`. `meanings` is what was told of columns by hand.
    """
    visible = [sheet for sheet in workbook.tabs if sheet.visible]
    if not any(sheet.rows for sheet in visible):
        if any(sheet.rows for sheet in workbook.tabs):
            raise UnreadableRoster(
                "Les feuilles du classeur sont masquées. Affichez la feuille qui porte la liste, "
                "enregistrez, puis déposez le fichier à nouveau."
            )
        raise UnreadableRoster("Le classeur ne contient aucune ligne. " + MODEL_HINT)
    found = [(sheet, *header) for sheet in visible if (header := find_header(sheet.rows, meanings))]
    if not found:
        raise UnreadableRoster(_no_header(visible), _likeliest_titles(visible))
    tabs = [one for one in found if TAB + one[0].name == pick] or found
    best = max(tabs, key=lambda one: (_tab_rank(one[0].name), len(one[2]), len(one[0].rows)))
    sheet, index, columns = best
    roster = _read_lines(sheet, index, columns, meanings)
    for above in sheet.rows[:index]:
        if is_header(columns_of(above.cells, meanings)):
            roster.notes.append(
                f"La liste est lue sous l’en-tête de la ligne {sheet.rows[index].number}. Celle de "
                f"la ligne {above.number}, au-dessus, a été laissée de côté : si elle compte, "
                "déposez-la à part."
            )
    roster.cited = _cited(visible, {sheet.name: index for sheet, index, _ in found})
    # A list of those present beside one of those invited is no session of its own.
    equals = [one for one in found if _tab_rank(one[0].name) == _tab_rank(sheet.name)]
    roster.sessions = sessions.found(roster.lines, equals)
    if pick and not pick.startswith(TAB):
        roster.lines = [one for one in roster.lines if sessions.key_of(one) == pick]
        _flag(roster.lines)
    for other, *_ in found:
        if other is not sheet and not (roster.sessions and other in [one for one, *_ in equals]):
            roster.notes.append(
                f"Seule la feuille « {sheet.name} » a été lue ; « {other.name} » contient aussi "
                "une liste. Si elle compte, déposez-la à part."
            )
    if not roster.lines:
        raise UnreadableRoster(
            f"La liste est vide : il n’y a personne sous l’en-tête de la ligne "
            f"{sheet.rows[index].number} (feuille « {sheet.name} »)."
        )
    return roster


def _cited(sheets, headers):
    """The approval numbers above the headers, and on the sheets that hold no list."""
    texts = (
        cell_text(cell)
        for sheet in sheets
        for row in sheet.rows[: headers.get(sheet.name, HEADER_ROWS)]
        for cell in row.cells
    )
    return sorted({number for text in texts for number in APPROVAL_NUMBER.findall(text)})[:5]


def _tab_rank(name):
    folded = fold(name)
    return bool(GOOD_TAB.search(folded)) - bool(BAD_TAB.search(folded))


def _no_header(sheets):
    """Why no header was found, as helpfully as the rows allow."""
    for sheet in sheets:
        for row in sheet.rows:
            if row.number > HEADER_ROWS:
                break
            kinds = set(columns_of(row.cells).values())
            where = f"La ligne {row.number} de la feuille « {sheet.name} » ressemble à un en-tête"
            if kinds & {"first_name", *KEYS} and len(kinds) > 1:
                return f"{where}, mais il lui manque une colonne « Nom ». {MODEL_HINT}"
            if kinds & {"last_name", "full_name"} and len(row.cells) > 1 and len(kinds) > 1:
                return (
                    f"{where}, mais il lui manque une colonne « E-mail », « N° adhérent » ou "
                    f"« N° ORIAS ». {MODEL_HINT}"
                )
    return "Aucune ligne d’en-tête n’a été trouvée dans ce fichier. " + MODEL_HINT


def _read_lines(sheet, index, columns, meanings):
    header = sheet.rows[index]
    width = max(len(row.cells) for row in sheet.rows)
    titles = _titles(header.cells, width)
    roster = Roster(tab=sheet.name, lines=[], notes=_twin_columns(header.cells, columns, meanings))
    roster.columns = [
        [text, columns.get(position, "")]
        for position, cell in enumerate(header.cells)
        if (text := cell_text(cell)) and len(text) <= LONGEST_TITLE
    ][:MOST_COLUMNS]
    left, blocks = [], [Block(columns, titles)]
    for row in sheet.rows[index + 1 :]:
        again = columns_of(row.cells, meanings)
        if is_header(again):
            # A header repeated at a page break, or a second list below the first.
            columns, titles = again, _titles(row.cells, width)
            blocks.append(Block(columns, titles))
            continue
        line = _line(row, columns, titles)
        if line is None:
            left.append((row.number, " ".join(filter(None, map(cell_text, row.cells)))[:80]))
            continue
        block = blocks[-1]
        block.lines.append(line)
        block.presence.append(_presence_cells(row.cells, columns))
        block.followed.append(_cell(row.cells, columns, "minutes"))
        day = _cell(row.cells, columns, "session_on")
        line.session_on = sessions.day_of(day)
        block.days.append(cell_text(day))
    for block in blocks:
        _tick(block)
        _measure(block)
        _date(block)
        roster.lines += block.lines
    _flag(roster.lines)
    for number, text in left[:SHOWN_NOTES]:
        roster.notes.append(f"Ligne {number} laissée de côté : « {text} ».")
    if len(left) > SHOWN_NOTES:
        more = len(left) - SHOWN_NOTES
        lines = "autres lignes" if more > 1 else "autre ligne"
        roster.notes.append(f"… et {more} {lines} sans nom de personne.")
    return roster


def _titles(cells, width):
    """The words of each column's header, made different from those before it."""
    titles = {}
    for index in range(width):
        title = cell_text(cells[index])[:60] if index < len(cells) else ""
        title = unique = title or f"Colonne {index + 1}"
        number = 1
        while unique in titles:
            number += 1
            unique = f"{title} ({number})"
        titles[unique] = index
    return list(titles)


def _line(row, columns, titles):
    """The person of a row, or None when it is a total, a signature or a remark."""
    texts = [cell_text(cell) for cell in row.cells]
    values = {}
    for index, kind in columns.items():
        if kind != "presence" and index < len(texts) and texts[index]:
            values[kind] = texts[index]
    names = [values.get(kind, "") for kind in ("last_name", "first_name", "full_name")]
    has_key = any(values.get(kind) for kind in KEYS)
    if not has_key:
        if not any(names):
            return None
        first = next((text for text in texts if text), "")
        if FOOTER.match(fold(first)) or any(FOOTER.match(fold(name)) for name in names if name):
            return None
        if len(" ".join(filter(None, names)).split()) > 8:
            # A sentence, not a name.
            return None
    origin = values.get("origin", "")
    raw = {title: text for title, text in zip(titles, texts, strict=False) if text}
    last_name, first_name = names[0], names[1]
    full_name = names[2]
    if not full_name and last_name and not first_name:
        # « DUPONT Jean » under « Nom » alone.
        full_name = last_name
    if full_name:
        last_name, first_name = split_name(full_name)
    return Line(
        row_number=row.number,
        raw=raw,
        last_name=last_name[:200],
        first_name=first_name[:200],
        full_name=full_name[:200],
        email=(email_key(values.get("email", "")) or values.get("email", ""))[:254],
        member_number=values.get("member_number", "")[:50],
        orias=re.sub(r"(?<=\d)\s+(?=\d)", "", values.get("orias", ""))[:50],
        firm=values.get("firm", "")[:200],
        result=values.get("result", "")[:50],
        origin=int(origin) if re.fullmatch(r"\d{1,7}", origin) else None,
    )


def split_name(text):
    """(family name, first name) of « DUPONT Jean », « Dupont, Jean » or « Jean DUPONT ».

    For showing only: matching looks at all the words. When capitals do not tell, the first word
    is the family name, as French lists have it.
    """
    text = re.sub(r"^(m|mr|mme|mlle|monsieur|madame)\.?\s+", "", text.strip(), flags=re.I)
    if "," in text:
        last, first = text.split(",", 1)
        return last.strip(), first.strip()
    words = text.split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    others = [word for word in words if word not in capitals]
    if capitals and others:
        return " ".join(capitals), " ".join(others)
    return (words[0], " ".join(words[1:])) if words else ("", "")


def _presence_cells(cells, columns):
    return [
        fold(cell_text(cells[index])) if index < len(cells) else ""
        for index, kind in columns.items()
        if kind == "presence"
    ]


def _twin_columns(cells, columns, meanings):
    """A sentence for each column that says what another one says already."""
    notes, first = [], {kind: index for index, kind in reversed(columns.items())}
    for index, cell in enumerate(cells):
        if index in columns or not isinstance(cell, str):
            continue
        for kind in columns_of([cell], meanings).values():
            if kind in first and kind not in {"full_name", "session_on"}:
                read = cell_text(cells[first[kind]])
                notes.append(
                    f"Deux colonnes disent la même chose : « {read} » (colonne "
                    f"{column_letters(first[kind])}) est lue, « {cell_text(cell)} » (colonne "
                    f"{column_letters(index)}) ne l’est pas."
                )
    return notes


def _likeliest_titles(sheets):
    """The texts of the row most like a header among the first ones; none without two texts."""
    rows = [
        [cell_text(cell) for cell in row.cells if isinstance(cell, str) and len(cell) <= 80]
        for sheet in sheets
        for row in sheet.rows
        if row.number <= HEADER_ROWS
    ]
    best = max(rows, key=len, default=[])
    return best[:MOST_COLUMNS] if len(best) > 1 else []


def _cell(cells, columns, wanted):
    """The cell of the column of this kind, as it was read; None without one."""
    index = next((index for index, kind in columns.items() if kind == wanted), len(cells))
    return cells[index] if index < len(cells) else None


def _measure(block):
    """Give each line its minutes followed; none at all unticks who has no other word for it."""
    title = next(
        (block.titles[index] for index, kind in block.columns.items() if kind == "minutes"), ""
    )
    unit = followed.unit_of(title, block.followed)
    for line, cell, presence in zip(block.lines, block.followed, block.presence, strict=True):
        try:
            line.minutes = followed.minutes_of(cell, unit=unit)
        except NotADuration as error:
            line.problem = str(error)
        if line.minutes == 0 and not any(presence):
            line.present = False


def _date(block):
    """Say which lines have a date that cannot be read, in a column that holds dates."""
    if not any(line.session_on for line in block.lines):
        return
    for line, text in zip(block.lines, block.days, strict=True):
        if text and line.session_on is None:
            line.problem = f"La date « {text[:60]} » n’est pas lisible. Écrivez-la 31/12/2026."


def _tick(block):
    """Untick who a presence column says was not there.

    An empty cell means absent only where the column is used to say who came: a column left
    empty to be signed on paper, or one that holds something else, says nothing.
    """
    said = [value for cells in block.presence for value in cells if value]
    speaks = any(value in PRESENT | ABSENT or _is_amount(value) for value in said)
    empty_is_absent = any(value in PRESENT or _is_amount(value) for value in said)
    if not speaks:
        return
    for line, cells in zip(block.lines, block.presence, strict=True):
        present = [
            value not in ABSENT and not re.fullmatch(r"0+( 0+)*", value) for value in cells if value
        ]
        line.present = any(present) if present else not empty_is_absent


def _is_amount(value):
    """A percentage or a number of minutes: « 95 », « 95 5 » (folded from 95,5 %)."""
    return bool(re.fullmatch(r"\d+( \d+)*", value))


def _flag(lines):
    """Say what is wrong with each line itself, and which repeat one above."""
    seen = {}
    for line in lines:
        line.problem = line.problem or _problem_of(line)
        same = (
            fold(f"{line.last_name} {line.first_name}"),
            email_key(line.email),
            fold(line.member_number),
            fold(line.orias),
        )
        line.same_as = None if line.problem else seen.get(same)
        seen.setdefault(same, line.row_number)


def _problem_of(line):
    """What is missing for anybody to be recognised by the line; "" when nothing is."""
    if not (line.last_name or line.full_name):
        return "Le nom manque."
    if not line.has_key:
        return "Il manque un e-mail, un numéro d’adhérent ou un numéro ORIAS."
    if not (email_key(line.email) or line.member_number or line.orias):
        return f"L’adresse « {line.email[:100]} » n’est pas une adresse e-mail."
    return ""
