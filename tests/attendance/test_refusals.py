"""A sheet and its list, when what is asked can no longer be done: the page says so."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from attendance import tasks
from attendance.domain import counting, participants, rereading
from attendance.models import DepositedFile, SecondReading, Sheet
from attendance.roster.people import RosterLine
from common import jobs
from common.errors import Refused, WrongStatus
from tests.attendance.sheets import unknown
from tests.factories import make_member, make_sheet, make_training, row_of
from tests.files import ROSTER_HEADER, make_pdf, make_xlsx
from trainings.models import Training

SCRIPT = {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}
VALIDATED = "Cette action n’est plus possible : le statut est maintenant « validée »."
CANCELLED = "Cette action n’est plus possible : le statut est maintenant « annulée »."
REVOKED = "révoqué"


def url(name, *args):
    return reverse(f"attendance:{name}", args=args)


def roster(rows=()):
    return SimpleUploadedFile("présents.xlsx", make_xlsx([ROSTER_HEADER, *rows]))


def told(answer):
    return [str(one) for one in answer.context["messages"]]


@pytest.fixture
def sheet(training):
    """A list of one member and one whom nobody stands for."""
    return make_sheet(training, rows=[row_of(make_member(last_name="ALBERT")), *unknown(1)])


@pytest.fixture
def second(signed_in, sheet):
    """A file to complete the list with, read and not applied yet."""
    signed_in.post(
        url("replace", sheet.pk), {"file": roster([row_of(make_member())]), "mode": "complete"}
    )
    reading = SecondReading.objects.get()
    tasks.read_second(reading.pk)
    return reading


# --- a second file --------------------------------------------------------------------------------


def test_without_a_file_the_page_asks_for_it(signed_in, sheet):
    for name, pk, page in [
        ("replace", sheet.pk, url("sheet", sheet.pk)),
        ("check", sheet.training_id, url("training", sheet.training_id)),
    ]:
        answer = signed_in.post(url(name, pk), follow=True)
        assert answer.redirect_chain == [(page, 302)]
        assert told(answer) == ["Choisissez le fichier Excel."]
    other = signed_in.post(url("replace", sheet.pk), {"file": roster(), "mode": "autre"})
    assert other.status_code == 404
    assert not SecondReading.objects.exists()


def test_a_file_for_a_list_that_changes_no_more_is_told_and_not_kept(signed_in, sheet):
    counting.validate(sheet, by=None)
    answer = signed_in.post(url("replace", sheet.pk), {"file": roster()}, follow=True)
    assert answer.redirect_chain == [(url("sheet", sheet.pk), 302)]
    assert told(answer) == [VALIDATED]
    Training.objects.update(status="revoked")
    answer = signed_in.post(url("check", sheet.training_id), {"file": roster()}, follow=True)
    assert answer.redirect_chain == [(url("training", sheet.training_id), 302)]
    [sentence] = told(answer)
    assert REVOKED in sentence
    assert (SecondReading.objects.count(), DepositedFile.objects.count()) == (0, 0)


def test_a_file_for_a_list_validated_meanwhile_is_told_and_not_applied(signed_in, sheet, second):
    counting.validate(sheet, by=None)
    answer = signed_in.post(url("apply_second", second.pk), follow=True)
    assert answer.redirect_chain == [(url("sheet", sheet.pk), 302)]
    assert told(answer) == [VALIDATED]
    assert sheet.participants.count() == 2


def test_giving_up_a_check_leads_back_to_its_training(signed_in, training):
    signed_in.post(url("check", training.pk), {"file": roster(unknown(1))})
    answer = signed_in.post(url("forget_second", SecondReading.objects.get().pk))
    assert answer.url == url("training", training.pk)
    assert not SecondReading.objects.exists()


def test_a_second_file_whose_reading_always_dies_says_what_to_do(signed_in, sheet):
    signed_in.post(url("replace", sheet.pk), {"file": roster()})
    reading = SecondReading.objects.get()
    over = timezone.now() - timedelta(seconds=1)
    SecondReading.objects.update(tries=jobs.MAX_TRIES, leased_until=over)
    tasks.sweep_reading()
    shown = signed_in.get(url("second", reading.pk)).content.decode()
    assert "enregistrez-le au format « Classeur Excel (.xlsx) »" in shown
    assert sheet.participants.count() == 2


# --- a line ---------------------------------------------------------------------------------------


def line(name="ALBERT", **more):
    """What the form of a line posts."""
    return {"last_name": name, "first_name": "", "email": "", "member_number": ""} | more


def test_somebody_who_is_there_is_not_put_on_the_list_again(signed_in, sheet):
    known, other = sheet.participants.all()
    typed = line(member_number=known.member.number)
    sentence = f"Cette personne est déjà sur la liste ({known.where})."
    for path in (url("add", sheet.pk), url("edit", sheet.pk, other.pk)):
        page = signed_in.post(path, typed)
        assert page.status_code == 200
        assert page.context["form"].non_field_errors() == [sentence]
        assert page.context["form"]["last_name"].value() == "ALBERT"
    assert [one.member for one in sheet.participants.all()] == [known.member, None]


def test_nobody_is_put_on_a_list_that_is_cancelled(signed_in, sheet, administrator):
    Sheet.objects.filter(pk=sheet.pk).update(status="cancelled", validated_at=timezone.now())
    answer = signed_in.get(url("add", sheet.pk), follow=True)
    assert answer.redirect_chain == [(url("sheet", sheet.pk), 302)]
    assert told(answer) == [CANCELLED]


def test_a_line_gone_meanwhile_is_told(sheet, owner, administrator):
    gone = sheet.participants.last()
    member = make_member()
    sheet.participants.filter(pk=gone.pk).delete()
    with pytest.raises(WrongStatus, match="Cette ligne n’est plus sur la liste"):
        participants.edit(
            gone, RosterLine(row_number=None, last_name="Durand", email="d@exemple.test"), by=owner
        )
    with pytest.raises(WrongStatus, match="Cette ligne n’est plus sur la liste"):
        participants.confirm(gone, member, by=administrator)


def test_a_removal_is_asked_with_its_reason(sheet, owner):
    counting.validate(sheet, by=None)
    with pytest.raises(Refused, match="pourquoi cette personne est à retirer"):
        participants.ask_removal(sheet.participants.first(), by=owner, reason="  ")
    assert not sheet.journal.filter(event="ask_removal").exists()


# --- the session ----------------------------------------------------------------------------------


def test_a_session_that_cannot_be_changed_any_more_is_told(signed_in, sheet):
    counting.validate(sheet, by=None)
    for answer in (
        signed_in.get(url("session", sheet.pk), follow=True),
        signed_in.post(url("columns", sheet.pk), {"colonne-0": "last_name"}, follow=True),
        signed_in.post(url("pick", sheet.pk), {"session": "2026-03-09"}, follow=True),
    ):
        assert answer.redirect_chain == [(url("sheet", sheet.pk), 302)]
        assert told(answer) == [VALIDATED]
    assert signed_in.get(url("validate", sheet.pk)).url == url("sheet", sheet.pk)


def test_one_session_alone_is_not_split(sheet, owner):
    with pytest.raises(WrongStatus, match="ne contient qu’une session"):
        rereading.split_sessions(sheet, by=owner)
    assert Sheet.objects.count() == 1


def test_sessions_of_a_file_that_is_another_by_now_are_not_split(training, owner):
    day = timezone.localdate().replace(day=1) - timedelta(days=1)
    rows = [[*row_of(make_member()), f"{day - timedelta(days=back):%d/%m/%Y}"] for back in (0, 1)]
    content = make_xlsx([[*ROSTER_HEADER, "Date"], *rows])
    sheet = make_sheet(make_training(training.organism, status="approved"), content=content)
    assert len(sheet.sessions) == 2
    Sheet.objects.filter(pk=sheet.pk).update(sessions=sheet.sessions[:1])
    with pytest.raises(WrongStatus, match="Un autre fichier vient d’être lu"):
        rereading.split_sessions(sheet, by=owner)
    assert Sheet.objects.count() == 1


# --- depositing -----------------------------------------------------------------------------------


def test_a_sheet_for_an_approval_that_is_revoked_is_told(signed_in, training):
    Training.objects.update(status="revoked")
    day = timezone.localdate()
    data = {"starts_on": f"{day}", "ends_on": "", "place": "Lyon", "liste": roster()}
    data["scan"] = SimpleUploadedFile("scan.pdf", make_pdf())
    page = signed_in.post(url("training", training.pk), data)
    [sentence] = told(page)
    assert REVOKED in sentence
    assert Sheet.objects.count() == 0


def test_a_file_that_did_not_arrive_is_asked_for_again(signed_in, training):
    page = signed_in.post(url("upload", training.pk, "liste"))
    assert (page.status_code, page.content.decode()) == (
        422,
        "Aucun fichier n’est arrivé. Choisissez-le à nouveau.",
    )


def test_a_file_of_another_kind_is_refused_as_it_is_chosen(signed_in, training):
    file = SimpleUploadedFile("scan.pdf", make_pdf())
    page = signed_in.post(url("upload", training.pk, "liste"), {"file": file})
    assert page.status_code == 422
    assert "« scan.pdf » est un PDF." in page.content.decode()
    assert not DepositedFile.objects.exists()


def test_a_file_is_taken_back_by_script_from_a_zone_that_there_is(signed_in, training):
    signed_in.post(url("upload", training.pk, "liste"), {"file": roster()})
    zone = signed_in.post(url("remove", training.pk, "liste"), **SCRIPT)
    assert (zone.status_code, "présents.xlsx" in zone.content.decode()) == (200, False)
    assert not DepositedFile.objects.exists()
    assert signed_in.post(url("remove", training.pk, "autre")).status_code == 404


def test_a_sheet_thrown_away_leads_back_to_its_training(signed_in, sheet):
    shown = signed_in.get(url("discard", sheet.pk)).content.decode()
    assert "La liste et ses deux fichiers sont effacés." in shown
    answer = signed_in.post(url("discard", sheet.pk), follow=True)
    assert answer.redirect_chain == [(url("training", sheet.training_id), 302)]
    assert told(answer) == ["La feuille est supprimée."]
    assert Sheet.objects.count() == 0


def test_a_sheet_without_a_list_gives_no_workbook(signed_in, training):
    sheet = make_sheet(training, read=False)
    assert signed_in.get(url("annotated", sheet.pk)).status_code == 404
