"""The workbook that the portal offers: the header to fill, and what each column holds."""

from common.spreadsheets import write_workbook

from ..questions.sizing import SETS
from .workbook import HEADER

HELP = [
    ("Jeu", "1, 2 ou 3 : le jeu auquel la question appartient.", "1"),
    (
        "Question",
        "Le texte de la question. Une même question ne figure que dans un seul jeu.",
        "Quand le conseiller remet-il la lettre de mission ?",
    ),
    ("Réponse A", "De deux à six réponses, chacune dans sa colonne.", "Avant de conseiller"),
    ("Réponse B", "", "Après la souscription"),
    ("Réponse C", "Les colonnes C à F restent vides si elles ne servent pas.", "Jamais"),
    ("Bonne réponse", "Sa lettre ; plusieurs lettres séparées par une virgule : A,C.", "A"),
    ("Thème", "Facultatif.", "Devoir de conseil"),
    (
        "Explication",
        "Facultatif ; l’adhérent la lit après son résultat.",
        "La lettre de mission précède toute prestation.",
    ),
]
RULES = [
    "Prévoyez trois jeux différents de QCM.",
    "4 questions par jeu jusqu’à 1 h AMF, puis 2 de plus par heure AMF commencée.",
    "Exemples : 1 h = 4 × 3 = 12 questions ; 1 h 30 ou 2 h = 6 × 3 = 18 questions.",
    "L’adhérent répond à un jeu entier ; l’ordre des questions et des réponses est mélangé.",
]


def model_workbook() -> bytes:
    """The bytes of the model. Its second tab has no header, so that nothing of it is read."""
    blank = [[number, *[""] * (len(HEADER) - 1)] for number in range(1, SETS + 1) for _ in range(4)]
    return write_workbook(
        [
            ("QCM", [HEADER, *blank]),
            (
                "Mode d’emploi",
                [
                    ["Colonne", "Ce qu’on y écrit", "Exemple"],
                    *HELP,
                    [],
                    *([rule] for rule in RULES),
                ],
            ),
        ],
        widths=[16, 60, 44, 30, 30, 30, 30, 30, 14, 24, 40],
        # Excel would make 0,1 of « 10 % », and a date of « 3/4 ».
        as_text=["QCM"],
    )
