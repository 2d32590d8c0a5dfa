"""Marking again after a correction: what changes goes through the ledger, the journal, a mail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.formats import date_format

from common.errors import Refused, WrongStatus
from mailing.models import Message
from members.domain import ledger
from members.models import HoursCredit
from qcm import marking
from qcm.domain import invitations, marks, regrading
from qcm.models import Attempt, Invitation, MarkChange, Regrade
from qcm.tasks import sweep_regrades
from tests import factories
from tests.qcm import steps
from tests.qcm.conftest import answer, open_link, right_choices
from tests.trainings.sets import marked
from trainings.domain import versions
from trainings.models import Question
from trainings.questions.rows import ChoiceRow


@pytest.fixture
def training(db):
    """Four questions a set: 3 of 4 right (75 %) pass, 2 of 4 do not."""
    return factories.make_amf_training()


def start_at(training, position, **fields):
    """An attempt at the set of this position."""
    invitation = factories.make_invitation(training, **fields)
    attempt = steps.start(invitation)
    while attempt.question_set.position != position:
        Attempt.objects.filter(pk=attempt.pk).delete()
        attempt = steps.start(Invitation.objects.get(pk=invitation.pk))
    return attempt


def question_at(training, position, rank):
    return Question.objects.select_related("question_set").get(
        question_set__training=training,
        question_set__position=position,
        question_set__replaced_at__isnull=True,
        position=rank,
    )


def take(attempt, *, wrong, then=None):
    """Finish with the questions of these ranks answered by their second choice alone."""
    answers = right_choices(attempt)
    for one in Question.objects.filter(question_set=attempt.question_set_id, position__in=wrong):
        answers[one.pk] = [one.choices.get(position=2).pk]
    steps.save(attempt, answers)
    return steps.finish(attempt)


def correct(training, administrator, *, rank=1, right=(2,)):
    """Set 1's question of this rank with other right answers."""
    question = question_at(training, 1, rank)
    row = marked(question, right)
    return versions.correct_question(
        question, by=administrator, row=row, comment="La bonne réponse était la deuxième"
    )


def regrade(question, administrator, mode="corrected"):
    """Decide, and let the task run."""
    one = regrading.decide(question, mode=mode, reason="Question mal corrigée", by=administrator)
    steps.mark_again(one)
    one.refresh_from_db()
    return one


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def total(member):
    return sum(entry.minutes for entry in HoursCredit.objects.filter(member=member))


def templates():
    return list(Message.objects.order_by("pk").values_list("template", flat=True))


# --- Until it is decided -------------------------------------------------------------------------


def test_a_correction_alone_changes_no_mark(training, administrator):
    attempt = take(start_at(training, 1), wrong=[1, 2])
    correct(training, administrator)
    assert (fresh(attempt).right, fresh(attempt).passed) == (2, False)
    assert marking.mark(marks.key(fresh(attempt)), marks.ticked(attempt), 70).right == 2


def test_a_running_attempt_is_marked_by_its_own_version(training, administrator):
    attempt = start_at(training, 1)
    correct(training, administrator)
    assert take(attempt, wrong=[1]).right == 3


def test_the_next_attempt_has_the_new_version_and_another_set_first(training, administrator):
    attempt = take(start_at(training, 1), wrong=[1, 2])
    correct(training, administrator)
    following = steps.start(fresh(attempt.invitation))
    assert following.question_set.position in {2, 3}
    new = start_at(training, 1)
    assert new.question_set.version == 2


# --- A failure that becomes a pass --------------------------------------------------------------


def test_a_failure_that_becomes_a_pass_counts_the_hours_and_says_why(training, administrator):
    attempt = take(start_at(training, 1), wrong=[1, 2])
    member = attempt.invitation.member
    Message.objects.all().delete()
    one = regrade(correct(training, administrator), administrator)
    invitation = fresh(attempt.invitation)
    assert (fresh(attempt).right, fresh(attempt).passed) == (3, True)
    assert (invitation.status, invitation.passed_at) == ("passed", attempt.finished_at)
    assert invitation.credit.minutes == total(member) == 60
    assert one.status == "done"
    change = MarkChange.objects.get()
    assert (change.right_before, change.right_after, change.passed_before, change.passed_after) == (
        2,
        3,
        False,
        True,
    )
    assert templates() == ["trainings/email/question_corrected", "qcm/email/regraded_passed"]
    mail = Message.objects.latest("pk")
    assert (mail.to, mail.values["reason"]) == (member.email, "Question mal corrigée")
    assert invitation.journal.last().comment == "Recalcul : Question mal corrigée"


