"""The organism's side of a request: what it types, its files, its sending, its renewal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.errors import Refused
from mailing.models import Message
from tests import factories
from tests.files import make_image, make_pdf
from tests.trainings.complete import file, make_complete_draft
from trainings.domain import decisions, documents, requests
from trainings.models import Document, Speaker, Training

Kind = Document.Kind


@pytest.fixture
def draft(organism, owner):
    return make_complete_draft(organism, owner)


def edit_url(training):
    return reverse("trainings:edit", args=[training.pk])


def typed(training, **changes):
    """What the form of this draft posts."""
    return {
        "title": training.title,
        "objectives": training.objectives,
        "programme": training.programme,
        "audience": training.audience,
        "teaching_method": training.teaching_method,
        "duration_minutes": "7 h",
        "year": str(training.year),
        "first_session_on": f"{training.first_session_on:%Y-%m-%d}",
        "first_session_place": training.first_session_place,
        "requested_associative_minutes": "2 h",
        "requested_amf_minutes": "",
        "speakers-TOTAL_FORMS": "1",
        "speakers-INITIAL_FORMS": "0",
        "speakers-0-name": "Anne Lebrun",
        "speakers-0-references": "Docteur en droit",
    } | changes


# --- the form ---------------------------------------------------------------------------------


def test_adding_a_training_makes_a_draft_and_opens_its_form(signed_in, organism, owner):
    year = timezone.localdate().year
    answer = signed_in.post(reverse("trainings:create"), {"title": "Les SCPI", "year": year})
    training = Training.objects.get()
    assert answer.url == edit_url(training)
    assert (training.organism, training.created_by, training.status) == (organism, owner, "draft")
    assert [(row.event, row.to_status) for row in training.journal.all()] == [("create", "draft")]


def test_saving_sends_when_nothing_is_missing(signed_in, draft, organism):
    answer = signed_in.post(edit_url(draft), typed(draft))
    assert answer.url == reverse("trainings:detail", args=[draft.pk])
    draft.refresh_from_db()
    assert (draft.status, draft.requested_associative_minutes) == ("submitted", 120)
    told = dict(Message.objects.values_list("template", "to"))
    assert told == {
        "trainings/email/submitted": organism.email,
        "trainings/email/submitted_staff": "formation@anacofi.example",
    }


def test_saving_the_draft_sends_nothing(signed_in, draft):
    signed_in.post(edit_url(draft), typed(draft, draft="1", title="Autre titre"))
    draft.refresh_from_db()
    assert (draft.status, draft.title) == ("draft", "Autre titre")
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"objectives": ""}, "Il manque les objectifs."),
        ({"programme": ""}, "Il manque le programme."),
        ({"audience": ""}, "Il manque le public visé."),
        ({"teaching_method": ""}, "Il manque la modalité pédagogique."),
        ({"duration_minutes": ""}, "Il manque la durée totale."),
        ({"first_session_on": ""}, "Il manque la date de la première session."),
        ({"first_session_place": ""}, "Il manque le lieu de la première session."),
        ({"speakers-0-name": "", "speakers-0-references": ""}, "au moins un intervenant"),
        ({"requested_associative_minutes": ""}, "Demandez des heures associatives"),
        ({"requested_amf_minutes": "1 h"}, "Il manque les trois jeux de QCM : 4 questions par jeu"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(signed_in, draft, changes, sentence):
    page = signed_in.post(edit_url(draft), typed(draft, title="Titre gardé", **changes))
    assert page.status_code == 200
    assert "pas encore envoyée" in page.content.decode()
    assert any(sentence in one for _, one in page.context["missing"])
    draft.refresh_from_db()
    assert (draft.status, draft.title) == ("draft", "Titre gardé")
    assert draft.documents.count() == 1


def test_a_remote_training_needs_no_place(signed_in, draft):
    signed_in.post(edit_url(draft), typed(draft, teaching_method="remote", first_session_place=""))
    draft.refresh_from_db()
    assert draft.status == "submitted"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"requested_associative_minutes": "7 h 15"}, "plus que la durée totale"),
        ({"requested_amf_minutes": "8 h"}, "plus que la durée totale"),
        ({"requested_associative_minutes": "-2"}, "ne peut pas être négative"),
        ({"requested_associative_minutes": "1 h 10"}, "de 15 en 15 minutes"),
        ({"requested_associative_minutes": "deux"}, "« deux » n’est pas une durée"),
        ({"duration_minutes": "0"}, "au moins"),
        ({"duration_minutes": "1000 h"}, "« 1000 h » n’est pas une durée"),
        ({"first_session_on": "31/02/2026"}, "date valide"),
        ({"year": "1999"}, "1999"),
        ({"title": ""}, "Tapez l’intitulé"),
        ({"speakers-0-name": "", "speakers-0-references": "Docteur"}, "Tapez le nom de l’"),
    ],
)
def test_what_is_typed_wrongly_is_said_shown_again_and_not_sent(
    signed_in, draft, changes, sentence
):
    page = signed_in.post(edit_url(draft), typed(draft, programme="Programme gardé", **changes))
    assert page.status_code == 200
    shown = page.content.decode()
    assert sentence in shown
    for name, value in changes.items():
        # A choice that is not offered cannot be shown again.
        assert name == "year" or value in shown
    draft.refresh_from_db()
    assert (draft.status, draft.programme) == ("draft", "Programme gardé")
    assert draft.documents.count() == 1


def test_the_first_session_is_in_the_year_asked(signed_in, draft):
    other = draft.first_session_on.replace(year=draft.year + 1, day=1)
    page = signed_in.post(edit_url(draft), typed(draft, first_session_on=f"{other:%Y-%m-%d}"))
    assert any("n’est pas dans l’année civile" in one for _, one in page.context["missing"])


def test_what_is_typed_is_kept_as_one_goes(signed_in, draft):
    url = reverse("trainings:autosave", args=[draft.pk])
    page = signed_in.post(url, typed(draft, title="Au fil de l’eau", duration_minutes="x"))
    assert "À corriger, pas enregistré" in page.content.decode()
    draft.refresh_from_db()
    assert (draft.title, draft.duration_minutes) == ("Au fil de l’eau", 420)


@pytest.mark.parametrize(
    ("asked", "words"), [("1h30", "6"), ("2 h 15", "8"), ("", ""), ("abc", "")]
)
def test_the_questions_owed_are_shown_as_the_hours_are_typed(signed_in, asked, words):
    page = signed_in.get(reverse("trainings:sizing"), {"requested_amf_minutes": asked})
    assert page.status_code == 200
    assert words in page.content.decode()


@pytest.mark.parametrize(
    "status", sorted(set(Training.Status.values) - {"draft", "changes_requested"})
)
def test_a_request_out_of_the_organisms_hands_is_not_edited(signed_in, organism, owner, status):
    training = factories.make_training(organism, status=status, title="Comme envoyée")
    for answer in (
        signed_in.get(edit_url(training), follow=True),
        signed_in.post(edit_url(training), typed(training, title="Changée"), follow=True),
    ):
        assert answer.redirect_chain[-1][0] == reverse("trainings:detail", args=[training.pk])
        assert [str(one) for one in answer.context["messages"]] == [
            "Cette demande ne peut plus être modifiée : elle est "
            f"« {training.get_status_display()} »."
        ]
    sent = signed_in.post(
        reverse("trainings:upload", args=[training.pk, "presentation"]), {"file": file()}
    )
    assert (sent.status_code, training.documents.count()) == (422, 0)
    training.refresh_from_db()
    assert training.title == "Comme envoyée"


def test_a_request_sent_back_is_edited_and_sent_again(signed_in, draft, officer):
    requests.submit(draft, by=None)
    decisions.request_changes(draft, by=officer, comment="Détaillez l’après-midi")
    page = signed_in.get(edit_url(draft)).content.decode()
    assert "Détaillez l’après-midi" in page
    draft.refresh_from_db()
    signed_in.post(edit_url(draft), typed(draft, programme="Bien détaillé"))
    draft.refresh_from_db()
    assert (draft.status, draft.programme) == ("submitted", "Bien détaillé")
    assert list(draft.journal.values_list("to_status", flat=True)) == [
        "submitted",
        "changes_requested",
        "submitted",
    ]


# --- its files ----------------------------------------------------------------------------------


def upload(client, training, kind, content):
    return client.post(reverse("trainings:upload", args=[training.pk, kind]), {"file": content})


def test_a_file_is_kept_by_its_own_request_and_replaced_by_the_next(signed_in, draft):
    page = upload(signed_in, draft, "presentation", file(name="nouvelle présentation.pdf"))
    assert page.status_code == 200
    assert "nouvelle présentation.pdf" in page.content.decode()
    kept = draft.documents.get()
    assert kept.name == "nouvelle présentation.pdf"
    assert "présentation" not in kept.file.name


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("presentation", file(b"pas un PDF"), "n’est pas un fichier PDF lisible"),
        ("presentation", file(b"%PDF-1.4 cut"), "est un PDF incomplet ou abîmé"),
        ("presentation", file(b""), "vide"),
        ("presentation", file(make_image(), "image.png"), "est une image (PNG)"),
        ("further", file(b"MZ\x90\x00", "outil.pdf"), "n’est pas un fichier PDF, JPEG ou PNG"),
    ],
)
def test_a_wrong_file_is_refused_and_the_one_before_stays(
    signed_in, draft, kind, content, sentence
):
    content.seek(0)
    page = upload(signed_in, draft, kind, content)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert [one.kind for one in draft.documents.all()] == ["presentation"]


def test_further_documents_are_several_and_one_given_twice_is_kept_once(signed_in, draft):
    for name, content in [("a.pdf", make_pdf(2)), ("b.png", make_image()), ("a.pdf", make_pdf(2))]:
        assert upload(signed_in, draft, "further", file(content, name)).status_code == 200
    assert sorted(draft.documents.filter(kind="further").values_list("name", flat=True)) == [
        "a.pdf",
        "b.png",
    ]


def test_a_request_holds_twenty_further_documents_at_most(draft, owner):
    for number in range(20):
        documents.store(draft, Kind.FURTHER, file(name=f"{number}.pdf"), by=owner)
    with pytest.raises(Refused, match="au plus 20"):
        documents.store(draft, Kind.FURTHER, file(name="vingt-et-unième.pdf"), by=owner)


def test_sets_too_small_for_the_hours_are_said_before_sending(signed_in, draft):
    factories.make_question_sets(draft)
    page = signed_in.post(edit_url(draft), typed(draft, requested_amf_minutes="2 h"))
    assert [one for section, one in page.context["missing"] if section == "qcm"] == [
        f"Jeu {number} : 4 questions complètes, il en faut au moins 6 ; il en manque 2."
        for number in (1, 2, 3)
    ]


def test_without_scripts_the_files_come_with_the_form(signed_in, draft):
    data = typed(draft) | {"file-further": file(name="annexe.pdf")}
    signed_in.post(edit_url(draft), data)
    assert draft.documents.get(kind="further").name == "annexe.pdf"


def test_a_document_is_served_to_its_organism_under_its_name_and_sealed(signed_in, draft):
    document = draft.documents.get()
    answer = signed_in.get(reverse("trainings:document", args=[document.pk]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="fichier.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


# --- its pages --------------------------------------------------------------------------------


def test_the_page_shows_the_journal_and_never_the_names_of_staff(signed_in, draft, officer):
    requests.submit(draft, by=None)
    decisions.request_changes(draft, by=officer, comment="Détaillez l’après-midi")
    shown = signed_in.get(reverse("trainings:detail", args=[draft.pk])).content.decode()
    assert "Détaillez l’après-midi" in shown
    assert "ANACOFI" in shown
    assert officer.last_name not in shown


def test_a_revoked_approval_is_not_said_to_be_valid(signed_in, organism, officer):
    training = factories.make_training(organism, status="approved")
    page = reverse("trainings:detail", args=[training.pk])
    assert "valable jusqu’au 31 décembre" in signed_in.get(page).content.decode()
    decisions.revoke(training, by=officer, comment="Programme non tenu")
    shown = signed_in.get(page).content.decode()
    assert "Agrément révoqué" in shown
    assert "valable jusqu’au" not in shown


def test_the_list_is_searched_without_accents_or_case(signed_in, organism):
    for title in ("Fiscalité élémentaire", "Les SCPI"):
        factories.make_training(organism, title=title)
    page = signed_in.get(reverse("trainings:list"), {"q": "FISCALITE ELEM"})
    assert [one.title for one in page.context["page"]] == ["Fiscalité élémentaire"]


@pytest.mark.parametrize("name", ["trainings:list", "attendance:trainings"])
def test_the_organism_s_own_lists_are_searched_by_the_trainings_words_alone(
    signed_in, organism, owner, name
):
    training = factories.make_training(organism, status="approved", title="Les SCPI")
    for typed in ("scpi", training.approval_number):
        page = signed_in.get(reverse(name), {"q": typed}).context["page"]
        assert [one.pk for one in page] == [training.pk]
    for typed in (organism.name, organism.email, organism.representative_last_name):
        page = signed_in.get(reverse(name), {"q": typed}).context["page"]
        assert list(page) == []


def test_staff_find_the_trainings_of_a_renamed_organism_by_its_new_name(
    signed_in, organism, officer, settings
):
    settings.DEMO = True
    training = factories.make_training(organism, status="submitted", title="Les SCPI")
    factories.make_training(status="submitted")
    data = {
        name: getattr(organism, name)
        for name in ("email", "description", "type", "siren", "trainer_number", "member_number")
    }
    data |= {"representative_first_name": "Anne", "representative_last_name": "Lebrun"}
    signed_in.post(reverse("organisms:edit"), data | {"name": "Académie du patrimoine"})
    signed_in.force_login(officer)
    queue = signed_in.get("/admin/trainings/training/", {"q": "Académie SCPI"})
    assert [one.pk for one in queue.context["cl"].result_list] == [training.pk]


@pytest.mark.parametrize("name", ["trainings:list", "trainings:detail", "trainings:edit"])
def test_a_page_takes_as_many_queries_with_many_rows(signed_in, draft, organism, owner, name):
    url = reverse(name, args=[] if name == "trainings:list" else [draft.pk])
    signed_in.get(url)

    def more(number):
        for _ in range(number):
            factories.make_training(organism)
            rank = draft.speakers.count() + 1
            Speaker.objects.create(training=draft, name=f"Intervenant {rank}", position=rank)
            documents.store(draft, Kind.FURTHER, file(name=f"{rank}.pdf"), by=owner)
            draft.move(Training.Event.COPY, by=owner)

    more(1)
    factories.make_question_sets(draft, per_set=1)
    with CaptureQueriesContext(connection) as few:
        signed_in.get(url)
    more(6)
    draft.question_sets.all().delete()
    factories.make_question_sets(draft, per_set=9)
    with CaptureQueriesContext(connection) as many:
        signed_in.get(url)
    assert len(many) == len(few)


def test_a_suspended_organism_reads_and_changes_nothing(signed_in, draft, organism):
    organism.status = "suspended"
    organism.save()
    assert signed_in.get(reverse("trainings:detail", args=[draft.pk])).status_code == 200
    signed_in.post(edit_url(draft), typed(draft, title="Changée"))
    assert upload(signed_in, draft, "further", file()).status_code in {302, 403}
    draft.refresh_from_db()
    assert (draft.title, draft.documents.count()) == ("Le devoir de conseil", 1)
