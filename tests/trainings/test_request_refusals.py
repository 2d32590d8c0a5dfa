"""A request of the organism, when what is asked can no longer be done: it says so."""

import pytest
from django.urls import reverse
from django.utils import timezone

from organisms.access import SUSPENDED
from tests import factories
from tests.trainings.complete import file, make_complete_draft
from trainings.domain import documents, requests
from trainings.models import Document, Training
from trainings.views import editing

SCRIPT = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
SENT = "Cette demande ne peut plus être modifiée : elle est « envoyée »."


@pytest.fixture
def draft(organism, owner):
    return make_complete_draft(organism, owner)


def url(name, *args):
    return reverse(f"trainings:{name}", args=args)


def typed(training, **changes):
    """What the form of this draft posts, in so far as it changes."""
    return {
        "title": training.title,
        "year": str(training.year),
        "teaching_method": training.teaching_method,
        "speakers-TOTAL_FORMS": "0",
        "speakers-INITIAL_FORMS": "0",
    } | changes


def told(answer):
    return [str(one) for one in answer.context["messages"]]


def suspend(organism):
    organism.status = "suspended"
    organism.save()


@pytest.fixture
def sent_after(monkeypatch):
    """A function: a colleague sends the request just after this step of the view."""

    def after(step):
        take = getattr(editing, step)

        def step_then_sent(*args, **kwargs):
            result = take(*args, **kwargs)
            Training.objects.update(status="submitted", submitted_at=timezone.now())
            return result

        monkeypatch.setattr(editing, step, step_then_sent)

    return after


@pytest.mark.parametrize("step", ["_bound_forms", "_keep", "_store_files"])
def test_a_request_sent_by_a_colleague_meanwhile_is_told(signed_in, draft, sent_after, step):
    sent_after(step)
    data = typed(draft, title="Autre titre") | {"file-further": file(name="annexe.pdf")}
    answer = signed_in.post(url("edit", draft.pk), data, follow=True)
    assert answer.redirect_chain[-1][0] == url("detail", draft.pk)
    assert len(told(answer)) == 1
    assert "« envoyée »" in told(answer)[0]


def test_what_is_typed_after_a_colleague_sent_it_is_not_kept_and_said(signed_in, draft, sent_after):
    sent_after("_bound_forms")
    page = signed_in.post(url("autosave", draft.pk), typed(draft, title="Trop tard"))
    assert SENT in page.content.decode()
    assert url("detail", draft.pk) in page.content.decode()
    draft.refresh_from_db()
    assert draft.title == "Le devoir de conseil"


# --- files -----------------------------------------------------------------------------------


def test_without_scripts_a_wrong_file_is_said_and_the_draft_kept(signed_in, draft, owner):
    for number in range(documents.MAX_FURTHER):
        documents.store(draft, Document.Kind.FURTHER, file(name=f"{number}.pdf"), by=owner)
    data = typed(draft, draft="1", title="Titre gardé") | {
        "file-presentation": file(b"pas un PDF", "présentation.pdf"),
        "file-further": file(name="de trop.pdf"),
    }
    page = signed_in.post(url("edit", draft.pk), data)
    assert told(page) == [
        "« présentation.pdf » n’est pas un fichier PDF lisible. Ouvrez-le sur votre ordinateur "
        "pour le vérifier, puis déposez-le à nouveau.",
        "Une demande porte au plus 20 documents.",
    ]
    draft.refresh_from_db()
    assert (draft.status, draft.title) == ("draft", "Titre gardé")
    assert draft.documents.count() == documents.MAX_FURTHER + 1


def test_a_file_that_did_not_arrive_or_goes_nowhere_is_said(signed_in, draft):
    page = signed_in.post(url("upload", draft.pk, "further"))
    assert (page.status_code, page.content.decode()) == (
        422,
        "Aucun fichier n’est arrivé. Choisissez-le à nouveau.",
    )
    answer = signed_in.post(url("upload", draft.pk, "autre"), {"file": file()})
    assert answer.status_code == 404


