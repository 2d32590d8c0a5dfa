"""What a request still lacks before it can be sent."""

from django.db.models import Count
from django.utils import timezone

from common.durations import format_minutes

from ..models.documents import Document
from ..questions.set_checks import problems
from ..questions.sizing import SETS, questions_per_set

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


class Completeness:
    """Mixed into `Training`: the questions asked before it is sent."""

    def missing_to_submit(self):
        """What is missing or does not agree, one French sentence each; empty when it can go."""
        return [sentence for _, sentence in self.missing_by_section()]

    def missing_by_section(self):
        """The same, each with the section of the form to complete: (section, sentence)."""
        missing = [
            (section, f"Il manque {words}.")
            for name, (section, words) in REQUIRED.items()
            if not getattr(self, name)
        ]
        if not self.first_session_place and self.teaching_method not in self.ONLINE_METHODS:
            missing.append(("deroulement", "Il manque le lieu de la première session."))
        missing += [("deroulement", one) for one in self._wrong_dates()]
        if not self.speakers.exists():
            missing.append(("intervenants", "Il manque au moins un intervenant."))
        missing += [("heures", one) for one in self._wrong_hours()]
        if not self.documents.filter(kind=Document.Kind.PRESENTATION).exists():
            missing.append(("documents", "Il manque la présentation détaillée (PDF)."))
        return missing + [("qcm", one) for one in self._missing_questions()]

    def _wrong_dates(self):
        this_year = timezone.localdate().year
        wrong = []
        if not this_year <= self.year <= this_year + 1:
            wrong.append(
                f"L’année civile doit être {this_year} ou {this_year + 1}, pas {self.year}."
            )
        if self.first_session_on and self.first_session_on.year != self.year:
            wrong.append(
                f"La première session (le {self.first_session_on:%d/%m/%Y}) n’est pas dans "
                f"l’année civile demandée, {self.year}."
            )
        return wrong

    def _wrong_hours(self):
        if not self.requested_associative_minutes and not self.requested_amf_minutes:
            return ["Demandez des heures associatives, des heures AMF, ou les deux."]
        return [
            f"Les heures {words} ({format_minutes(minutes)}) dépassent la durée totale "
            f"({format_minutes(self.duration_minutes)})."
            for words, minutes in (
                ("associatives", self.requested_associative_minutes),
                ("AMF", self.requested_amf_minutes),
            )
            if self.duration_minutes and minutes > self.duration_minutes
        ]

    def _missing_questions(self):
        owed = self.questions_owed
        if not owed:
            return []
        rows = self.sets_as_rows()
        if not rows:
            asked = format_minutes(self.requested_amf_minutes)
            return [f"Il manque les trois jeux de QCM : {owed} questions par jeu pour {asked} AMF."]
        return [str(one) for one in problems(rows, owed=owed)]

    @property
    def questions_owed(self):
        """Questions owed in each of the three sets, for the AMF minutes asked."""
        return questions_per_set(self.requested_amf_minutes)

    def question_counts(self):
        """{1: questions in set 1, 2: …, 3: …}."""
        counted = dict(
            self.question_sets.current()
            .order_by()
            .values_list("position")
            .annotate(number=Count("questions"))
        )
        return {number: counted.get(number, 0) for number in range(1, SETS + 1)}
