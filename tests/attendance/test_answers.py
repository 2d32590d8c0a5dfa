"""What a file leaves open is asked, waited for, answered once, and remembered where it may be."""

from datetime import timedelta

import pytest
from django.urls import reverse

from attendance import tasks
from attendance.domain import counting, deposits, participants, rereading, sheets
from attendance.domain import second as second_readings
from attendance.models import Answer
from attendance.roster.people import RosterLine
from common.errors import Refused, WrongStatus
from members.models import HoursCredit
from tests.attendance.sheets import states
from tests.attendance.test_revising import upload
from tests.factories import make_member, make_organism, make_sheet, make_training, row_of
from tests.files import ROSTER_HEADER, make_xlsx

HEADER = [*ROSTER_HEADER, "Présence"]
WORD = "word:presence:dispo"


@pytest.fixture
def known():
    return [make_member(last_name=name, first_name="Jean") for name in ("ALBERT", "BRUN")]


def listed(known, *words, header=HEADER):
    return make_xlsx(
        [header, *([*row_of(one), word] for one, word in zip(known, words, strict=True))]
    )


@pytest.fixture
def sheet(training, known):
    """A list with a word that nobody knows of its second line."""
    return make_sheet(training, content=listed(known, "oui", "dispo"))


def read_again(sheet):
    sheet.refresh_from_db()
    assert sheet.status == "reading"
    tasks.read_sheet(sheet.pk)
    sheet.refresh_from_db()
    return sheet


def ticked(sheet):
    return [line.last_name for line in sheet.participants.filter(included=True)]


def test_a_list_waits_for_the_answer_and_counts_by_it(sheet, owner, known):
    assert [question["key"] for question in sheet.questions] == [WORD]
    with pytest.raises(WrongStatus, match="Répondez d’abord à la question posée"):
        counting.validate(sheet, by=owner)
    assert not HoursCredit.objects.exists()
    rereading.answer(sheet, {WORD: "absent"}, by=owner)
    read_again(sheet)
    assert (sheet.questions, ticked(sheet)) == ([], ["ALBERT"])
    counting.validate(sheet, by=owner)
    assert HoursCredit.objects.get().member == known[0]
    # What the hours stand on is in the journal, question and answer.
    said = sheet.journal.get(event="answer").comment
    assert "« dispo » : 1 ligne (ligne 3)" in said
    assert said.endswith("Réponse : Absents.")


def test_an_answer_is_kept_for_the_organisms_next_files_of_these_titles_alone(
    sheet, training, owner, known
):
    rereading.answer(sheet, {WORD: "present"}, by=owner)
    again = make_sheet(training, content=listed(known, "dispo", "oui"))
    assert (again.questions, ticked(again)) == ([], ["ALBERT", "BRUN"])
    other_titles = [*ROSTER_HEADER, "Présence", "Ville"]
    rows = [[*row_of(one), word, "Lyon"] for one, word in zip(known, ("oui", "dispo"), strict=True)]
    assert make_sheet(training, content=make_xlsx([other_titles, *rows])).questions
    stranger = make_training(make_organism(), status="approved")
    assert make_sheet(stranger, content=listed(known, "oui", "dispo")).questions


def test_an_answer_about_rows_is_of_its_file_alone(training, owner, known):
    content = make_xlsx([[*ROSTER_HEADER, "Durée"], *[[*row_of(known[0]), "1 h"]] * 2])
    sheet = make_sheet(training, content=content)
    rereading.answer(sheet, {"twice": "sum"}, by=owner)
    assert read_again(sheet).participants.get().minutes == 120
    assert not Answer.objects.exists()
    assert make_sheet(training, content=content).questions


@pytest.mark.parametrize("given", [{}, {WORD: "peut-être"}, {"word:autre:x": "absent"}])
def test_what_answers_no_question_is_refused_and_changes_nothing(sheet, owner, given):
    with pytest.raises(Refused, match="Choisissez une réponse"):
        rereading.answer(sheet, given, by=owner)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.answers) == ("draft", {})


def test_what_was_ticked_corrected_and_added_by_hand_stays(training, owner, known):
    other = make_member(last_name="CLAIR")
    sheet = make_sheet(training, content=listed([*known, other], "oui", "dispo", "oui"))
    first, _, third = sheet.participants.all()
    participants.tick(sheet, [], among=[first.pk], by=owner)
    found = make_member(last_name="DURAND")
    line = RosterLine(None, last_name="DURAND", member_number=found.number, minutes=90)
    participants.edit(third, line, by=owner)
    added = make_member(last_name="EVRARD")
    participants.add(sheet, RosterLine(None, last_name="EVRARD", email=added.email), by=owner)
    rereading.answer(sheet, {WORD: "present"}, by=owner)
    read_again(sheet)
    assert [
        (line.last_name, line.included, line.minutes, line.member)
        for line in sheet.participants.select_related("member")
    ] == [
        ("ALBERT", False, None, known[0]),
        ("BRUN", True, None, known[1]),
        ("DURAND", True, 90, found),
        ("EVRARD", True, None, added),
    ]


