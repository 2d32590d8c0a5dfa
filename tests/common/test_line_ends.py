"""A text at its limit: a browser counts a line end once, and sends two characters for it."""

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse

from attendance.domain import counting
from common.line_ends import LineEndsMiddleware
from organisms.models import Organism
from tests import factories
from tests.organisms.test_register import PATH, data
from tests.trainings import workshop
from tests.trainings.test_requests import typed
from trainings.models import Question


def text_of(length):
    """(what a browser sends of a text of this length, what was typed): a word to each line."""
    text = "\n".join(["mot"] * (length // 4 + 1))[: length - 1] + "."
    assert len(text) == length
    return text.replace("\n", "\r\n"), text


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_value_of_a_form_has_one_kind_of_line_ends(end):
    request = RequestFactory().post("/", {"a": [f"un{end}deux", "trois"], "b": f"{end}{end}"})
    LineEndsMiddleware(lambda request: None).process_view(request)
    assert request.POST.getlist("a") == ["un\ndeux", "trois"]
    assert request.POST["b"] == "\n\n"
    with pytest.raises(AttributeError, match="immutable"):
        request.POST["a"] = "autre"


def test_a_form_without_such_line_ends_is_left_as_it_is():
    request = RequestFactory().post("/", {"a": "un\ndeux"})
    before = request.POST
    assert isinstance(before, QueryDict)
    LineEndsMiddleware(lambda request: None).process_view(request)
    assert request.POST is before


@pytest.mark.django_db
@pytest.mark.parametrize("more", [0, 1])
def test_the_description_of_an_organism_is_taken_up_to_its_limit(client, more):
    sent, text = text_of(4000 + more)
    client.post(PATH, data(description=sent))
    assert list(Organism.objects.values_list("description", flat=True)) == [text][more:]


@pytest.mark.parametrize(
    ("name", "limit"), [("objectives", 8000), ("programme", 20000), ("audience", 2000)]
)
def test_the_texts_of_a_request_are_taken_up_to_their_limits(signed_in, organism, name, limit):
    training = factories.make_training(organism)
    sent, text = text_of(limit)
    references, kept = text_of(2000)
    form = typed(training) | {name: sent, "speakers-0-references": references, "draft": "1"}
    signed_in.post(reverse("trainings:edit", args=[training.pk]), form)
    training.refresh_from_db()
    assert getattr(training, name) == text
    assert training.speakers.get().references == kept


def test_a_question_written_in_the_browser_is_taken_up_to_its_limits(signed_in, organism):
    training = factories.make_training(organism, requested_amf_minutes=60)
    factories.make_question_sets(training)
    question = Question.objects.get(pk=workshop.ranked(training)[0])
    sent = {name: text_of(limit)[0] for name, limit in [("text", 1000), ("explanation", 2000)]}
    answer = signed_in.post(
        workshop.url("question", training, question.pk),
        workshop.typed(**sent, revision=str(question.revision)),
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert answer.status_code == 200, answer.content.decode()
    question.refresh_from_db()
    assert (len(question.text), len(question.explanation)) == (1000, 2000)


def test_a_reason_is_taken_up_to_its_limit(signed_in, owner, organism):
    training = factories.make_training(organism, status="approved")
    rows = [factories.row_of(factories.make_member())]
    sheet = counting.validate(factories.make_sheet(training, rows=rows), by=owner)
    line = sheet.participants.first()
    sent, text = text_of(1000)
    signed_in.post(reverse("attendance:ask_removal", args=[sheet.pk, line.pk]), {"reason": sent})
    assert sheet.journal.last().comment == f"{line} : {text}"


def test_staff_write_a_comment_up_to_its_limit(client, officer, settings):
    settings.DEMO = True
    training = factories.make_training(status="submitted")
    client.force_login(officer)
    sent, text = text_of(4000)
    client.post(f"/admin/trainings/training/{training.pk}/refuser/", {"comment": sent})
    training.refresh_from_db()
    assert training.status == "refused"
    assert training.journal.last().comment == text
