"""Frozen sets: a correction makes a new version; the old one stays as members had it."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from common.errors import Refused, WrongStatus
from mailing.models import Message
from tests import factories
from tests.trainings.sets import make_choices
from trainings.domain import corrections, requests, sets, versions
from trainings.models import Correction, Question, QuestionSet, Training
from trainings.questions.rows import ChoiceRow

BLANK = ChoiceRow()


@pytest.fixture
def training(db):
    return factories.make_amf_training()


@pytest.fixture
def question(training):
    """Jeu 2, question 3."""
    return Question.objects.select_related("question_set").get(
        question_set__training=training, question_set__position=2, position=3
    )


def row_of(question, **changes):
    return replace(question.as_row(), **changes)


def correct(training, question, officer, **changes):
    changes = changes or {"text": "Mieux dite ?"}
    return versions.correct_question(
        question, by=officer, row=row_of(question, **changes), comment="Mal posée"
    )


def test_a_correction_makes_a_new_version_and_leaves_the_old_one_as_it_was(
    training, question, officer
):
    before = list(Question.objects.order_by("pk").values_list("pk", "text", "position"))
    fresh = correct(training, question, officer, text="Mieux dite ?", theme="Droit")
    assert (fresh.text, fresh.theme, fresh.position, fresh.replaces_id) == (
        "Mieux dite ?",
        "Droit",
        3,
        question.pk,
    )
    assert fresh.question_set.version == 2
    assert (
        list(
            Question.objects.filter(pk__lte=before[-1][0])
            .order_by("pk")
            .values_list("pk", "text", "position")
        )
        == before
    )
    assert list(training.question_sets.current().values_list("position", "version")) == [
        (1, 1),
        (2, 2),
        (3, 1),
    ]
    assert training.question_sets.get(position=2, version=1).replaced_at is not None


def test_the_other_questions_of_the_set_are_copied_each_with_what_it_replaces(
    training, question, officer
):
    old = question.question_set
    fresh = correct(training, question, officer)
    pairs = list(
        fresh.question_set.questions.exclude(pk=fresh.pk).values_list("text", "replaces__text")
    )
    assert [new for new, _ in pairs] == [text for _, text in pairs]
    assert len(pairs) == old.questions.count() - 1
    for one in fresh.question_set.questions.prefetch_related("choices__replaces"):
        for choice in one.choices.all():
            assert (choice.text, choice.is_right) == (
                choice.replaces.text,
                choice.replaces.is_right,
            )


def test_choices_are_changed_taken_out_and_added_by_their_place(training, question, officer):
    first, second, third = question.choices.all()
    fresh = correct(
        training,
        question,
        officer,
        choices=make_choices(
            ("Un", False), BLANK, (third.text, True), BLANK, ("Neuf", False), BLANK
        ),
    )
    assert list(fresh.choices.values_list("position", "text", "is_right", "replaces")) == [
        (1, "Un", False, first.pk),
        (2, third.text, True, third.pk),
        (3, "Neuf", False, None),
    ]


def test_a_choice_that_moved_replaces_the_one_that_reads_the_same(training, question, officer):
    first, second, third = question.choices.all()
    fresh = correct(
        training,
        question,
        officer,
        choices=make_choices(
            (third.text, True), ("Neuf", False), (first.text, False), ("Dernier", False)
        ),
    )
    assert list(fresh.choices.values_list("text", "replaces")) == [
        (third.text, third.pk),
        ("Neuf", second.pk),
        (first.text, first.pk),
        ("Dernier", None),
    ]


def test_a_correction_that_changes_nothing_is_refused(training, question, officer):
    with pytest.raises(Refused, match="^Rien n’est changé"):
        versions.correct_question(question, by=officer, row=row_of(question), comment="x")
    assert QuestionSet.objects.count() == 3


def test_a_second_correction_makes_a_third_version(training, question, officer):
    fresh = correct(training, question, officer)
    third = correct(training, fresh, officer, text="Encore mieux ?")
    assert third.question_set.version == 3
    assert training.question_sets.current().count() == 3
    assert [row.text for row in sets.as_rows(training) if row.set_number == 2][
        2
    ] == "Encore mieux ?"


def test_a_question_corrected_meanwhile_is_not_corrected_twice(training, question, officer):
    correct(training, question, officer)
    with pytest.raises(WrongStatus, match="^Cette question a été corrigée entre-temps"):
        correct(training, question, officer)
    assert QuestionSet.objects.count() == 4


@pytest.mark.parametrize(
    "status", [one for one in Training.Status if one not in ("approved", "revoked")]
)
def test_sets_that_are_not_frozen_are_not_corrected(question, officer, status):
    training = factories.make_training(status=status, requested_amf_minutes=60)
    factories.make_question_sets(training)
    other = Question.objects.select_related("question_set").filter(question_set__training=training)[
        0
    ]
    with pytest.raises(WrongStatus, match="ne sont pas figés"):
        correct(training, other, officer)


def test_a_correction_wants_a_reason_and_the_right(training, question, officer):
    with pytest.raises(Refused, match="^Écrivez pourquoi"):
        versions.correct_question(question, by=officer, row=row_of(question), comment="  ")
    with pytest.raises(PermissionDenied):
        correct(training, question, factories.make_user())
    assert not Message.objects.exists()


@pytest.mark.parametrize("position", [1, 2, 3])
def test_a_correction_that_repeats_another_question_is_refused(
    training, question, officer, position
):
    with pytest.raises(Refused, match="figure déjà au jeu"):
        correct(training, question, officer, text=f"JEU {position}, question 1")
    assert QuestionSet.objects.count() == 3


def test_a_correction_without_a_right_answer_is_refused(training, question, officer):
    choices = make_choices(*((text, False) for text, _ in question.as_row().choices))
    with pytest.raises(Refused, match="Jeu 2, question 3 : aucune bonne réponse"):
        correct(training, question, officer, choices=choices)


def test_a_correction_is_journalled_and_told_to_the_organism(training, question, officer):
    correct(training, question, officer)
    row = training.journal.get()
    assert (row.label, row.comment, row.by) == (
        "Question corrigée",
        "Jeu 2, question 3, version 2. Mal posée",
        officer,
    )
    mail = Message.objects.get()
    assert (mail.template, mail.to) == (
        "trainings/email/question_corrected",
        training.organism.email,
    )


def test_a_renewal_copies_the_versions_that_stand(training, question, officer):
    correct(training, question, officer)
    draft, _ = requests.renew(training, by=factories.make_person(training.organism).user)
    assert sets.as_rows(draft) == sets.as_rows(training)
    assert list(draft.question_sets.values_list("position", "version")) == [(1, 1), (2, 1), (3, 1)]


def test_the_database_keeps_one_standing_version_of_a_set(training):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionSet.objects.create(training=training, position=1, version=2)


def test_correcting_asks_as_many_queries_for_many_questions(officer, count_queries):
    counts = []
    assert officer.has_perm("trainings.decide_training")  # its groups are read now
    for size in (2, 20):
        training = factories.make_amf_training(per_set=size)
        question = Question.objects.select_related("question_set").filter(
            question_set__training=training
        )[0]
        counts.append(count_queries(lambda t=training, q=question: correct(t, q, officer)))
    assert counts[0] == counts[1]


# --- Asked of the organism ---------------------------------------------------------------------


def ask(training, question, officer):
    return corrections.ask(question, by=officer, comment="La réponse B est juste aussi.")


def test_asking_tells_the_organism_and_the_journal(training, question, officer):
    correction = ask(training, question, officer)
    assert (correction.status, correction.asked_by) == ("asked", officer)
    mail = Message.objects.get()
    assert mail.template == "trainings/email/correction_asked"
    assert mail.values["correction_url"].endswith(f"/formations/corrections/{correction.pk}/")
    assert training.journal.get().comment == ("Jeu 2, question 3. La réponse B est juste aussi.")


def test_a_question_is_asked_for_once_at_a_time(training, question, officer):
    first = ask(training, question, officer)
    with pytest.raises(WrongStatus, match="déjà demandée"):
        ask(training, question, officer)
    Message.objects.all().delete()
    corrections.dismiss(first, by=officer, comment="Finalement non")
    mail = Message.objects.get()
    assert (mail.template, mail.to) == (
        "trainings/email/correction_dismissed",
        training.organism.email,
    )
    assert mail.values["comment"] == "Finalement non"
    ask(training, question, officer)
    assert Correction.objects.live().count() == 1


def test_the_database_refuses_two_live_corrections(training, question, officer):
    ask(training, question, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(question=question, comment="x", asked_at=training.created_at)


def test_correcting_the_question_ends_what_was_asked(training, question, officer):
    correction = ask(training, question, officer)
    correct(training, question, officer)
    correction.refresh_from_db()
    assert correction.status == "applied"
    with pytest.raises(WrongStatus, match="elle est « faite »"):
        corrections.propose(correction, by=officer, row=row_of(question))


@pytest.mark.parametrize("status", Correction.Status.values)
@pytest.mark.parametrize("verb", ["propose", "dismiss"])
def test_a_correction_is_proposed_or_dismissed_while_it_waits(
    training, question, officer, status, verb
):
    correction = ask(training, question, officer)
    proposal = row_of(question, text="Mieux ?")
    Correction.objects.update(
        status=status, proposal=proposal.to_json(), proposed_at=correction.asked_at
    )
    call = {
        "propose": lambda: corrections.propose(correction, by=officer, row=proposal),
        "dismiss": lambda: corrections.dismiss(correction, by=officer, comment="Non"),
    }[verb]
    before = training.journal.count()
    if status in {"asked", "proposed"}:
        call()
        status = {"propose": "proposed", "dismiss": "dismissed"}[verb]
        assert training.journal.count() == before + 1
        last = training.journal.last()
        assert (last.event, last.to_status) == (f"{verb}_correction", "")
    else:
        with pytest.raises(WrongStatus, match="^Cette correction n’attend plus rien"):
            call()
        assert training.journal.count() == before
    correction.refresh_from_db()
    assert correction.status == status


def test_what_is_asked_follows_its_question_into_a_new_version(training, question, officer):
    correction = ask(training, question, officer)
    other = Question.objects.select_related("question_set").get(
        question_set=question.question_set, position=1
    )
    correct(training, other, officer)
    correction.refresh_from_db()
    assert correction.question.replaces_id == question.pk
    assert (correction.status, correction.question.question_set.version) == ("asked", 2)


# --- The organism's page -----------------------------------------------------------------------


@pytest.fixture
def asked(training, question, officer):
    return ask(training, question, officer)


@pytest.fixture
def page(client, asked, training):
    """The organism's administrator, signed in, and the address of the correction."""
    client.force_login(factories.make_person(training.organism).user)
    return f"/formations/corrections/{asked.pk}/"


