"""An attempt as the member saw it, with what was right and when each answer was saved."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from common.durations import format_minutes
from common.errors import Refused
from common.pdf import render_pdf
from common.spreadsheets.writing import write_workbook

from .. import marking
from ..models import Answer, Attempt, Invitation
from . import marks, questions

# Above this a workbook is no longer made while someone waits.
MOST_ROWS = 20_000


class TooMany(Refused):
    """More attempts than one workbook holds."""


def second(at: datetime | None) -> str:
    """An aware time to the second, in Paris; « – » for None."""
    return date_format(timezone.localtime(at), "d/m/Y H:i:s") if at else "–"


def read_questions(attempt: Attempt) -> list[dict[str, Any]]:
    """The questions in the order shown; each choice with `ticked` and `is_right`.

    `was_right` says what was right when it was taken, `is_right` what is now; `remark` says when a
    correction since made them differ, or lets the question count as right for all (`for_all`).
    """
    taken, _ = marks.key_taken(attempt)
    key = marks.key(attempt)
    shown = questions.shown(attempt)
    for question in shown:
        right, was = key[question["pk"]], taken[question["pk"]]
        question["for_all"] = right is None
        question["corrected"] = right is not None and set(right) != was
        for choice in question["choices"]:
            choice["was_right"] = choice["pk"] in was
            choice["is_right"] = choice["pk"] in (was if right is None else right)
            choice["note"] = _note(choice)
        question["is_right"] = question["pk"] not in attempt.wrong
        question["remark"] = _remark(question)
    return shown


def _note(choice: Mapping[str, Any]) -> str:
    if choice["is_right"]:
        return "bonne réponse" if choice["was_right"] else "bonne réponse depuis la correction"
    return "bonne réponse avant la correction" if choice["was_right"] else ""


def _remark(question: Mapping[str, Any]) -> str:
    if question["for_all"]:
        return "corrigée depuis : comptée juste pour tous"
    return "bonnes réponses corrigées depuis" if question["corrected"] else ""


def verification(attempt: Attempt) -> str:
    """Whether the saved answers give the stored mark, marked anew now: a French sentence."""
    if attempt.right is None:
        return "–"
    mark = marking.mark(marks.key(attempt), marks.ticked(attempt), attempt.pass_mark)
    if (mark.right, mark.total, mark.passed) == (attempt.right, attempt.total, attempt.passed):
        return f"Recalculée à l’instant, la note est la même : {mark.right} / {mark.total}."
    return (
        f"Recalculée à l’instant, la note serait {mark.right} / {mark.total} : un recalcul est en "
        "cours, ou à signaler."
    )


def changes(attempt: Attempt) -> list[str]:
    """What regrades changed, one French sentence each, the oldest first."""
    return [
        f"Recalculée le {second(change.at)} : {change.right_before} / {attempt.total} devient "
        f"{change.right_after} / {attempt.total}"
        + (f", {_result_word(change.passed_after)}" if change.changes_result else "")
        + (f", par {change.regrade.by}" if change.regrade.by else "")
        + f". {change.regrade.reason}"
        for change in attempt.mark_changes.select_related("regrade__by")
    ]


def _result_word(passed: bool | None) -> str:
    return "réussie" if passed else "non réussie"


def pdf(attempt: Attempt) -> bytes:
    """The bytes of the PDF of evidence, with names and rules as they were when it began.

    Member, training and organism are read with the attempt.
    """
    # Attempts of the first days kept less: for them, what stands now.
    then = attempt.invitation.facts() | attempt.rules
    siren = f", SIREN {then['siren']}" if then["siren"] else ""
    facts = [
        ("Adhérent", f"{then['member']}, n° {then['member_number']}"),
        ("Formation", then["training"]),
        ("Organisme", then["organism"] + siren),
        ("Agrément", then["approval_number"] or "–"),
        ("Session du", date_format(date.fromisoformat(then["session_on"]), "d/m/Y")),
        ("Heures AMF", format_minutes(then["minutes"])),
        ("Invitation du", second(datetime.fromisoformat(then["invited"]))),
        ("À passer avant le", second(datetime.fromisoformat(then["deadline"]))),
        ("Tentative", f"{attempt.number} sur {then['attempts']}"),
        ("Jeu", set_name(attempt)),
        ("Commencée le", second(attempt.started_at)),
        ("Terminée le", second(attempt.finished_at)),
        ("Seuil", f"{attempt.pass_mark} %"),
        ("Résultat", result(attempt)),
        (
            "Barème",
            "Une question est juste quand toutes ses bonnes réponses, et elles seules, "
            "sont cochées.",
        ),
        ("Vérification", verification(attempt)),
    ]
    facts += [("Recalcul", sentence) for sentence in changes(attempt)]
    if attempt.by_insider:
        facts.append(("Remarque", "L’adhérent était une personne de l’organisme."))
    content: bytes = render_pdf(
        "qcm/pdf/evidence.typ",
        {
            "title": "Tentative de QCM",
            "facts": [{"label": label, "value": value} for label, value in facts],
            "questions": [
                {
                    "rank": question["rank"],
                    "text": question["text"],
                    "verdict": _verdict(attempt, question),
                    "saved": second(question["saved_at"]),
                    "choices": [
                        {key: choice[key] for key in ("text", "ticked", "is_right", "note")}
                        for choice in question["choices"]
                    ],
                    "long": _is_long(question),
                }
                for question in read_questions(attempt)
            ],
            "made": f"Établi le {second(timezone.now())} (heure de Paris).",
        },
    )
    return content


def _verdict(attempt: Attempt, question: Mapping[str, Any]) -> str:
    if attempt.right is None:
        return "non corrigée"
    word = "juste" if question["is_right"] else "fausse"
    return f"{word} ({question['remark']})" if question["remark"] else word


def _is_long(question: Mapping[str, Any]) -> bool:
    """Whether a question may need more than a third of a page, and so be cut by its end."""
    texts = [question["text"], *(choice["text"] for choice in question["choices"])]
    lines: int = sum(len(text) // 90 + text.count("\n") + 1 for text in texts)
    return lines > 15


def file_name(attempt: Attempt) -> str:
    """The name of the PDF of evidence."""
    number = attempt.invitation.member.number
    return f"qcm-{number}-{attempt.invitation.training_id}-tentative-{attempt.number}.pdf"


def set_name(attempt: Attempt) -> str:
    """« 2 », or « 2 (version 3) » of a set that was corrected."""
    taken = attempt.question_set
    version = f" (version {taken.version})" if taken.version > 1 else ""
    return f"{taken.position}{version}"


def result(attempt: Attempt) -> str:
    """« 3 / 4 (75 %) : réussie », or the status of what is not marked."""
    if attempt.right is None:
        return str(attempt.get_status_display())
    end = _result_word(attempt.passed)
    return f"{attempt.right} / {attempt.total} ({attempt.percent} %) : {end}"


HEADER = [
    "N° adhérent",
    "Nom",
    "Prénom",
    "Formation",
    "Agrément",
    "Organisme",
    "Tentative",
    "Jeu",
    "Statut",
    "Bonnes réponses",
    "Questions",
    "Score (%)",
    "Seuil (%)",
    "Réussie",
    "Commencée le",
    "Terminée le",
    "Temps passé (s)",
    "Personne de l’organisme",
]


def workbook(attempts: "models.QuerySet[Attempt]") -> bytes:
    """The bytes of a .xlsx of these attempts. Raises TooMany."""
    if attempts.count() > MOST_ROWS:
        raise TooMany(
            f"Plus de {MOST_ROWS} tentatives : choisissez une année ou une formation d’abord."
        )
    rows = [
        [
            attempt.invitation.member.number,
            attempt.invitation.member.last_name,
            attempt.invitation.member.first_name,
            attempt.invitation.training.title,
            attempt.invitation.training.approval_number or "",
            attempt.invitation.training.organism.name,
            attempt.number,
            set_name(attempt),
            attempt.get_status_display(),
            attempt.right,
            attempt.total,
            attempt.percent,
            attempt.pass_mark,
            "" if attempt.passed is None else ("oui" if attempt.passed else "non"),
            _cell(attempt.started_at),
            _cell(attempt.finished_at),
            attempt.spent,
            "oui" if attempt.by_insider else "",
        ]
        for attempt in with_all(attempts).iterator(chunk_size=2000)
    ]
    content: bytes = write_workbook([("Tentatives", [HEADER, *rows])])
    return content


def _cell(at: datetime | None) -> datetime | None:
    """A time as a workbook has it, in Paris, to the second."""
    return timezone.localtime(at).replace(tzinfo=None, microsecond=0) if at else None


def with_all(attempts: "models.QuerySet[Attempt]") -> "models.QuerySet[Any]":
    """Attempts with all that a line about one needs, in one query.

    `spent`: whole seconds on its questions, pauses left out.
    """
    answers = Answer.objects.filter(attempt=OuterRef("pk")).order_by().values("attempt")
    spent = Subquery(answers.annotate(spent=Sum("seconds")).values("spent"))
    return attempts.select_related(
        "invitation__member", "invitation__training__organism", "question_set"
    ).annotate(spent=Coalesce(spent, 0))


def note_reading(attempt: Attempt, *, by: User, exported: bool = False) -> None:
    """A journal row: who read this attempt (or took its PDF along), and when."""
    event = Invitation.Event.EXPORT_ATTEMPT if exported else Invitation.Event.READ_ATTEMPT
    how = "exportée en PDF" if exported else "consultée"
    attempt.invitation.move(event, by=by, comment=f"Tentative {attempt.number} {how}")
