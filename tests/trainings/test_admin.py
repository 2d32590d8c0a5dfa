"""The officers' screens of requests: the queue, the page, the buttons, the dossier."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from mailing.models import Message
from tests import factories
from tests.files import make_pdf
from tests.trainings.sets import make_row
from trainings.domain import decisions, documents, requests, sets
from trainings.interchange.workbook import HEADER
from trainings.models import AnnualRules, Document, Speaker, Training

BASE = "/admin/trainings/training/"


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True


@pytest.fixture
def training(organism, owner):
    """A request of an hour of each kind, as an organism sends it."""
    training = factories.make_training(
        organism, title="Le devoir de conseil", requested_amf_minutes=60
    )
    Speaker.objects.create(training=training, name="Anne Lebrun", references="Docteur en droit")
    for kind, name, content in [
        ("presentation", "présentation.pdf", make_pdf(2)),
        ("further", "../../annexe é.pdf", make_pdf()),
    ]:
        documents.store(training, Document.Kind(kind), SimpleUploadedFile(name, content), by=owner)
    rows = [
        make_row(
            number,
            f"Jeu {number}, question {rank} ?",
            [("La bonne", True), ("Une fausse", False), ("Une autre", False)],
        )
        for number in (1, 2, 3)
        for rank in range(1, 5)
    ]
    sets.replace_all(training, rows)
    requests.submit(training, by=owner)
    training.refresh_from_db()
    return training


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def told(answer):
    return [str(one) for one in answer.context["messages"]]


def titles(page):
    return [one.title for one in page.context["cl"].result_list]


def test_the_queue_holds_what_waits_oldest_first_and_never_a_draft(signed_in, organism):
    now = timezone.now()
    for title, status, days in [
        ("récente", "submitted", 1),
        ("ancienne", "submitted", 9),
        ("à l’AMF", "sent_to_amf", 5),
        ("décidée", "refused", 20),
        ("brouillon", "draft", 0),
    ]:
        training = factories.make_training(organism, title=title, status=status)
        if status != "draft":
            training.submitted_at = now - timedelta(days=days)
            training.save()
    assert titles(signed_in.get(BASE)) == ["ancienne", "à l’AMF", "récente", "décidée"]
    assert titles(signed_in.get(BASE, {"file": "attente"})) == ["ancienne", "à l’AMF", "récente"]


def test_the_page_shows_all_that_was_sent_and_the_sets_with_right_answers(signed_in, training):
    shown = signed_in.get(f"{BASE}{training.pk}/change/").content.decode()
    for words in [
        "Conseillers en gestion de patrimoine",
        "Anne Lebrun",
        "Docteur en droit",
        "présentation.pdf",
        "Jeu 3 (4 questions",
        "4 questions dues par jeu",
        "Jeu 2, question 3 ?",
        "☑ La bonne",
        "☐ Une fausse",
    ]:
        assert words in shown


def test_the_dossier_holds_a_summary_the_documents_and_the_sets(signed_in, training):
    answer = signed_in.get(f"{BASE}{training.pk}/dossier/")
    assert 'filename="dossier-amf-' in answer["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert names[:2] == ["synthese.pdf", "jeux-de-qcm.xlsx"]
    assert sorted(names[2:]) == [
        "documents/complement-01-annexe-e.pdf",
        "documents/presentation-02-presentation.pdf",
    ]
    text = "".join(page.extract_text() for page in PdfReader(archive.open(names[0])).pages)
    for words in ["Le devoir de conseil", "Anne Lebrun", training.organism.name]:
        assert words in text
    rows = list(load_workbook(archive.open(names[1])).active.iter_rows(values_only=True))
    assert list(rows[0]) == HEADER
    assert len(rows) == 1 + 12
    assert rows[1][:5] == (1, "Jeu 1, question 1 ?", "La bonne", "Une fausse", "Une autre")


def test_the_summary_is_data_and_never_markup(signed_in, training):
    training.title = '#panic("x") <b> $x$ [y] \\ é'
    training.programme = '#read("/etc/passwd") *gras* // fin'
    training.save()
    answer = signed_in.get(f"{BASE}{training.pk}/dossier/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    text = "".join(page.extract_text() for page in PdfReader(archive.open("synthese.pdf")).pages)
    assert '#read("/etc/passwd") *gras* // fin' in text
    assert "root:" not in text


def test_the_summary_loses_no_word_however_long(signed_in, training):
    Training.objects.filter(pk=training.pk).update(programme=f"Avant {'x' * 300} après 🎓 fin")
    answer = signed_in.get(f"{BASE}{training.pk}/dossier/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    page = PdfReader(archive.open("synthese.pdf")).pages[0]
    text = page.extract_text().replace("\u200b", "").replace("\n", "")
    assert "x" * 300 in text
    # On the page, and not only in the text: no line is wider than the paper.
    lines = page.extract_text().replace("\u200b", "").splitlines()
    assert max(line.count("x") for line in lines) < 120


def test_an_officer_takes_a_request_from_the_queue_to_its_approval(signed_in, training):
    url = f"{BASE}{training.pk}/"
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert told(
        signed_in.post(f"{url}amf/", {"on": today, "reference": "26/118"}, follow=True)
    ) == ["La transmission à l’AMF est notée, l’organisme en est prévenu."]
    form = signed_in.get(f"{url}valider/").context["form"]
    assert form["amf_minutes"].value() == "1\u202fh"
    data = {"associative_minutes": "1 h 30", "amf_minutes": "1 h", "number": "", "comment": ""}
    assert told(signed_in.post(f"{url}valider/", data, follow=True)) == [
        "La formation est validée, l’organisme reçoit son numéro d’agrément."
    ]
    training.refresh_from_db()
    assert (training.status, training.granted_associative_minutes) == ("approved", 90)
    # A second officer, whose page is older, is told; nothing more happens.
    before = Message.objects.count()
    assert told(signed_in.post(f"{url}valider/", data, follow=True)) == [
        "Cette action n’est plus possible : le statut est maintenant « validée »."
    ]
    assert Message.objects.count() == before


@pytest.mark.parametrize(
    ("verb", "data", "sentence"),
    [
        (
            "valider",
            {"associative_minutes": "9 h", "amf_minutes": "0"},
            "dépassent ce qui est demandé",
        ),
        ("valider", {"associative_minutes": "1 h", "amf_minutes": "1 h"}, "après transmission"),
        ("valider", {"associative_minutes": "x", "amf_minutes": "0"}, "n’est pas une durée"),
        ("refuser", {"comment": ""}, "obligatoire"),
        ("modifications", {"comment": " "}, "obligatoire"),
        ("amf", {"on": "demain"}, "date valide"),
    ],
)
def test_what_is_wrong_is_said_on_the_page_which_keeps_what_was_typed(
    signed_in, training, verb, data, sentence
):
    page = signed_in.post(f"{BASE}{training.pk}/{verb}/", data)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    for name, value in data.items():
        assert page.context["form"][name].value() == value
    training.refresh_from_db()
    assert training.status == "submitted"


def test_the_buttons_are_those_that_the_status_allows(signed_in, training):
    def offered():
        page = signed_in.get(f"{BASE}{training.pk}/change/")
        return [verb.name for verb, _ in page.context["verbs"]]

    assert offered() == ["modifications", "amf", "valider", "refuser"]
    decisions.refuse(training, by=None, comment="Non")
    assert offered() == []
    approved = factories.make_training(status="approved")
    page = signed_in.get(f"{BASE}{approved.pk}/change/")
    assert [verb.name for verb, _ in page.context["verbs"]] == ["revoquer"]


def test_nothing_of_a_request_is_typed_over_by_hand(signed_in, training):
    signed_in.post(f"{BASE}{training.pk}/change/", {"status": "approved", "title": "Changé"})
    training.refresh_from_db()
    assert (training.status, training.title) == ("submitted", "Le devoir de conseil")
    assert signed_in.post(f"{BASE}{training.pk}/delete/", {"post": "yes"}).status_code == 403
    assert signed_in.get(f"{BASE}add/").status_code == 403


def test_the_queue_takes_as_many_queries_with_many_requests(
    signed_in, organism, django_assert_max_num_queries
):
    def asked():
        with django_assert_max_num_queries(60) as queries:
            signed_in.get(BASE)
        return len(queries)

    factories.make_training(status="submitted")
    asked()
    few = asked()
    for _ in range(6):
        factories.make_training(status="submitted", requested_amf_minutes=60)
    assert asked() == few


# --- annual rules ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_rules_are_copied_from_the_last_year_on_first_need():
    AnnualRules.objects.create(year=2024, minutes_due=1200, pass_mark=75)
    assert AnnualRules.for_year(2026).minutes_due == 1200
    assert AnnualRules.for_year(2020).minutes_due == 900
    assert sorted(AnnualRules.objects.values_list("year", flat=True)) == [2020, 2024, 2026]


def test_the_administrator_edits_this_years_rules_and_no_one_the_past_ones(
    client, administrator, officer
):
    year = timezone.localdate().year
    current, past = AnnualRules.for_year(year), AnnualRules.objects.create(year=year - 1)
    data = {
        "minutes_due": "18 h",
        "amf_minutes_due": "0 h",
        "pass_mark": "80",
        "max_attempts": "2",
        "qcm_grace_days": "10",
        "partial_presence": "whole",
    }
    for user, rules, changed in [
        (officer, current, False),
        (administrator, past, False),
        (administrator, current, True),
    ]:
        client.force_login(user)
        client.post(f"/admin/trainings/annualrules/{rules.pk}/change/", data)
        rules.refresh_from_db()
        assert (rules.pass_mark == 80) is changed, (user, rules)
        assert (rules.minutes_due == 18 * 60) is changed, (user, rules)


def test_a_new_years_rules_start_from_those_of_the_last_one(client, administrator):
    year = timezone.localdate().year
    AnnualRules.objects.create(year=year, minutes_due=1155, pass_mark=75)
    client.force_login(administrator)
    form = client.get("/admin/trainings/annualrules/add/").context["adminform"].form
    shown = {name: form[name].value() for name in ("year", "minutes_due", "pass_mark")}
    assert shown == {"year": year + 1, "minutes_due": "19\u202fh\u202f15", "pass_mark": 75}
    data = {name: form[name].value() for name in form.fields} | {"minutes_due": "16 h"}
    client.post("/admin/trainings/annualrules/add/", data)
    added = AnnualRules.objects.get(year=year + 1)
    assert (added.minutes_due, added.pass_mark) == (16 * 60, 75)
    assert AnnualRules.for_year(year).minutes_due == 1155


def test_hours_of_the_rules_are_shown_as_durations_to_type_and_to_read(
    client, administrator, officer
):
    year = timezone.localdate().year
    rules = AnnualRules.objects.create(year=year, minutes_due=1155, amf_minutes_due=135)
    for user, typed in [(administrator, True), (officer, False)]:
        client.force_login(user)
        page = client.get(f"/admin/trainings/annualrules/{rules.pk}/change/").content.decode()
        page = page.replace("\u202f", " ")
        for words in ["19 h 15", "2 h 15"]:
            assert words in page, user
            assert (f'value="{words}"' in page) is typed, user
        for minutes in [">1155<", 'value="1155"', ">135<", 'value="135"']:
            assert minutes not in page, user


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pass_mark", "0"),
        ("pass_mark", "101"),
        ("max_attempts", "11"),
        ("amf_minutes_due", "16 h"),
        ("minutes_due", "quinze"),
    ],
)
def test_rules_out_of_bounds_are_refused(client, administrator, name, value):
    rules = AnnualRules.for_year(timezone.localdate().year)
    data = {
        "minutes_due": "15 h",
        "amf_minutes_due": "0",
        "pass_mark": "70",
        "max_attempts": "3",
        "qcm_grace_days": "31",
        "partial_presence": "prorata",
        name: value,
    }
    client.force_login(administrator)
    page = client.post(f"/admin/trainings/annualrules/{rules.pk}/change/", data)
    assert page.status_code == 200
    assert page.context["errors"]


def test_amf_hours_above_the_hours_due_are_refused_in_words(client, administrator):
    rules = AnnualRules.for_year(timezone.localdate().year)
    client.force_login(administrator)
    page = client.post(
        f"/admin/trainings/annualrules/{rules.pk}/change/",
        {
            "minutes_due": "15 h",
            "amf_minutes_due": "15 h 15",
            "pass_mark": "70",
            "max_attempts": "3",
            "qcm_grace_days": "31",
            "partial_presence": "prorata",
        },
    )
    assert "Les heures AMF sont une part des heures dues." in page.content.decode()
