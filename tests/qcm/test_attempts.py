"""An attempt: drawn once, saved as it goes, marked once, counted once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import Refused, WrongStatus
from mailing.models import Message
from members.models import HoursCredit
from qcm.domain import attempts, invitations, marks
from qcm.domain.attempts import ForeignAnswer
from qcm.models import Answer, Attempt, Invitation
from qcm.tasks import finish_overdue
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import answer, right_choices, take
from trainings.models import AnnualRules, QuestionSet


def mails():
    return list(Message.objects.order_by("pk").values_list("template", "to"))


# --- Starting ---------------------------------------------------------------------------------


def test_starting_draws_all_questions_of_one_set_with_all_their_choices(invitation):
    attempt = steps.start(invitation)
    expected = {
        question.pk: set(question.choices.values_list("pk", flat=True))
        for question in attempt.question_set.questions.all()
    }
    assert {question: set(choices) for question, choices in attempt.order} == expected
    assert (attempt.number, attempt.total, attempt.pass_mark) == (1, 4, 70)


def test_starting_twice_gives_the_same_attempt_in_the_same_order(invitation):
    first = steps.start(invitation)
    second = steps.start(Invitation.objects.get(pk=invitation.pk))
    assert (second.pk, second.order) == (first.pk, first.order)
    assert Attempt.objects.count() == 1


def test_the_database_refuses_a_second_started_attempt(invitation):
    first = steps.start(invitation)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            invitation=invitation,
            number=2,
            question_set=first.question_set,
            pass_mark=70,
            total=4,
            started_at=timezone.now(),
        )


def test_each_attempt_has_another_set_until_all_were_seen_then_the_least_recent(invitation):
    invitation.attempts_allowed = 6
    invitation.save()
    seen = [take(invitation, right=0).question_set_id for _ in range(6)]
    assert set(seen[:3]) == set(QuestionSet.objects.values_list("pk", flat=True))
    assert seen[3:] == seen[:3]


def test_sets_and_orders_are_drawn_at_random(db):
    training = factories.make_amf_training()
    begun = [steps.start(factories.make_invitation(training)) for _ in range(30)]
    assert len({attempt.question_set_id for attempt in begun}) == 3
    assert len({str(attempt.order) for attempt in begun}) > 20


def test_the_pass_mark_is_the_years_when_the_attempt_starts(invitation):
    AnnualRules.objects.create(year=invitation.training.year, pass_mark=80)
    attempt = steps.start(invitation)
    AnnualRules.objects.update(pass_mark=20)
    attempt = steps.finish(answer(attempt, right=3))
    assert (attempt.pass_mark, attempt.passed) == (80, False)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("passed", "Ce QCM est déjà réussi : il n’y a rien de plus à faire."),
        ("failed", "Toutes les tentatives de ce QCM ont été utilisées."),
        ("withdrawn", "Ce QCM a été retiré : il n’est plus à passer."),
    ],
)
def test_an_invitation_that_is_not_open_starts_nothing(db, status, sentence):
    passed_at = timezone.now() if status == "passed" else None
    invitation = factories.make_invitation(status=status, passed_at=passed_at)
    with pytest.raises(WrongStatus, match=sentence):
        steps.start(invitation)
    assert not Attempt.objects.exists()


def test_an_expired_invitation_starts_nothing(db):
    invitation = factories.make_invitation(deadline_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(WrongStatus, match="^Le délai pour passer ce QCM est terminé depuis le "):
        steps.start(invitation)


def test_an_attempt_without_questions_is_refused_with_a_sentence(db):
    training = factories.make_training(status="approved", requested_amf_minutes=60)
    with pytest.raises(WrongStatus, match="^Les questions de ce QCM ne sont pas disponibles"):
        steps.start(factories.make_invitation(training))


@pytest.mark.parametrize("same_organism", [True, False])
def test_an_attempt_by_one_of_the_organisms_people_is_flagged(db, same_organism):
    training = factories.make_amf_training()
    other = training.organism if same_organism else factories.make_organism()
    factories.make_person(other, email="camille@exemple.test")
    member = factories.make_member(email="Camille@Exemple.test")
    invitation = factories.make_invitation(training, member)
    assert steps.start(invitation).by_insider is same_organism
    assert Invitation.objects.with_insiders().get().is_insider is same_organism


def test_a_member_at_the_organisms_own_address_is_one_of_its_people(db):
    training = factories.make_amf_training()
    email = training.organism.email.upper()
    inside = factories.make_invitation(training, factories.make_member(email=email))
    outside = factories.make_invitation(training, factories.make_member(email=""))
    assert (steps.start(inside).by_insider, steps.start(outside).by_insider) == (True, False)


# --- Saving -----------------------------------------------------------------------------------


def test_an_answer_is_kept_and_may_change_until_the_end(invitation):
    attempt = steps.start(invitation)
    question, choices = attempt.order[0]
    steps.save(attempt, {question: choices[:2]})
    steps.save(attempt, {question: choices[1:2]})
    assert marks.ticked(attempt) == {question: choices[1:2]}
    assert Answer.objects.count() == 1


def test_a_whole_form_gives_a_new_time_only_to_what_changed(invitation):
    attempt = steps.start(invitation)
    (first, a), (second, b), *_ = attempt.order
    steps.save(attempt, {first: a[:1], second: b[:1]})
    Answer.objects.update(saved_at=timezone.now() - timedelta(hours=1))
    before = Answer.objects.get(question=first).saved_at
    attempts.save_form(attempt, {first: a[:1], second: b[1:2]})
    assert Answer.objects.get(question=first).saved_at == before
    assert Answer.objects.get(question=second).saved_at > before
    # The two questions never touched have no row.
    assert Answer.objects.count() == 2


def test_a_question_of_another_set_is_refused_and_nothing_is_written(invitation):
    attempt = steps.start(invitation)
    own, choices = attempt.order[0]
    other = QuestionSet.objects.exclude(pk=attempt.question_set_id).first().questions.first()
    with pytest.raises(ForeignAnswer, match="Cette question ne fait pas partie de votre QCM."):
        steps.save(attempt, {own: choices[:1], other.pk: []})
    assert not Answer.objects.exists()


def test_a_choice_of_another_question_is_refused_and_nothing_is_written(invitation):
    attempt = steps.start(invitation)
    (first, _), (_, choices), *_ = attempt.order
    with pytest.raises(ForeignAnswer, match="Cette réponse ne fait pas partie de la question."):
        steps.save(attempt, {first: choices[:1]})
    assert not Answer.objects.exists()


def test_an_answer_after_the_end_is_refused_and_nothing_changes(invitation):
    attempt = answer(steps.start(invitation), right=0)
    steps.finish(attempt)
    before = marks.ticked(attempt)
    with pytest.raises(WrongStatus, match="^Cette tentative est terminée"):
        steps.save(attempt, right_choices(attempt))
    assert marks.ticked(attempt) == before


def test_an_answer_may_come_until_24_hours_after_the_deadline(invitation):
    attempt = steps.start(invitation)
    question, choices = attempt.order[0]
    deadline = timezone.now() - timedelta(hours=23, minutes=59)
    Invitation.objects.update(deadline_at=deadline)
    steps.save(attempt, {question: choices[:1]})
    Invitation.objects.update(deadline_at=deadline - timedelta(minutes=2))
    with pytest.raises(WrongStatus, match="^Le temps de cette tentative est écoulé"):
        steps.save(attempt, {question: []})
    assert marks.ticked(attempt) == {question: choices[:1]}


# --- Finishing --------------------------------------------------------------------------------


def test_a_pass_counts_the_hours_and_mails_once_however_often_it_is_finished(invitation):
    attempt = answer(steps.start(invitation), right=3)
    results = [steps.finish(Attempt.objects.get(pk=attempt.pk)) for _ in range(3)]
    assert [(one.right, one.total, one.passed, one.percent) for one in results] == [
        (3, 4, True, 75)
    ] * 3
    entry = HoursCredit.objects.get()
    assert (entry.minutes, entry.kind, entry.member) == (60, "amf", invitation.member)
    invitation.refresh_from_db()
    assert (invitation.status, invitation.credit) == ("passed", entry)
    assert mails() == [("qcm/email/passed", invitation.member.email)]
    row = invitation.journal.get()
    assert (row.from_status, row.to_status, row.by_label, row.comment) == (
        "open",
        "passed",
        str(invitation.member),
        "Tentative 1 : 3 / 4 (75 %), seuil 70 %",
    )


def test_one_question_short_fails_and_leaves_the_other_attempts(invitation):
    attempt = take(invitation, right=2)
    assert (attempt.right, attempt.passed, len(attempt.wrong)) == (2, False, 2)
    invitation.refresh_from_db()
    assert invitation.status == "open"
    assert not HoursCredit.objects.exists()
    assert mails() == [("qcm/email/failed", invitation.member.email)]


def test_one_right_choice_too_many_or_too_few_is_wrong(invitation):
    attempt = steps.start(invitation)
    answers = right_choices(attempt)
    two = next(question for question, choices in answers.items() if len(choices) == 2)
    one = next(question for question, choices in answers.items() if len(choices) == 1)
    shown = dict(attempt.order)
    answers[two] = answers[two][:1]
    answers[one] = shown[one][:3]
    steps.save(attempt, answers)
    assert sorted(steps.finish(attempt).wrong) == sorted([one, two])


def test_nothing_answered_is_marked_zero(invitation):
    attempt = steps.finish(steps.start(invitation))
    assert (attempt.right, attempt.total, attempt.passed) == (0, 4, False)


def test_failing_the_last_attempt_closes_the_qcm_and_tells_staff(invitation, settings):
    settings.STAFF_EMAILS = ["formation@anacofi.test"]
    for _ in range(3):
        take(invitation, right=0)
    invitation.refresh_from_db()
    assert invitation.status == "failed"
    member = invitation.member.email
    assert mails() == [
        ("qcm/email/failed", member),
        ("qcm/email/failed", member),
        ("qcm/email/attempts_exhausted", "formation@anacofi.test"),
        ("qcm/email/failed", member),
    ]
    with pytest.raises(WrongStatus):
        steps.start(invitation)


def test_a_member_who_lost_cif_since_the_session_is_credited_all_the_same(invitation):
    yesterday = timezone.localdate() - timedelta(days=1)
    invitation.member.memberships.update(ends_on=yesterday)
    assert take(invitation, right=4).passed
    assert HoursCredit.objects.get().minutes == 60


def test_an_attempt_in_overtime_can_be_passed(invitation):
    attempt = answer(steps.start(invitation), right=4)
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(hours=23))
    assert steps.finish(attempt).passed


def test_an_attempt_nobody_came_back_to_is_finished_by_the_sweep_once(invitation):
    attempt = answer(steps.start(invitation), right=4)
    deadline = timezone.now() - timedelta(hours=25)
    Invitation.objects.update(deadline_at=deadline)
    other = steps.start(factories.make_invitation())
    finish_overdue()
    finish_overdue()
    attempt.refresh_from_db()
    assert (attempt.passed, attempt.finished_at) == (True, deadline + timedelta(hours=24))
    assert Attempt.objects.get(pk=other.pk).is_started
    assert mails() == [("qcm/email/passed", invitation.member.email)]


def test_a_task_finishes_a_batch_in_order_and_says_where_it_came(db, monkeypatch):
    monkeypatch.setattr(attempts, "BATCH", 2)
    begun = [steps.start(factories.make_invitation()) for _ in range(3)]
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(hours=25))
    last = attempts.finish_overdue()
    assert (last, Attempt.objects.finished().count()) == (begun[1].pk, 2)
    assert attempts.finish_overdue(last) is None
    assert Attempt.objects.finished().count() == 3


def test_an_attempt_that_cannot_be_finished_holds_up_no_other(db, monkeypatch, caplog):
    broken, sound = (steps.start(factories.make_invitation()) for _ in range(2))
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(hours=25))
    # What is asked of it is no longer what its set holds.
    Attempt.objects.filter(pk=broken.pk).update(order=[[0, []]])
    finish_overdue()
    assert list(Attempt.objects.finished()) == [sound]
    assert f"Attempt {broken.pk} could not be finished" in caplog.text


# --- One more attempt -------------------------------------------------------------------------


@pytest.fixture
def exhausted(invitation):
    for _ in range(3):
        take(invitation, right=0)
    invitation.refresh_from_db()
    Message.objects.all().delete()
    return invitation


def test_an_attempt_granted_opens_the_qcm_once_more(exhausted, administrator):
    invitations.grant_attempt(exhausted, by=administrator, comment=" Panne de réseau. ")
    exhausted.refresh_from_db()
    assert (exhausted.status, exhausted.attempts_allowed) == ("open", 4)
    assert mails() == [("qcm/email/attempt_granted", exhausted.member.email)]
    row = exhausted.journal.last()
    assert (row.from_status, row.to_status, row.by, row.comment) == (
        "failed",
        "open",
        administrator,
        "Panne de réseau.",
    )
    assert take(exhausted, right=4).passed


def test_an_attempt_granted_after_the_deadline_comes_with_21_days(exhausted, administrator):
    Invitation.objects.update(deadline_at=timezone.now() - timedelta(days=60))
    invitations.grant_attempt(exhausted, by=administrator, comment="Maladie.")
    exhausted.refresh_from_db()
    last_day = timezone.localtime(exhausted.deadline_at)
    assert last_day.date() == timezone.localdate() + timedelta(days=21)
    assert (last_day.hour, last_day.minute) == (23, 59)


def test_granting_twice_grants_one(exhausted, administrator):
    invitations.grant_attempt(exhausted, by=administrator, comment="Panne.")
    with pytest.raises(WrongStatus):
        invitations.grant_attempt(exhausted, by=administrator, comment="Panne.")
    assert Invitation.objects.get().attempts_allowed == 4


def test_granting_needs_a_comment_and_the_permission(exhausted, administrator, officer):
    with pytest.raises(Refused, match="Écrivez pourquoi"):
        invitations.grant_attempt(exhausted, by=administrator, comment="  ")
    with pytest.raises(PermissionDenied):
        invitations.grant_attempt(exhausted, by=officer, comment="Panne.")
    assert Invitation.objects.get().status == "failed"


@pytest.mark.parametrize("status", ["open", "passed", "withdrawn"])
def test_only_a_failed_qcm_gets_one_more_attempt(db, status, administrator):
    passed_at = timezone.now() if status == "passed" else None
    invitation = factories.make_invitation(status=status, passed_at=passed_at)
    with pytest.raises(WrongStatus):
        invitations.grant_attempt(invitation, by=administrator, comment="Panne.")
