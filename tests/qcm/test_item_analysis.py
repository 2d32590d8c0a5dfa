"""What attempts say of the questions: figures counted by the database, the odd ones first."""

from dataclasses import replace

import pytest
from django.utils import timezone

from qcm.domain import item_analysis
from qcm.domain.item_analysis import ENOUGH, EVERYONE, GOOD_FAIL, NOBODY, Item, flag_of
from qcm.models import Answer
from tests import factories
from tests.qcm import steps
from tests.qcm.test_regrading import correct, question_at, regrade, start_at, take
from tests.trainings.sets import marked
from trainings.domain import corrections, versions
from trainings.models import Correction
from trainings.questions.rows import ChoiceRow


@pytest.fixture
def training(db):
    return factories.make_amf_training()


def item_at(training, position, rank, *, replaced=False):
    found = item_analysis.items(training)[replaced]
    return next(
        one
        for one in found
        if (one.question.question_set.position, one.question.position) == (position, rank)
    )


def figures(item):
    return (item.taken, item.answered, item.right, item.share_right, item.unanswered)


# --- Figures -------------------------------------------------------------------------------------


def test_nothing_taken_gives_zeros_and_no_flag(training):
    item = item_at(training, 1, 1)
    assert figures(item) == (0, 0, 0, 0, 0)
    assert (item.mean_seconds, item.flag) == (None, "")
    assert [(count, share) for _, count, share, _ in item.choices] == [(0, 0)] * 3


def test_each_question_says_how_often_it_was_taken_right_and_left_empty(training):
    take(start_at(training, 1), wrong=[])
    take(start_at(training, 1), wrong=[1, 2])
    steps.finish(start_at(training, 1))
    take(start_at(training, 2), wrong=[])
    start_at(training, 1)  # Still running: counts nowhere.
    assert figures(item_at(training, 1, 1)) == (3, 2, 1, 33, 1)
    assert figures(item_at(training, 1, 3)) == (3, 2, 2, 66, 1)
    assert figures(item_at(training, 2, 1)) == (1, 1, 1, 100, 0)
    assert figures(item_at(training, 3, 1)) == (0, 0, 0, 0, 0)


def test_the_choices_shares_are_of_all_who_had_the_question(training):
    for wrong in ([], [1], [1]):
        take(start_at(training, 1), wrong=wrong)
    steps.finish(start_at(training, 1))
    assert [(count, share) for _, count, share, _ in item_at(training, 1, 1).choices] == [
        (1, 25),
        (2, 50),
        (0, 0),
    ]
    # Its first two choices are both right.
    assert [count for _, count, *_ in item_at(training, 1, 4).choices] == [3, 3, 0]


def test_the_mean_time_is_of_those_who_answered(training):
    attempts = [take(start_at(training, 1), wrong=[]) for _ in range(2)]
    question = question_at(training, 1, 1)
    for attempt, seconds in zip(attempts, (10, 25), strict=True):
        Answer.objects.filter(attempt=attempt, question=question).update(seconds=seconds)
    steps.finish(start_at(training, 1))
    assert item_at(training, 1, 1).mean_seconds == 17


def test_a_replaced_version_keeps_its_figures_apart(training, administrator):
    take(start_at(training, 1), wrong=[1])
    correct(training, administrator)
    assert figures(item_at(training, 1, 1)) == (0, 0, 0, 0, 0)
    assert figures(item_at(training, 1, 1, replaced=True)) == (1, 1, 0, 0, 0)


def test_a_question_that_a_new_version_took_over_keeps_its_figures(training, administrator):
    take(start_at(training, 1), wrong=[1, 2])
    correct(training, administrator, rank=1)
    correct(training, administrator, rank=3)
    take(start_at(training, 1), wrong=[])
    item = item_at(training, 1, 2)
    assert item.question.question_set.version == 3
    assert figures(item) == (2, 2, 1, 50, 0)
    assert [count for _, count, *_ in item.choices] == [1, 1, 0]
    # Corrected in between: what was before stands apart, once.
    assert figures(item_at(training, 1, 1)) == (1, 1, 1, 100, 0)
    _, replaced = item_analysis.items(training)
    assert [(one.question.position, one.taken) for one in replaced] == [(1, 1), (3, 1)]


