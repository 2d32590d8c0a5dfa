"""An attempt as the member saw it, with what was right and when each answer was saved."""

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format

from common.durations import format_minutes
from common.pdf import render_pdf
from common.spreadsheets.writing import write_workbook

from .. import marking
from ..models import Answer
from ..views import pages

# Above this a workbook is no longer made while someone waits.
MOST_ROWS = 20_000


class TooMany(ValueError):
    """More attempts than one workbook holds. French sentence."""


def second(at):
    """An aware time to the second, in Paris; « – » for None."""
    return date_format(timezone.localtime(at), "d/m/Y H:i:s") if at else "–"


def time_spent(attempt):
    """Whole seconds spent on its questions, pauses left out; of an attempt of `with_all`."""
    return attempt.spent


def questions(attempt):
    """The questions in the order shown; each choice with `ticked` and `is_right`.

    `was_right` says what was right when it was taken, `is_right` what is now; `remark` says when a
    correction since made them differ, or lets the question count as right for all (`for_all`).
    """
    own, _ = attempt.own_key()
    key = attempt.key()
    shown = pages.questions(attempt)
    for question in shown:
        right, was = key[question["pk"]], own[question["pk"]]
        question["for_all"] = right is None
        question["corrected"] = right is not None and set(right) != was
        for choice in question["choices"]:
            choice["was_right"] = choice["pk"] in was
            choice["is_right"] = choice["pk"] in (was if right is None else right)
            choice["note"] = _note(choice)
        question["is_right"] = question["pk"] not in attempt.wrong
        question["remark"] = _remark(question)
    return shown


def _note(choice):
    if choice["is_right"]:
        return "bonne réponse" if choice["was_right"] else "bonne réponse depuis la correction"
    return "bonne réponse avant la correction" if choice["was_right"] else ""


def _remark(question):
    if question["for_all"]:
        return "corrigée depuis : comptée juste pour tous"
    return "bonnes réponses corrigées depuis" if question["corrected"] else ""


def verification(attempt):
    """Whether the saved answers give the stored mark, marked anew now: a French sentence."""
    if attempt.right is None:
        return "–"
    mark = marking.mark(attempt.key(), attempt.ticked(), attempt.pass_mark)
    if (mark.right, mark.total, mark.passed) == (attempt.right, attempt.total, attempt.passed):
        return f"Recalculée à l’instant, la note est la même : {mark.right} / {mark.total}."
    return (
        f"Recalculée à l’instant, la note serait {mark.right} / {mark.total} : un recalcul est en "
        "cours, ou à signaler."
    )


def changes(attempt):
    """What regrades changed, one French sentence each, the oldest first."""
    return [
        f"Recalculée le {second(one.at)} : {one.right_before} / {attempt.total} devient "
        f"{one.right_after} / {attempt.total}"
        + (f", {_result_word(one.passed_after)}" if one.changes_result else "")
        + (f", par {one.regrade.by}" if one.regrade.by else "")
        + f". {one.regrade.reason}"
        for one in attempt.mark_changes.select_related("regrade__by")
    ]


def _result_word(passed):
    return "réussie" if passed else "non réussie"


def pdf(attempt):
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
        ("Session du", date_format(parse_date(then["session_on"]), "d/m/Y")),
        ("Heures AMF", format_minutes(then["minutes"])),
        ("Invitation du", second(parse_datetime(then["invited"]))),
        ("À passer avant le", second(parse_datetime(then["deadline"]))),
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
    facts += [("Recalcul", one) for one in changes(attempt)]
    if attempt.by_insider:
        facts.append(("Remarque", "L’adhérent était une personne de l’organisme."))
    return render_pdf(
        "qcm/pdf/evidence.typ",
        {
            "title": "Tentative de QCM",
            "facts": [{"label": label, "value": value} for label, value in facts],
            "questions": [
                {
                    "rank": one["rank"],
                    "text": one["text"],
                    "verdict": _verdict(attempt, one),
                    "saved": second(one["saved_at"]),
                    "choices": [
                        {key: choice[key] for key in ("text", "ticked", "is_right", "note")}
                        for choice in one["choices"]
                    ],
                    "long": _is_long(one),
                }
                for one in questions(attempt)
            ],
            "made": f"Établi le {second(timezone.now())} (heure de Paris).",
        },
    )


def _verdict(attempt, question):
    if attempt.right is None:
        return "non corrigée"
    word = "juste" if question["is_right"] else "fausse"
    return f"{word} ({question['remark']})" if question["remark"] else word


def _is_long(question):
    """Whether a question may need more than a third of a page, and so be cut by its end."""
    texts = [question["text"], *(choice["text"] for choice in question["choices"])]
    return sum(len(text) // 90 + text.count("\n") + 1 for text in texts) > 15


def file_name(attempt):
    number = attempt.invitation.member.number
    return f"qcm-{number}-{attempt.invitation.training_id}-tentative-{attempt.number}.pdf"


def set_name(attempt):
    """« 2 », or « 2 (version 3) » of a set that was corrected."""
    one = attempt.question_set
    return f"{one.position} (version {one.version})" if one.version > 1 else str(one.position)


def result(attempt):
    """« 3 / 4 (75 %) : réussie », or the status of what is not marked."""
    if attempt.right is None:
        return attempt.get_status_display()
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


def workbook(attempts):
    """The bytes of a .xlsx of these attempts. Raises TooMany."""
    if attempts.count() > MOST_ROWS:
        raise TooMany(
            f"Plus de {MOST_ROWS} tentatives : choisissez une année ou une formation d’abord."
        )
    rows = [
        [
            one.invitation.member.number,
            one.invitation.member.last_name,
            one.invitation.member.first_name,
            one.invitation.training.title,
            one.invitation.training.approval_number or "",
            one.invitation.training.organism.name,
            one.number,
            set_name(one),
            one.get_status_display(),
            one.right,
            one.total,
            one.percent,
            one.pass_mark,
            "" if one.passed is None else ("oui" if one.passed else "non"),
            _cell(one.started_at),
            _cell(one.finished_at),
            time_spent(one),
            "oui" if one.by_insider else "",
        ]
        for one in with_all(attempts).iterator(chunk_size=2000)
    ]
    return write_workbook([("Tentatives", [HEADER, *rows])])


def _cell(at):
    """A time as a workbook has it, in Paris, to the second."""
    return at and timezone.localtime(at).replace(tzinfo=None, microsecond=0)


def with_all(attempts):
    """Attempts with all that a line about one needs, in one query."""
    answers = Answer.objects.filter(attempt=OuterRef("pk")).order_by().values("attempt")
    spent = Subquery(answers.annotate(spent=Sum("seconds")).values("spent"))
    return attempts.select_related(
        "invitation__member", "invitation__training__organism", "question_set"
    ).annotate(spent=Coalesce(spent, 0))


def note_reading(attempt, *, by, how="consultée"):
    """A journal row: who read this attempt, and when."""
    attempt.invitation.write_journal(
        to_status=f"tentative {how}", by=by, comment=f"Tentative {attempt.number} {how}"
    )
