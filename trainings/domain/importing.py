"""Questions out of a file, read by a task, or out of a pasted text: shown, imported or dropped."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common import files, stored_files
from common.errors import Refused, WrongStatus
from common.jobs import Work

from ..interchange import ParsedSets, UnreadableSets, read_file
from ..models import QuestionImport, Training
from ..questions.rows import QuestionRow
from ..questions.sizing import SETS
from .writing import import_questions

# Those whose source does not say their set go to each set in turn.
SPREAD = "spread"
PLACES = (*(str(number) for number in range(1, SETS + 1)), SPREAD)
AFTER, REPLACE = "after", "replace"
GAVE_UP = (
    "Le fichier n’a pas pu être lu. Enregistrez-le au format « Classeur Excel (.xlsx) », ou copiez "
    "son texte, puis recommencez."
)
# How many one task forgets.
BATCH = 500
Event = QuestionImport.Event


class AlreadyImported(WrongStatus):
    """What was read is imported already, or dropped."""

    def __init__(self) -> None:
        super().__init__("Ces questions sont déjà importées, ou abandonnées.")


class NotReady(Refused):
    """What was read cannot be imported yet; `sentences` says all that is to be done first."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


def choose(
    training: Training, file: Any, *, pasted_text: str, pasted_html: str, by: User | None
) -> None:
    """Keep an uploaded file in place of what was read before, and have a task read it.

    The same file sent twice is read once. Raises ValidationError for its size, WrongStatus.
    """
    files.check_size(file)
    with stored_files.writing(file, QuestionImport) as stored, transaction.atomic():
        name = stored.given_name[-255:]
        waiting = _waiting(training)
        same = (waiting.sha256, waiting.name) == (stored.sha256, name)
        if same and waiting.is_reading:
            stored.drop()
            return
        _replace(
            waiting,
            Event.CHOOSE,
            file=stored.name,
            sha256=stored.sha256,
            name=name,
            pasted_text=pasted_text,
            pasted_html=pasted_html,
            created_by=by,
        )
        READING.ask(waiting.pk)


def keep(
    training: Training,
    parsed: ParsedSets,
    *,
    pasted_text: str,
    pasted_html: str,
    by: User | None,
) -> None:
    """Keep what was read of a pasted text in place of what was read before. Raises WrongStatus."""
    with transaction.atomic():
        _replace(
            _waiting(training),
            Event.PASTE,
            file="",
            sha256="",
            name="",
            pasted_text=pasted_text,
            pasted_html=pasted_html,
            created_by=by,
            **_read_values(parsed),
        )


def _waiting(training: Training) -> QuestionImport:
    """What the request has already, or its first; the request locked. Raises WrongStatus."""
    training.lock().require_editable()
    waiting = QuestionImport.objects.filter(training=training).first()
    return waiting or QuestionImport(training=training)


def _replace(waiting: QuestionImport, event: str, **values: Any) -> None:
    """Put these values in the place of what was read before."""
    stored_files.delete_after_commit(waiting.file.name)
    waiting.take(event)
    waiting.ask_again()
    for name, value in {"error": "", "rows": [], "errors": [], "notes": [], **values}.items():
        setattr(waiting, name, value)
    waiting.save()


def _read_values(parsed: ParsedSets) -> dict[str, Any]:
    return {
        "rows": [question.as_row().to_json() for question in parsed.questions],
        "errors": parsed.errors,
        "notes": parsed.notes,
    }


def _read(waiting: QuestionImport) -> None:
    """Keep what the file holds, or why it gives no questions."""
    try:
        with waiting.file.open("rb") as file:
            parsed = read_file(file, name=waiting.name)
    except UnreadableSets as error:
        _end(waiting, Event.MARK_UNREADABLE, error=str(error))
    else:
        _end(waiting, Event.RECORD, **_read_values(parsed))


def _give_up(waiting: QuestionImport) -> None:
    _end(waiting, Event.MARK_UNREADABLE, error=GAVE_UP)


