"""Importing questions: read, shown, then written; exported and read again."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from common import files
from tests import factories
from tests.files import make_qcm_workbook
from trainings import tasks
from trainings.domain import importing, sets
from trainings.models import QuestionImport, Training
from trainings.views import importing as views

PASTED = "1. Quand signer ?\n*A. Avant\nB. Après\n\n2. Qui signe ?\nA. Personne\n*B. Le client\n"


def url(name, training, *args):
    return reverse(f"trainings:{name}", args=[training.pk, *args])


def send(client, training, **data):
    return client.post(url("import_questions", training), data)


def read(client, training, **data):
    """What the page shows once a task has read the file, if there is one."""
    answer = send(client, training, **data)
    for waiting in QuestionImport.objects.filter(status="reading"):
        tasks.read_questions(waiting.pk)
    return answer


def upload(content=b"1. Qui ?\n*A. Moi\nB. Toi\n", name="qcm.txt"):
    return SimpleUploadedFile(name, content)


def stored():
    """The files that the storage holds."""
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def apply(client, training, **data):
    """« Importer » what the page shows now."""
    shown = client.get(url("import_questions", training)).context["shown"]
    return client.post(url("apply_import", training), {"shown": shown, **data})


def test_a_pasted_text_is_shown_first_and_written_on_request(signed_in, draft):
    before = sets.as_rows(draft)
    assert read(signed_in, draft, pasted=PASTED).status_code == 302
    page = signed_in.get(url("import_questions", draft)).content.decode()
    assert "2 questions lues" in page
    assert sets.as_rows(draft) == before
    answer = apply(signed_in, draft, mode="after")
    assert answer.status_code == 422
    assert "Choisissez le jeu où vont ces questions." in answer.content.decode()
    apply(signed_in, draft, mode="after", place="spread")
    assert sets.question_counts(draft) == {1: 5, 2: 5, 3: 4}
    added = [row for row in sets.as_rows(draft) if row not in before]
    assert [(row.set_number, row.text, row.choices) for row in added] == [
        (1, "Quand signer ?", (("Avant", True), ("Après", False))),
        (2, "Qui signe ?", (("Personne", False), ("Le client", True))),
    ]
    assert not QuestionImport.objects.exists()


def test_nothing_is_written_while_an_error_remains_and_the_text_stays(signed_in, draft):
    before = sets.as_rows(draft)
    read(signed_in, draft, pasted="1. Quand signer ?\nA. Avant\nB. Après\n")
    page = signed_in.get(url("import_questions", draft))
    assert page.context["waiting"].errors != []
    assert "A. Avant\nB. Après" in page.context["pasted"].replace("\r\n", "\n")
    answer = apply(signed_in, draft, mode="after", place="1")
    assert answer.status_code == 422
    assert sets.as_rows(draft) == before


def test_a_workbook_replaces_the_sets_that_it_names(signed_in, draft):
    file = SimpleUploadedFile("qcm.xlsx", make_qcm_workbook(per_set=2, sets=2))
    read(signed_in, draft, file=file)
    apply(signed_in, draft, mode="replace")
    assert sets.question_counts(draft) == {1: 2, 2: 2, 3: 4}


def test_dropping_an_import_changes_nothing(signed_in, draft):
    before = sets.as_rows(draft)
    read(signed_in, draft, pasted=PASTED)
    signed_in.post(url("drop_import", draft))
    assert (sets.as_rows(draft), QuestionImport.objects.count()) == (before, 0)


@pytest.mark.parametrize("data", [{}, {"pasted": "  "}])
def test_nothing_to_read_is_said(signed_in, draft, data):
    answer = read(signed_in, draft, **data)
    assert answer.status_code == 422
    assert "Choisissez un fichier, ou collez vos questions." in answer.content.decode()


@pytest.mark.parametrize("form", ["xlsx", "gift"])
def test_what_is_exported_is_imported_as_it_was(signed_in, draft, form):
    before = sets.as_rows(draft)
    content = signed_in.get(url("export_questions", draft, form)).content
    read(signed_in, draft, file=SimpleUploadedFile(f"qcm.{form}", content))
    apply(signed_in, draft, mode="replace")
    assert sets.as_rows(draft) == before
    assert not QuestionImport.objects.exists()


def test_only_what_was_shown_is_imported(signed_in, draft):
    """Another tab, or a colleague, read something else after this page was shown."""
    before = sets.as_rows(draft)
    read(signed_in, draft, pasted=PASTED)
    shown = signed_in.get(url("import_questions", draft)).context["shown"]
    read(signed_in, draft, pasted=PASTED.replace("signer", "conseiller"))
    data = {"shown": shown, "mode": "after", "place": "1"}
    answer = signed_in.post(url("apply_import", draft), data)
    assert answer.status_code == 422
    assert "Autre chose a été lu entre-temps" in answer.content.decode()
    assert sets.as_rows(draft) == before


def test_what_was_read_is_imported_once(signed_in, draft):
    read(signed_in, draft, pasted=PASTED)
    apply(signed_in, draft, mode="after", place="1")
    data = {"mode": "after", "place": "1"}
    answer = signed_in.post(url("apply_import", draft), data, follow=True)
    assert "Ces questions sont déjà importées" in answer.content.decode()
    assert sets.question_counts(draft) == {1: 6, 2: 4, 3: 4}


@pytest.mark.parametrize("full", [True, False])
def test_adding_is_chosen_beforehand_only_where_the_sets_are_empty(signed_in, organism, full):
    training = factories.make_training(organism)
    if full:
        factories.make_question_sets(training)
    read(signed_in, training, pasted=PASTED)
    page = signed_in.get(url("import_questions", training)).content.decode()
    assert ('value="after" required checked' in page) is not full


def test_a_pasted_text_above_the_limit_gets_a_page_and_not_an_error(signed_in, draft):
    url = f"/formations/{draft.pk}/qcm/importer/"
    response = signed_in.post(url, {"pasted": "x", "pasted_html": "x" * (9 * 1024 * 1024)})
    assert response.status_code == 413
    assert "un texte collé, 8 Mo" in response.content.decode()


def test_the_preview_shows_what_deserves_a_second_look(signed_in, draft):
    text = "Jeu 1\n1. Qui ?\n*A. Toutes les réponses\nB. Personne\n"
    page = signed_in.post(f"/formations/{draft.pk}/qcm/importer/", {"pasted": text}, follow=True)
    assert "sans empêcher l’import" in page.content.decode()


# --- what is not read, or no longer imported --------------------------------------------------


def told(answer):
    return [str(one) for one in answer.context["messages"]]


def submit(training):
    Training.objects.filter(pk=training.pk).update(
        status="submitted", submitted_at="2026-01-01T00:00Z"
    )


SENT = "Cette demande ne peut plus être modifiée : elle est « envoyée »."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"pasted": "x" * (views.MAX_PASTED + 1)},
            "Ce texte est trop long. Collez-le en plusieurs fois.",
        ),
        (
            {"file": ("vide.xlsx", b"")},
            "« vide.xlsx » est vide. Vérifiez le fichier et déposez-le.",
        ),
    ],
)
def test_what_gives_no_questions_says_why_and_is_not_kept(signed_in, draft, data, sentence):
    if "file" in data:
        data = {"file": SimpleUploadedFile(*data["file"])}
    page = read(signed_in, draft, **data)
    assert page.status_code == 422
    assert page.context["sentences"] == [sentence]
    assert sentence in page.content.decode()
    assert not QuestionImport.objects.exists()


def test_nothing_is_imported_once_the_request_is_sent(signed_in, draft):
    read(signed_in, draft, pasted=PASTED)
    shown = signed_in.get(url("import_questions", draft)).context["shown"]
    submit(draft)
    before = sets.as_rows(draft)
    data = {"shown": shown, "mode": "after", "place": "1"}
    for answer in (
        signed_in.get(url("import_questions", draft), follow=True),
        signed_in.post(url("apply_import", draft), data, follow=True),
    ):
        assert answer.redirect_chain == [(url("workshop", draft), 302)]
        assert told(answer) == [SENT]
    assert sets.as_rows(draft) == before


def test_a_request_sent_while_a_file_is_read_is_told(signed_in, draft, monkeypatch):
    read_pasted = views.read_pasted

    def read_then_sent(*args):
        submit(draft)
        return read_pasted(*args)

    monkeypatch.setattr(views, "read_pasted", read_then_sent)
    page = read(signed_in, draft, pasted=PASTED)
    assert (page.status_code, page.context["sentences"]) == (422, [SENT])
    assert not QuestionImport.objects.exists()


def test_a_suspended_organism_has_nothing_to_import(signed_in, draft, organism):
    organism.status = "suspended"
    organism.save()
    assert signed_in.get(url("import_questions", draft)).url == url("workshop", draft)


def test_a_set_that_would_be_too_full_says_so_and_what_was_read_waits(signed_in, draft):
    lines = [f"{n}. Question {n} ?\n*A. Oui\nB. Non\n" for n in range(1, 98)]
    read(signed_in, draft, pasted="\n".join(lines))
    before = sets.as_rows(draft)
    page = apply(signed_in, draft, mode="after", place="1")
    assert page.status_code == 422
    assert page.context["sentences"] == [
        "Le jeu 1 contient déjà 100 questions, le maximum. Supprimez-en ou déplacez-en une d’abord."
    ]
    assert (sets.as_rows(draft), QuestionImport.objects.count()) == (before, 1)


def test_adding_or_replacing_is_asked_for(signed_in, draft):
    read(signed_in, draft, pasted=PASTED)
    page = apply(signed_in, draft, place="1")
    assert page.context["sentences"] == [
        "Choisissez d’ajouter ces questions ou de remplacer celles du jeu."
    ]


def test_two_clicks_at_once_import_once(signed_in, draft, monkeypatch):
    read(signed_in, draft, pasted=PASTED)
    placed = importing._placed

    def placed_by_another_too(rows, place):
        QuestionImport.objects.all().delete()
        return placed(rows, place)

    monkeypatch.setattr(importing, "_placed", placed_by_another_too)
    before = sets.as_rows(draft)
    answer = apply(signed_in, draft, mode="after", place="1")
    answer = signed_in.get(answer.url)
    assert told(answer) == ["Ces questions sont déjà importées, ou abandonnées."]
    assert sets.as_rows(draft) == before


def test_the_sets_are_exported_in_two_forms_alone(signed_in, draft):
    answer = signed_in.get(url("export_questions", draft, "xlsx"))
    assert answer["Content-Type"] == files.XLSX
    assert signed_in.get(url("export_questions", draft, "pdf")).status_code == 404


# --- a file, read by a task -------------------------------------------------------------------


def test_the_page_answers_at_once_and_waits_for_the_file(
    signed_in, draft, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as asked:
        answer = send(signed_in, draft, file=upload(), pasted="Du texte tapé")
    assert answer.url == url("import_questions", draft)
    waiting = QuestionImport.objects.get()
    assert (waiting.status, waiting.name) == ("reading", "qcm.txt")
    assert [(request.name, request.args) for request in asked] == [
        ("trainings.tasks.read_questions", (waiting.pk,))
    ]
    page = signed_in.get(answer.url)
    assert "Lecture de « qcm.txt »" in page.content.decode()
    # Without scripts too, and nothing else to fill in meanwhile.
    assert page["Refresh"] == "8"
    assert 'name="pasted"' not in page.content.decode()
    progress = signed_in.get(url("import_progress", draft))
    assert "Lecture de « qcm.txt »" in progress.content.decode()
    tasks.read_questions(waiting.pk)
    progress = signed_in.get(url("import_progress", draft))
    assert progress["HX-Redirect"] == answer.url
    page = signed_in.get(answer.url)
    assert "1 question lue" in page.content.decode()
    assert page.context["pasted"] == "Du texte tapé"
    assert "Refresh" not in page


def test_a_file_is_kept_while_it_is_read_alone(
    signed_in, draft, django_capture_on_commit_callbacks
):
    def in_turn(act):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return len(stored())

    assert in_turn(lambda: send(signed_in, draft, file=upload())) == 1
    # Another in its place, then read, then dropped while it is read.
    assert in_turn(lambda: send(signed_in, draft, file=upload(b"autre"))) == 1
    assert in_turn(lambda: tasks.read_questions(QuestionImport.objects.get().pk)) == 0
    assert in_turn(lambda: send(signed_in, draft, file=upload())) == 1
    assert in_turn(lambda: signed_in.post(url("drop_import", draft))) == 0
    assert in_turn(lambda: send(signed_in, draft, file=upload())) == 1
    assert in_turn(lambda: send(signed_in, draft, pasted=PASTED)) == 0
    assert QuestionImport.objects.get().is_shown


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"  \n", "Le fichier est vide. Vérifiez que vous avez choisi le bon fichier."),
        (b"PK\x03\x04 cut", "Le fichier est abîmé ou incomplet."),
    ],
)
def test_a_file_that_gives_no_questions_says_why_and_what_was_typed_stays(
    signed_in, draft, content, sentence
):
    read(signed_in, draft, file=upload(content), pasted=PASTED)
    page = signed_in.get(url("import_questions", draft))
    assert page.context["waiting"].error.startswith(sentence)
    assert "« qcm.txt » n’a pas été lu." in page.content.decode()
    assert page.context["pasted"].replace("\r\n", "\n") == PASTED.rstrip("\n") + "\n"
    assert apply(signed_in, draft, mode="after", place="1").status_code == 422


def test_a_file_sent_twice_is_read_once(signed_in, draft):
    send(signed_in, draft, file=upload())
    first = QuestionImport.objects.get()
    send(signed_in, draft, file=upload())
    again = QuestionImport.objects.get()
    assert (again.file.name, again.asked_at, len(stored())) == (first.file.name, first.asked_at, 1)


def test_a_task_that_comes_late_changes_nothing(signed_in, draft, monkeypatch):
    """Its file was replaced by a colleague's while it was read."""
    send(signed_in, draft, file=upload())
    late = importing.read_file

    def replaced_meanwhile(*args, **named):
        found = late(*args, **named)
        monkeypatch.setattr(importing, "read_file", late)
        send(signed_in, draft, file=upload(PASTED.encode(), "autre.txt"))
        return found

    monkeypatch.setattr(importing, "read_file", replaced_meanwhile)
    tasks.read_questions(QuestionImport.objects.get().pk)
    waiting = QuestionImport.objects.get()
    assert (waiting.status, waiting.name, waiting.rows) == ("reading", "autre.txt", [])
    tasks.read_questions(waiting.pk)
    tasks.read_questions(waiting.pk)
    assert len(QuestionImport.objects.get().rows) == 2