def posted(question, **changes):
    data = {"text": question.text, "theme": question.theme, "explanation": question.explanation}
    for letter, choice in zip("ABC", question.choices.all(), strict=True):
        data[f"choice_{letter}"] = choice.text
        if choice.is_right:
            data[f"right_{letter}"] = "on"
    return data | changes


def test_the_organism_reads_what_is_asked_and_proposes(client, page, asked, question, training):
    body = client.get(page).content.decode()
    assert "La réponse B est juste aussi." in body
    assert question.text in body
    response = client.post(page, posted(question, right_B="on"))
    assert response["Location"] == f"/formations/{training.pk}/"
    asked.refresh_from_db()
    assert asked.status == "proposed"
    assert [right for _, right in asked.proposed_row.choices[:3]] == [True, True, False]
    assert Message.objects.filter(template="trainings/email/correction_proposed").count() == 1
    # Nothing is changed before staff say so.
    assert QuestionSet.objects.count() == 3


def test_a_proposal_can_be_seen_and_changed_until_it_is_applied(client, page, asked, question):
    client.post(page, posted(question, text="Première idée ?"))
    assert "Première idée ?" in client.get(page).content.decode()
    client.post(page, posted(question, text="Seconde idée ?"))
    asked.refresh_from_db()
    assert asked.proposed_row.text == "Seconde idée ?"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Rien n’est changé : corrigez la question, puis enregistrez."),
        ({"text": " "}, "Tapez le texte de la question."),
        ({"choice_B": "", "choice_C": ""}, "Il faut au moins deux réponses."),
        ({"right_A": ""}, "Aucune bonne réponse n’est indiquée."),
        ({"right_D": "on"}, "La réponse D est marquée juste, mais vide."),
        (
            {"choice_B": "Identique", "choice_C": " identique "},
            "Les réponses B et C sont identiques.",
        ),
    ],
)
def test_a_wrong_proposal_is_told_and_kept_on_the_page(
    client, page, asked, question, changes, sentence
):
    response = client.post(page, posted(question, **changes))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    asked.refresh_from_db()
    assert asked.status == "asked"


def test_a_proposal_that_repeats_another_question_is_told(client, page, asked, question):
    response = client.post(page, posted(question, text="Jeu 1, question 1 ?"))
    assert "figure déjà au jeu 1, question 1" in response.content.decode()
    asked.refresh_from_db()
    assert asked.status == "asked"


def test_a_correction_that_waits_no_more_says_so(client, page, asked, question, officer, training):
    correct(training, question, officer)
    response = client.get(page, follow=True)
    assert response.redirect_chain == [(f"/formations/{training.pk}/", 302)]
    assert "Cette correction est faite." in response.content.decode()


def test_the_trainings_page_shows_what_is_asked(client, page, training, asked):
    body = client.get(f"/formations/{training.pk}/").content.decode()
    assert "L’ANACOFI vous demande de corriger une question du QCM (Jeu 2, question 3)" in body
    assert page in body
