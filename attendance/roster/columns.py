"""What each column of a roster is, by the words of its header. Pure."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from common.spreadsheets import Cell, clean_text, fold

# {column index: field}; several columns may be « presence ».
Columns: TypeAlias = dict[int, str]
# What the organism told of columns by hand: {folded header: field}.
Meanings: TypeAlias = Mapping[str, str]

HEADER_ROWS = 50
# A longer cell is read as no title.
LONGEST_TITLE = 80

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
        "numero membre|numero de membre|n de membre|matricule|matricule adherent|matricule membre|"
        "n anacofi|numero anacofi|"
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
    "minutes": (
        "duree|duree suivie|duree de presence|duree presence|duree de connexion|duree connexion|"
        "duree de participation|duree min|duree minutes|duree en minutes|duree h|duree heures|"
        "temps|temps suivi|temps de presence|temps presence|temps de connexion|temps passe|"
        "temps en session|temps min|temps minutes|heures|heures suivies|heures de presence|"
        "heures realisees|heures effectuees|heures de formation|heures presence|nb heures|"
        "nb d heures|nbre d heures|nombre d heures|nombre heures|nb h|minutes|minutes suivies|"
        "minutes de presence|nb minutes|nombre de minutes|duration|duration minutes|duration min|"
        "duration hours|attendance duration|time in session|time in session minutes|"
        "total duration|total duration minutes|session duration|minutes attended|time attended|"
        "total time|time spent"
    ),
}
SYNONYMS["session_on"] = (
    "date|dates|date session|date de session|date de la session|date formation|"
    "date de formation|date de la formation|session|session date|date of session|jour|"
    "date presence|date de presence"
)
# Every word by which `guess()` tells a field: most cells of a list hold none.
TELLING = frozenset(
    ("orias", "mail", "email", "courriel", "mails", "emails", "adherent", "adherents", "adh")
    + ("membre", "anacofi", "member", "prenom", "prenoms", "cabinet", "societe", "entreprise")
    + ("company", "nom", "noms", "present", "presents", "presence", "emargement")
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
    "minutes": "Temps suivi",
    "session_on": "Date de la session",
}
IGNORED = "ignore"
# The columns that the portal adds to the list it gives back.
SYNONYMS |= {"result": "resultat du portail", "origin": "ligne du portail"}
FIELD_OF = {name: kind for kind, names in SYNONYMS.items() for name in names.split("|")}
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