def test_nothing_is_imported_while_the_file_is_read(signed_in, draft):
    send(signed_in, draft, file=upload())
    answer = apply(signed_in, draft, mode="after", place="1")
    assert answer.status_code == 422
    assert answer.context["sentences"] == [
        "Le fichier est encore en cours de lecture : attendez qu’il soit lu."
    ]


def test_a_lost_task_is_asked_again_and_given_up_with_a_sentence(
    signed_in, draft, django_capture_on_commit_callbacks
):
    send(signed_in, draft, file=upload())
    waiting = QuestionImport.objects.get()
    for ago, requests in ((0, []), (2, [(waiting.pk,)])):
        QuestionImport.objects.update(asked_at=timezone.now() - timedelta(minutes=ago))
        with django_capture_on_commit_callbacks() as asked:
            tasks.sweep_questions()
        assert [request.args for request in asked] == requests
    QuestionImport.objects.update(tries=3)
    tasks.sweep_questions()
    page = signed_in.get(url("import_questions", draft))
    assert importing.GAVE_UP in page.content.decode()
    assert page.context["waiting"].file.name == ""


def test_what_is_never_imported_is_forgotten_after_seven_days(
    signed_in, draft, django_capture_on_commit_callbacks
):
    send(signed_in, draft, file=upload())
    for days, kept in ((6, 1), (8, 0)):
        QuestionImport.objects.update(
            asked_at=timezone.now() - timedelta(days=days), leased_until=None, tries=0
        )
        with django_capture_on_commit_callbacks(execute=True):
            importing.forget(before=timezone.now() - tasks.KEPT)
        assert (QuestionImport.objects.count(), len(stored())) == (kept, kept)


def test_what_was_chosen_is_kept_when_something_lacks(signed_in, draft):
    read(signed_in, draft, pasted=PASTED)
    page = apply(signed_in, draft, mode="replace").content.decode()
    assert re.search(r'value="replace" checked', page)
    page = apply(signed_in, draft, place="spread").content.decode()
    assert re.search(r'value="spread" checked', page)


@pytest.mark.parametrize("lines", [1, 40])
def test_the_pages_ask_the_database_the_same_whatever_was_read(
    signed_in, draft, lines, session_queries, django_assert_num_queries
):
    text = "\n".join(f"{n}. Question {n} ?\n*A. Oui\nB. Non\n" for n in range(1, lines + 1))
    read(signed_in, draft, file=upload(text.encode()))
    signed_in.get(url("import_questions", draft))
    # The user, their organism, the training; what was read, and the sets' counts.
    with django_assert_num_queries(session_queries + 5):
        signed_in.get(url("import_questions", draft))
    with django_assert_num_queries(session_queries + 4):
        signed_in.get(url("import_progress", draft))
