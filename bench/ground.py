"""What the benches stand on: a database of their own, a registry, and roster files."""

import contextlib
import io
import os
import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

DATABASE = "portal_bench"
MEMBERS = 100_000
# Of the registry; and of a roster's lines (an organism may look up 200 strangers a day).
SHARE_CIF = 0.9
SHARE_UNKNOWN = 0.01

HEADER = ["Nom", "Prénom", "E-mail", "N° adhérent", "N° ORIAS", "Cabinet", "Présent"]
FAMILIES = (
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel "
    "Lefebvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine "
    "Rousseau Vincent Muller Lefèvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier "
    "François Legrand Gauthier García Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu"
).split()
GIVEN = (
    "Camille Dominique Claude Anne Élodie Jean Luc Marie Sophie Hélène Paul Nathalie Isabelle "
    "Pierre Zoé Noé Inès François Gaël Maëlle"
).split()


@contextlib.contextmanager
def database(name=DATABASE):
    """A migrated database that is dropped at the end, on the server of DATABASE_URL."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        sys.exit("Le banc veut PostgreSQL (TEST_DATABASE_URL, TEST_REDIS_URL) : rien n'a tourné.")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        os.environ["PORTAL_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "anacofi_portal.settings"
        # No worker of anybody's must take what the bench asks for.
        os.environ.pop("REDIS_URL", None)
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        try:
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            yield Path(folder)
        finally:
            from django.db import connections

            connections.close_all()
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def make_registry(first=1, last=MEMBERS):
    """Members of these numbers with their memberships, most of them ANACOFI-CIF; the members."""
    from django.db import connection
    from django.utils import timezone

    from members.models import Member, Membership

    chance = random.Random(first)
    since = timezone.localdate() - timedelta(days=800)
    members = []
    for number in range(first, last + 1):
        family = chance.choice(FAMILIES)
        if chance.random() < 0.1:
            family += "-" + chance.choice(FAMILIES)
        members.append(
            Member(
                number=f"A{number:06d}",
                last_name=family,
                first_name=chance.choice(GIVEN),
                email=f"adherent{number}@cabinet{number % 7000}.example",
                orias=f"{number + 10_000_000}",
                firm=f"Cabinet {number % 7000}",
            )
        )
    Member.objects.bulk_create(members, batch_size=5000)
    Membership.objects.bulk_create(
        (
            Membership(member=one, kind=kind, starts_on=since)
            for one in members
            for kind in (["member", "cif"] if chance.random() < SHARE_CIF else ["member"])
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return members


def make_files(sizes, kinds):
    """{(lines, kind): bytes} of rosters; the registry is written, and not kept in memory."""
    members = make_registry()
    files = {}
    for lines in sizes:
        rows = make_rows(members, lines)
        files |= {(lines, kind): make_file(kind, rows) for kind in kinds}
    return files


def make_training():
    """(an approved training with associative and AMF hours, its organism's administrator)."""
    from django.utils import timezone

    from accounts.models import User
    from organisms.models import Organism, Person
    from trainings.models import Training

    organism = Organism.objects.create(
        status=Organism.Status.ACTIVE,
        name="Organisme du banc",
        email="organisme@exemple.test",
        description="Formations patrimoniales",
        type=Organism.Type.COMPANY,
        siren="732829320",
        trainer_number="11755555555",
        representative_first_name="Camille",
        representative_last_name="Durand",
    )
    owner = User.objects.create_user("banc@exemple.test", first_name="Anne", last_name="Durand")
    Person.objects.create(user=owner, organism=organism, role="administrator")
    now = timezone.now()
    training = Training.objects.create(
        organism=organism,
        status=Training.Status.APPROVED,
        year=timezone.localdate().year,
        title="Formation du banc",
        objectives="Conseiller à propos",
        programme="Le droit, puis la pratique.",
        audience="Conseillers",
        teaching_method=Training.Method.FACE_TO_FACE,
        duration_minutes=420,
        first_session_on=timezone.localdate(),
        first_session_place="Paris",
        requested_associative_minutes=120,
        requested_amf_minutes=60,
        granted_associative_minutes=120,
        granted_amf_minutes=60,
        approval_number="T-BANC",
        submitted_at=now,
        decided_at=now,
    )
    return training, owner


def make_rows(members, lines):
    """The rows of a roster below its header: members, and a few whom nobody knows."""
    chance = random.Random(lines)
    rows = []
    for one in chance.sample(members, lines):
        if chance.random() < SHARE_UNKNOWN:
            email, number = f"inconnu{one.pk}@nulle-part.example", 900_000 + one.pk
            rows.append(["INCONNU", "Jean", email, number, 20_000_000 + number, "Ailleurs", "x"])
        else:
            family, number = one.last_name.upper(), int(one.number[1:])
            rows.append(
                [family, one.first_name, one.email, number, int(one.orias), one.firm, "oui"]
            )
    return rows


def make_file(kind, rows):
    """The bytes of a .xls or .xlsx roster."""
    target = io.BytesIO()
    if kind == "xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("Présents")
        for row in [HEADER, *rows]:
            sheet.append(row)
        book.save(target)
    else:
        import xlwt

        book = xlwt.Workbook()
        sheet = book.add_sheet("Présents")
        for number, row in enumerate([HEADER, *rows]):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
        book.save(target)
    return target.getvalue()