def test_another_file_forgets_what_was_answered_of_the_first(sheet, training, owner, known):
    content = make_xlsx([[*ROSTER_HEADER, "Durée"], *[[*row_of(known[0]), "1 h"]] * 2])
    sheet = make_sheet(training, content=content)
    rereading.answer(sheet, {"twice": "once"}, by=owner)
    read_again(sheet)
    file = deposits.store(training, "liste", upload(content), by=owner)
    sheets.replace_roster(sheet, file, by=owner)
    assert [question["key"] for question in read_again(sheet).questions] == ["twice"]


def test_a_half_day_is_another_part_of_two_days_than_of_one(training, owner, known):
    sheet = make_sheet(training, content=listed(known, "Matin", "Journée"))
    whole = training.duration_minutes
    assert list(sheet.participants.values_list("minutes", flat=True)) == [whole // 2, whole]
    start = sheet.starts_on - timedelta(days=1)
    sheets.change_session(sheet, starts_on=start, ends_on=sheet.ends_on, place="", by=owner)
    read_again(sheet)
    assert list(sheet.participants.values_list("minutes", flat=True)) == [whole // 4, whole // 2]


def test_two_lines_of_one_member_with_a_time_each_are_asked_about(training, owner):
    member = make_member(last_name="ALBERT")
    header = ["Nom", "E-mail", "N° adhérent", "Durée"]
    rows = [["ALBERT", member.email, "", "1 h"], ["ALBERT", "", member.number, "2 h"]]
    sheet = make_sheet(training, content=make_xlsx([header, *rows]))
    assert [question["key"] for question in sheet.questions] == ["again"]
    rereading.answer(sheet, {"again": "sum"}, by=owner)
    first, second = read_again(sheet).participants.all()
    assert (first.minutes, first.rows, second.included) == (180, [2, 3], False)
    assert "additionné à la ligne 3" in first.evidence
    assert states(sheet) == ["recognised", "already"]


def test_several_sessions_have_to_be_told_apart_before_validating(training, owner, known):
    content = make_xlsx(
        [
            [*ROSTER_HEADER, "Date de session"],
            [*row_of(known[0]), "05/01/2026"],
            [*row_of(known[1]), "06/01/2026"],
        ]
    )
    sheet = make_sheet(training, content=content)
    with pytest.raises(WrongStatus, match="quelle session"):
        counting.validate(sheet, by=owner)
    rereading.keep_session(sheet, "toutes", by=owner)
    assert ticked(read_again(sheet)) == ["ALBERT", "BRUN"]
    counting.validate(sheet, by=owner)


def test_the_page_asks_says_what_it_waits_for_and_takes_the_answer(client, sheet, owner):
    client.force_login(owner)
    url = reverse("attendance:sheet", args=[sheet.pk])
    page = client.get(url).content.decode()
    assert "Colonne « Présence », « dispo » : 1 ligne (ligne 3)." in page
    assert "Répondre d’abord" in page
    waiting = client.get(reverse("attendance:validate", args=[sheet.pk]), follow=True)
    assert "Répondez d’abord" in waiting.content.decode()
    answer = reverse("attendance:answer", args=[sheet.pk])
    # Of an older page, whose first question was another one.
    stale = client.post(answer, {"cle-0": "autre", "question-0": "absent"}, follow=True)
    assert "Choisissez une réponse" in stale.content.decode()
    client.post(answer, {"cle-0": WORD, "question-0": "absent"})
    assert ticked(read_again(sheet)) == ["ALBERT"]
    page = client.get(url).content.decode()
    assert "« oui » dans « Présence »" in page
    assert "Valider la liste" in page


def test_the_page_says_what_the_list_was_read_by_and_asks_it_anew(client, sheet, owner, known):
    first, _ = sheet.participants.all()
    participants.tick(sheet, [], among=[first.pk], by=owner)
    rereading.answer(sheet, {WORD: "present"}, by=owner)
    read_again(sheet)
    client.force_login(owner)
    url = reverse("attendance:sheet", args=[sheet.pk])
    page = client.get(url).content.decode()
    assert "Cette liste est lue avec une réponse que vous avez donnée" in page
    assert "« dispo » : 1 ligne (ligne 3). Présents ou absents ? Réponse : Présents.</li>" in page
    again = reverse("attendance:answer_again", args=[sheet.pk])
    assert f'action="{again}"' in page
    client.post(again)
    assert not Answer.objects.exists()
    assert [question["key"] for question in read_again(sheet).questions] == [WORD]
    assert "Réponse : Présents." in sheet.journal.get(event="answer_again").comment
    assert "Vos réponses" not in client.get(url).content.decode()
    client.post(
        reverse("attendance:answer", args=[sheet.pk]), {"cle-0": WORD, "question-0": "absent"}
    )
    read_again(sheet)
    # The line unticked by hand stays so.
    assert (sheet.questions, ticked(sheet)) == ([], [])


def test_what_an_earlier_file_answered_is_told_and_can_be_asked_anew(
    client, sheet, training, owner, known
):
    rereading.answer(sheet, {WORD: "absent"}, by=owner)
    again = make_sheet(training, content=listed(known, "dispo", "oui"))
    # The same titles, and not that word.
    other = make_sheet(training, content=listed(known, "oui", "oui"))
    client.force_login(owner)
    page = client.get(reverse("attendance:sheet", args=[again.pk])).content.decode()
    assert "Réponse : Absents. Retenue d’un fichier de même forme" in page
    page = client.get(reverse("attendance:sheet", args=[other.pk])).content.decode()
    assert "Vos réponses" not in page
    rereading.answer_again(again, by=owner)
    assert [question["key"] for question in read_again(again).questions] == [WORD]
    assert make_sheet(training, content=listed(known, "oui", "dispo")).questions


def test_an_answer_that_is_known_without_its_words_is_counted(
    client, sheet, training, owner, known
):
    rereading.answer(sheet, {WORD: "absent"}, by=owner)
    # Of before they were kept.
    Answer.objects.update(words="")
    again = make_sheet(training, content=listed(known, "oui", "dispo"))
    client.force_login(owner)
    url = reverse("attendance:sheet", args=[again.pk])
    assert "1 réponse retenue de vos fichiers de même forme" in client.get(url).content.decode()


def test_an_answer_given_otherwise_since_is_not_said_of_a_list_read_before(
    sheet, training, owner, known
):
    rereading.answer(sheet, {WORD: "absent"}, by=owner)
    again = make_sheet(training, content=listed(known, "oui", "dispo"))
    rereading.remember(
        again,
        {again.layout: {WORD: "present"}},
        {WORD: "Réponse : Présents."},
        organism_id=training.organism_id,
        by=owner,
    )
    again.refresh_from_db()
    assert rereading.given(again) == rereading.Given([], 1)


def test_answers_are_of_one_organism_and_one_layout(sheet, training, owner, known):
    rereading.answer(sheet, {WORD: "absent"}, by=owner)
    read_again(sheet)
    kept = Answer.objects.get()
    stranger = make_organism()
    for values in ({"organism": stranger}, {"layout": "autre"}):
        fields = {"organism": kept.organism, "layout": kept.layout} | values
        Answer.objects.create(key=WORD, value="absent", told_at=kept.told_at, **fields)
    rereading.answer_again(sheet, by=owner)
    left = set(Answer.objects.values_list("organism", "layout"))
    assert left == {(stranger.pk, kept.layout), (kept.organism_id, "autre")}


def test_a_list_corrected_with_another_file_is_not_read_again_without_it(
    client, sheet, training, owner, known
):
    rereading.answer(sheet, {WORD: "present"}, by=owner)
    read_again(sheet)
    other = make_member(last_name="CLAIR")
    file = deposits.store(training, "liste", upload(listed([other], "oui")), by=owner)
    one = second_readings.ask(training, "complete", file, by=owner, sheet=sheet)
    tasks.read_second(one.pk)
    one.refresh_from_db()
    second_readings.apply(one, by=owner)
    client.force_login(owner)
    page = client.get(reverse("attendance:sheet", args=[sheet.pk])).content.decode()
    assert "Répondre de nouveau" not in page
    with pytest.raises(Refused, match="corrigée avec un autre fichier"):
        rereading.answer_again(sheet, by=owner)
    assert ticked(sheet) == ["ALBERT", "BRUN", "CLAIR"]
    assert Answer.objects.exists()


def test_without_answers_there_is_nothing_to_ask_anew(sheet, owner):
    with pytest.raises(Refused, match="Aucune réponse"):
        rereading.answer_again(sheet, by=owner)
    sheet.refresh_from_db()
    assert sheet.status == "draft"


def test_a_list_whose_columns_are_to_tell_anew_keeps_its_ticks(training, owner, known):
    header = ["Colonne A", "Colonne B", "Colonne C"]
    rows = [[one.last_name, one.first_name, one.number] for one in known]
    sheet = make_sheet(training, content=make_xlsx([header, *rows]))
    assert sheet.status == "unreadable"
    told = dict(zip(header, ("last_name", "first_name", "member_number"), strict=True))
    rereading.tell_columns(sheet, told, by=owner)
    read_again(sheet)
    assert "Colonne « Colonne A ». Réponse : Nom." in rereading.given(sheet).words
    participants.tick(sheet, [], among=[sheet.participants.all()[0].pk], by=owner)
    rereading.answer_again(sheet, by=owner)
    assert read_again(sheet).status == "unreadable"
    rereading.tell_columns(sheet, told, by=owner)
    assert ticked(read_again(sheet)) == ["BRUN"]


def test_a_second_tab_is_told_that_the_question_has_an_answer(client, training, owner, known):
    sheet = make_sheet(training, content=listed(known, "bof", "dispo"))
    first, second = ("word:presence:bof", WORD)
    assert {question["key"] for question in sheet.questions} == {first, second}
    client.force_login(owner)
    url = reverse("attendance:answer", args=[sheet.pk])
    said = "Cette question a déjà reçu une réponse : celle-ci n’est pas retenue."
    both = {"cle-0": first, "question-0": "absent", "cle-1": second, "question-1": ""}
    client.post(url, {"cle-0": first, "question-0": "present", "cle-1": second})
    # While the file is read again, and once it is.
    assert said in client.post(url, both, follow=True).content.decode()
    read_again(sheet)
    assert said in client.post(url, both, follow=True).content.decode()
    assert sheet.answers == {first: "present"}
    # The other question of that tab is still open: its answer is taken.
    page = client.post(url, both | {"question-1": "absent"}, follow=True).content.decode()
    assert "« Répondre de nouveau »" in page
    assert read_again(sheet).answers == {first: "present", second: "absent"}


def test_a_correction_left_open_while_the_list_is_read_again_is_repeated(client, sheet, owner):
    gone = reverse("attendance:edit", args=[sheet.pk, sheet.participants.all()[1].pk])
    client.force_login(owner)
    assert client.get(gone).status_code == 200
    rereading.answer(sheet, {WORD: "present"}, by=owner)
    typed = {"last_name": "BRUNEL", "first_name": "", "email": "brunel@exemple.test"}
    said = "Vous aviez écrit : Nom : BRUNEL ; E-mail : brunel@exemple.test."
    # While it is read, and once it is.
    page = client.post(gone, typed, follow=True).content.decode()
    assert said in page
    assert "le statut est maintenant « lecture en cours »" in page
    read_again(sheet)
    answer = client.post(gone, typed, follow=True)
    assert answer.redirect_chain == [(reverse("attendance:sheet", args=[sheet.pk]), 302)]
    page = answer.content.decode()
    assert said in page
    assert "La liste a été relue ou corrigée entre-temps." in page
    # Nothing was typed.
    assert "Vous aviez écrit" not in client.get(gone, follow=True).content.decode()


def test_a_second_file_waits_for_its_answers_before_it_is_applied(
    client, training, sheet, owner, known
):
    rereading.answer(sheet, {WORD: "present"}, by=owner)
    read_again(sheet)
    other = [*ROSTER_HEADER, "Émargement"]
    file = deposits.store(
        training, "liste", upload(listed(known, "oui", "R", header=other)), by=owner
    )
    one = second_readings.ask(training, "replace", file, by=owner, sheet=sheet)
    tasks.read_second(one.pk)
    one.refresh_from_db()
    key = "word:emargement:r"
    assert [question["key"] for question in one.questions] == [key]
    with pytest.raises(WrongStatus):
        second_readings.apply(one, by=owner)
    client.force_login(owner)
    page = client.get(reverse("attendance:second", args=[one.pk])).content.decode()
    assert "Présents ou absents ?" in page
    assert "Appliquer</button>" not in page
    url = reverse("attendance:answer_second", args=[one.pk])
    client.post(url, {"cle-0": key, "question-0": "absent"})
    tasks.read_second(one.pk)
    one.refresh_from_db()
    second_readings.apply(one, by=owner)
    assert ticked(sheet) == ["ALBERT"]


def test_who_is_enrolled_is_checked_whatever_the_file_says_of_presence(training, owner, known):
    file = deposits.store(training, "liste", upload(listed(known, "oui", "dispo")), by=owner)
    one = second_readings.ask(training, "check", file, by=owner)
    tasks.read_second(one.pk)
    one.refresh_from_db()
    assert (one.questions, one.result["recognised"]) == ([], 2)