def test_a_new_theme_or_explanation_keeps_the_figures(training, administrator):
    take(start_at(training, 1), wrong=[1])
    question = question_at(training, 1, 1)
    row = replace(question.as_row(), theme="Autre thème", explanation="Mieux dit")
    versions.correct_question(question, by=administrator, row=row, comment="Explication")
    assert figures(item_at(training, 1, 1))[0] == 1


def test_a_regraded_version_ticks_what_counts_now(training, administrator):
    take(start_at(training, 1), wrong=[1])
    regrade(correct(training, administrator), administrator)
    item = item_at(training, 1, 1, replaced=True)
    assert [is_right for *_, is_right in item.choices] == [False, True, False]


def test_a_regraded_question_counts_as_it_is_marked_now(training, administrator):
    take(start_at(training, 1), wrong=[1])
    regrade(correct(training, administrator), administrator)
    assert figures(item_at(training, 1, 1, replaced=True)) == (1, 1, 1, 100, 0)


def test_the_summary_counts_invitations_attempts_and_first_tries(training):
    take(start_at(training, 1), wrong=[])
    failed = take(start_at(training, 1), wrong=[1, 2])
    take(start_at(training, 2), wrong=[1])
    again = steps.start(type(failed.invitation).objects.get(pk=failed.invitation_id))
    take(again, wrong=[])
    factories.make_invitation(training)
    figures = item_analysis.summary(training)
    assert (figures["invited"], figures["finished"], figures["share_passed"]) == (4, 4, 75)
    assert (figures["first"], figures["share_first"]) == (3, 66)
    assert [(start, count) for start, count, _ in figures["scores"] if count] == [
        (50, 1),
        (70, 1),
        (90, 2),
    ]


# --- Flags ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "right", "good", "good_right", "flag"),
    [
        (ENOUGH - 1, 0, 0, 0, ""),
        (ENOUGH, 0, 10, 0, NOBODY),
        (ENOUGH, ENOUGH, 10, 10, EVERYONE),
        (ENOUGH, 1, 0, 0, ""),
        (ENOUGH, ENOUGH - 1, 20, 20, ""),
        # Fewer than half of the good have it right; exactly half is not odd by itself.
        (40, 15, 20, 9, GOOD_FAIL),
        (40, 20, 20, 10, ""),
        # Good 60 %, others 70 %: not yet 10 below; others 75 %: odd.
        (40, 26, 20, 12, ""),
        (40, 27, 20, 12, GOOD_FAIL),
        # Everyone is good: nobody to compare with.
        (40, 30, 40, 30, ""),
    ],
)
def test_what_is_odd_begins_and_ends_exactly_where_it_should(taken, right, good, good_right, flag):
    item = Item(None, None, taken=taken, right=right, good=good, good_right=good_right)
    assert flag_of(item) == flag


def test_the_odd_questions_come_first_from_enough_attempts_on(db):
    training = factories.make_amf_training(per_set=6)
    for number in range(ENOUGH):
        # Question 2: all. Question 3: the good fail it, the others pass.
        good = number % 2
        take(start_at(training, 1), wrong=[3] if good else [1, 4, 5])
        if number == ENOUGH - 2:
            assert {one.flag for one in item_analysis.items(training)[0]} == {""}
    standing, _ = item_analysis.items(training)
    assert [(one.question.position, one.flag) for one in standing[:3]] == [
        (3, GOOD_FAIL),
        (2, EVERYONE),
        (6, EVERYONE),
    ]
    assert {one.flag for one in standing[3:]} == {""}


def test_those_who_left_it_empty_count_among_the_good_or_the_others(training):
    for number in range(ENOUGH):
        attempt = start_at(training, 1)
        question = question_at(training, 1, 1)
        take(attempt, wrong=[1] if number % 2 else [2, 3])
        if number % 2:
            Answer.objects.filter(attempt=attempt, question=question).delete()
    item = item_at(training, 1, 1)
    assert (item.answered, item.right) == (15, 15)
    assert (item.good, item.good_right) == (15, 0)
    assert item.flag == GOOD_FAIL


def test_many_attempts_and_questions_take_no_more_queries_than_a_few(count_queries):
    counts = []
    for per_set, attempts in ((4, 1), (20, 12)):
        training = factories.make_amf_training(per_set=per_set)
        for _ in range(attempts):
            steps.finish(start_at(training, 1))
        counts.append(count_queries(lambda t=training: item_analysis.items(t)))
    assert counts[0] == counts[1] == 6


