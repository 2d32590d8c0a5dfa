"""What people deposit in place of a workbook, and the way out that each has. Pure."""

from .child.kinds import kind_of

# By the codes of `child.kinds`.
WHAT = {
    "pdf": "un PDF",
    "jpeg": "une image (JPEG)",
    "png": "une image (PNG)",
    "image": "une image",
    "heic": "une photo d’iPhone (HEIC)",
    "avif": "une image AVIF",
    "webp": "une image WebP",
    "tiff": "un scan au format TIFF",
    "film": "une vidéo",
    "word": "un document de traitement de texte (Word ou LibreOffice Writer)",
    "rtf": "un document RTF",
    "slides": "une présentation (PowerPoint)",
    "apple": "un document Apple (Numbers ou Pages)",
    "zip": "une archive (ZIP)",
    "photos": "une archive (ZIP) de photos",
    "email": "un e-mail",
    "google": "un simple raccourci vers Google Drive",
    "shortcut": "un simple raccourci, qui ne contient pas le document",
    "lock": (
        "le verrou (« ~$… ») que pose le logiciel pendant qu’un document est ouvert : il ne "
        "contient rien"
    ),
}
PICTURES = ("jpeg", "png", "image", "heic", "avif", "webp", "tiff")
TYPED = (
    "Déposez ici le tableau d’où il vient (Excel, LibreOffice ou CSV) ; s’il n’existe que sur "
    "papier, tapez-le dans un classeur."
)
COPIED = (
    "Copiez-y le tableau (Ctrl + C), collez-le dans un classeur Excel vide (Ctrl + V), "
    "enregistrez ce classeur, puis déposez-le."
)
UNPACKED = (
    "Ouvrez-la d’un double-clic, sortez-en le classeur (Excel, LibreOffice ou CSV), puis "
    "déposez-le."
)
TO_A_WORKBOOK = {
    **dict.fromkeys((*PICTURES, "film", "photos"), TYPED),
    "pdf": (
        "Déposez ici le fichier Excel, LibreOffice ou CSV d’où il vient ; sans lui, dans Excel : "
        "Données > Obtenir des données > À partir d’un fichier > À partir d’un PDF."
    ),
    **dict.fromkeys(("word", "rtf", "slides"), COPIED),
    "apple": (
        "Dans Numbers : Fichier > Exporter vers > Excel, puis déposez le fichier obtenu. Dans "
        "Pages, copiez d’abord le tableau dans Numbers."
    ),
    "zip": UNPACKED,
    "email": "Ouvrez-le, enregistrez sa pièce jointe sur votre ordinateur, puis déposez-la.",
    "google": (
        "Ouvrez-le dans Google Sheets : Fichier > Télécharger > Microsoft Excel (.xlsx), puis "
        "déposez le fichier téléchargé."
    ),
    "shortcut": "Ouvrez-le, enregistrez le document lui-même, puis déposez-le.",
    "lock": "Fermez le document, puis déposez celui qui a le même nom sans « ~$ ».",
}
PRINTED = (
    "Ouvrez-le, choisissez Fichier > Imprimer, puis « Enregistrer au format PDF » (ou « Microsoft "
    "Print to PDF »), et déposez le PDF obtenu."
)
SAVED_AS_PICTURE = (
    "Ouvrez-la dans Photos, Aperçu ou Paint, enregistrez-la au format JPEG, puis déposez-la."
)
TO_A_SCAN = {
    "pdf": SAVED_AS_PICTURE,
    "jpeg": "Ouvrez-la, imprimez-la vers un PDF, puis déposez ce PDF.",
    "png": "Ouvrez-la, imprimez-la vers un PDF, puis déposez ce PDF.",
    "heic": (
        "Sur l’iPhone : Réglages > Appareil photo > Formats > « Le plus compatible », puis "
        "reprenez la photo ; ou ouvrez-la sur un ordinateur et exportez-la en JPEG ou en PDF."
    ),
    **dict.fromkeys(("image", "avif", "webp"), SAVED_AS_PICTURE),
    "tiff": (
        "Réglez le scanner ou le copieur sur « PDF » et numérisez à nouveau ; ou ouvrez ce scan, "
        "imprimez-le vers un PDF, et déposez ce PDF."
    ),
    "film": "Prenez une photo de la feuille, ou scannez-la en PDF.",
    "word": "Dans Word : Fichier > Enregistrer sous > PDF, puis déposez le PDF obtenu.",
    "slides": "Dans PowerPoint : Fichier > Enregistrer sous > PDF, puis déposez le PDF obtenu.",
    "rtf": PRINTED,
    "apple": "Choisissez Fichier > Exporter vers > PDF, puis déposez le PDF obtenu.",
    "zip": "Ouvrez-la d’un double-clic, puis déposez le PDF ou la photo qu’elle contient.",
    "photos": (
        "Déposez un seul fichier : ouvrez l’archive, choisissez les photos, imprimez-les vers un "
        "même PDF, et déposez ce PDF."
    ),
    "email": TO_A_WORKBOOK["email"],
    "google": (
        "Ouvrez-le dans Google Drive : Fichier > Télécharger > Document PDF (.pdf), puis déposez "
        "le fichier téléchargé."
    ),
    "shortcut": TO_A_WORKBOOK["shortcut"],
    "lock": TO_A_WORKBOOK["lock"],
}


def no_workbook(kind: str, subject: str = "Ce fichier") -> str:
    """The sentence for a file of this kind where a workbook is asked for."""
    return f"{subject} est {WHAT[kind]}. {TO_A_WORKBOOK[kind]}"


def no_scan(kind: str, subject: str = "Ce fichier", *, way: str = "") -> str:
    """The sentence for a file of this kind where a PDF or a photo is asked for.

    `way` names another kind whose way out holds.
    """
    return f"{subject} est {WHAT[kind]}. {TO_A_SCAN[way or kind]}"


__all__ = ["PICTURES", "TO_A_WORKBOOK", "WHAT", "kind_of", "no_scan", "no_workbook"]
