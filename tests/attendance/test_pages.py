"""« Gérer la formation » as people click it: deposit, wait, list, ticks, validation; the admin."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from attendance import tasks
from attendance.domain import counting, participants, reading
from attendance.models import DepositedFile, Sheet, UnrecognisedCount
from attendance.roster.people import RosterLine
from members.models import HoursCredit
from tests.attendance.sheets import mails, states, unknown
from tests.factories import make_amf_training, make_member, make_sheet, make_training, row_of
from tests.files import ROSTER_HEADER, make_pdf, make_xlsx


def url(name, *args):
    return reverse(f"attendance:{name}", args=args)


def scan():
    return SimpleUploadedFile("émargement signé.pdf", make_pdf())


def roster(rows=(), content=None, name="présents.xlsx"):
    content = make_xlsx([ROSTER_HEADER, *rows]) if content is None else content
    return SimpleUploadedFile(name, content)


def session(**changes):
    return {"starts_on": f"{timezone.localdate()}", "ends_on": "", "place": "Lyon"} | changes


def told(answer):
    return [str(one) for one in answer.context["messages"]]


# --- depositing ---------------------------------------------------------------------------------


def test_a_sheet_is_deposited_by_its_form_alone_without_scripts(signed_in, training):
    answer = signed_in.post(
        url("training", training.pk), session() | {"scan": scan(), "liste": roster()}
    )
    sheet = Sheet.objects.get()
    assert answer.url == url("sheet", sheet.pk)
    assert (sheet.place, sheet.starts_on, sheet.ends_on) == (
        "Lyon",
        timezone.localdate(),
        timezone.localdate(),
    )
    assert (sheet.scan_name, sheet.roster_name) == ("émargement signé.pdf", "présents.xlsx")


def test_a_form_error_keeps_the_files_and_what_was_typed(signed_in, training):
    page = signed_in.post(
        url("training", training.pk), session(starts_on="") | {"scan": scan(), "liste": roster()}
    )
    shown = page.content.decode()
    assert "émargement signé.pdf" in shown
    assert "présents.xlsx" in shown
    assert 'value="Lyon"' in shown
    # The files need not be chosen again.
    signed_in.post(url("training", training.pk), session())
    assert Sheet.objects.count() == 1


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"liste": roster()}, "Il manque le scan de la feuille d’émargement."),
        ({"scan": scan()}, "Il manque le fichier Excel des présents."),
        (
            {"scan": SimpleUploadedFile("scan.pdf", b"pas un PDF"), "liste": roster()},
            "« scan.pdf » n’est pas un fichier PDF, JPEG ou PNG lisible.",
        ),
        (
            {"scan": scan(), "liste": SimpleUploadedFile("liste.xlsx", make_pdf())},
            "« liste.xlsx » est un PDF.",
        ),
    ],
)
def test_a_missing_or_wrong_file_is_said_beside_its_zone(signed_in, training, files, sentence):
    for one in files.values():
        one.seek(0)
    page = signed_in.post(url("training", training.pk), session() | files)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert Sheet.objects.count() == 0


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (lambda day: day.replace(year=day.year - 1), None, "L’agrément vaut pour"),
        (lambda day: day + timedelta(days=1), None, "dans le futur"),
        (lambda day: day, lambda day: day - timedelta(days=1), "précède"),
    ],
)
def test_a_session_that_cannot_be_is_said_and_the_files_wait(
    signed_in, training, first, last, sentence
):
    day = timezone.localdate()
    data = session(starts_on=f"{first(day)}", ends_on=f"{last(day)}" if last else "")
    page = signed_in.post(url("training", training.pk), data | {"scan": scan(), "liste": roster()})
    assert sentence in page.content.decode()
    assert (Sheet.objects.count(), DepositedFile.objects.count()) == (0, 2)


def test_a_file_chosen_is_kept_at_once_and_can_be_taken_back(signed_in, training):
    page = signed_in.post(url("upload", training.pk, "liste"), {"file": roster()})
    assert "présents.xlsx" in page.content.decode()
    signed_in.post(url("remove", training.pk, "liste"))
    assert DepositedFile.objects.count() == 0
    assert (
        signed_in.post(url("upload", training.pk, "autre"), {"file": roster()}).status_code == 404
    )


def test_a_file_waits_for_the_person_who_chose_it_alone(signed_in, client, training, contributor):
    signed_in.post(url("upload", training.pk, "liste"), {"file": roster()})
    client.force_login(contributor)
    assert "présents.xlsx" not in client.get(url("training", training.pk)).content.decode()


def test_a_revoked_training_shows_its_sheets_and_takes_no_more(signed_in, organism):
    training = make_training(organism, status="revoked")
    shown = signed_in.get(url("training", training.pk)).content.decode()
    assert "révoqué" in shown
    page = signed_in.post(url("upload", training.pk, "scan"), {"file": scan()})
    assert (page.status_code, "révoqué" in page.content.decode()) == (422, True)


def test_the_model_is_read_back_once_filled(signed_in, training):
    content = signed_in.get(url("roster_model", training.pk)).content
    workbook = load_workbook(io.BytesIO(content))
    member = make_member()
    workbook.worksheets[0].append([member.last_name, member.first_name, "", member.number])
    target = io.BytesIO()
    workbook.save(target)
    assert states(make_sheet(training, content=target.getvalue())) == ["recognised"]


# --- waiting --------------------------------------------------------------------------------------


def test_the_page_waits_and_goes_to_the_list_when_it_is_ready(signed_in, training):
    sheet = make_sheet(training, rows=[row_of(make_member())], read=False)
    shown = signed_in.get(url("sheet", sheet.pk)).content.decode()
    assert url("progress", sheet.pk) in shown
    assert "HX-Redirect" not in signed_in.get(url("progress", sheet.pk))
    tasks.read_sheet(sheet.pk)
    assert signed_in.get(url("progress", sheet.pk))["HX-Redirect"] == url("sheet", sheet.pk)


def test_a_broker_that_is_away_is_no_error_and_beat_reads(
    signed_in, training, settings, monkeypatch, django_capture_on_commit_callbacks
):
    def away(*args):
        raise ConnectionError

    monkeypatch.setattr(tasks.read_sheet, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in.post(
            url("training", training.pk), session() | {"scan": scan(), "liste": roster(unknown(1))}
        )
    assert answer.status_code == 302
    sheet = Sheet.objects.get()
    assert sheet.status == "reading"
    Sheet.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    monkeypatch.undo()
    settings.CELERY_TASK_ALWAYS_EAGER = True
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_reading()
    sheet.refresh_from_db()
    assert sheet.status == "draft"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "vide"),
        (make_xlsx([["bonjour"]]), "Aucune ligne d’en-tête n’a été trouvée"),
        (make_xlsx([ROSTER_HEADER])[:-500], "abîmé ou incomplet"),
        (b"%!PS rien d'un classeur \x00\x01", "pas un classeur Excel"),
    ],
)
def test_an_unreadable_roster_says_why_and_takes_another(signed_in, training, content, sentence):
    sheet = make_sheet(training, content=content)
    shown = signed_in.get(url("sheet", sheet.pk)).content.decode()
    assert sentence in shown
    signed_in.post(url("replace", sheet.pk), {"file": roster([row_of(make_member())])})
    sheet.refresh_from_db()
    assert sheet.status == "reading"
    reading.READING.run(sheet.pk)
    assert states(sheet) == ["recognised"]


def test_an_html_table_saved_as_xls_is_read_all_the_same(training):
    member = make_member(last_name="Le Goff")
    content = (
        "<html><meta charset='utf-8'><table><tr><th>Nom</th><th>E-mail</th></tr>"
        f"<tr><td>LE GOFF</td><td>{member.email}</td></tr></table></html>"
    ).encode()
    assert states(make_sheet(training, content=content, roster_name="liste.xls")) == ["recognised"]


# --- the list -------------------------------------------------------------------------------------


@pytest.fixture
def draft(training):
    """A list of each kind of line: recognised, unknown, without a key, twice."""
    member = make_member()
    rows = [row_of(member), *unknown(1), ["SANSCLÉ", "Luc", "", "", ""], row_of(member)]
    return make_sheet(training, rows=rows)


def test_the_list_counts_all_lines_once_and_filters_them(signed_in, draft):
    page = signed_in.get(url("sheet", draft.pk))
    summary = page.context["summary"]
    counts = [summary[key] for key in ("recognised", "already", "unrecognised", "unticked")]
    assert (counts, sum(counts)) == ([1, 0, 2, 1], 4)
    for state, names in [
        ("unrecognised", ["INCONNU0 Jean", "SANSCLÉ Luc"]),
        ("unticked", [str(draft.participants.last())]),
    ]:
        found = signed_in.get(url("sheet", draft.pk), {"etat": state}).context["page"]
        assert [str(one) for one in found] == names
    found = signed_in.get(url("sheet", draft.pk), {"q": "sanscle"}).context["page"]
    assert [str(one) for one in found] == ["SANSCLÉ Luc"]


def test_the_list_never_tells_who_a_line_is(signed_in, training):
    """CIF or not, left or not, with another address: nothing of the registry shows."""
    left = make_member(until=timezone.localdate().replace(year=training.year - 1))
    plain = make_member(cif=False, email="secrete@exemple.test", firm="Cabinet secret")
    member = make_member()
    rows = [row_of(one, email="", firm="Vu au stage") for one in (left, plain, member)]
    sheet = make_sheet(make_amf_training(training.organism), rows=rows)
    shown = signed_in.get(url("sheet", sheet.pk)).content.decode()
    assert states(sheet) == ["recognised"] * 3
    for secret in (left.email, plain.email, "secret", member.orias, "CIF", "QCM"):
        assert secret not in shown


def test_ticks_are_kept_without_scripts_page_by_page(signed_in, draft):
    lines = list(draft.participants.all())
    signed_in.post(
        url("tick", draft.pk), {"among": [one.pk for one in lines], "ticked": [lines[1].pk]}
    )
    assert [one.included for one in draft.participants.all()] == [False, True, False, False]


def test_a_tick_by_script_answers_its_line_and_the_counts(signed_in, draft):
    line = draft.participants.first()
    page = signed_in.post(url("tick", draft.pk), {"among": line.pk}, headers={"HX-Request": "true"})
    shown = page.content.decode()
    assert "line-off" in shown
    assert "décoché par" in shown


def test_a_tick_after_validating_is_told(signed_in, draft):
    counting.validate(draft, by=None)
    line = draft.participants.first()
    page = signed_in.post(url("tick", draft.pk), {"among": line.pk}, follow=True)
    assert told(page) == [
        "Cette action n’est plus possible : le statut est maintenant « validée »."
    ]
    page = signed_in.post(url("tick", draft.pk), {"among": line.pk}, headers={"HX-Request": "true"})
    assert page["HX-Refresh"] == "true"
    line.refresh_from_db()
    assert line.included


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"last_name": "Durand"}, "Donnez au moins un e-mail"),
        ({"email": "a@b.test"}, "obligatoire"),
        ({"last_name": "Durand", "email": "pas une adresse"}, "pas une adresse e-mail"),
        ({"last_name": "Durand", "orias": "12"}, "8 chiffres"),
    ],
)
def test_a_participant_typed_wrongly_is_said_and_shown_again(signed_in, draft, data, sentence):
    page = signed_in.post(url("add", draft.pk), data)
    assert sentence in page.content.decode()
    assert all(page.context["form"][name].value() == value for name, value in data.items())
    assert draft.participants.count() == 4


def test_a_participant_is_added_at_the_end_with_how_it_stands(signed_in, draft):
    member = make_member()
    data = {"last_name": member.last_name, "member_number": member.number}
    page = signed_in.post(url("add", draft.pk), data, follow=True)
    assert told(page) == [f"{member.last_name} est sur la liste : reconnu."]
    assert draft.participants.last().member == member


def test_validating_asks_first_then_counts_once(signed_in, draft):
    page = signed_in.get(url("validate", draft.pk))
    assert "1 reconnu, 2 non reconnus, 1 décoché" in page.content.decode()
    assert HoursCredit.objects.count() == 0
    first = signed_in.post(url("validate", draft.pk), follow=True)
    assert told(first) == [
        "La liste est validée. Les adhérents dont les heures comptent reçoivent un e-mail."
    ]
    second = signed_in.post(url("validate", draft.pk), follow=True)
    assert told(second) == [
        "Cette action n’est plus possible : le statut est maintenant « validée »."
    ]
    assert HoursCredit.objects.count() == 1
    assert mails("list_validated").count() == 1


def test_the_same_roster_given_twice_is_told_with_the_first(signed_in, training):
    content = make_xlsx([ROSTER_HEADER, row_of(make_member())])
    first = make_sheet(training, content=content)
    second = make_sheet(training, content=content)
    shown = signed_in.get(url("sheet", second.pk)).content.decode()
    assert "Ce fichier a déjà été déposé" in shown
    assert url("sheet", first.pk) in shown


def test_a_sheet_is_thrown_away_before_and_never_after_counting(signed_in, draft):
    counting.validate(draft, by=None)
    signed_in.post(url("discard", draft.pk))
    assert Sheet.objects.count() == 1


def test_the_files_are_served_under_their_names(signed_in, draft):
    scan_answer = signed_in.get(url("scan", draft.pk))
    roster_answer = signed_in.get(url("roster", draft.pk))
    for answer in (scan_answer, roster_answer):
        answer.close()
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert scan_answer["Content-Disposition"].startswith("inline;")
    assert roster_answer["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("name", ["trainings", "training", "sheet"])
def test_a_page_takes_as_many_queries_with_many_rows(signed_in, training, name):
    sheet = make_sheet(training, rows=[row_of(make_member())])
    path = {
        "trainings": url("trainings"),
        "training": url("training", training.pk),
        "sheet": url("sheet", sheet.pk),
    }[name]

    def asked():
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(path)
        return len(queries)

    asked()
    few = asked()
    for _ in range(4):
        make_sheet(make_training(training.organism, status="approved"))
        make_sheet(training, rows=unknown(1))
        member = make_member()
        participants.add(
            sheet,
            RosterLine(None, last_name=member.last_name, email=member.email),
            by=None,
        )
        sheet.participants.update(changed_by=training.organism.people.first().user)
    assert asked() == few


# --- staff ----------------------------------------------------------------------------------------

ADMIN = "/admin/attendance/sheet/"


@pytest.fixture
def staff(client, administrator, settings):
    settings.DEMO = True
    client.force_login(administrator)
    return client


def test_staff_see_how_each_line_was_recognised(staff, draft):
    shown = staff.get(f"{ADMIN}{draft.pk}/change/").content.decode()
    assert "1 reconnu, 2 non reconnus, 1 décoché" in shown
    page = staff.get("/admin/attendance/participant/", {"sheet__id__exact": draft.pk})
    assert [one.state for one in page.context["cl"].result_list] == states(draft)
    line = draft.participants.first()
    shown = staff.get(f"/admin/attendance/participant/{line.pk}/change/").content.decode()
    assert f"Nom : {line.last_name}" in shown
    assert line.member.number in shown
    assert "numéro, e-mail" in shown


def test_nothing_of_a_sheet_is_typed_over_by_hand(staff, draft):
    line = draft.participants.first()
    for path in (f"{ADMIN}{draft.pk}/", f"/admin/attendance/participant/{line.pk}/"):
        assert staff.post(f"{path}delete/", {"post": "yes"}).status_code == 403
        staff.post(f"{path}change/", {"status": "validated", "state": "recognised", "place": "X"})
    draft.refresh_from_db()
    assert (draft.status, draft.place) == ("draft", "Paris")


def test_the_administrator_cancels_a_validated_sheet_with_its_reason(staff, draft):
    counting.validate(draft, by=None)
    path = f"{ADMIN}{draft.pk}/annuler/"
    assert "obligatoire" in staff.post(path, {"comment": ""}).content.decode()
    assert told(staff.post(path, {"comment": "Mauvaise session"}, follow=True)) == [
        "La feuille est annulée ; l’organisme et les adhérents sont prévenus."
    ]
    draft.refresh_from_db()
    assert draft.status == "cancelled"
    assert sum(HoursCredit.objects.values_list("minutes", flat=True)) == 0
    again = staff.post(path, {"comment": "Encore"}, follow=True)
    assert told(again) == [
        "Cette action n’est plus possible : le statut est maintenant « annulée »."
    ]


def test_an_officer_is_not_offered_to_cancel(client, officer, settings, draft):
    settings.DEMO = True
    counting.validate(draft, by=None)
    client.force_login(officer)
    page = client.get(f"{ADMIN}{draft.pk}/change/")
    assert [verb.name for verb, _ in page.context["verbs"]] == ["recompter"]
    assert client.post(f"{ADMIN}{draft.pk}/annuler/", {"comment": "Non"}).status_code == 403


def test_the_lists_of_staff_take_as_many_queries_with_many_rows(staff, training):
    def asked(path):
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(path).status_code == 200
        return len(queries)

    paths = [ADMIN, "/admin/attendance/participant/"]
    make_sheet(training, rows=[row_of(make_member())])
    [asked(path) for path in paths]
    few = [asked(path) for path in paths]
    for _ in range(4):
        make_sheet(rows=[row_of(make_member()), *unknown(2)])
    assert [asked(path) for path in paths] == few


def test_the_list_filters_what_is_to_confirm_and_by_year(staff, draft):
    counting.validate(draft, by=None)
    counting.validate(make_sheet(rows=[row_of(make_member())]), by=None)
    for query, found in [({"a_confirmer": "oui"}, [draft]), ({"annee": "1999"}, [])]:
        assert list(staff.get(ADMIN, query).context["cl"].result_list) == found


@pytest.mark.parametrize("query", [{}, {"annee": "1999"}, {"annee": "deux mille"}])
def test_each_filter_says_how_many_sheets_it_would_show(staff, draft, query):
    page = staff.get(ADMIN, {"_facets": "True", **query})
    assert page.status_code == 200
    year = draft.training.year
    assert f"{year} (1)" in page.content.decode() or query == {"annee": "1999"}


def test_staff_lift_the_limit_of_the_day_once_it_is_reached(staff, training):
    make_sheet(training, rows=unknown(201))
    count = UnrecognisedCount.objects.get()
    path = f"/admin/attendance/unrecognisedcount/{count.pk}/"
    page = staff.get(f"{path}change/")
    assert [verb.name for verb, _ in page.context["verbs"]] == ["lever"]
    assert told(staff.post(f"{path}lever/", follow=True)) == [
        "La limite est levée : l’organisme peut déposer à nouveau."
    ]
    assert make_sheet(training, rows=[row_of(make_member())]).status == "draft"
    assert told(staff.post(f"{path}lever/", follow=True)) == [
        "Cette limite n’est pas atteinte : il n’y a rien à lever."
    ]


def test_validating_nobody_or_nobody_new_says_so_first(signed_in, draft):
    draft.participants.filter(state="recognised").update(state="already")
    assert (
        "Personne de plus ne sera compté"
        in signed_in.get(url("validate", draft.pk)).content.decode()
    )
    draft.participants.update(included=False)
    page = signed_in.get(url("validate", draft.pk), follow=True)
    assert told(page) == [
        "Aucun participant n’est coché : cochez au moins une ligne, ou supprimez la feuille."
    ]
