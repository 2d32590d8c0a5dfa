"""Scans and documents that strangers send: opened by a child process, told in French."""

import tempfile
from pathlib import Path
from time import monotonic
from typing import Any

from common.bounded import ask

WALL_SECONDS = 10
CHILD = Path(__file__).resolve().parent / "child.py"
# By the child's code: what follows « … est ».
PROBLEMS = {
    "too_slow": (
        "un fichier trop compliqué à ouvrir. Imprimez-le vers un nouveau PDF (Fichier > Imprimer "
        "> « Enregistrer au format PDF »), ou photographiez-le, puis déposez-le à nouveau."
    ),
    "locked_pdf": (
        "un PDF protégé par un mot de passe. Ouvrez-le avec ce mot de passe, imprimez-le vers un "
        "nouveau PDF (Fichier > Imprimer > « Enregistrer au format PDF »), puis déposez celui-ci."
    ),
    "broken_pdf": (
        "un PDF incomplet ou abîmé. Scannez ou enregistrez le document à nouveau, puis déposez-le."
    ),
    "cut_image": (
        "une photo coupée : la fin du fichier manque. Copiez-la à nouveau depuis l’appareil, puis "
        "déposez-la."
    ),
    "broken_image": ("une image abîmée. Copiez-la à nouveau depuis l’appareil, puis déposez-la."),
    "too_many_pixels": (
        "une image de plus de 250 millions de pixels. Réduisez-la, ou reprenez la photo avec le "
        "réglage habituel de l’appareil, puis déposez-la."
    ),
}


def problem_of(file: Any, kind: str) -> str:
    """What keeps a `pdf`, `jpeg` or `png` from being seen, as « … est … »; "" when nothing does."""
    until = monotonic() + WALL_SECONDS
    with tempfile.NamedTemporaryFile(prefix="scan-") as copy:
        file.seek(0)
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        file.seek(0)
        answer = ask(CHILD, copy.name, kind, until=until)
    # One that died by its own hand or by ours was too much for it.
    problem = "too_slow" if "error" in answer else answer["problem"]
    return PROBLEMS[problem] if problem else ""
