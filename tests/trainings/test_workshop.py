"""The workshop: the organism writes its three sets, question by question."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from common.errors import WrongStatus
from tests import factories
from tests.trainings.sets import make_choices, make_row
from tests.trainings.workshop import CONTENT, ranked, typed, url
from trainings.domain import completeness, sets, writing
from trainings.domain.overview import overview
from trainings.domain.sets import QuestionGone
from trainings.domain.writing import BLANK, MAX_QUESTIONS, QuestionChanged, SetFull
from trainings.models import Training

SCRIPT = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}

# --- verbs ----------------------------------------------------------------------------------------


def test_a_question_is_added_at_the_end_of_a_set_that_need_not_exist(organism):
    training = factories.make_training(organism)
    first = writing.add_question(training, 2)
    second = writing.add_question(training, 2, CONTENT)
    assert ranked(training, 2) == [first.pk, second.pk]
    assert (first.as_row(), second.as_row()) == (BLANK, CONTENT)


def test_a_set_takes_a_hundred_questions_at_most(draft):
    rows = [make_row(text=f"Question {n} ?") for n in range(MAX_QUESTIONS)]
    writing.import_questions(draft, rows, replace=True)
    with pytest.raises(SetFull, match="Le jeu 1 contient déjà 100 questions"):
        writing.add_question(draft, 1)
    with pytest.raises(SetFull):
        writing.move_question(draft, ranked(draft, 2)[0], number=1)
    assert len(ranked(draft)) == MAX_QUESTIONS


@pytest.mark.parametrize(
    ("place", "steps", "order"),
    [
        (0, 1, [1, 0, 2, 3]),
        (3, -1, [0, 1, 3, 2]),
        (0, -1, [0, 1, 2, 3]),
        (3, 1, [0, 1, 2, 3]),
        (0, 3, [1, 2, 3, 0]),
    ],
)
def test_a_question_moves_within_its_set(draft, place, steps, order):
    before = ranked(draft)
    writing.move_question(draft, before[place], steps=steps)
    assert ranked(draft) == [before[index] for index in order]


def test_a_question_moves_to_the_end_of_another_set(draft):
    first, *rest = ranked(draft)
    others = ranked(draft, 3)
    writing.move_question(draft, first, number=3)
    assert (ranked(draft), ranked(draft, 3)) == (rest, [*others, first])


def test_a_duplicate_stands_just_after(draft):
    first, *rest = ranked(draft)
    copy = writing.duplicate_question(draft, first)
    assert ranked(draft) == [first, copy.pk, *rest]
    assert copy.as_row() == sets.find_question(draft, first).as_row()


def test_a_removed_question_is_put_back_where_it_was(draft, owner):
    before = ranked(draft)
    content = sets.find_question(draft, before[1]).as_row()
    removed = writing.remove_question(draft, before[1], by=owner)
    assert ranked(draft) == [before[0], *before[2:]]
    back = writing.restore_question(draft, removed.pk)
    assert ranked(draft) == [before[0], back.pk, *before[2:]]
    assert back.as_row() == content
    with pytest.raises(QuestionGone):
        writing.restore_question(draft, removed.pk)


def test_a_blank_question_is_removed_without_a_trace(draft, owner):
    assert writing.remove_question(draft, writing.add_question(draft, 1).pk, by=owner) is None
    assert draft.removed_questions.count() == 0


def test_a_save_on_an_older_revision_is_refused_unless_it_is_ones_own(draft):
    pk = ranked(draft)[0]
    writing.write_question(draft, pk, CONTENT, revision=1, token="a:1")
    other = replace(CONTENT, text="Autre")
    with pytest.raises(QuestionChanged) as caught:
        writing.write_question(draft, pk, other, revision=1, token="b:1")
    assert caught.value.question.as_row() == CONTENT
    # The page whose reply was lost writes on.
    assert writing.write_question(draft, pk, other, revision=1, token="a:2").revision == 3
    # What it had sent before arrives late, and changes nothing.
    writing.write_question(draft, pk, CONTENT, revision=1, token="a:1")
    assert sets.find_question(draft, pk).as_row() == other


def test_the_same_text_saved_again_changes_nothing(draft):
    pk = ranked(draft)[0]
    for _ in range(2):
        saved = writing.write_question(draft, pk, CONTENT, revision=1)
    assert saved.revision == 2


@pytest.mark.parametrize(
    "status", sorted(set(Training.Status.values) - {"draft", "changes_requested"})
)
def test_nothing_is_written_once_the_request_is_sent(organism, owner, status):
    training = factories.make_training(organism, status=status)
    factories.make_question_sets(training)
    before, pk = sets.as_rows(training), ranked(training)[0]
    for verb in (
        lambda: writing.add_question(training, 1),
        lambda: writing.write_question(training, pk, CONTENT, revision=1),
        lambda: writing.move_question(training, pk, steps=1),
        lambda: writing.duplicate_question(training, pk),
        lambda: writing.remove_question(training, pk, by=owner),
        lambda: writing.import_questions(training, [CONTENT.in_set(1)], replace=True),
    ):
        with pytest.raises(WrongStatus):
            verb()
    assert sets.as_rows(training) == before


def test_a_question_of_another_request_is_not_found(draft, outsider):
    other = factories.make_training()
    factories.make_question_sets(other)
    with pytest.raises(QuestionGone):
        writing.write_question(draft, ranked(other)[0], CONTENT, revision=1)


# --- pages ----------------------------------------------------------------------------------------


def test_the_page_says_what_is_owed_and_what_is_missing(signed_in, draft):
    writing.add_question(
        draft, 1, replace(CONTENT, choices=make_choices(("Avant", False), ("Après", False)))
    )
    page = signed_in.get(url("workshop", draft))
    shown = page.content.decode().replace("\u202f", " ")
    assert "1 h AMF : 4 questions par jeu, 3 jeux" in shown
    assert [(view.complete, view.count) for view in page.context["views"]] == [
        (4, 5),
        (4, 4),
        (4, 4),
    ]
    assert [card.problems for card in page.context["views"][0].wrong] == [
        ["Aucune bonne réponse n’est indiquée."]
    ]


def test_without_scripts_each_change_leads_back_to_the_page(signed_in, draft):
    pk = ranked(draft)[0]
    home = url("workshop", draft)
    answer = signed_in.post(url("move_question", draft, pk), {"to": "down"})
    assert answer.url == f"{home}#q{pk}"
    answer = signed_in.post(url("question", draft, pk), typed())
    assert answer.url == f"{home}#q{pk}"
    answer = signed_in.post(url("remove_question", draft, pk))
    removed = draft.removed_questions.get()
    assert answer.url == f"{home}?supprimee={removed.pk}"
    assert "La question 2 du jeu 1 est supprimée" in signed_in.get(answer.url).content.decode()
    signed_in.post(url("restore_question", draft, removed.pk))
    assert sets.find_question(draft, ranked(draft)[1]).as_row() == CONTENT
    answer = signed_in.post(url("add_question", draft), {"set": "3"})
    assert answer.url == url("question", draft, ranked(draft, 3)[-1])


def test_an_incomplete_question_is_kept_as_typed(signed_in, draft):
    pk = ranked(draft)[0]
    data = typed(choice=["Avant", "", "Après"], right=[], theme="")
    answer = signed_in.post(url("question", draft, pk), data, **SCRIPT)
    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    assert "Aucune bonne réponse" in answer.json()["parts"][f"notes-{pk}"]
    kept = sets.find_question(draft, pk).as_row()
    assert kept.choices == (("Avant", False), ("Après", False))


@pytest.mark.parametrize(
    ("do", "order"),
    [
        ("choice-up-1", ["B", "A", "C"]),
        ("choice-down-1", ["A", "C", "B"]),
        ("choice-drop-0", ["B", "C"]),
    ],
)
def test_without_scripts_choices_are_moved_by_buttons(signed_in, draft, do, order):
    pk = ranked(draft)[0]
    data = typed(choice=["A", "B", "C"], right=["1"], do=do)
    assert signed_in.post(url("question", draft, pk), data).url == url("question", draft, pk)
    assert sets.find_question(draft, pk).as_row().choices == tuple(
        (choice, choice == "B") for choice in order
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "a" * 1001}, "Le texte de la question compte 1001 caractères ; 1000 au plus."),
        ({"theme": "a" * 201}, "Le thème compte 201 caractères ; 200 au plus."),
        ({"choice": list("abcdefg")}, "Il y a 7 réponses ; une question en a 6 au plus."),
        ({"choice": ["a", "b" * 501]}, "La réponse B compte 501 caractères ; 500 au plus."),
    ],
)
def test_what_is_too_long_is_refused_and_shown_again(signed_in, draft, changes, sentence):
    pk = ranked(draft)[0]
    before = sets.find_question(draft, pk).as_row()
    answer = signed_in.post(url("question", draft, pk), typed(**changes), **SCRIPT)
    assert (answer.status_code, answer.json()) == (422, {"sentence": sentence})
    page = signed_in.post(url("question", draft, pk), typed(**changes))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert CONTENT.explanation in page.content.decode()
    assert sets.find_question(draft, pk).as_row() == before


def test_two_people_at_work_on_a_question_lose_nothing(signed_in, draft):
    pk = ranked(draft)[0]
    writing.write_question(
        draft, pk, replace(CONTENT, text="De l’autre"), revision=1, token="autre:1"
    )
    mine = typed(text="De moi")
    answer = signed_in.post(url("question", draft, pk), mine, **SCRIPT)
    assert (answer.status_code, answer.json()["revision"]) == (409, 2)
    assert "De l’autre" in answer.json()["stored"]
    page = signed_in.post(url("question", draft, pk), mine)
    assert page.status_code == 409
    assert "De l’autre" in page.content.decode()
    assert "De moi" in page.content.decode()
    assert sets.find_question(draft, pk).text == "De l’autre"
    signed_in.post(url("question", draft, pk), mine | {"revision": "2"})
    assert sets.find_question(draft, pk).text == "De moi"


def test_what_is_typed_on_a_removed_question_is_added_anew(signed_in, draft, owner):
    pk = ranked(draft)[0]
    writing.remove_question(draft, pk, by=owner)
    answer = signed_in.post(url("question", draft, pk), typed(), **SCRIPT)
    assert answer.status_code == 410
    assert answer.json() == {
        "sentence": "Cette question a été supprimée entre-temps.",
        "gone": True,
    }
    page = signed_in.post(url("question", draft, pk), typed())
    assert page.status_code == 410
    assert CONTENT.text in page.content.decode()
    signed_in.post(url("add_question", draft), typed())
    assert sets.find_question(draft, ranked(draft)[-1]).as_row() == CONTENT


def test_by_script_a_change_answers_the_sets_and_where_to_go_on(signed_in, draft):
    pk = ranked(draft)[1]
    page = signed_in.post(url("move_question", draft, pk), {"to": "up"}, **SCRIPT)
    assert page.status_code == 200
    assert f'data-focus="up-{pk}"' in page.content.decode()
    again = signed_in.post(url("remove_question", draft, 0), **SCRIPT)
    assert (again.status_code, again.content.decode()) == (
        409,
        "Cette question a été supprimée entre-temps.",
    )


def test_once_sent_the_page_is_read_only(signed_in, draft):
    Training.objects.filter(pk=draft.pk).update(
        status="submitted", submitted_at="2026-01-01T00:00Z"
    )
    page = signed_in.get(url("workshop", draft)).content.decode()
    assert "Jeu 1, question 1 ?" in page
    assert "Modifier" not in page
    answer = signed_in.post(url("question", draft, ranked(draft)[0]), typed(), **SCRIPT)
    assert (answer.status_code, answer.json()["ended"]) == (409, True)


def test_a_suspended_organism_reads_and_writes_nothing(signed_in, draft, organism):
    organism.status = "suspended"
    organism.save()
    before, pk = sets.as_rows(draft), ranked(draft)[0]
    assert "Modifier" not in signed_in.get(url("workshop", draft)).content.decode()
    assert signed_in.post(url("question", draft, pk), typed(), **SCRIPT).status_code == 403
    signed_in.post(url("remove_question", draft, pk))
    assert sets.as_rows(draft) == before


def test_a_contributor_writes_too(client, contributor, draft):
    client.force_login(contributor)
    pk = ranked(draft)[0]
    assert client.post(url("question", draft, pk), typed(), **SCRIPT).status_code == 200
    assert sets.find_question(draft, pk).as_row() == CONTENT


def test_reading_and_changing_take_as_many_queries_with_many_questions(signed_in, organism):
    counted = []
    for per_set in (2, 30):
        training = factories.make_training(organism, requested_amf_minutes=60)
        factories.make_question_sets(training, per_set=per_set)
        pk = ranked(training)[0]
        signed_in.get(url("workshop", training))
        counts = []
        for ask in (
            lambda t=training: signed_in.get(url("workshop", t)),
            lambda t=training, q=pk: signed_in.post(url("question", t, q), typed(), **SCRIPT),
            lambda t=training, q=pk: signed_in.post(
                url("move_question", t, q), {"to": "down"}, **SCRIPT
            ),
            lambda t=training, q=pk: signed_in.post(url("remove_question", t, q), **SCRIPT),
        ):
            with CaptureQueriesContext(connection) as queries:
                ask()
            counts.append(len(queries))
        counted.append(counts)
    assert counted[0] == counted[1]


def test_imported_questions_replace_or_follow(draft):
    rows = [replace(CONTENT, text=f"Neuve {number} ?", set_number=number) for number in (1, 2)]
    kept = ranked(draft)
    writing.import_questions(draft, rows, replace=False)
    assert ranked(draft)[:-1] == kept
    writing.import_questions(draft, rows, replace=True)
    assert sets.question_counts(draft) == {1: 1, 2: 1, 3: 4}
    assert sets.as_rows(draft)[:2] == rows


def test_an_incomplete_or_repeated_question_keeps_the_request_from_being_sent(signed_in, draft):
    pk = ranked(draft)[1]
    writing.write_question(
        draft, pk, replace(CONTENT, choices=make_choices(("Avant", False))), revision=1
    )
    writing.duplicate_question(draft, ranked(draft, 3)[0])
    assert [
        said for section, said in completeness.missing_by_section(draft) if section == "qcm"
    ] == [
        "Jeu 1 : 3 questions complètes, il en faut au moins 4 ; il en manque 1.",
        "Jeu 1, question 2 : il faut au moins deux réponses.",
        "Jeu 1, question 2 : aucune bonne réponse n’est indiquée.",
        "Jeu 3, question 2 : cette question figure déjà au jeu 3, question 1. Chaque question ne "
        "sert qu’une fois, tous jeux confondus.",
    ]
    shown = signed_in.get(reverse("trainings:detail", args=[draft.pk])).content.decode()
    assert f'<a href="{url("workshop", draft)}">Jeu 1, question 2 : il faut' in shown


def test_staff_and_the_organism_read_the_remarks_beside_the_questions(
    signed_in, draft, officer, settings
):
    settings.DEMO = True
    rows = [
        make_row(
            number,
            f"Quel article vaut pour le cas {number} ?",
            [("Toutes les réponses", True), ("Le premier", False)],
        )
        for number in (1, 2, 3)
    ]
    sets.replace_all(draft, rows)
    sentences = [sentence for view in overview(draft) for sentence in view.cards[0].remarks]
    assert len(sentences) == 3
    page = signed_in.get(f"/formations/{draft.pk}/").content.decode()
    assert all(escape(sentence) in page for sentence in sentences)
    Training.objects.filter(pk=draft.pk).update(status="submitted", submitted_at=timezone.now())
    signed_in.force_login(officer)
    page = signed_in.get(f"/admin/trainings/training/{draft.pk}/change/").content.decode()
    assert all(escape(sentence) in page for sentence in sentences)
