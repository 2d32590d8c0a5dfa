"""What the title of a column says of presence or time, by its words. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from common.spreadsheets import fold

# What a column can say of presence and time (`Speech.kind`).
PRESENCE = "presence"  # who came
ABSENCE = "absence"  # who did not: a mark there is of somebody absent
MINUTES = "minutes"  # how long
SHARE = "share"  # which part of the session
PROGRESS = "progress"  # how far somebody is in a course: it may be no share of the session
JOINED, LEFT = "joined", "left"  # the moments of coming and going
WAITING = "waiting"  # a connection that never left the waiting room
SESSION_ON = "session_on"  # the day of the session
MISSED_TIME = "missed"  # how long somebody was not there: late, or gone early
SLOT = "slot"  # a day or half of one: what is said of it is its values' to tell
ELSE = "else"  # of something else, though its values may look like these


@dataclass(frozen=True)
class Speech:
    """What a title says; of two columns of one kind the heavier is read."""

    kind: str
    weight: int = 0
    # Of a part of the session: several such columns are added up.
    is_slot: bool = False
    # « Statut » may be of anything: its values have to speak of presence.
    is_vague: bool = False


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


LENGTH = _words(
    "duree durees temps duration durations minute minutes min mins mn heures hours hrs tps time "
    "times total hh hm mm"
)
# « Time » and « total » say what they are of by the words beside them.
SURE_LENGTH = LENGTH - _words("time times total hm mm")
FOLLOWED = _words(
    "suivi suivie suivies suivis presence present presente presents participation participe "
    "connexion connecte connectee connected realise realisee realisees realises reel reelle "
    "reelles effectif effective effectives effectue effectuee effectuees passe passee passees "
    "assiste visionnage visionne live direct attended attendance attendee watched viewed spent "
    "session reunion meeting seance running participant stagiaire actual actif active ligne online"
)
TOTAL = _words("total totale totaux totales")
REAL = _words(
    "reel reelle reelles effectif effective effectives realise realisee realisees effectue "
    "effectuee effectuees actual attended spent"
)
COUNT = _words("nombre nb nbre")
PLANNED = _words(
    "prevu prevue prevues prevus planifie planifiee planned scheduled theorique theoriques "
    "contractuelle contractuel programmee programme maximum max requis requise"
)
OF_THE_COURSE = _words("formation module cours programme parcours course training webinar")
NOT_FOLLOWED = _words(
    "replay rediffusion differe podcast od demand manque manquee manquees manques "
    "before avant ended after attente inactivite inactif idle "
    "pause pauses quiz questionnaire test evaluation reponse examen absence absent absences retard "
    "trajet conservation validite estimated estime estimee restant restante parole talk webcam "
    "camera micro"
)
# Of minutes to be taken off, where the values are a length.
REPLAY = _words("replay rediffusion differe od demand")
LATE = _words("retard retards late lateness tardy manque manques manquee manquees missed")
EARLY = (_words("depart anticipe"), _words("left early"), _words("leaving early"))
NOT_LATE = _words(
    "absence absences absent absents absente paiement payment reglement rendu envoi nombre nb "
    "nbre number motif raison reason"
)
ARRIVAL = _words(
    "arrivee arrive arrival entree join joined login connexion connected entry entrance entered"
)
# « Connecté à », « Parti à »: of a moment, where « Connecté » alone is of presence.
CAME_AT = _words("connecte connectee arrive arrivee entre entree rejoint")
WENT_AT = _words("deconnecte deconnectee parti partie sorti sortie quitte")
# A login's name, the town of departure, how many times somebody joined: no moment at all.
NO_MOMENT = _words(
    "id identifiant type mode ip ville lieu gare adresse nombre nb times number nom name url lien"
)
GOING = _words("depart sortie deconnexion leave left disconnected logout exit exited departure")
OTHER_MOMENT = _words(
    "inscrit inscrits inscription inscriptions registration registered commande order achat "
    "paiement payment naissance birth adhesion creation created facture envoi relance horodateur "
    "timestamp expiration attestation certificat ouverture soumission submission completion start "
    "achevement completed debut fin end begin generated modification updated convocation invitation"
)
RATE = _words("taux percentage pourcentage percent pct assiduite ratio rate")
ADVANCE = _words("progression avancement progress completion completude")
OTHER_RATE = _words(
    "reussite satisfaction score note notes remise tva bonnes quiz test commission engagement "
    "interest interet attention horaire recommandation reponse reponses evaluation resultat "
    "correct correctes reduction financement prise"
)
CAME = _words(
    "present presente presents presentes presence presences attend "
    "emargement emargements emarge emargee "
    "signature signatures signe signee attended attendance participation participe participated "
    "assiste assistance venu venue venus scanne scannee scan scanned pointage badge checkin "
    "checked pointe live"
)
MISSED = _words(
    "absent absente absents absentes absence absences abs manquees manquee "
    "excuse excusee excuses excusees annulation annulations annule annulee annules desistement "
    "desiste cancelled canceled cancellation"
)
STATUS = _words("statut status etat suivi")
OF_AN_ORDER = _words(
    "commande inscription paiement order registration payment attendee participant participation "
    "billet ticket reservation booking"
)
ABOUT_IT = _words(
    "automatically automatique automatiquement photo ip appareil device lieu commentaire "
    "commentaires motif raison reason nombre nb code formateur formatrice intervenant animateur "
    "organisme responsable certificat attestation consentement email mail adresse score points "
    "note notes webcam camera micro parole"
)
PART_OF_A_DAY = _words("matin matinee am pm aprem journee periode creneau creneaux")
NUMBERED = re.compile(
    r"\b(?:j|jour|day|seance|session|atelier|module|creneau|demi journee) ?\d{1,2}\b|"
    r"^j ?\d{1,2} ?(?:m|am|a|pm|ap|s)$|^(?:s|dj|seq|se) ?\d{1,2}$"
)
MONTHS = (
    r"janv|jan|fev|fevr|feb|mars|mar|avr|avril|apr|april|mai|may|juin|jun|june|juil|juillet|jul|"
    r"july|aout|aug|august|sept|sep|oct|nov|dec"
)
DATED = re.compile(
    r"\b\d{1,2} \d{1,2} (?:20)?\d{2}\b|\b20\d{2} \d{1,2} \d{1,2}\b|\b\d{1,2} \d{1,2}\b(?! h)|"
    rf"\b\d{{1,2}}(?:er)? (?:{MONTHS})[a-z]*\b|\b(?:{MONTHS})[a-z]* \d{{1,2}}\b"
)
SPAN = re.compile(
    r"\b\d{1,2}\s?[h:]\s?(?:\d{2})?\s*(?:-|–|—|/|à|a)\s*\d{1,2}\s?[h:]", re.IGNORECASE
)
WEEKDAY = re.compile(r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b")
IN_HOURS = re.compile(
    r"\(\s*h\s*\)|\b(?:total|temps|duree|durée|volume) h$|\ben h\b|\bnb h\b|\bnombre d h\b",
    re.IGNORECASE,
)
SESSION_DAY = frozenset(
    (
        "date|dates|date session|date de session|date de la session|date formation|seance|"
        "date de formation|date de la formation|session|session date|date of session|jour|"
        "date presence|date de presence|jour de formation|jour de presence|date seance|"
        "date de la seance"
    ).split("|")
)
# Of a ticket at the door; « contrôle » alone may be of knowledge.
SCANNED = frozenset(
    (
        "controle|controlee|billet controle|date du controle|date de controle|utilise|utilisee|"
        "billet utilise|date d utilisation|date utilisation|composte|used|date used|entree validee"
    ).split("|")
)
# Yes or no of these is no presence.
HARMLESS = frozenset(
    "invite guest consentement consent rgpd newsletter repas dejeuner diner vegetarien parking "
    "unsubscribed abonne membre adherent cif certificat attestation quiz hotel hebergement "
    "handicap pmr photo image cotisation cgu optin dedicace secret".split()
)
# Of the session, or of whoever filled in a form.
STARTS = frozenset({"heure de debut", "heure debut", "debut", "start time", "start", "from"})
ENDS = frozenset({"heure de fin", "heure fin", "fin", "completion time", "end time", "end"})
EDGES = STARTS | ENDS
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=4096)
def speech_of(title: str) -> Speech | None:
    """What a column with this title says of presence or time, or None."""
    folded = fold(CAMEL.sub(" ", title))
    words = frozenset(folded.split())
    if not words:
        return Speech(SHARE, 1) if title.strip() == "%" else None
    if folded in SESSION_DAY:
        return Speech(SESSION_ON)
    lasts = bool(words & SURE_LENGTH) or bool(IN_HOURS.search(title))
    if "salle" in words and "attente" in words or words & {"waiting", "lobby"}:
        return Speech(ELSE if lasts else WAITING)
    if "%" in title:
        return _rate(words | {"percent"})
    if words & (RATE | ADVANCE) or words == {"part"}:
        return _rate(words)
    if folded in SCANNED:
        return Speech(PRESENCE, 2)
    return _speech_of_words(title, words, folded, lasts=lasts)


def _speech_of_words(
    title: str, words: frozenset[str], folded: str, *, lasts: bool
) -> Speech | None:
    """As `speech_of`, of a title with words in it."""
    is_slot = is_dated(title)
    if counts_days(folded) and not words & (MISSED | OF_THE_COURSE):
        return Speech(SLOT)
    if _is_late(words):
        return Speech(MISSED_TIME, is_vague=not lasts)
    if moment := _moment(words, lasts=lasts):
        return moment
    if lasts or words & LENGTH:
        return _length(words, title=title, is_slot=is_slot, lasts=lasts)
    return _presence(words, is_slot=is_slot)


def speech_of_moment(title: str) -> Speech | None:
    """The moment that a title of coming or going is of, or None: « Départ anticipé » is one."""
    return _moment(frozenset(fold(title).split()), lasts=False)


def counts_days(folded: str) -> bool:
    """Whether a folded title is of how many days, or halves of them, somebody was there."""
    words = set(folded.split())
    if not words & {"jours", "journees"} or words & SURE_LENGTH:
        return False
    return bool("demi" in words or words & (COUNT | TOTAL | FOLLOWED)) and not words & PLANNED


def _is_late(words: frozenset[str]) -> bool:
    """Whether a title is of coming late or leaving early, and of how long if it says so."""
    if words & (ARRIVAL | NOT_LATE | REPLAY):
        return False
    return bool(words & LATE) or any(words >= early for early in EARLY)


def is_dated(title: str) -> bool:
    """Whether the title is of a day, of half of one, or of a numbered part of the session."""
    folded = fold(title)
    return (
        bool(set(folded.split()) & PART_OF_A_DAY)
        or "apres midi" in folded
        or bool(SPAN.search(title))
        or bool(NUMBERED.search(folded) or DATED.search(folded) or WEEKDAY.match(folded))
    )


def _presence(words: frozenset[str], *, is_slot: bool) -> Speech | None:
    """Of who came, or of who did not; of a part of the session; of something else, or None."""
    # « Non présent », « Pas venu », « No-show »: the other way round.
    is_denied = bool(words & {"non", "pas", "not"} and words & CAME) or words == {"no", "show"}
    if is_denied:
        return Speech(ABSENCE)
    if words & MISSED and words & {"conditions", "assurance", "politique"}:
        return Speech(ELSE)
    if words & MISSED and not words & CAME:
        return Speech(ABSENCE, is_vague=bool(words & ABOUT_IT))
    if words & STATUS and (len(words) <= 2 or words & (CAME | OF_AN_ORDER)):
        return Speech(PRESENCE, 1 if words & CAME else 0, is_vague=not words & CAME)
    if words & CAME:
        about_it = words & (ABOUT_IT | REPLAY)
        return Speech(ELSE) if about_it else Speech(PRESENCE, 2, is_slot=is_slot)
    if is_slot:
        return Speech(SLOT, is_slot=True)
    return Speech(ELSE) if words & (OTHER_MOMENT | ABOUT_IT) else None


def _rate(words: frozenset[str]) -> Speech:
    if words & OTHER_RATE:
        return Speech(ELSE)
    if words & ADVANCE and not words & CAME:
        return Speech(PROGRESS)
    return Speech(SHARE, 2 if words & FOLLOWED or "assiduite" in words else 1)


def _moment(words: frozenset[str], *, lasts: bool) -> Speech | None:
    """The moment of coming or going, or of something else; None for a length of time."""
    if lasts:
        return None
    if words & NO_MOMENT and words & (ARRIVAL | GOING):
        return Speech(ELSE)
    at = "a" in words
    comes = words & ARRIVAL or (at and words & CAME_AT) or words >= {"first", "seen"}
    comes = comes or words >= {"heure", "acces"}
    goes = words & GOING or (at and words & WENT_AT) or words >= {"last", "seen"}
    if comes and goes:
        # From when to when in one cell: what it says is its values' to tell.
        return None
    if comes or goes:
        return Speech(JOINED if comes else LEFT)
    about_presence = words & (CAME | STATUS)
    return Speech(ELSE) if words & OTHER_MOMENT and not about_presence else None


def _length(words: frozenset[str], *, title: str, is_slot: bool, lasts: bool) -> Speech:
    if words & NOT_FOLLOWED or words & PLANNED:
        return Speech(ELSE)
    if (
        not lasts
        and not words & FOLLOWED
        and not words >= {"time", "in"}
        and not words <= LENGTH | {"en"}
    ):
        return Speech(ELSE)
    if words & OF_THE_COURSE and not words & (REAL | {"presence", "suivie", "suivies"}):
        return Speech(MINUTES, 0)
    weight = 1 + 2 * bool(words & FOLLOWED) + bool(words & REAL) + bool(words & TOTAL)
    is_part = is_slot and not words & TOTAL
    return Speech(MINUTES, weight, is_slot=is_part, is_vague=not lasts)