def test_an_attempt_that_runs_meanwhile_is_interrupted(training, administrator):
    attempt = take(start_at(training, 1), wrong=[1, 2])
    running = steps.start(fresh(attempt.invitation))
    regrade(correct(training, administrator), administrator)
    assert fresh(running).status == "interrupted"
    with pytest.raises(WrongStatus):
        steps.save(fresh(running), {})


def test_who_passed_at_another_attempt_keeps_one_credit(training, administrator):
    attempt = take(start_at(training, 1), wrong=[1, 2])
    second = steps.start(fresh(attempt.invitation))
    take(second, wrong=[])
    regrade(correct(training, administrator), administrator)
    assert fresh(attempt).passed is True
    assert HoursCredit.objects.count() == 1
    assert fresh(attempt.invitation).passed_at == fresh(second).finished_at


# --- A pass that becomes a failure --------------------------------------------------------------


@pytest.fixture
def unlucky(training, administrator):
    """Passed with 3 of 4, of which the corrected one is no longer right."""
    return take(start_at(training, 1), wrong=[2])


def test_a_pass_that_becomes_a_failure_is_countered_and_can_be_taken_again(
    training, administrator, unlucky
):
    member = unlucky.invitation.member
    Message.objects.all().delete()
    regrade(correct(training, administrator), administrator)
    invitation = fresh(unlucky.invitation)
    assert (fresh(unlucky).right, fresh(unlucky).passed) == (2, False)
    assert (invitation.status, invitation.passed_at, invitation.credit) == ("open", None, None)
    assert total(member) == 0
    counter = HoursCredit.objects.get(corrects__isnull=False)
    assert (counter.minutes, counter.reason) == (-60, "Question mal corrigée")
    mail = Message.objects.latest("pk")
    assert mail.template == "qcm/email/regraded_failed"
    assert mail.link == {"name": "qcm.take", "args": [invitation.pk]}
    assert mail.values["year_minutes"] == 0
    take(steps.start(invitation), wrong=[])
    assert total(member) == 60


def test_who_loses_a_pass_has_an_attempt_left_and_three_weeks(training, administrator, unlucky):
    Invitation.objects.update(attempts_allowed=1, deadline_at=timezone.now() - timedelta(days=3))
    regrade(correct(training, administrator), administrator)
    invitation = fresh(unlucky.invitation)
    assert invitation.attempts_allowed == 2
    assert invitation.deadline_at > timezone.now() + timedelta(days=20)
    assert steps.start(invitation).number == 2


def test_a_withdrawn_invitation_only_remembers_its_new_result(training, administrator, unlucky):
    invitations.withdraw([unlucky.invitation], reason="Feuille annulée")
    Message.objects.all().delete()
    regrade(correct(training, administrator), administrator)
    invitation = fresh(unlucky.invitation)
    assert (invitation.status, invitation.passed_at) == ("withdrawn", None)
    assert templates() == ["trainings/email/question_corrected"]
    assert total(invitation.member) == 0


# --- Modes, edges -------------------------------------------------------------------------------


def test_right_for_all_takes_nothing_from_anybody(training, administrator, unlucky):
    failed = take(start_at(training, 1), wrong=[1, 2])
    blank = start_at(training, 1)
    steps.save(blank, {})
    steps.finish(blank)
    question = correct(training, administrator)
    regrade(question, administrator, mode="neutral")
    assert [fresh(one).right for one in (unlucky, failed, blank)] == [3, 3, 1]
    assert [fresh(one).passed for one in (unlucky, failed, blank)] == [True, True, False]


def test_attempts_at_other_sets_and_versions_stay(training, administrator):
    other = take(start_at(training, 2), wrong=[1, 2])
    question = correct(training, administrator)
    new = take(start_at(training, 1), wrong=[3])
    regrade(question, administrator)
    assert (fresh(other).right, fresh(new).right) == (2, 3)
    assert MarkChange.objects.count() == 0


def test_an_attempt_that_ends_after_the_decision_is_marked_by_it(training, administrator):
    attempt = start_at(training, 1)
    regrade(correct(training, administrator), administrator)
    assert take(attempt, wrong=[1]).right == 4
    assert MarkChange.objects.count() == 0


def test_a_mark_that_changes_without_the_result_sends_no_mail(training, administrator):
    attempt = take(start_at(training, 1), wrong=[1])
    Message.objects.all().delete()
    regrade(correct(training, administrator), administrator)
    assert (fresh(attempt).right, fresh(attempt).passed) == (4, True)
    assert templates() == ["trainings/email/question_corrected"]
    assert HoursCredit.objects.count() == 1


def shown(client, attempt):
    open_link(client, attempt.invitation)
    html = client.get(f"/qcm/{attempt.invitation_id}/resultat/").content.decode()
    return " ".join(html.split())


