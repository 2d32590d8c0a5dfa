"""The same file read another way: by answers, by what columns mean, by session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import stored_files
from common.errors import Refused, WrongStatus

from ..models import Answer, Sheet
from ..models.answer import Asking
from ..roster.columns import KINDS
from ..roster.questions import column_key
from ..roster.sessions import ALL
from .approval import date_error
from .reading import READING, read_again

Event = Sheet.Event
ANSWERED_ALREADY = "Cette question a déjà reçu une réponse : celle-ci n’est pas retenue."


def tell_columns(sheet: Sheet, told: Mapping[str, str], *, by: User) -> None:
    """Say what columns mean ({title: field}); remembered for the organism's files of this layout.

    The file is read again; what was ticked or corrected by hand stays. Raises WrongStatus.
    """
    answers = {column_key(title): kind for title, kind in told.items()}
    words = {
        column_key(title): f"Colonne « {title} ». Réponse : {KINDS.get(kind, 'à ne pas lire')}."
        for title, kind in told.items()
    }
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.TELL_COLUMNS)
        of_layout = {sheet.layout: answers}
        remember(sheet, of_layout, words, organism_id=sheet.training.organism_id, by=by)
        read_again(
            sheet,
            Event.TELL_COLUMNS,
            by=by,
            comment="Sens des colonnes précisé",
            update_fields=["answers", "said"],
        )


def answer(sheet: Sheet, given: Mapping[str, str], *, by: User) -> bool:
    """Answer questions ({key: value}) that the file left open: it is read again with them.

    What is not a question of the list, or none of its answers, is left out; whether it had been
    answered, in another tab. Raises WrongStatus, and Refused when nothing is left.
    """
    with transaction.atomic():
        sheet = sheet.lock()
        late = answered_before(sheet, given)
        if sheet.status == Sheet.Status.READING and late and late == _chosen(given):
            raise Refused(ANSWERED_ALREADY)
        sheet.require(Event.ANSWER)
        answered = answers_to(sheet, given)
        of_layouts = by_layout(sheet, answered)
        words = in_words(sheet, answered)
        sheet.questions = [one for one in sheet.questions if one["key"] not in answered]
        remember(sheet, of_layouts, words, organism_id=sheet.training.organism_id, by=by)
        read_again(
            sheet,
            Event.ANSWER,
            by=by,
            comment="\n".join(words.values()),
            update_fields=["answers", "said", "questions"],
        )
    return bool(late)


def _chosen(given: Mapping[str, str]) -> set[str]:
    """The keys of what was answered, not left open."""
    return {key for key, value in given.items() if value}


def answered_before(asking: Asking, given: Mapping[str, str]) -> set[str]:
    """The keys of those answers whose question has one already, and is asked no more."""
    is_open = {question["key"] for question in asking.questions}
    return {key for key in _chosen(given) if key in asking.answers and key not in is_open}


def answers_to(asking: Asking, given: Mapping[str, str]) -> dict[str, str]:
    """Those of the answers given ({key: value}) that a question offers. Raises Refused if none."""
    offered = {
        question["key"]: {value for value, _ in question["options"]}
        for question in asking.questions
    }
    answered = {key: value for key, value in given.items() if value in offered.get(key, ())}
    if not answered and answered_before(asking, given):
        raise Refused(ANSWERED_ALREADY)
    if not answered:
        raise Refused("Choisissez une réponse à chaque question, puis relisez le fichier.")
    return answered


def by_layout(asking: Asking, answered: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """These answers by the layout whose next files they are kept for; "" for this file's own."""
    sorted_out: dict[str, dict[str, str]] = {}
    for question in asking.questions:
        if (value := answered.get(question["key"])) is not None:
            sorted_out.setdefault(question["layout"], {})[question["key"]] = value
    return sorted_out


def in_words(asking: Asking, answered: Mapping[str, str]) -> dict[str, str]:
    """{key: question and answer}: what the hours of the list will stand on."""
    said = {}
    for question in asking.questions:
        labels = dict(question["options"])
        if (value := answered.get(question["key"])) is not None:
            said[question["key"]] = f"{question['sentence']} Réponse : {labels[value]}."
    return said


