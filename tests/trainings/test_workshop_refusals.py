"""The workshop, when what is asked can no longer be done: it says so, and nothing is lost."""

from tests.trainings.sets import make_row
from tests.trainings.workshop import CONTENT, ranked, typed, url
from trainings.domain import sets, writing
from trainings.domain.writing import BLANK, MAX_QUESTIONS
from trainings.models import Training

GONE = "Cette question a été supprimée entre-temps."


def told(answer):
    return [str(one) for one in answer.context["messages"]]


def change(client, training, name, *args, **data):
    """A change posted without scripts, to the page where it leads."""
    return client.post(url(name, training, *args), data, follow=True)


def test_without_scripts_a_change_to_a_removed_question_says_so_on_the_sets(
    signed_in, draft, owner
):
    pk = ranked(draft)[0]
    writing.remove_question(draft, pk, by=owner)
    before = sets.as_rows(draft)
    for answer in (
        change(signed_in, draft, "move_question", pk, to="down"),
        change(signed_in, draft, "move_question", pk, to="2"),
        change(signed_in, draft, "duplicate_question", pk),
        change(signed_in, draft, "remove_question", pk),
        signed_in.get(url("question", draft, pk), follow=True),
    ):
        assert answer.redirect_chain == [(url("workshop", draft), 302)]
        assert told(answer) == [GONE]
    assert sets.as_rows(draft) == before


def test_what_is_too_long_on_a_removed_question_is_shown_again_to_be_added(signed_in, draft, owner):
    pk = ranked(draft)[0]
    writing.remove_question(draft, pk, by=owner)
    long = typed(theme="a" * 201)
    page = signed_in.post(url("question", draft, pk), long)
    assert page.status_code == 410
    assert GONE in page.content.decode()
    assert CONTENT.text in page.content.decode()
    assert signed_in.post(url("question", draft, pk), long | {"set": "4"}).status_code == 404


def test_a_question_put_back_twice_is_there_once(signed_in, draft, owner):
    before = sets.as_rows(draft)
    removed = writing.remove_question(draft, ranked(draft)[0], by=owner)
    change(signed_in, draft, "restore_question", removed.pk)
    answer = change(signed_in, draft, "restore_question", removed.pk)
    assert told(answer) == ["Cette question est déjà remise à sa place."]
    assert sets.as_rows(draft) == before


def test_a_full_set_says_so_and_keeps_what_was_typed(signed_in, draft, owner):
    removed = writing.remove_question(draft, ranked(draft)[0], by=owner)
    rows = [make_row(text=f"Question {n} ?") for n in range(MAX_QUESTIONS)]
    writing.import_questions(draft, rows, replace=True)
    last, other = ranked(draft)[-1], ranked(draft, 2)[0]
    full = (
        "Le jeu 1 contient déjà 100 questions, le maximum. Supprimez-en ou déplacez-en une d’abord."
    )
    for answer in (
        change(signed_in, draft, "add_question", set="1"),
        change(signed_in, draft, "duplicate_question", last),
        change(signed_in, draft, "move_question", other, to="1"),
        change(signed_in, draft, "restore_question", removed.pk),
        change(signed_in, draft, "question", last, **typed(do="next")),
    ):
        assert told(answer) == [full]
    assert ranked(draft)[-1] == last
    assert sets.find_question(draft, last).as_row() == CONTENT
    assert draft.removed_questions.get() == removed


def test_a_question_is_moved_to_another_set_by_its_page_and_to_no_fourth(signed_in, draft):
    pk = ranked(draft)[0]
    answer = signed_in.post(url("move_question", draft, pk), {"to": "3"})
    assert answer.url == f"{url('workshop', draft)}#q{pk}"
    assert ranked(draft, 3)[-1] == pk
    assert signed_in.post(url("move_question", draft, pk), {"to": "4"}).status_code == 404


def test_without_scripts_one_question_leads_to_the_next(signed_in, draft):
    pk = ranked(draft, 2)[-1]
    answer = signed_in.post(url("question", draft, pk), typed(do="next"))
    fresh = ranked(draft, 2)[-1]
    assert (fresh != pk, answer.url) == (True, url("question", draft, fresh))
    assert sets.find_question(draft, pk).as_row() == CONTENT
    assert sets.find_question(draft, fresh).as_row() == BLANK


def test_without_scripts_what_is_typed_once_the_request_is_sent_is_told(signed_in, draft):
    Training.objects.filter(pk=draft.pk).update(
        status="submitted", submitted_at="2026-01-01T00:00Z"
    )
    pk = ranked(draft)[0]
    before = sets.as_rows(draft)
    answer = change(signed_in, draft, "question", pk, **typed())
    assert answer.redirect_chain == [(url("workshop", draft), 302)]
    assert told(answer) == ["Cette demande ne peut plus être modifiée : elle est « envoyée »."]
    assert sets.as_rows(draft) == before


def test_a_suspended_organism_opens_no_question_to_write(signed_in, draft, organism):
    organism.status = "suspended"
    organism.save()
    answer = signed_in.get(url("question", draft, ranked(draft)[0]))
    assert answer.url == url("workshop", draft)