def test_who_loses_a_pass_reads_why_on_the_result(client, training, administrator):
    attempt = take(start_at(training, 1), wrong=[2])
    assert "corrigée" not in shown(client, attempt)
    regrade(correct(training, administrator), administrator)
    page = shown(client, attempt)
    assert "QCM non réussi" in page
    day = date_format(timezone.localdate(), "j F Y")
    assert (
        f"Une question a été corrigée, et votre note recalculée le {day} : elle était de 3 sur 4, "
        "et le QCM réussi. Motif : Question mal corrigée"
    ) in page


def test_who_ends_after_the_decision_reads_of_the_correction(client, training, administrator):
    attempt, other = start_at(training, 1), start_at(training, 2)
    regrade(correct(training, administrator), administrator)
    page = shown(client, take(attempt, wrong=[1]))
    assert (
        "Une question a été corrigée pendant votre tentative. Elle est comptée d’après les bonnes "
        "réponses corrigées. Motif : Question mal corrigée"
    ) in page
    assert "corrigée" not in shown(client, take(other, wrong=[1]))


def test_whose_mark_a_regrade_left_as_it_was_reads_nothing_of_it(client, training, administrator):
    attempt = take(start_at(training, 1), wrong=[2])
    regrade(correct(training, administrator), administrator, mode="neutral")
    assert "corrigée" not in shown(client, attempt)


def test_two_corrections_of_one_question_are_followed_to_the_first_version(training, administrator):
    attempt = take(start_at(training, 1), wrong=[1, 2])
    correct(training, administrator, right=(3,))
    regrade(correct(training, administrator, right=(2,)), administrator)
    assert (fresh(attempt).right, fresh(attempt).passed) == (3, True)


def test_two_questions_corrected_are_both_followed(training, administrator):
    attempt = take(start_at(training, 1), wrong=[1, 2, 3])
    regrade(correct(training, administrator, rank=1), administrator)
    regrade(correct(training, administrator, rank=2), administrator)
    assert fresh(attempt).right == 3
    assert MarkChange.objects.filter(attempt=attempt).count() == 2
    assert marking.mark(marks.key(fresh(attempt)), marks.ticked(attempt), 70).right == 3


def test_a_right_answer_that_was_not_offered_cannot_be_asked_of_the_past(training, administrator):
    question = question_at(training, 1, 1)
    row = marked(question, ())
    row = replace(row, choices=(*row.choices, ChoiceRow("La vraie", True)))
    new = versions.correct_question(question, by=administrator, row=row, comment="Oubliée")
    with pytest.raises(Refused, match="n’était pas proposée auparavant"):
        regrading.decide(new, mode="corrected", reason="x", by=administrator)
    assert not Regrade.objects.exists()
    regrading.decide(new, mode="neutral", reason="x", by=administrator)


def test_choices_that_change_places_are_followed_by_what_they_say(training, administrator):
    """« A » was wrongly right: its text and B's change places, and the tick stays on A."""
    knew, did_not = start_at(training, 1), start_at(training, 1)
    question = question_at(training, 1, 1)
    first, second, *_ = question.choices.all()
    for attempt, choice in ((knew, second), (did_not, first)):
        steps.save(attempt, {**right_choices(attempt), question.pk: [choice.pk]})
        steps.finish(attempt)
    row = question.as_row()
    turned = (ChoiceRow(second.text, True), ChoiceRow(first.text))
    row = replace(row, choices=turned + row.choices[2:])
    new = versions.correct_question(question, by=administrator, row=row, comment="Inversées")
    regrade(new, administrator)
    assert (fresh(knew).right, fresh(did_not).right) == (4, 3)


def test_a_regrade_wants_a_reason_a_corrected_question_and_the_right(
    training, administrator, officer
):
    question = correct(training, administrator)
    with pytest.raises(Refused, match="^Écrivez le motif"):
        regrading.decide(question, mode="corrected", reason=" ", by=administrator)
    with pytest.raises(Refused, match="n’a pas été corrigée"):
        regrading.decide(
            question_at(training, 2, 1), mode="corrected", reason="x", by=administrator
        )
    with pytest.raises(PermissionDenied):
        regrading.decide(question, mode="corrected", reason="x", by=officer)


def test_a_correction_is_regraded_once(training, administrator):
    question = correct(training, administrator)
    regrade(question, administrator)
    with pytest.raises(WrongStatus, match="déjà fait l’objet d’un recalcul"):
        regrading.decide(question, mode="neutral", reason="x", by=administrator)
    told = [(row.label, row.from_status, row.to_status) for row in training.journal.all()]
    assert told == [("Question corrigée", "", ""), ("QCM recalculé", "", "")]


