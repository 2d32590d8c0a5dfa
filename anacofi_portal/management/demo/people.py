"""Staff, organisms in every status, and 400 members."""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from accounts.roles import ADMINISTRATOR, TRAINING_OFFICER
from members.models import Member, Membership
from organisms.domain import accounts, people
from organisms.models import Organism, Person

PASSWORD = "formation-2026-demo"  # noqa: S105 - told to everybody
STAFF = [
    ("officier@anacofi.example", "Hélène", "Marchand", TRAINING_OFFICER),
    ("admin@anacofi.example", "Laurent", "Perrin", ADMINISTRATOR),
]
LAST_NAMES = (
    "MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFÈVRE "
    "LEROY ROUX DAVID BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU "
    "VINCENT MÜLLER LE-GOFF FAURE ANDRÉ MERCIER BLANC GUÉRIN BOYER GARNIER CHEVALIER FRANÇOIS "
    "LEGRAND GAUTHIER GARCIA PERRIN ROBIN CLÉMENT MORIN NICOLAS HENRY ROUSSEL MATHIEU GAUTIER "
    "MASSON"
).split()
FIRST_NAMES = (
    "Marie Jean Nathalie Michel Isabelle Pierre Sylvie Philippe Catherine Alain Françoise Nicolas "
    "Céline Éric Anne Stéphane Valérie Frédéric Sandrine Olivier Christine Laurent Julie Thierry "
    "Véronique Pascal Sophie Bruno Aurélie Zoé"
).split()
FIRMS = ["Conseil", "Patrimoine", "Finance", "& Associés", "Gestion privée"]


def make_staff():
    """An officer and an administrator, with the demo's password."""
    password = make_password(PASSWORD)
    staff = []
    for email, first_name, last_name, group in STAFF:
        user = User.objects.create(
            email=email,
            first_name=first_name,
            last_name=last_name,
            is_staff=True,
            password=password,
        )
        user.groups.add(Group.objects.get(name=group))
        staff.append(user)
    return staff


def make_organisms(officer):
    """Organisms in every status; the active ones, the first of which has a contributor too."""
    asked = [
        ("Académie du Patrimoine", "company", "camille.bernard", "active"),
        ("Institut Delta Finance", "company", "hugo.lemaire", "active"),
        ("Université de Bourgogne", "public", "claire.fontaine", "active"),
        ("Réseau Horizon Conseil", "member_company", "marc.vidal", "active"),
        ("Salon Patrimonia", "partner", "ines.caron", "suspended"),
        ("Formation Express", "company", "paul.adam", "refused"),
        ("Cap Formation Ouest", "company", "lea.renard", "pending"),
        ("Académie du Patrimoine Sud", "company", "nina.roche", "pending"),
    ]
    sirens = ["732829320", "552100554", "", "542065479", "552081317", "404833048", "380129866"]
    sirens.append("732829320")
    made = []
    for (name, kind, person, fate), siren in zip(asked, sirens, strict=True):
        first_name, last_name = person.split(".")
        organism = accounts.register(
            name=name,
            email=f"{person}@{name.lower().split()[0].replace('é', 'e')}.example",
            description="Formations réglementaires et patrimoniales pour les conseillers en "
            "gestion de patrimoine.",
            type=kind,
            siren=siren,
            trainer_number="11755555555" if kind == "company" else "",
            member_number="A00042" if kind == "member_company" else "",
            representative_first_name=first_name.title(),
            representative_last_name=last_name.title(),
        )
        if fate in {"active", "suspended"}:
            accounts.activate(organism, by=officer)
        if fate == "suspended":
            accounts.suspend(organism, by=officer, comment="Partenariat de l’année non renouvelé.")
        if fate == "refused":
            accounts.refuse(
                organism, by=officer, comment="Le numéro du formateur n’est plus actif."
            )
        made.append(organism)
    people.add(
        made[0],
        email="theo.garnier@academie.example",
        first_name="Théo",
        last_name="Garnier",
        role=Person.Role.CONTRIBUTOR,
    )
    User.objects.filter(is_staff=False).update(password=make_password(PASSWORD))
    return [Organism.objects.get(pk=one.pk) for one in made]


def make_members(random, count=400):
    """Members, six in ten of them ANACOFI-CIF; a few left, a few have no e-mail."""
    year = timezone.localdate().year
    members = []
    for number in range(1, count + 1):
        last_name, first_name = random.choice(LAST_NAMES), random.choice(FIRST_NAMES)
        member = Member(
            number=f"A{number:05d}",
            title=random.choice(["M.", "Mme"]),
            last_name=last_name,
            first_name=first_name,
            email="" if number % 97 == 0 else f"adherent{number}@cabinet.example",
            firm=f"{random.choice(LAST_NAMES).title()} {random.choice(FIRMS)}",
            orias=f"{random.randint(10_000_000, 26_999_999)}",
        )
        members.append(member)
    Member.objects.bulk_create(members)
    spans = []
    for member in members:
        left = date(year, 6, 30) if random.random() < 0.03 else None
        since = date(year - random.randint(1, 12), 1, 1)
        spans.append(Membership(member=member, kind="member", starts_on=since, ends_on=left))
        if random.random() < 0.6:
            spans.append(Membership(member=member, kind="cif", starts_on=since, ends_on=left))
    Membership.objects.bulk_create(spans)
    return members
