"""What each column of a roster is, by the words of its header. Pure."""

from collections.abc import Sequence
from typing import TypeAlias

from common.spreadsheets import Cell, clean_text, fold
from members.columns import EMAIL, FIRM, FIRST_NAME, LAST_NAME, MEMBER_NUMBER, ORIAS

from .questions import NOTHING_TOLD, Told, column_key, layout_of

# {column index: field}
Columns: TypeAlias = dict[int, str]

HEADER_ROWS = 50
# A longer cell is read as no title.
LONGEST_TITLE = 200


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split("|"))


# What a column is called, folded. Exact names first; then `guess()` looks at the words.
SYNONYMS: dict[str, frozenset[str]] = {
    "last_name": (
        LAST_NAME
        | _names(
            "noms|nom de famille|nom d usage|nom usuel|nom participant|nom du participant|"
            "nom stagiaire|nom du stagiaire|nom adherent|nom de l adherent|nom de naissance|"
            "nom patronymique|last name|lastname|surname|family name"
        )
    ),
    "first_name": (
        FIRST_NAME
        | _names(
            "prenoms|prenom participant|prenom du participant|prenom du stagiaire|"
            "prenom stagiaire|first name|firstname|given name|forename"
        )
    ),
    "full_name": _names(
        "participant|participants|participante|nom complet|nom et prenom|nom prenom|"
        "prenom nom|prenom et nom|noms et prenoms|nom prenoms|name|full name|display name|"
        "attendee|attendee name|participant name|stagiaire|stagiaires|apprenant|nom affiche|"
        "name original name|user name original name|nom d origine|nom nom d origine|"
        "nom de l utilisateur|identite|personne|nom d utilisateur|nom original|utilisateur|user|"
        "nickname|pseudo|"
        "nom d utilisateur nom d origine|nom nom original|user name original name|signer|"
        "signataire|nom du signataire et prenom"
    ),
    "email": (
        EMAIL
        | _names(
            "mel|adresse email|e mails|adresse electronique|adresse de messagerie|email address|"
            "e mail address|user email"
        )
    ),
    "member_number": (
        MEMBER_NUMBER
        | _names(
            "num adherent|n d adherent|no adh|num adh|numero adh|adherent n|code adherent|"
            "id adherent|n membre|numero membre|numero de membre|n de membre|matricule|"
            "matricule adherent|matricule membre|n anacofi|numero anacofi|member number|"
            "member no|member id|membership number|membership id|n adherent anacofi"
        )
    ),
    "orias": ORIAS | _names("no orias|num orias|code orias|immatriculation orias"),
    "firm": (
        FIRM
        | _names(
            "firme|structure|employeur|raison sociale|organisation|organization|company|"
            "company name|nom du cabinet|nom de la societe|nom cabinet|nom societe|"
            "nom de l entreprise"
        )
    ),
    # The columns that the portal adds to the list it gives back.
    "result": _names("resultat du portail"),
    "origin": _names("ligne du portail"),
    "reason": _names("motif du portail"),
    "evidence": _names("preuve du portail"),
}
MAIL = frozenset("mail email courriel mails emails".split())
MEMBER = frozenset("adherent adherents adh membre anacofi member".split())
FIRST, LAST = FIRST_NAME | {"prenoms"}, LAST_NAME | {"noms"}
COMPANY = FIRM | {"company"}
# A field, and groups of words: the first of which each group has a word in the title is right.
# None: the title tells something else, whatever its other words.
GUESSES: tuple[tuple[str | None, *tuple[frozenset[str], ...]], ...] = (
    ("orias", frozenset({"orias"})),
    ("email", MAIL),
    ("email", frozenset({"adresse"}), frozenset({"electronique", "messagerie"})),
    ("member_number", frozenset("n no num numero code id number".split()), MEMBER),
    (None, frozenset("formateur formation organisme intervenant session date duree".split())),
    ("full_name", FIRST, LAST),
    ("first_name", FIRST),
    ("firm", COMPANY),
    ("first_name", frozenset({"first", "given"}), frozenset({"name"})),
    ("last_name", frozenset({"last", "family"}), frozenset({"name"})),
    (
        "last_name",
        LAST,
        frozenset("participant stagiaire adherent famille signataire votre apprenant".split()),
    ),
)
# More words than that are a sentence, not a title.
MOST_WORDS = 7
# Every word by which `guess()` tells a field: most cells of a list hold none.
TELLING = (
    frozenset({"orias", "adresse", "first", "given", "last", "family"})
    | MAIL
    | MEMBER
    | FIRST
    | LAST
    | COMPANY
)
# What a column can be told to be, by hand.
KINDS = {
    "last_name": "Nom",
    "first_name": "Prénom",
    "full_name": "Nom et prénom ensemble",
    "email": "E-mail",
    "member_number": "N° adhérent",
    "orias": "N° ORIAS",
    "firm": "Cabinet",
    "presence": "Présence ou émargement",
    "absence": "Absence",
    "minutes": "Temps suivi, en minutes",
    "hours": "Temps suivi, en heures",
    "share": "Part suivie, en %",
    "missed": "Temps manqué, à déduire (retard, départ anticipé)",
    "joined": "Heure d’arrivée",
    "left": "Heure de départ",
    "session_on": "Date de la session",
}
# What is told of columns and read as another kind.
MEASURES = {"hours": "minutes"}
IGNORED = "ignore"
FIELD_OF = {name: kind for kind, names in SYNONYMS.items() for name in names}
KEYS = ("member_number", "email", "orias")
# The kinds that name somebody; each is read from one column.
IDENTITY = frozenset({"last_name", "first_name", "full_name", *KEYS, "firm"}) | {
    "result",
    "origin",
    "reason",
    "evidence",
}


def is_header(columns: Columns) -> bool:
    """Whether a row with these columns names people, and something to know them by."""
    kinds = set(columns.values())
    named = "last_name" in kinds or "full_name" in kinds
    return named and bool(kinds & {"first_name", *KEYS})


def strings_of(cells: Sequence[Cell]) -> list[str]:
    """The cells that may be titles, "" for the others."""
    return [
        clean_text(cell) if isinstance(cell, str) and len(cell) <= LONGEST_TITLE else ""
        for cell in cells
    ]


def columns_of(cells: Sequence[Cell], told: Told = NOTHING_TOLD) -> Columns:
    """The columns of the cells that name people or a key of theirs, were they a header's."""
    titles = strings_of(cells)
    answers = told.of(layout_of(titles)) if told.is_anything else {}
    columns: Columns = {}
    for index, title in enumerate(titles):
        if not title:
            continue
        kind = answers.get(column_key(title)) if answers else None
        kind = kind or guess(fold(title))
        if kind in IDENTITY and kind not in columns.values():
            columns[index] = kind
    return columns


def guess(name: str) -> str | None:
    """The field that a folded header names, or None."""
    if name in FIELD_OF:
        return FIELD_OF[name]
    if TELLING.isdisjoint(in_order := name.split()):
        return None
    words = set(in_order)
    if len(words) > MOST_WORDS:
        return None
    for kind, *groups in GUESSES:
        if not any(words.isdisjoint(group) for group in groups):
            return kind
    return None