# --- The page ------------------------------------------------------------------------------------


@pytest.fixture
def page(client, officer, training, settings):
    settings.DEMO = True
    client.force_login(officer)
    return f"/admin/qcm/traininganalysis/{training.pk}/change/"


def test_the_page_shows_the_figures_and_offers_to_ask_for_a_correction(client, page, training):
    take(start_at(training, 1), wrong=[1])
    body = client.get(page).content.decode()
    assert "Analyse du QCM" in body
    assert "Jeu 1, question 1" in body
    pk = question_at(training, 1, 1).pk
    assert f"/admin/qcm/traininganalysis/question/{pk}/demander/" in body
    assert "Recalculer les tentatives" not in body


def test_the_pages_queries_do_not_grow(client, page, training, count_queries):
    client.get(page)
    few = count_queries(lambda: client.get(page))
    for _ in range(6):
        take(start_at(training, 1), wrong=[1])
    assert count_queries(lambda: client.get(page)) == few


def test_staff_ask_for_a_correction_read_the_proposal_and_apply_it(
    client, page, training, administrator
):
    take(start_at(training, 1), wrong=[1, 2])
    question = question_at(training, 1, 1)
    base = f"/admin/qcm/traininganalysis/question/{question.pk}"
    assert "Motif" not in client.get(f"{base}/demander/").content.decode()
    client.post(f"{base}/demander/", {"comment": "La réponse B est la bonne."})
    correction = Correction.objects.get()
    row = marked(question, {2})
    corrections.propose(correction, by=factories.make_user(), row=row)
    assert "L’organisme propose une correction" in client.get(page).content.decode()
    body = client.get(f"{base}/corriger/").content.decode()
    assert "L’organisme propose ce texte" in body
    assert "Il lui était demandé : « La réponse B est la bonne. »" in body
    assert "un administrateur pourra ensuite les recalculer" in body
    data = {"text": question.text, "theme": question.theme, "comment": "Faute"}
    data |= {"explanation": question.explanation, "right_B": "on"}
    for letter, (text, _) in zip("ABC", row.choices, strict=True):
        data[f"choice_{letter}"] = text
    response = client.post(f"{base}/corriger/", data)
    assert response["Location"] == page
    new = question_at(training, 1, 1)
    assert [one.is_right for one in new.choices.all()] == [False, True, False]
    # An officer corrects; marking again is the administrator's.
    assert "Recalculer les tentatives" not in client.get(page).content.decode()
    client.force_login(administrator)
    assert "Recalculer les tentatives" in client.get(page).content.decode()
    url = f"/admin/qcm/traininganalysis/question/{new.pk}/recalculer/"
    assert "Deviennent réussies" in client.get(url).content.decode()
    client.post(url, {"mode": "corrected", "reason": "Faute"}, follow=True)
    assert "Tentatives recalculées le" in client.get(page).content.decode()


def test_what_the_organism_proposes_comes_first(client, page, training):
    asked, proposed = question_at(training, 2, 1), question_at(training, 3, 4)
    for one in (asked, proposed):
        Correction.objects.create(question=one, comment="Faute", asked_at=timezone.now())
    corrections.propose(
        Correction.objects.get(question=proposed), by=factories.make_user(), row=proposed.as_row()
    )
    response = client.get(page)
    assert "L’organisme propose une correction, à lire d’abord." in response.content.decode()
    places = [item.question.place for item in response.context["analysis"].standing]
    assert places[0] == "Jeu 3, question 4"
    assert places[1:3] == ["Jeu 1, question 1", "Jeu 1, question 2"]


def test_marking_again_is_offered_for_the_corrected_question_in_later_versions_too(
    client, page, training, administrator
):
    client.force_login(administrator)
    take(start_at(training, 1), wrong=[1])
    corrected = correct(training, administrator, rank=1)
    correct(training, administrator, rank=2)
    body = client.get(page).content.decode()
    url = f"/admin/qcm/traininganalysis/question/{corrected.pk}/recalculer/"
    assert body.count("recalculer/") == 2
    assert url in body
    client.post(url, {"mode": "corrected", "reason": "Faute"})
    body = client.get(page).content.decode()
    assert body.count("recalculer/") == 1
    assert "Tentatives recalculées le" in body


