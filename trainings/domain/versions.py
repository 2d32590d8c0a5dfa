"""Frozen sets: asking for the correction of a question, and making the new version of its set."""

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from common.errors import WrongStatus

from .. import emails
from ..questions import set_checks

CORRECT = "trainings.decide_training"


class Versions:
    """Mixed into `Training`: what staff may do with sets that the organism no longer edits."""

    # Values of `Training.Status`: the sets are frozen, and members may have taken them.
    FROZEN = ("approved", "revoked")

    def ask_correction(self, question, *, by, comment):
        """Ask the organism to correct a question; the request, mailed.

        Raises WrongStatus when the question was corrected meanwhile or is asked for already,
        ValueError without a comment, PermissionDenied.
        """
        if not by.has_perm(CORRECT):
            raise PermissionDenied
        if not comment.strip():
            raise ValueError("Dites à l’organisme ce qui est à corriger.")
        Correction = apps.get_model("trainings", "Correction")
        with transaction.atomic():
            training = self.lock()
            training._require_current(question)
            if question.corrections.live().exists():
                raise WrongStatus("Une correction de cette question est déjà demandée.")
            correction = Correction.objects.create(
                question=question, comment=comment.strip(), asked_at=timezone.now(), asked_by=by
            )
            training.write_journal(
                to_status="correction demandée",
                by=by,
                comment=f"{question.place}. {comment.strip()}",
            )
            emails.correction_asked(correction)
        return correction

    def correct_question(self, question, *, by, row, comment):
        """Make a new version of the question's set in which `row` stands for it; the new question.

        Its choices stand at their places, a blank one for one that is taken out; choices beyond
        the old ones are new. Attempts keep the
        version that they were taken with. The organism is told. A constant number of queries.
        Raises WrongStatus when the question was corrected meanwhile, ValueError without a
        comment or for a row that no set may hold, PermissionDenied.
        """
        if not by.has_perm(CORRECT):
            raise PermissionDenied
        if not comment.strip():
            raise ValueError("Écrivez pourquoi la question est corrigée.")
        with transaction.atomic():
            training = self.lock()
            training._require_current(question)
            training.require_sound(question, row)
            if row.filled() == question.as_row():
                raise ValueError("Rien n’est changé : corrigez la question, puis enregistrez.")
            Correction = apps.get_model("trainings", "Correction")
            question.corrections.live().update(status=Correction.Status.APPLIED)
            fresh = training._new_version(question, row)
            training.write_journal(
                to_status="question corrigée",
                by=by,
                comment=f"{question.place}, version {fresh.question_set.version}. "
                f"{comment.strip()}",
            )
            emails.question_corrected(fresh, comment=comment.strip())
        return fresh

    def live_corrections(self):
        """Corrections that still wait, each with its question and set."""
        Correction = apps.get_model("trainings", "Correction")
        return (
            Correction.objects.live()
            .filter(question__question_set__training=self)
            .select_related("question__question_set")
            .order_by("question__question_set__position", "question__position")
        )

    def _require_current(self, question):
        if self.status not in self.FROZEN:
            raise WrongStatus(
                "Les jeux de cette demande ne sont pas figés : demandez plutôt des modifications."
            )
        current = self.question_sets.current().filter(pk=question.question_set_id)
        if not current.exists():
            raise WrongStatus("Cette question a été corrigée entre-temps : rechargez la page.")

    def require_sound(self, question, row):
        """Raise ValueError when the sets would no longer be right with `row` for this question."""
        place = (question.question_set.position, question.position)
        rows = [
            (row.filled() if other.pk == question.pk else other.as_row()).in_set(one.position)
            for one in self.current_sets()
            for other in one.questions.all()
        ]
        # The one that repeats it may stand after it: the sentence then names this one.
        found = [
            one
            for one in set_checks.problems(rows)
            if (one.set_number, one.rank) == place
            or f"jeu {place[0]}, question {place[1]}." in one.sentence
        ]
        if found:
            raise ValueError(" ".join(str(one) for one in found))

    def _new_version(self, corrected, row):
        """Copy the set of `corrected` with `row` in its place; the new question."""
        QuestionSet = apps.get_model("trainings", "QuestionSet")
        Question = apps.get_model("trainings", "Question")
        Choice = apps.get_model("trainings", "Choice")
        before = self.question_sets.prefetch_related("questions__choices").get(
            pk=corrected.question_set_id
        )
        before.replaced_at = timezone.now()
        before.save(update_fields=["replaced_at"])
        after = QuestionSet.objects.create(
            training=self, position=before.position, version=before.version + 1
        )
        questions, choices, fresh = [], [], None
        for old in before.questions.all():
            values = row if old.pk == corrected.pk else old.as_row()
            new = Question(
                question_set=after,
                position=old.position,
                text=values.text,
                theme=values.theme,
                explanation=values.explanation,
                replaces=old,
            )
            questions.append(new)
            choices += _choices_of(new, values.choices, list(old.choices.all()), Choice)
            if old.pk == corrected.pk:
                fresh = new
        Question.objects.bulk_create(questions)
        Choice.objects.bulk_create(choices)
        self._carry_corrections({new.replaces_id: new for new in questions})
        return fresh

    def _carry_corrections(self, new):
        """Point what is asked for at the questions that now stand, by the id of the old ones."""
        Correction = apps.get_model("trainings", "Correction")
        live = list(Correction.objects.live().filter(question__in=list(new)))
        for one in live:
            one.question = new[one.question_id]
        Correction.objects.bulk_update(live, ["question"])


def _choices_of(question, given, old, Choice):
    """Unsaved choices of a question, each with the one it replaces.

    The one that reads the same wherever it stood, else the one at the same place: marking again
    follows these, and two choices may have changed places.
    """
    kept = [(place, *choice) for place, choice in enumerate(given) if not choice.is_blank]
    left = dict(enumerate(old))
    replaced = {}
    for place, text, _ in kept:
        # Its own place first: two choices of one text stay where they are.
        found = (one for one in (place, *left) if one in left and left[one].text == text)
        if (same := next(found, None)) is not None:
            replaced[place] = left.pop(same)
    for place, _, _ in kept:
        if place not in replaced and place in left:
            replaced[place] = left.pop(place)
    return [
        Choice(
            question=question,
            position=rank,
            text=text,
            is_right=is_right,
            replaces=replaced.get(place),
        )
        for rank, (place, text, is_right) in enumerate(kept, start=1)
    ]
