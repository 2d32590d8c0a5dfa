"""What the columns about a person are called in workbooks, folded. Pure.

The names that a list of members and a roster share; each reader adds those of its own.
"""

MEMBER_NUMBER = frozenset(
    {"n adherent", "no adherent", "numero adherent", "numero d adherent", "n adh"}
)
LAST_NAME = frozenset({"nom"})
FIRST_NAME = frozenset({"prenom"})
EMAIL = frozenset({"e mail", "email", "mail", "courriel", "adresse e mail", "adresse mail"})
FIRM = frozenset({"cabinet", "societe", "entreprise"})
ORIAS = frozenset({"n orias", "numero orias", "orias"})