@pytest.mark.parametrize("verb", ["demander", "corriger", "recalculer"])
def test_what_is_typed_wrongly_is_told_and_stays(client, page, training, administrator, verb):
    client.force_login(administrator)
    question = correct(training, administrator)
    url = f"/admin/qcm/traininganalysis/question/{question.pk}/{verb}/"
    response = client.post(url, {"text": "Gardé tel quel ?", "reason": "Gardé"})
    assert response.status_code == 200
    body = response.content.decode()
    assert 'role="alert"' in body
    if verb == "corriger":
        assert "Gardé tel quel ?" in body


def test_a_question_corrected_meanwhile_is_told(client, page, training, administrator):
    question = question_at(training, 1, 1)
    correct(training, administrator)
    url = f"/admin/qcm/traininganalysis/question/{question.pk}/demander/"
    response = client.post(url, {"comment": "Encore"}, follow=True)
    assert "Cette question a été corrigée entre-temps" in response.content.decode()
    assert not Correction.objects.exists()


def test_a_question_of_a_draft_is_not_found(client, page):
    draft = factories.make_training(requested_amf_minutes=60)
    factories.make_question_sets(draft)
    question = question_at(draft, 1, 1)
    assert (
        client.get(f"/admin/qcm/traininganalysis/question/{question.pk}/corriger/").status_code
        == 404
    )


def told(answer):
    return [str(one) for one in answer.context["messages"]]


def test_a_correction_is_given_up_with_a_reason_and_once(client, page, training, officer):
    question = question_at(training, 1, 1)
    url = f"/admin/qcm/traininganalysis/question/{question.pk}/abandonner/"
    nothing = "Aucune correction n’est demandée pour cette question."
    assert told(client.get(url, follow=True)) == [nothing]
    correction = corrections.ask(question, by=officer, comment="La réponse B est la bonne.")
    refused = client.post(url, {"comment": "  "})
    assert refused.status_code == 200
    assert 'role="alert"' in refused.content.decode()
    answer = client.post(url, {"comment": "Elle était juste."}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert told(answer) == ["La correction est abandonnée."]
    correction.refresh_from_db()
    assert correction.status == "dismissed"
    assert training.journal.last().comment == "Jeu 1, question 1. Elle était juste."
    assert told(client.post(url, {"comment": "Encore"}, follow=True)) == [nothing]


def test_a_correction_that_the_sets_cannot_hold_is_refused_and_stays_typed(client, page, training):
    question, other = question_at(training, 1, 1), question_at(training, 2, 2)
    data = {"text": other.text, "theme": "", "explanation": "", "comment": "Faute", "right_A": "on"}
    for letter, (text, _) in zip("ABC", question.as_row().choices, strict=True):
        data[f"choice_{letter}"] = text
    url = f"/admin/qcm/traininganalysis/question/{question.pk}/corriger/"
    answer = client.post(url, data)
    assert answer.status_code == 200
    assert "figure déjà" in answer.context["form"].non_field_errors()[0]
    assert answer.context["form"]["text"].value() == other.text
    assert question_at(training, 1, 1) == question


def test_marking_again_says_of_each_way_why_it_cannot_be(client, page, training, administrator):
    client.force_login(administrator)
    take(start_at(training, 1), wrong=[])
    question = question_at(training, 1, 1)
    others = [ChoiceRow(text) for text, _ in question.as_row().choices]
    corrected = versions.correct_question(
        question,
        by=administrator,
        row=replace(question.as_row(), choices=(*others, ChoiceRow("La bonne", True))),
        comment="Faute",
    )
    url = f"/admin/qcm/traininganalysis/question/{corrected.pk}/recalculer/"
    answer = client.get(url)
    refusals = [refusal for _, preview, refusal in answer.context["previews"] if preview is None]
    assert refusals == [
        "La bonne réponse corrigée n’était pas proposée auparavant : comptez plutôt la question "
        "juste pour tous ceux qui l’ont eue."
    ]
    assert refusals[0] in answer.content.decode()


def test_trainings_are_searched_without_accents_and_one_that_is_gone_is_told(
    client, page, organism
):
    found = factories.make_amf_training(organism, title="Fiscalité élémentaire")
    listed = client.get("/admin/qcm/traininganalysis/", {"q": "FISCALITE elem"})
    assert [one.pk for one in listed.context["cl"].result_list] == [found.pk]
    gone = client.get("/admin/qcm/traininganalysis/31415/change/", follow=True)
    assert len(told(gone)) == 1
    assert "31415" in told(gone)[0]
