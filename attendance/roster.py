"""What a roster says: where its header is, which column is what, and one line per person.

Pure: takes a workbook that was read, knows neither the registry nor the database.
"""

import re
from dataclasses import dataclass, field

from anacofi_portal.spreadsheets import cell_text, clean_text, fold
from members.keys import email_key

HEADER_ROWS = 50
SHOWN_NOTES = 10

# What a column is called, folded. Exact names first; then `guess()` looks at the words.
SYNONYMS = {
    "last_name": (
        "nom|noms|nom de famille|nom d usage|nom usuel|nom participant|nom du participant|"
        "nom stagiaire|nom du stagiaire|nom adherent|nom de l adherent|nom de naissance|"
        "nom patronymique|last name|lastname|surname|family name"
    ),
    "first_name": (
        "prenom|prenoms|prenom participant|prenom du participant|prenom du stagiaire|"
        "prenom stagiaire|first name|firstname|given name|forename"
    ),
    "full_name": (
        "participant|participants|participante|nom complet|nom et prenom|nom prenom|prenom nom|"
        "prenom et nom|noms et prenoms|nom prenoms|name|full name|display name|attendee|"
        "attendee name|participant name|stagiaire|stagiaires|apprenant|nom affiche|"
        "name original name|user name original name|nom d origine|nom nom d origine|"
        "nom de l utilisateur|identite|personne"
    ),
    "email": (
        "e mail|email|mail|mel|courriel|adresse mail|adresse e mail|adresse email|e mails|"
        "adresse electronique|adresse de messagerie|email address|e mail address|user email"
    ),
    "member_number": (
        "n adherent|no adherent|num adherent|numero adherent|numero d adherent|n d adherent|"
        "n adh|no adh|num adh|numero adh|adherent n|code adherent|id adherent|n membre|"
        "numero membre|numero de membre|n de membre|matricule|n anacofi|numero anacofi|"
        "member number|member no|member id|membership number|membership id|n adherent anacofi"
    ),
    "orias": "orias|n orias|no orias|num orias|numero orias|code orias|immatriculation orias",
    "firm": (
        "cabinet|societe|entreprise|firme|structure|employeur|raison sociale|organisation|"
        "organization|company|company name|nom du cabinet|nom de la societe|nom cabinet|"
        "nom societe|nom de l entreprise"
    ),
    "presence": (
        "present|presente|presents|presence|presences|present e|present o n|present oui non|"
        "emargement|signature|emarge|a participe|participation|presence effective|attended|"
        "attendance|attendance status|statut|statut de presence|status|presence matin|"
        "presence apres midi|matin|apres midi|present absent"
    ),
}
FIELD_OF = {name: kind for kind, names in SYNONYMS.items() for name in names.split("|")}
KEYS = ("member_number", "email", "orias")
# Every word by which `guess()` tells a field: most cells of a list hold none.
TELLING = frozenset(
    ("orias", "mail", "email", "courriel", "mails", "emails", "adherent", "adherents", "adh")
    + ("membre", "anacofi", "member", "prenom", "prenoms", "cabinet", "societe", "entreprise")
    + ("company", "nom", "noms", "present", "presents", "presence", "emargement")
)

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


class UnreadableRoster(Exception):
    """No list was found; `str()` is a French sentence that says what to do."""


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
    present: bool = True
    problem: str = ""
    same_as: int | None = None  # the row of the same person above

    @property
    def has_key(self):
        return bool(self.email or self.member_number or self.orias)


@dataclass
class Roster:
    tab: str  # the name of the sheet that was read
    lines: list[Line]
    notes: list[str]  # French sentences: what was not taken, and where


MODEL_HINT = (
    "Partez du modèle que le portal propose : une ligne d’en-tête « Nom, Prénom, E-mail, "
    "N° adhérent, Cabinet », puis une ligne par personne."
)


def parse(workbook) -> Roster:
    """The list of a workbook. Raises UnreadableRoster when no visible sheet holds one.

    One sheet is read: the one whose name and header look most like a list of those present. What
    is left aside (another list, totals, signatures) is told in `notes`.
    """
    visible = [sheet for sheet in workbook.sheets if sheet.visible]
    if not any(sheet.rows for sheet in visible):
        if any(sheet.rows for sheet in workbook.sheets):
            raise UnreadableRoster(
                "Les feuilles du classeur sont masquées. Affichez la feuille qui porte la liste, "
                "enregistrez, puis déposez le fichier à nouveau."
            )
        raise UnreadableRoster("Le classeur ne contient aucune ligne. " + MODEL_HINT)
    found = [(sheet, *header) for sheet in visible if (header := find_header(sheet.rows))]
    if not found:
        raise UnreadableRoster(_no_header(visible))
    best = max(found, key=lambda one: (_tab_rank(one[0].name), len(one[2]), len(one[0].rows)))
    sheet, index, columns = best
    roster = _read_lines(sheet, index, columns)
    for above in sheet.rows[:index]:
        if is_header(columns_of(above.cells)):
            roster.notes.append(
                f"La liste est lue sous l’en-tête de la ligne {sheet.rows[index].number}. Celle de "
                f"la ligne {above.number}, au-dessus, a été laissée de côté : si elle compte, "
                "déposez-la à part."
            )
    for other, *_ in found:
        if other is not sheet:
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


