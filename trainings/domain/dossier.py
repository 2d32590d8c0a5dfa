"""The « Dossier AMF »: one ZIP with a summary PDF, the documents and the QCM sets."""

import re
import shutil
import tempfile
import zipfile
from contextlib import ExitStack
from typing import IO, Any

from django.utils.formats import date_format

from common.durations import format_minutes
from common.pdf import render_pdf
from common.spreadsheets import fold

from ..interchange import to_workbook
from ..models import Document, Training
from ..questions.set_checks import LETTERS
from .sets import as_rows

SPOOL_BYTES = 8 * 1024 * 1024
FOLDERS: dict[str, str] = {
    Document.Kind.PRESENTATION: "documents/presentation",
    Document.Kind.FURTHER: "documents/complement",
}


def build(training: Training) -> IO[bytes]:
    """An open temporary file with the ZIP, at its start; big ones are on the disk.

    The caller closes it.
    """
    with ExitStack() as opened:
        target = opened.enter_context(tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES))
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            _write(archive, training)
        target.seek(0)
        opened.pop_all()
    return target


def _write(archive: zipfile.ZipFile, training: Training) -> None:
    archive.writestr("synthese.pdf", render_pdf("trainings/pdf/dossier.typ", summary(training)))
    rows = as_rows(training)
    if rows:
        archive.writestr("jeux-de-qcm.xlsx", to_workbook(rows))
    for number, document in enumerate(training.documents.all(), start=1):
        name = f"{FOLDERS[document.kind]}-{number:02d}-{safe_name(document.name)}"
        with document.file.open("rb") as source, archive.open(name, "w") as part:
            shutil.copyfileobj(source, part, 1024 * 1024)


def file_name(training: Training) -> str:
    """What the ZIP is called when it is downloaded."""
    return f"dossier-amf-{training.pk}-{fold(training.title).replace(' ', '-')[:60]}.zip"


def safe_name(name: str) -> str:
    """A file's name without folders or anything that a system might refuse."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,5}", ending):
        stem, ending = name, ""
    stem = fold(stem).replace(" ", "-")[:80] or "document"
    return f"{stem}.{ending.lower()}" if ending else stem


def summary(training: Training) -> dict[str, Any]:
    """What the summary PDF says, as JSON-able data."""
    organism = training.organism
    facts = [
        ("Organisme", organism.name),
        ("Type d’organisme", organism.get_type_display()),
        ("Numéro KBIS (SIREN)", organism.siren),
        ("Numéro du formateur", organism.trainer_number),
        ("Représentant", organism.representative),
        ("Année civile", str(training.year)),
        ("Durée totale", format_minutes(training.duration_minutes or 0)),
        ("Heures AMF demandées", format_minutes(training.requested_amf_minutes)),
        (
            "Heures associatives demandées",
            format_minutes(training.requested_associative_minutes),
        ),
        ("Modalité", training.get_teaching_method_display()),
        (
            "Première session",
            date_format(training.first_session_on, "j F Y") if training.first_session_on else "",
        ),
        ("Lieu", training.first_session_place),
        ("Public visé", training.audience),
    ]
    return {
        "title": training.title,
        "facts": [{"label": label, "value": value} for label, value in facts if value],
        "texts": [
            {"label": "Objectifs", "value": training.objectives},
            {"label": "Programme", "value": training.programme},
        ],
        "speakers": [
            {"name": speaker.name, "references": speaker.references}
            for speaker in training.speakers.all()
        ],
        "questions": [
            {
                "set": row.set_number,
                "text": row.text,
                "choices": [
                    {"letter": LETTERS[index], "text": text, "right": is_right}
                    for index, (text, is_right) in enumerate(row.choices)
                ],
            }
            for row in as_rows(training)
        ],
    }
