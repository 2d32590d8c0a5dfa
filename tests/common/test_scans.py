"""What strangers send as a scan is opened by a child that can be killed."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from common import files, scans
from tests.files import make_pdf

FOLDER = Path(scans.__file__).parent


def child_that(does, **limits):
    """A child whose opening of a PDF is replaced by this code, under its own limits."""
    code = (
        f"import sys; sys.path.insert(0, {str(FOLDER)!r})\n"
        "import child\n"
        f"vars(child).update({limits!r})\n"
        f"def problem_of_pdf(content):\n    {does}\n"
        "child.problem_of_pdf = problem_of_pdf; child.main('/dev/null', 'pdf')"
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=60, check=False
    )


def test_memory_beyond_the_limit_is_refused():
    done = child_that("return bytearray(2 * 1024**3)")
    assert json.loads(done.stdout) == {"problem": "too_slow"}


def test_processor_time_beyond_the_limit_kills():
    done = child_that("while True: pass", CPU_SECONDS=1)
    assert done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}


def test_a_file_that_takes_too_long_is_told_how_to_come_in(monkeypatch):
    monkeypatch.setattr(scans, "WALL_SECONDS", 0.001)
    with pytest.raises(ValidationError) as refused:
        files.content_type_of(SimpleUploadedFile("dossier.pdf", make_pdf()), [files.PDF])
    assert refused.value.message.startswith(
        "« dossier.pdf » est un fichier trop compliqué à ouvrir. Imprimez-le vers un nouveau PDF"
    )


def test_each_problem_of_the_child_has_its_sentence():
    source = (FOLDER / "child.py").read_text()
    for code in scans.PROBLEMS:
        assert f'"{code}"' in source
    assert set(scans.PROBLEMS) == {
        "too_slow",
        "locked_pdf",
        "broken_pdf",
        "cut_image",
        "broken_image",
        "too_many_pixels",
    }


def test_an_upload_on_disk_is_read_too_and_left_at_its_beginning():
    content = make_pdf()
    with TemporaryUploadedFile("a.pdf", "application/pdf", len(content), None) as file:
        file.write(content)
        assert files.content_type_of(file, [files.PDF]) == files.PDF
        assert file.read() == content


def test_the_portal_s_own_processes_have_no_reader_of_pdfs():
    loaded = (
        "import django; django.setup(); import anacofi_portal.urls, sys; "
        "print('pypdf' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", loaded],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "False"