def _tab_rank(name):
    folded = fold(name)
    return bool(GOOD_TAB.search(folded)) - bool(BAD_TAB.search(folded))


def find_header(rows):
    """(index in `rows`, {column: field}) of the header among the first 50 rows, or None.

    A header names people, and something to know them by.
    """
    best = None
    for index, row in enumerate(rows):
        if row.number > HEADER_ROWS:
            break
        columns = columns_of(row.cells)
        if is_header(columns) and (best is None or len(columns) > len(best[1])):
            best = (index, columns)
    return best


def is_header(columns):
    kinds = set(columns.values())
    named = "last_name" in kinds or "full_name" in kinds
    return named and bool(kinds & {"first_name", *KEYS})


def columns_of(cells):
    """{column index: field} of the cells that name a field; several may name « presence »."""
    columns = {}
    for index, cell in enumerate(cells):
        if not isinstance(cell, str) or len(cell) > 80:
            continue
        kind = guess(fold(clean_text(cell)))
        if kind and (kind == "presence" or kind not in columns.values()):
            columns[index] = kind
    kinds = set(columns.values())
    if "last_name" in kinds and "first_name" in kinds:
        # « Nom » and « Prénom » say it better than « Participant ».
        columns = {index: kind for index, kind in columns.items() if kind != "full_name"}
    return columns


def guess(name):
    """The field that a folded header names, or None."""
    if name in FIELD_OF:
        return FIELD_OF[name]
    words = name.split()
    if TELLING.isdisjoint(words):
        return None
    words = set(words)
    if len(words) > 7:
        return None
    if "orias" in words:
        return "orias"
    if words & {"mail", "email", "courriel", "mails", "emails"}:
        return "email"
    numbered = words & {"n", "no", "num", "numero", "code", "id", "number"}
    if numbered and words & {"adherent", "adherents", "adh", "membre", "anacofi", "member"}:
        return "member_number"
    if words & {"formateur", "formation", "organisme", "intervenant", "session", "date", "duree"}:
        return None
    if words & {"prenom", "prenoms"}:
        return "full_name" if words & {"nom", "noms"} else "first_name"
    if words & {"cabinet", "societe", "entreprise", "company"}:
        return "firm"
    if words & {"nom", "noms"} and words & {"participant", "stagiaire", "adherent", "famille"}:
        return "last_name"
    if words & {"present", "presents", "presence", "emargement"} and not words & {"heures", "h"}:
        return "presence"
    return None


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


def _read_lines(sheet, index, columns):
    header = sheet.rows[index]
    width = max(len(row.cells) for row in sheet.rows)
    titles = _titles(header.cells, width)
    roster = Roster(tab=sheet.name, lines=[], notes=[])
    left, blocks = [], [[]]
    for row in sheet.rows[index + 1 :]:
        again = columns_of(row.cells)
        if is_header(again):
            # A header repeated at a page break, or a second list below the first.
            columns, titles = again, _titles(row.cells, width)
            blocks.append([])
            continue
        line = _line(row, columns, titles)
        if line is None:
            left.append((row.number, " ".join(filter(None, map(cell_text, row.cells)))[:80]))
            continue
        blocks[-1].append((line, _presence_cells(row.cells, columns)))
    for block in blocks:
        _tick(block)
        roster.lines += [line for line, _ in block]
    _flag(roster.lines)
    for number, text in left[:SHOWN_NOTES]:
        roster.notes.append(f"Ligne {number} laissée de côté : « {text} ».")
    if len(left) > SHOWN_NOTES:
        roster.notes.append(f"… et {len(left) - SHOWN_NOTES} autres lignes sans nom de personne.")
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


def _tick(block):
    """Untick who a presence column says was not there.

    An empty cell means absent only where the column is used to say who came: a column left
    empty to be signed on paper, or one that holds something else, says nothing.
    """
    said = [value for _, cells in block for value in cells if value]
    speaks = any(value in PRESENT | ABSENT or _is_amount(value) for value in said)
    empty_is_absent = any(value in PRESENT or _is_amount(value) for value in said)
    if not speaks:
        return
    for line, cells in block:
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
        if not (line.last_name or line.full_name):
            line.problem = "Le nom manque."
        elif not line.has_key:
            line.problem = "Il manque un e-mail, un numéro d’adhérent ou un numéro ORIAS."
        elif not (email_key(line.email) or line.member_number or line.orias):
            line.problem = f"L’adresse « {line.email[:100]} » n’est pas une adresse e-mail."
        email = email_key(line.email)
        same = (
            fold(f"{line.last_name} {line.first_name}"),
            email,
            fold(line.member_number),
            fold(line.orias),
        )
        line.same_as = None if line.problem else seen.get(same)
        seen.setdefault(same, line.row_number)