def remember(
    asking: Asking,
    told: Mapping[str, Mapping[str, str]],
    words: Mapping[str, str],
    *,
    organism_id: int,
    by: User,
) -> None:
    """Keep what was told ({layout: {key: value}}): of this file, in memory, and for the next ones.

    `words` say it in French ({key: words}).

    What is told without a layout is of this file alone. One query.
    """
    for answers in told.values():
        asking.answers = {**asking.answers, **answers}
    asking.said = {**asking.said, **words}
    now = timezone.now()
    Answer.objects.bulk_create(
        [
            Answer(
                organism_id=organism_id,
                layout=layout,
                key=key,
                value=value,
                words=words.get(key, ""),
                told_by=by,
                told_at=now,
            )
            for layout, answers in told.items()
            if layout
            for key, value in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["organism", "layout", "key"],
        update_fields=["value", "words", "told_by", "told_at"],
    )


@dataclass(frozen=True)
class Given:
    """The answers that a list was read by: those known in words, and how many are not."""

    words: list[str]
    wordless: int

    def __len__(self) -> int:
        return len(self.words) + self.wordless


def given(sheet: Sheet) -> Given:
    """What was answered of this file, or of earlier ones, and applied to its list. Two queries.

    Nothing of a list that another file has corrected since: it is not that reading any more.
    """
    if _is_corrected_by_a_file(sheet):
        return Given([], 0)
    words = [sheet.said.get(key, "") for key in sheet.answers]
    earlier = [(layout, key) for layout, key in sheet.applied if key not in sheet.answers]
    kept = {
        (answer.layout, answer.key): answer
        for answer in Answer.objects.filter(
            organism=sheet.training.organism_id, layout__in={layout for layout, _ in earlier}
        )
    }
    for one in earlier:
        answer = kept.get(one)
        # Answered otherwise since, of another file, it is not what this one was read by.
        is_same = answer and answer.words and sheet.read_at and answer.told_at <= sheet.read_at
        words.append(
            f"{answer.words} Retenue d’un fichier de même forme, le "
            f"{timezone.localtime(answer.told_at):%d/%m/%Y}."
            if answer and is_same
            else ""
        )
    return Given([said for said in words if said], words.count(""))


def _is_corrected_by_a_file(sheet: Sheet) -> bool:
    """Whether another file was applied to the list since it was read."""
    said = sheet.journal.filter(event__in=[Event.RECORD, Event.APPLY_FILE]).order_by("pk").last()
    return said is not None and said.event == Event.APPLY_FILE


def answer_again(sheet: Sheet, *, by: User) -> None:
    """Forget the answers to this file, and those kept for files of its layout: it asks anew.

    What was ticked or corrected by hand stays. Raises WrongStatus, and Refused when nothing was
    answered.
    """
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.ANSWER_AGAIN)
        if _is_corrected_by_a_file(sheet):
            raise Refused(
                "Cette liste a été corrigée avec un autre fichier : la relire effacerait cette "
                "correction. Corrigez-la ligne par ligne, ou avec un autre fichier."
            )
        forgotten = given(sheet)
        if not forgotten:
            raise Refused("Aucune réponse n’a été donnée pour ce fichier.")
        layouts = {sheet.layout, *(layout for layout, _ in sheet.applied)} - {""}
        Answer.objects.filter(organism=sheet.training.organism_id, layout__in=layouts).delete()
        sheet.answers, sheet.said = {}, {}
        read_again(
            sheet,
            Event.ANSWER_AGAIN,
            by=by,
            comment="\n".join([f"Réponses oubliées : {len(forgotten)}.", *forgotten.words]),
            update_fields=["answers", "said"],
        )


def keep_session(sheet: Sheet, key: str, *, by: User) -> None:
    """Keep one of the file's sessions on this sheet. Raises WrongStatus, Refused."""
    with transaction.atomic():
        sheet = sheet.lock()
        sheet.require(Event.KEEP_SESSION)
        if key == ALL and sheet.sessions:
            _keep(sheet, {"key": ALL, "label": "toutes les lignes, une seule session"}, by)
            return
        for session in sheet.sessions:
            if session["key"] == key:
                _keep(sheet, session, by)
                return
        raise Refused("Cette session n’est pas dans le fichier.")


def split_sessions(sheet: Sheet, *, by: User) -> list[Sheet]:
    """One sheet for each session of the file, this one for the first; the new sheets.

    Each new one has its own copies of the scan and the file. Raises WrongStatus, and Refused
    when one of them cannot be of this approval.
    """
    sheet.require(Event.KEEP_SESSION)
    first, *others = sheet.sessions or [None]
    if not others:
        raise WrongStatus("Ce fichier ne contient qu’une session.")
    files = [(sheet.scan, sheet.scan_name), (sheet.roster, sheet.roster_name)] * len(others)
    with stored_files.copying(files, Sheet) as names, transaction.atomic():
        locked = sheet.lock()
        locked.require(Event.KEEP_SESSION)
        if (locked.roster.name, locked.sessions) != (sheet.roster.name, sheet.sessions):
            raise WrongStatus("Un autre fichier vient d’être lu pour cette feuille.")
        copies = iter(names)
        made = [
            _split_off(locked, session, scan=next(copies), roster=next(copies), by=by)
            for session in others
        ]
        _keep(locked, first, by)
    return made


def _split_off(sheet: Sheet, session: dict[str, Any], *, scan: str, roster: str, by: User) -> Sheet:
    """Another sheet of the same files, copied under these stored names, for a session of theirs."""
    made = Sheet(
        training=sheet.training,
        starts_on=sheet.starts_on,
        ends_on=sheet.ends_on,
        place=sheet.place,
        scan=scan,
        scan_name=sheet.scan_name,
        scan_type=sheet.scan_type,
        scan_sha256=sheet.scan_sha256,
        roster=roster,
        roster_name=sheet.roster_name,
        roster_sha256=sheet.roster_sha256,
        deposited_by=by,
    )
    _pick(made, session)
    made.save()
    made.write_journal(Event.SPLIT_OFF, by=by, comment=f"Session gardée : {session['label']}")
    READING.ask(made.pk)
    return made


def _keep(sheet: Sheet, session: dict[str, Any], by: User) -> None:
    """Have a locked sheet's file read for this session alone. Raises Refused."""
    _pick(sheet, session)
    read_again(
        sheet,
        Event.KEEP_SESSION,
        by=by,
        comment=f"Session gardée : {session['label']}",
        update_fields=["picked", "starts_on", "ends_on"],
    )


def _pick(sheet: Sheet, session: dict[str, Any]) -> None:
    """Make the sheet, in memory, one of this session: of its day too, when the file tells it."""
    sheet.picked = session["key"]
    try:
        day = date.fromisoformat(session["key"])
    except ValueError:
        return
    if error := date_error(sheet.training, day, day):
        raise Refused(f"Session du {day:%d/%m/%Y} : {error}")
    sheet.starts_on = sheet.ends_on = day