def test_a_task_that_was_lost_is_found_by_the_sweep_and_two_runs_do_it_once(
    training, administrator, unlucky, settings, django_capture_on_commit_callbacks
):
    question = correct(training, administrator)
    one = regrading.decide(question, mode="corrected", reason="x", by=administrator)
    Regrade.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    settings.CELERY_TASK_ALWAYS_EAGER = True
    with django_capture_on_commit_callbacks(execute=True):
        sweep_regrades()
    assert (fresh(one).status, fresh(unlucky).right) == ("done", 2)
    regrading.WORK.run(one.pk)
    assert HoursCredit.objects.filter(corrects__isnull=False).count() == 1


@pytest.mark.parametrize("mode", Regrade.Mode.values)
def test_the_preview_says_what_then_happens(training, administrator, mode, count_queries):
    for wrong in ([], [1], [2], [1, 2], [2, 3], [1, 2, 3]):
        take(start_at(training, 1), wrong=wrong)
    start_at(training, 1)
    # Has passed at another attempt: gains and loses nothing.
    twice = take(start_at(training, 1, attempts_allowed=3), wrong=[1, 2])
    Attempt.objects.create(
        invitation=twice.invitation,
        number=2,
        question_set=training.question_sets.get(position=2),
        status="finished",
        pass_mark=70,
        started_at=twice.started_at,
        finished_at=twice.finished_at,
        right=4,
        total=4,
        passed=True,
    )
    Invitation.objects.filter(pk=twice.invitation_id).update(
        status="passed", passed_at=twice.finished_at
    )
    question = correct(training, administrator)
    before = set(Invitation.objects.filter(status="passed").values_list("pk", flat=True))
    shown = regrading.preview(question, mode)
    regrade(question, administrator, mode)
    after = set(Invitation.objects.filter(status="passed").values_list("pk", flat=True))
    assert (shown.gain, shown.lose) == (len(after - before), len(before - after))
    assert shown.gain < shown.now_passed
    changes = list(MarkChange.objects.all())
    assert (shown.attempts, shown.marks) == (7, len(changes))
    assert shown.now_passed == sum(one.passed_after and not one.passed_before for one in changes)
    assert shown.now_failed == sum(one.passed_before and not one.passed_after for one in changes)
    assert shown.marks > 0


def test_many_attempts_take_no_more_queries_than_a_few(administrator, count_queries):
    counts = []
    for size in (3, 30):
        training = factories.make_amf_training()
        for _ in range(size):
            take(start_at(training, 1), wrong=[2])
            take(start_at(training, 1), wrong=[1, 2])
        question = correct(training, administrator)
        one = regrading.decide(question, mode="corrected", reason="x", by=administrator)
        looked = count_queries(lambda q=question: regrading.preview(q, "corrected"))
        counts.append((looked, count_queries(lambda pk=one.pk: regrading.WORK.run(pk))))
        assert MarkChange.objects.filter(regrade=one).count() == 2 * size
    assert counts[0] == counts[1]


def test_more_than_a_batch_is_marked_again_in_several(training, administrator, monkeypatch):
    monkeypatch.setattr(regrading, "BATCH", 2)
    attempts = [take(start_at(training, 1), wrong=[1, 2]) for _ in range(5)]
    regrade(correct(training, administrator), administrator)
    assert [fresh(one).passed for one in attempts] == [True] * 5
    assert HoursCredit.objects.count() == 5


def test_the_ledger_stays_one_chain(training, administrator, unlucky):
    member = unlucky.invitation.member
    regrade(correct(training, administrator, right=(2,)), administrator)
    regrade(correct(training, administrator, right=(1,)), administrator)
    assert fresh(unlucky).passed is True
    entries = list(HoursCredit.objects.filter(member=member).order_by("pk"))
    assert [entry.minutes for entry in entries] == [60, -60, 60]
    assert entries[2].follows == entries[1]
    assert ledger.standing([member.pk], training=training)[member.pk, "amf"] == entries[2]


def test_the_rules_of_the_day_are_kept_with_the_attempt(training):
    attempt = start_at(training, 1)
    invitation = Invitation.objects.get()
    assert attempt.rules == {
        "marking": "exact",
        "attempts": 3,
        "invited": invitation.invited_at.isoformat(),
        "deadline": invitation.deadline_at.isoformat(),
        "session_on": invitation.session_on.isoformat(),
        "minutes": 60,
        "member": str(invitation.member),
        "member_number": invitation.member.number,
        "training": training.title,
        "approval_number": training.approval_number,
        "organism": training.organism.name,
        "siren": training.organism.siren,
    }
    assert steps.finish(answer(attempt, right=4)).pass_mark == 70
