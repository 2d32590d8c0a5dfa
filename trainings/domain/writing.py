"""The organism's hand on its three sets: add, write, move, remove, while they may be changed."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Max, Value, When

from ..models.questions import Choice, Question, QuestionSet
from ..questions.rows import QuestionRow
from ..questions.sizing import SETS

MAX_QUESTIONS = 100
REMOVED_KEPT = 30
# Positions are unique in a set, row by row: on their way they stand aside, above all real ones.
ASIDE = 10_000
BLANK = QuestionRow()


class SetFull(ValueError):
    """A set takes no more questions. `str()` is a French sentence."""


class QuestionGone(ValueError):
    """The question was removed meanwhile. `str()` is a French sentence."""

    def __init__(self):
        super().__init__("Cette question a été supprimée entre-temps.")


class QuestionChanged(ValueError):
    """Someone else, or another tab, wrote the question; `question` is as it now stands."""

    def __init__(self, question):
        super().__init__(
            "Cette question a été modifiée entre-temps, par quelqu’un d’autre ou dans un autre "
            "onglet."
        )
        self.question = question


class RemovedQuestion(models.Model):
    """A question taken off a draft, kept to be put back."""

    training = models.ForeignKey(
        "trainings.Training", on_delete=models.CASCADE, related_name="removed_questions"
    )
    set_number = models.PositiveSmallIntegerField("jeu")
    rank = models.PositiveSmallIntegerField("rang")
    content = models.JSONField("contenu")
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    removed_at = models.DateTimeField("supprimée le", auto_now_add=True)

    class Meta:
        verbose_name = "question supprimée"
        verbose_name_plural = "questions supprimées"
        ordering = ["-removed_at", "-pk"]

    def __str__(self):
        return self.as_row().text[:80]

    def as_row(self) -> QuestionRow:
        """The question as it was when it was taken off."""
        return QuestionRow.from_json(self.content)


class SetWriting:
    """Mixed into `Training`. Every verb locks the request and raises WrongStatus once it is sent.

    A `content` is a `QuestionRow`; an incomplete one is kept as it is. Ranks begin at 1.
    """

    def find_question(self, pk):
        """A question of this request. Raises QuestionGone."""
        question = (
            Question.objects.select_related("question_set")
            .prefetch_related("choices")
            .filter(pk=pk, question_set__in=self.question_sets.all())
            .first()
        )
        if question is None:
            raise QuestionGone
        return question

    @transaction.atomic
    def add_question(self, number, content=BLANK, *, rank=None):
        """A new question in the set of this number, last unless a rank is given. Raises SetFull."""
        return self._open_sets()._insert(number, content, rank)

    @transaction.atomic
    def write_question(self, pk, content, *, revision, token=""):
        """Write what was typed on the question as it stood at `revision`; the question.

        `token` is « page:serial » of the page that writes: its own earlier saves are no conflict,
        and one that arrives late changes nothing. Raises QuestionGone or QuestionChanged.
        """
        question = self._open_sets().find_question(pk)
        page, serial = _read_token(token)
        last_page, last_serial = _read_token(question.last_save)
        is_own = bool(page) and page == last_page
        written = question.as_row()
        if content == written or (is_own and serial <= last_serial):
            return question
        if revision != question.revision and not is_own:
            raise QuestionChanged(question)
        for name in ("text", "theme", "explanation"):
            setattr(question, name, getattr(content, name))
        question.revision += 1
        question.last_save = token
        question.save(update_fields=["text", "theme", "explanation", "revision", "last_save"])
        if content.choices != written.choices:
            question.choices.all().delete()
            _write_choices([(question, content.choices)])
        return self.find_question(pk)

    @transaction.atomic
    def duplicate_question(self, pk):
        """The same question once more, just after it. Raises QuestionGone or SetFull."""
        training = self._open_sets()
        question = training.find_question(pk)
        return training._insert(
            question.question_set.position, question.as_row(), question.position + 1
        )

    @transaction.atomic
    def move_question(self, pk, *, steps=0, number=None):
        """Move a question by some places in its set, or to the end of another set."""
        training = self._open_sets()
        question = training.find_question(pk)
        source = question.question_set
        if number is None or number == source.position:
            ranked = [one for one in _ranked(source) if one != pk]
            ranked.insert(max(0, question.position - 1 + steps), pk)
            _renumber(source, ranked)
        else:
            target = training._set(number)
            rank = target.questions.count() + 1
            _require_room(target, rank)
            Question.objects.filter(pk=pk).update(question_set=target, position=rank)
            _renumber(source, _ranked(source))
        return training.find_question(pk)

    @transaction.atomic
    def remove_question(self, pk, *, by):
        """Take a question off; the row to put it back from, None when it said nothing."""
        training = self._open_sets()
        question = training.find_question(pk)
        content, source = question.as_row(), question.question_set
        removed = None
        if content != BLANK:
            removed = training.removed_questions.create(
                set_number=source.position,
                rank=question.position,
                content=content.to_json(),
                removed_by=by,
            )
            kept = training.removed_questions.values_list("pk", flat=True)[:REMOVED_KEPT]
            training.removed_questions.exclude(pk__in=list(kept)).delete()
        question.delete()
        _renumber(source, _ranked(source))
        return removed

    @transaction.atomic
    def restore_question(self, pk):
        """Put a removed question back where it was. Raises QuestionGone when it is back already."""
        training = self._open_sets()
        removed = training.removed_questions.filter(pk=pk).first()
        if removed is None:
            raise QuestionGone
        question = training._insert(removed.set_number, removed.as_row(), removed.rank)
        removed.delete()
        return question

    @transaction.atomic
    def import_questions(self, rows, *, replace):
        """Write `rows` (as `write_sets` takes them) after the questions there are.

        With `replace` they take the place of those in the sets that they name. A constant number
        of queries. Raises SetFull.
        """
        training = self._open_sets()
        numbers = sorted({row.set_number for row in rows})
        sets = {number: training._set(number) for number in numbers}
        if replace:
            Question.objects.filter(question_set__in=sets.values()).delete()
        ranks = dict.fromkeys(numbers, 0) | dict(
            Question.objects.filter(question_set__in=sets.values())
            .order_by()
            .values_list("question_set__position")
            .annotate(Max("position"))
        )
        questions = []
        for row in rows:
            ranks[row.set_number] += 1
            _require_room(sets[row.set_number], ranks[row.set_number])
            questions.append(
                Question(
                    question_set=sets[row.set_number],
                    position=ranks[row.set_number],
                    text=row.text,
                    theme=row.theme,
                    explanation=row.explanation,
                )
            )
        Question.objects.bulk_create(questions)
        _write_choices(
            (question, row.choices) for question, row in zip(questions, rows, strict=True)
        )

    def _open_sets(self):
        training = self.lock()
        training.require_editable()
        return training

    def _set(self, number):
        if number not in range(1, SETS + 1):
            raise ValueError("Un jeu porte le numéro 1, 2 ou 3.")
        return QuestionSet.objects.current().get_or_create(training=self, position=number)[0]

    def _insert(self, number, content, rank):
        target = self._set(number)
        ranked = _ranked(target)
        _require_room(target, len(ranked) + 1)
        question = Question.objects.create(
            question_set=target,
            position=len(ranked) + 1,
            text=content.text,
            theme=content.theme,
            explanation=content.explanation,
        )
        _write_choices([(question, content.choices)])
        if rank is not None and rank <= len(ranked):
            ranked.insert(max(0, rank - 1), question.pk)
            _renumber(target, ranked)
        return self.find_question(question.pk)


def _read_token(token):
    page, _, serial = token.rpartition(":")
    return (page, int(serial)) if serial.isdecimal() else ("", 0)


def _ranked(question_set):
    return list(question_set.questions.order_by("position").values_list("pk", flat=True))


def _renumber(question_set, ranked):
    """Give the questions of a set these ranks: two queries, however many they are."""
    if not ranked:
        return
    question_set.questions.update(position=F("position") + ASIDE)
    position = Question._meta.get_field("position")
    places = [When(pk=pk, then=Value(rank)) for rank, pk in enumerate(ranked, start=1)]
    question_set.questions.update(position=Case(*places, output_field=position))


def _require_room(question_set, rank):
    if rank > MAX_QUESTIONS:
        raise SetFull(
            f"Le jeu {question_set.position} contient déjà {MAX_QUESTIONS} questions, "
            "le maximum. Supprimez-en ou déplacez-en une d’abord."
        )


def _write_choices(written):
    Choice.objects.bulk_create(
        Choice(question=question, position=rank, text=text, is_right=is_right)
        for question, choices in written
        for rank, (text, is_right) in enumerate(choices, start=1)
    )