READING = Work(QuestionImport, task="trainings.tasks.read_questions", do=_read, give_up=_give_up)


def _end(waiting: QuestionImport, event: str, **values: Any) -> None:
    """End the reading of this very file, unless another task did or another file came."""
    step = QuestionImport.TRANSITIONS[event]
    name = waiting.file.name
    with transaction.atomic():
        ended = QuestionImport.objects.filter(
            pk=waiting.pk, status__in=step.sources, file=name
        ).update(status=step.target, file="", leased_until=None, **values)
        if ended:
            stored_files.delete_after_commit(name)


def fingerprint(waiting: QuestionImport) -> str:
    """A short text that differs as soon as something else is read: the page shows this one."""
    content = json.dumps([waiting.rows, waiting.errors], sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()[:16]


def apply(waiting: QuestionImport, *, shown: str, place: str, mode: str) -> int:
    """Write what was read into the sets, all of it or nothing; how many questions.

    `shown` is the fingerprint of what the person saw, `place` one of PLACES for questions without
    a set, `mode` is AFTER or REPLACE. Raises NotReady, SetFull, WrongStatus, AlreadyImported.
    """
    with transaction.atomic():
        training = waiting.training.lock()
        # As it is now: a colleague may have read something else since the page was asked for.
        kept = QuestionImport.objects.filter(pk=waiting.pk).first()
        if kept is None:
            raise AlreadyImported
        _require_ready(kept, shown=shown, place=place, mode=mode)
        rows = list(_placed(kept.as_rows(), place))
        # Whoever deletes it imports it: a second click finds nothing.
        deleted, _ = QuestionImport.objects.filter(pk=kept.pk).delete()
        if not deleted:
            raise AlreadyImported
        import_questions(training, rows, replace=mode == REPLACE)
    return len(rows)


def drop(training: Training) -> None:
    """Forget what was read, or is being read: the sets have not changed."""
    with transaction.atomic():
        training.lock()
        for waiting in QuestionImport.objects.filter(training=training):
            _forget(waiting)


def forget(*, before: datetime) -> None:
    """Forget what was chosen before this time and never imported, some hundreds at a time."""
    for waiting in QuestionImport.objects.filter(asked_at__lt=before).order_by("pk")[:BATCH]:
        with transaction.atomic():
            _forget(waiting)


def _forget(waiting: QuestionImport) -> None:
    """Delete it and its file, unless something else was chosen meanwhile."""
    deleted, _ = QuestionImport.objects.filter(pk=waiting.pk, asked_at=waiting.asked_at).delete()
    if deleted:
        stored_files.delete_after_commit(waiting.file.name)


def _require_ready(waiting: QuestionImport, *, shown: str, place: str, mode: str) -> None:
    sentences = []
    if shown != fingerprint(waiting):
        sentences.append("Autre chose a été lu entre-temps : vérifiez ce qui va être importé.")
    if waiting.is_reading:
        sentences.append("Le fichier est encore en cours de lecture : attendez qu’il soit lu.")
    elif waiting.errors or not waiting.rows:
        sentences.append("Corrigez d’abord les erreurs : rien n’a été importé.")
    if place not in PLACES and not all(row.set_number for row in waiting.as_rows()):
        sentences.append("Choisissez le jeu où vont ces questions.")
    if mode not in {AFTER, REPLACE}:
        sentences.append("Choisissez d’ajouter ces questions ou de remplacer celles du jeu.")
    if sentences:
        raise NotReady(sentences)


def _placed(rows: Iterable[QuestionRow], place: str) -> Iterable[QuestionRow]:
    """The rows with their sets; those without one go to set `place`, or to each set in turn."""
    turn = 0
    for row in rows:
        number = row.set_number
        if number == 0:
            number = turn % SETS + 1 if place == SPREAD else int(place)
            turn += 1
        yield row.in_set(number)
