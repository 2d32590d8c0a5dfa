"""An attempt as the member saw it, with what was right and when each answer was saved."""

from django.utils import timezone
from django.utils.formats import date_format

from anacofi_portal.durations import format_minutes
from anacofi_portal.pdf import render_pdf
from anacofi_portal.spreadsheets.writing import write_workbook

from . import marking, pages

# Above this a workbook is no longer made while someone waits.
MOST_ROWS = 20_000


class TooMany(ValueError):
    """More attempts than one workbook holds. French sentence."""


def second(at):
    """An aware time to the second, in Paris; « – » for None."""
    return date_format(timezone.localtime(at), "d/m/Y H:i:s") if at else "–"


def time_spent(attempt):
    """Whole seconds from « Commencer » to the end; None while it runs."""
    if attempt.finished_at is None:
        return None
    return int((attempt.finished_at - attempt.started_at).total_seconds())


def questions(attempt):
    """The questions in the order shown; each choice with `ticked` and `is_right`.

    `remark` says when a correction since changed what is right; with `for_all` it counts as
    right whatever was ticked.
    """
    own, _ = attempt.own_key()
    key = attempt.key()
    shown = pages.questions(attempt)
    for question in shown:
        right, was = key[question["pk"]], own[question["pk"]]
        question["for_all"] = right is None
        question["corrected"] = right is not None and set(right) != was
        for choice in question["choices"]:
            choice["is_right"] = choice["pk"] in (was if right is None else right)
        question["is_right"] = question["pk"] not in attempt.wrong
        question["remark"] = _remark(question)
    return shown


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
        + f". {one.regrade.reason}"
        for one in attempt.mark_changes.select_related("regrade")
    ]


def _result_word(passed):
    return "réussie" if passed else "non réussie"


def pdf(attempt):
    """The bytes of the PDF of evidence. Member, training and organism are read with the attempt."""
    invitation = attempt.invitation
    training = invitation.training
    facts = [
        ("Adhérent", f"{invitation.member}, n° {invitation.member.number}"),
        ("Formation", training.title),
        ("Organisme", training.organism.name),
        ("Agrément", training.approval_number or "–"),
        ("Session du", date_format(invitation.session_on, "d/m/Y")),
        ("Heures AMF", format_minutes(invitation.minutes)),
        ("Invitation du", second(invitation.invited_at)),
        ("À passer avant le", second(invitation.deadline_at)),
        ("Tentative", f"{attempt.number} sur {attempt.rules.get('attempts', '–')}"),
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
                    "verdict": ("juste" if one["is_right"] else "fausse")
                    + (f" ({one['remark']})" if one["remark"] else ""),
                    "saved": second(one["saved_at"]),
                    "choices": [
                        {key: choice[key] for key in ("text", "ticked", "is_right")}
                        for choice in one["choices"]
                    ],
                }
                for one in questions(attempt)
            ]
            if attempt.right is not None
            else [],
            "made": f"Établi le {second(timezone.now())} (heure de Paris).",
        },
    )


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
            second(one.started_at),
            second(one.finished_at),
            time_spent(one),
            "oui" if one.by_insider else "",
        ]
        for one in with_all(attempts).iterator(chunk_size=2000)
    ]
    return write_workbook([("Tentatives", [HEADER, *rows])])


def with_all(attempts):
    """Attempts with all that a line about one needs, in one query."""
    return attempts.select_related(
        "invitation__member", "invitation__training__organism", "question_set"
    )


def note_reading(attempt, *, by, how="consultée"):
    """A journal row: who read this attempt, and when."""
    invitation = attempt.invitation
    invitation.write_journal(
        from_status=invitation.status,
        to_status=invitation.status,
        by=by,
        comment=f"Tentative {attempt.number} {how}",
    )
