"""What a request still lacks before it can be sent."""

from django.utils import timezone

from common.durations import format_minutes

from ..models import Document, Training
from ..questions.set_checks import problems
from .sets import as_rows

# Field: (section of the form, what is missing).
REQUIRED = {
    "title": ("informations", "l’intitulé"),
    "objectives": ("informations", "les objectifs"),
    "programme": ("informations", "le programme"),
    "audience": ("informations", "le public visé"),
    "teaching_method": ("deroulement", "la modalité pédagogique"),
    "duration_minutes": ("deroulement", "la durée totale"),
    "first_session_on": ("deroulement", "la date de la première session"),
}


def missing_to_submit(training: Training) -> list[str]:
    """What is missing or does not agree, one French sentence each; empty when it can go."""
    return [sentence for _, sentence in missing_by_section(training)]


def missing_by_section(training: Training) -> list[tuple[str, str]]:
    """The same, each with the section of the form to complete: (section, sentence)."""
    missing = [
        (section, f"Il manque {words}.")
        for name, (section, words) in REQUIRED.items()
        if not getattr(training, name)
    ]
    if not training.first_session_place and training.teaching_method not in Training.ONLINE_METHODS:
        missing.append(("deroulement", "Il manque le lieu de la première session."))
    missing += [("deroulement", sentence) for sentence in _wrong_dates(training)]
    if not training.speakers.exists():
        missing.append(("intervenants", "Il manque au moins un intervenant."))
    missing += [("heures", sentence) for sentence in _wrong_hours(training)]
    if not training.documents.filter(kind=Document.Kind.PRESENTATION).exists():
        missing.append(("documents", "Il manque la présentation détaillée (PDF)."))
    return missing + [("qcm", sentence) for sentence in _missing_questions(training)]


def _wrong_dates(training: Training) -> list[str]:
    this_year = timezone.localdate().year
    wrong = []
    if not this_year <= training.year <= this_year + 1:
        wrong.append(
            f"L’année civile doit être {this_year} ou {this_year + 1}, pas {training.year}."
        )
    if training.first_session_on and training.first_session_on.year != training.year:
        wrong.append(
            f"La première session (le {training.first_session_on:%d/%m/%Y}) n’est pas dans "
            f"l’année civile demandée, {training.year}."
        )
    return wrong


def _wrong_hours(training: Training) -> list[str]:
    if not training.requested_associative_minutes and not training.requested_amf_minutes:
        return ["Demandez des heures associatives, des heures AMF, ou les deux."]
    return [
        f"Les heures {words} ({format_minutes(minutes)}) dépassent la durée totale "
        f"({format_minutes(training.duration_minutes)})."
        for words, minutes in (
            ("associatives", training.requested_associative_minutes),
            ("AMF", training.requested_amf_minutes),
        )
        if training.duration_minutes and minutes > training.duration_minutes
    ]


def _missing_questions(training: Training) -> list[str]:
    owed = training.questions_owed
    if not owed:
        return []
    rows = as_rows(training)
    if not rows:
        asked = format_minutes(training.requested_amf_minutes)
        return [f"Il manque les trois jeux de QCM : {owed} questions par jeu pour {asked} AMF."]
    return [str(problem) for problem in problems(rows, owed=owed)]
