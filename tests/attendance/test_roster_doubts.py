"""What titles, styles and lengths leave open is asked, and read by its answer; the sure is read."""

import pytest
from django.urls import reverse

from attendance import tasks
from attendance.models import Sheet
from tests.attendance.test_roster_questions import ANNE, BORIS, CHLOE, KEYS, keys, of, read
from tests.corpus import samples
from tests.files import make_xlsx

MAIL_KEYS = ["Nom", "Prénom", "E-mail"]
PEOPLE = [["A", "Anne", "a@x.test"], ["B", "Boris", "b@x.test"]]


def upload(client, training, content):
    """The sheet of a file that was sent and read as people do."""
    outcome, said = samples.send(client, training, "liste.xlsx", content)
    assert outcome == "list", said
    return Sheet.objects.latest("pk")


def reply(client, sheet, *values):
    """Answer the questions of a sheet's page, in their order, and read the file again."""
    given = {}
    for position, (question, value) in enumerate(zip(sheet.questions, values, strict=True)):
        given |= {f"cle-{position}": question["key"], f"question-{position}": value}
    answer = client.post(reverse("attendance:answer", args=[sheet.pk]), given)
    assert answer.status_code == 302
    tasks.read_sheet(sheet.pk)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.questions) == ("draft", [])
    return ticked(sheet)


def ticked(sheet):
    """{family name: minutes} of who is ticked."""
    lines = sheet.participants.filter(included=True)
    return {line.last_name: line.minutes for line in lines}


# --- a list of those registered ------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Liste des inscrits",
        "Inscriptions",
        "Convoqués",
        "Formation LCB-FT : liste des participants inscrits",
        "Invités",
    ],
)
def test_a_list_of_those_registered_is_asked_about(title):
    assert keys(read([title], KEYS, ANNE, BORIS)) == ["registered"]
    assert keys(read([title], ["Lyon", "12/11/2026"], KEYS, ANNE, KEYS, BORIS)) == ["registered"]


@pytest.mark.parametrize(
    "title",
    [
        "Liste des inscrits présents",
        "Feuille d’émargement des inscrits",
        "Clôture des inscriptions : 10/11/2026",
        "Nombre d’inscrits : 12",
        "Participants",
        "Organisme inscrit à l’ORIAS",
    ],
)
def test_a_title_that_is_not_of_those_registered_asks_nothing(title):
    assert read([title], KEYS, ANNE, BORIS).questions == []


def test_a_list_of_those_registered_that_tells_who_came_asks_nothing():
    title = ["Liste des inscrits"]
    marked = read(title, [*KEYS, "Présent"], [*ANNE, "X"], [*BORIS, ""])
    assert (of(marked), marked.questions) == ({"A": (True, None), "B": (False, None)}, [])
    assert read(title, [*KEYS, "Durée"], [*ANNE, "7 h"], [*BORIS, "1 h"]).questions == []
    paid = read(title, [*KEYS, "Statut"], [*ANNE, "Payé"], [*BORIS, "Payé"])
    assert keys(paid) == ["word:statut:paye"]


def test_of_those_registered_and_those_present_on_one_tab_the_latter_are_the_list():
    rows = [["Inscrits"], KEYS, ANNE, BORIS, CHLOE, ["Présents"], KEYS, ANNE, CHLOE]
    roster = read(*rows)
    assert (sorted(of(roster)), roster.questions) == (["A", "C"], [])
    assert "(les inscrits) a été laissée de côté" in roster.notes[0]
    walked_in = read(KEYS, ANNE, ["Inscrits sur place"], BORIS)
    assert (sorted(of(walked_in)), walked_in.questions) == (["A", "B"], [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "counted"), [("present", {"A": None, "B": None}), ("absent", {})]
)
def test_a_tab_of_those_registered_counts_by_its_answer(signed_in, training, answer, counted):
    sheet = upload(signed_in, training, make_xlsx([MAIL_KEYS, *PEOPLE], title="Inscriptions"))
    assert [question["key"] for question in sheet.questions] == ["registered"]
    assert "« Inscriptions »" in sheet.questions[0]["sentence"]
    assert reply(signed_in, sheet, answer) == counted
