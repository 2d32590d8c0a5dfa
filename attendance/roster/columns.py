"""What each column of a roster is, by the words of its header. Pure."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from common.spreadsheets import Cell, clean_text, fold
from members.columns import EMAIL, FIRM, FIRST_NAME, LAST_NAME, MEMBER_NUMBER, ORIAS

# {column index: field}; several columns may be « presence ».
Columns: TypeAlias = dict[int, str]
# What the organism told of columns by hand: {folded header: field}.
Meanings: TypeAlias = Mapping[str, str]

HEADER_ROWS = 50
# A longer cell is read as no title.
LONGEST_TITLE = 80


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
        "nom de l utilisateur|identite|personne"
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
    "presence": _names(
        "present|presente|presents|presence|presences|present e|present o n|present oui non|"
        "emargement|signature|emarge|a participe|participation|presence effective|attended|"
        "attendance|attendance status|statut|statut de presence|status|presence matin|"
        "presence apres midi|matin|apres midi|present absent"
    ),
    "minutes": _names(
        "duree|duree suivie|duree de presence|duree presence|duree de connexion|"
        "duree connexion|duree de participation|duree min|duree minutes|duree en minutes|"
        "duree h|duree heures|temps|temps suivi|temps de presence|temps presence|"
        "temps de connexion|temps passe|temps en session|temps min|temps minutes|heures|"
        "heures suivies|heures de presence|heures realisees|heures effectuees|"
        "heures de formation|heures presence|nb heures|nb d heures|nbre d heures|"
        "nombre d heures|nombre heures|nb h|minutes|minutes suivies|minutes de presence|"
        "nb minutes|nombre de minutes|duration|duration minutes|duration min|duration hours|"
        "attendance duration|time in session|time in session minutes|total duration|"
        "total duration minutes|session duration|minutes attended|time attended|total time|"
        "time spent"
    ),
    "session_on": _names(
        "date|dates|date session|date de session|date de la session|date formation|"
        "date de formation|date de la formation|session|session date|date of session|jour|"
        "date presence|date de presence"
    ),
    # The columns that the portal adds to the list it gives back.
    "result": _names("resultat du portail"),
    "origin": _names("ligne du portail"),
}
MAIL = frozenset("mail email courriel mails emails".split())
MEMBER = frozenset("adherent adherents adh membre anacofi member".split())
FIRST, LAST = FIRST_NAME | {"prenoms"}, LAST_NAME | {"noms"}
COMPANY = FIRM | {"company"}
PRESENCE = frozenset("present presents presence emargement".split())
# A field, and groups of words: the first of which each group has a word in the title is right.
# None: the title tells something else, whatever its other words.
GUESSES: tuple[tuple[str | None, *tuple[frozenset[str], ...]], ...] = (
    ("orias", frozenset({"orias"})),
    ("email", MAIL),
    ("member_number", frozenset("n no num numero code id number".split()), MEMBER),
    (None, frozenset("formateur formation organisme intervenant session date duree".split())),
    ("full_name", FIRST, LAST),
    ("first_name", FIRST),
    ("firm", COMPANY),
    ("last_name", LAST, frozenset("participant stagiaire adherent famille".split())),
    (None, PRESENCE, frozenset({"heures", "h"})),
    ("presence", PRESENCE),
)
# More words than that are a sentence, not a title.
MOST_WORDS = 7
# Every word by which `guess()` tells a field: most cells of a list hold none.
TELLING = frozenset({"orias"}) | MAIL | MEMBER | FIRST | LAST | COMPANY | PRESENCE
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
    "minutes": "Temps suivi",
    "session_on": "Date de la session",
}
IGNORED = "ignore"
FIELD_OF = {name: kind for kind, names in SYNONYMS.items() for name in names}
KEYS = ("member_number", "email", "orias")


def is_header(columns: Columns) -> bool:
    """Whether a row with these columns names people, and something to know them by."""
    kinds = set(columns.values())
    named = "last_name" in kinds or "full_name" in kinds
    return named and bool(kinds & {"first_name", *KEYS})


def columns_of(cells: Sequence[Cell], meanings: Meanings | None = None) -> Columns:
    """The columns of the cells that name a field, were they a header's."""
    columns: Columns = {}
    for index, cell in enumerate(cells):
        if not isinstance(cell, str) or len(cell) > LONGEST_TITLE:
            continue
        name = fold(clean_text(cell))
        kind = (meanings or {}).get(name) or guess(name)
        if kind and kind != IGNORED and (kind == "presence" or kind not in columns.values()):
            columns[index] = kind
    kinds = set(columns.values())
    if "last_name" in kinds and "first_name" in kinds:
        # « Nom » and « Prénom » say it better than « Participant ».
        columns = {index: kind for index, kind in columns.items() if kind != "full_name"}
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
