"""The shared samples, one roster sent as people send it, and what must then be true."""

import re
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from attendance import tasks
from attendance.models import Sheet, UnrecognisedCount
from tests.files import make_pdf

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
HOSTILE = sorted(SAMPLES.glob("hostile/*"))
ALL = [*sorted(SAMPLES.glob("presence-*")), *HOSTILE, *sorted(SAMPLES.glob("corpus/*/*"))]
# What a sentence for people never holds.
TECHNICAL = re.compile(r"Traceback|Error\b|Exception|\bNone\b|0x[0-9a-f]{4}|/tmp/")
LARGEST_ROW = 2**31 - 1


def send(client, training, name, content):
    """Choose the file, send the form, let the task read it, open the page: the outcome.

    ("refused", sentence) at the upload, ("unreadable", sentence) or ("list", lines) after.
    """
    for kind, file in (("scan", ("scan.pdf", make_pdf())), ("liste", (name, content))):
        answer = client.post(
            reverse("attendance:upload", args=[training.pk, kind]),
            {"file": SimpleUploadedFile(*file)},
        )
        if answer.status_code != 200:
            assert answer.status_code == 422, answer.status_code
            return "refused", answer.content.decode()
    day = timezone.localdate()
    answer = client.post(
        reverse("attendance:training", args=[training.pk]),
        {"starts_on": f"{day}", "ends_on": "", "place": "Lyon"},
    )
    assert answer.status_code == 302
    sheet = Sheet.objects.latest("pk")
    tasks.read_sheet(sheet.pk)
    sheet.refresh_from_db()
    page = client.get(reverse("attendance:sheet", args=[sheet.pk]))
    assert page.status_code == 200
    # The strangers of a day are limited, and each file must be judged for itself.
    UnrecognisedCount.objects.all().delete()
    if sheet.status == "unreadable":
        return "unreadable", sheet.error
    assert sheet.status == "draft", sheet.status
    return "list", sheet.participants.count()


def check(outcome, what):
    """A list that holds someone, or a sentence that a person can act on."""
    if outcome == "list":
        assert what > 0
        return
    assert what.strip().endswith((".", "»", "</div>", "</p>")), what
    assert not TECHNICAL.search(what), what


def check_storable(roster):
    """Whatever was read can be written to any of the databases."""
    texts = [roster.tab, *roster.notes]
    for line in roster.lines:
        assert 1 <= line.row_number <= LARGEST_ROW
        texts += [line.last_name, line.first_name, line.full_name, line.email, line.problem]
        texts += [line.member_number, line.orias, line.firm, *line.raw, *line.raw.values()]
    for text in texts:
        assert "\0" not in text
        # Half of a pair has no UTF-8.
        text.encode()
