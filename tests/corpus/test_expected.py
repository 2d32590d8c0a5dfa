"""Lists as they really come, read as a person reads them: line by line, or asked about.

What a person reads in each shared roster stands beside them, in `expected.json`.
"""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from attendance.models import Sheet
from common.spreadsheets import fold
from members import tasks
from members.domain import registry
from members.models import RegistryImport
from tests.corpus import samples
from tests.factories import make_training

ROSTERS = samples.SAMPLES / "rosters"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.no_cover,
    pytest.mark.skipif(not ROSTERS.exists(), reason="the shared samples are not here"),
]
# So many of the lists are sure: nothing is asked of them.
SURE = 38


@pytest.fixture
def training(organism):
    return make_training(
        organism, status="approved", requested_associative_minutes=120, duration_minutes=420
    )


@pytest.fixture
def members(db):
    """The registry that the shared rosters are of."""
    day = timezone.localdate().replace(month=1, day=1)
    content = (samples.SAMPLES / "adherents-plus.xlsx").read_bytes()
    found = RegistryImport.objects.create(
        file=SimpleUploadedFile("adherents.xlsx", content),
        name="adherents.xlsx",
        arrivals_on=day,
        effective_on=day,
    )
    tasks.read_import(found.pk)
    found.refresh_from_db()
    registry.apply(found)


def words(name):
    return frozenset(fold(name).split())


def difference(line, participant):
    """What is read of a person otherwise than `line` expects; "" for nothing."""
    number = participant.member.number if participant.member else None
    if number != line["who"]:
        return f"{line['name']}: {number} instead of {line['who']} ({participant.staff_note})"
    if participant.included != line["ticked"]:
        return f"{line['name']}: {'ticked' if participant.included else 'not ticked'}"
    is_any = line.get("anyminutes") or not line["ticked"] or line["minutes"] is None
    if not is_any and participant.minutes != line["minutes"]:
        return f"{line['name']}: {participant.minutes} minutes instead of {line['minutes']}"
    return ""


def differences(expected, sheet):
    """All that is read otherwise than a person reads it."""
    people = list(sheet.participants.select_related("member"))
    found = []
    for line in expected["lines"]:
        named = [
            one
            for one in people
            if (one.member and one.member.number == line["who"])
            or words(str(one)) == words(line["name"])
        ]
        if not named:
            found.append(f"{line['name']}: missing")
            continue
        people.remove(named[0])
        if said := difference(line, named[0]):
            found.append(said)
    spare = {words(name) for name in expected["extra_ok"]}
    found += [f"{one}: nobody's line" for one in people if words(str(one)) not in spare]
    keys = [session["key"] for session in sheet.sessions]
    if keys != (expected["sessions"] or []):
        found.append(f"sessions {keys}")
    return found


def test_no_line_is_counted_otherwise_than_a_person_reads_it(signed_in, training, members):
    files = json.loads((ROSTERS / "expected.json").read_text())
    wrong, asked = {}, {}
    for name, expected in files.items():
        content = (ROSTERS / name).read_bytes()
        outcome, said = samples.send(signed_in, training, name, content)
        if expected["kind"] == "sentence":
            samples.check(outcome, said)
            assert outcome != "list", name
            continue
        if outcome != "list":
            wrong[name] = said
            continue
        sheet = Sheet.objects.latest("pk")
        if sheet.questions:
            asked[name] = [question["sentence"] for question in sheet.questions]
        elif found := differences(expected, sheet):
            wrong[name] = found
    assert wrong == {}
    assert len(files) - len(asked) >= SURE, asked