def test_a_document_is_taken_off_by_script_or_by_its_button(signed_in, draft, owner):
    annex = documents.store(draft, Document.Kind.FURTHER, file(name="annexe.pdf"), by=owner)
    assert "annexe.pdf" in signed_in.get(url("edit", draft.pk)).content.decode()
    zone = signed_in.post(url("remove_document", annex.pk), **SCRIPT)
    assert (zone.status_code, "annexe.pdf" in zone.content.decode()) == (200, False)
    answer = signed_in.post(url("remove_document", draft.documents.get().pk), follow=True)
    assert answer.redirect_chain == [(url("edit", draft.pk), 302)]
    assert told(answer) == ["« fichier.pdf » est retiré."]
    assert draft.documents.count() == 0


def test_a_document_stays_on_a_request_that_is_sent(signed_in, draft):
    requests.submit(draft, by=None)
    path = url("remove_document", draft.documents.get().pk)
    answer = signed_in.post(path, **SCRIPT)
    assert (answer.status_code, answer.content.decode()) == (422, SENT)
    answer = signed_in.post(path, follow=True)
    assert answer.redirect_chain == [(url("detail", draft.pk), 302)]
    assert told(answer) == [SENT]
    assert draft.documents.count() == 1


# --- what else the organism does with it ------------------------------------------------------


def test_a_suspended_organism_is_offered_nothing_that_it_may_not_do(signed_in, draft, organism):
    suspend(organism)
    for path, back in [
        (url("create"), url("list")),
        (url("edit", draft.pk), url("detail", draft.pk)),
        (url("withdraw", draft.pk), url("detail", draft.pk)),
        (url("delete", draft.pk), url("detail", draft.pk)),
    ]:
        answer = signed_in.get(path, follow=True)
        assert answer.redirect_chain == [(back, 302)]
        assert told(answer) == [SUSPENDED]


def test_an_old_page_that_deletes_or_withdraws_too_late_is_told(signed_in, draft):
    Training.objects.filter(pk=draft.pk).update(status="withdrawn", submitted_at=timezone.now())
    for name in ("delete", "withdraw"):
        answer = signed_in.post(url(name, draft.pk), follow=True)
        assert answer.redirect_chain == [(url("detail", draft.pk), 302)]
        assert told(answer) == [
            "Cette action n’est plus possible : le statut est maintenant « retirée »."
        ]
    assert Training.objects.get().status == "withdrawn"


def test_what_cannot_be_renewed_says_why(signed_in, organism):
    year = timezone.localdate().year + 1
    for fields, sentence in [
        (
            {"status": "refused"},
            "Cette action n’est plus possible : le statut est maintenant « refusée ».",
        ),
        (
            {"status": "approved", "year": year},
            f"Cette formation est validée pour {year} : vous pourrez la renouveler à partir du "
            f"1er janvier {year}.",
        ),
    ]:
        training = factories.make_training(organism, **fields)
        answer = signed_in.post(url("renew", training.pk), follow=True)
        assert answer.redirect_chain == [(url("detail", training.pk), 302)]
        assert told(answer) == [sentence]
    assert Training.objects.count() == 2


def test_the_list_is_narrowed_to_a_status(signed_in, organism):
    for status in ("draft", "submitted"):
        factories.make_training(organism, status=status)
    page = signed_in.get(url("list"), {"statut": "submitted"})
    assert [one.status for one in page.context["page"]] == ["submitted"]
    assert len(signed_in.get(url("list"), {"statut": "autre"}).context["page"]) == 2


def test_a_file_that_is_too_big_is_stopped_and_said_to_the_script(signed_in, draft, settings):
    settings.MAX_UPLOAD_BYTES = 1000
    path = url("upload", draft.pk, "further")
    answer = signed_in.post(path, {"file": file(b"x" * 2000)}, **SCRIPT)
    assert answer.status_code == 413
    assert answer.content.decode() == (
        "Ce fichier dépasse 20 Mo. Réduisez-le ou scannez-le en moins bonne qualité, puis "
        "déposez-le à nouveau."
    )
    assert draft.documents.count() == 1
