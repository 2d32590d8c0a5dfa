"""Questions read from a file or a pasted text: kept to be shown, then imported or dropped."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from django.db import transaction

from accounts.models import User
from common.errors import Refused, WrongStatus

from ..interchange import ParsedSets
from ..models import QuestionImport, Training
from ..questions.rows import QuestionRow
from ..questions.sizing import SETS
from .writing import import_questions

# Those whose source does not say their set go to each set in turn.
SPREAD = "spread"
PLACES = (*(str(number) for number in range(1, SETS + 1)), SPREAD)
AFTER, REPLACE = "after", "replace"


class AlreadyImported(WrongStatus):
    """What was read is imported already, or dropped."""

    def __init__(self) -> None:
        super().__init__("Ces questions sont déjà importées, ou abandonnées.")


class NotReady(Refused):
    """What was read cannot be imported yet; `sentences` says all that is to be done first."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


def keep(
    training: Training,
    parsed: ParsedSets,
    *,
    name: str,
    pasted_text: str,
    pasted_html: str,
    by: User | None,
) -> QuestionImport:
    """Keep what was read in place of what was read before. Raises WrongStatus."""
    with transaction.atomic():
        training = training.lock()
        training.require_editable()
        waiting, _ = QuestionImport.objects.update_or_create(
            training=training,
            defaults={
                "name": name[-255:],
                # A file is kept by its name alone.
                "pasted_text": "" if name else pasted_text,
                "pasted_html": "" if name else pasted_html,
                "rows": [question.as_row().to_json() for question in parsed.questions],
                "errors": parsed.errors,
                "notes": parsed.notes,
                "created_by": by,
            },
        )
    return waiting


def fingerprint(waiting: QuestionImport) -> str:
    """A short text that differs as soon as something else is read: the page shows this one."""
    content = json.dumps([waiting.rows, waiting.errors], sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()[:16]


def apply(waiting: QuestionImport, *, shown: str, place: str, mode: str) -> int:
    """Write what was read into the sets, all of it or nothing; how many questions.

    `shown` is the fingerprint of what the person saw, `place` one of PLACES for questions without
    a set, `mode` is AFTER or REPLACE. Raises NotReady, SetFull, WrongStatus, AlreadyImported.
    """
    _require_ready(waiting, shown=shown, place=place, mode=mode)
    rows = list(_placed(waiting.as_rows(), place))
    with transaction.atomic():
        # Whoever deletes it imports it: a second click finds nothing.
        deleted, _ = QuestionImport.objects.filter(pk=waiting.pk).delete()
        if not deleted:
            raise AlreadyImported
        import_questions(waiting.training, rows, replace=mode == REPLACE)
    return len(rows)


def drop(training: Training) -> None:
    """Forget what was read: the sets have not changed."""
    QuestionImport.objects.filter(training=training).delete()


def _require_ready(waiting: QuestionImport, *, shown: str, place: str, mode: str) -> None:
    sentences = []
    if shown != fingerprint(waiting):
        sentences.append("Autre chose a été lu entre-temps : vérifiez ce qui va être importé.")
    if waiting.errors or not waiting.rows:
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
